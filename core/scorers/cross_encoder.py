"""A reranker on this machine: weights that lie here, run by sentence-transformers. Nothing leaves, nothing is fetched.

Neither torch nor sentence-transformers is imported before the first question is asked.
"""

import asyncio
import math
import re
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from threading import Lock
from typing import Any

from core.domain import Criterion, ScorerInfo
from core.errors import RequestRejected, ScorerError, ScorerNotSetUp, ScorerUnusable, WrongScores
from core.scorers import golden
from core.scorers.base import Reply, Terms
from core.scorers.weights import digest_weights, find_weights, tensor_names
from core.settings import Settings

_OLDEST = (5, 4)
"""sentence-transformers before this puts a random head on zerank-2, without an error."""
_TERMS = Terms(texts=32, at_once=2)
"""Answers are kept after each call, so that little is lost when a run on a slow machine is stopped; the second call
waits ready while the first is answered."""
_CHARACTERS = 32_000
"""Most characters in one batch, filled up to its longest pair: about 8,000 tokens."""
_TEMPLATE = 64
"""Tokens, at most, that the model's prompt adds to a pair (zerank-2: 13)."""
_TAGGED = "instruction in <instruction> after the <query>"
_BELOW = "instruction on a line below the question"
_OTHER_NOTE = "No right answers are known for this model, so nothing shows whether it is set up as it should be."


class CrossEncoderScorer:
    """Scores of the reranker that CHARTSIEVE_CROSS_ENCODER names. Safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        """Find the weights without loading them. Raises ScorerNotSetUp, with the cure."""
        if not settings.cross_encoder:
            raise ScorerNotSetUp(
                "No reranker is set up on this machine. Set CHARTSIEVE_CROSS_ENCODER to the folder of its weights, or "
                "to their name on the hub."
            )
        _require_extra()
        self._folder = find_weights(settings.cross_encoder, settings.cross_encoder_revision)
        self._scale = settings.cross_encoder_scale
        model = Path(settings.cross_encoder).expanduser().resolve().name
        self._zerank = "zerank-2" in model.lower()
        # Whether it computes in bfloat16 or float32 is no part of it: that moves a score by less than 0.01.
        self._info = ScorerInfo(
            name="cross-encoder",
            model=model,
            revision=digest_weights(self._folder),
            transform=f"sigmoid(answer / {self._scale:g}); {_TAGGED if self._zerank else _BELOW}",
            note=golden.NOTE if self._zerank else _OTHER_NOTE,
        )
        self._lock = Lock()
        self._model: Any = None

    @property
    def info(self) -> ScorerInfo:
        return self._info

    @property
    def terms(self) -> Terms:
        return _TERMS

    @property
    def checkable(self) -> bool:
        """True for zerank-2 alone."""
        return self._zerank

    def phrase(self, criterion: Criterion) -> str:
        """The question; with an instruction in the form that zerank-2 was trained on, or on a second line."""
        if self._zerank:
            return golden.phrase(criterion)
        return f"{criterion.question}\n{criterion.instruction}" if criterion.instruction else criterion.question

    async def score(self, question: str, texts: Sequence[str]) -> Reply:
        """One score in [0, 1] for each text, in their order: sigmoid(answer of the model / scale).

        The first call loads the model. Raises ScorerUnusable when it cannot be loaded, RequestRejected when a text is
        too long or memory ran out, ScorerError for any other failure.
        """
        scores = [0.0] * len(texts)
        for places in _batches(question, texts):
            # A thread for each batch and not for all, so that a cancelled run stops at the next batch.
            answers = await asyncio.to_thread(self._ask, question, [texts[i] for i in places])
            for place, answer in zip(places, answers, strict=True):
                scores[place] = _sigmoid(answer / self._scale)
        return Reply(scores)

    async def check(self) -> None:
        """Ask what is known of zerank-2; any other model is only asked whether it answers."""
        try:
            first, second = (await self.score(golden.QUESTION, golden.TEXTS)).scores
        except RequestRejected:
            raise ScorerUnusable(
                f"The reranker {self._info.model} does not answer even two short texts. Nothing was scored; fetch it "
                "again, or set CHARTSIEVE_CROSS_ENCODER to another one."
            ) from None
        if self._zerank and golden.diagnose(first, second):
            raise WrongScores(
                f"Two known pairs should score {golden.SCORES[0]:.3f} and {golden.SCORES[1]:.3f}, and on this machine "
                f"{self._info.model} gave {first:.3f} and {second:.3f}. Nothing was scored; set "
                "CHARTSIEVE_CROSS_ENCODER to the weights of zerank-2 as they were published, and "
                "CHARTSIEVE_CROSS_ENCODER_SCALE to 5."
            )

    async def aclose(self) -> None:
        """Nothing is held for an event loop; the model stays loaded."""

    def _ask(self, question: str, texts: Sequence[str]) -> list[float]:
        """What the model answers, as it comes: any finite numbers."""
        with self._lock:
            if self._model is None:
                self._model = _load(self._folder, self._info.model)
            try:
                question, *texts = _without_marks(self._model, [question, *texts])
                _require_room(self._model, question, texts)
                answers = _predict(self._model, question, texts)
            except ScorerError:
                raise
            except Exception as error:
                # Not chained: what such an error says may quote the page.
                raise _failure(error) from None
        if len(answers) != len(texts) or not all(math.isfinite(answer) for answer in answers):
            raise RequestRejected("The reranker on this machine gave an answer that is no number.")
        return answers


def _require_extra() -> None:
    cure = "Nothing was scored; install Chartsieve with the extra `local` (`make local` in its folder) and start again."
    try:
        version = metadata.version("sentence-transformers")
    except metadata.PackageNotFoundError:
        raise ScorerNotSetUp(f"What runs a reranker on this machine is not installed. {cure}") from None
    if tuple(int(n) for n in re.findall(r"\d+", version)[:2]) < _OLDEST:
        raise ScorerNotSetUp(
            f"sentence-transformers {version} is too old: before 5.4 it gives random scores without an error. {cure}"
        )


def _batches(question: str, texts: Sequence[str]) -> Iterator[list[int]]:
    """Places of `texts`, the longest first: texts of like length together, and what fits in no memory fails first."""
    batch: list[int] = []
    longest = 0
    for place in sorted(range(len(texts)), key=lambda i: -len(texts[i])):
        if (len(batch) + 1) * longest > _CHARACTERS:
            yield batch
            batch = []
        if not batch:
            longest = len(question) + len(texts[place])
        batch.append(place)
    if batch:
        yield batch


def _sigmoid(x: float) -> float:
    return 0.5 + 0.5 * math.tanh(x / 2)


def _load(folder: Path, name: str) -> Any:
    """The model on the accelerator when there is one. Half precision only where the hardware has bfloat16."""
    try:
        import torch
        from sentence_transformers import CrossEncoder
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()
        found = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
        device = found.type if found else "cpu"
        brief = device == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
        model = CrossEncoder(
            str(folder),
            device=device,
            trust_remote_code=False,
            local_files_only=True,
            activation_fn=torch.nn.Identity(),
            model_kwargs={"dtype": torch.bfloat16 if brief else torch.float32, "use_safetensors": True},
        )
    except Exception as error:
        memory = _out_of_memory(error)
        raise ScorerUnusable(
            f"The reranker {name} cannot be loaded: "
            + ("it does not fit into memory" if memory else f"its files do not make a model ({type(error).__name__})")
            + ". Nothing was scored; "
            + ("free memory or choose a smaller model." if memory else "fetch it again, or choose another model.")
        ) from error
    _require_head(model, folder, name)
    return model


def _require_head(model: Any, folder: Path, name: str) -> None:
    """Refuse a model that gives several answers, or whose last layer was not in the files and is random."""
    if model.num_labels != 1:
        raise ScorerUnusable(
            f"The model {name} gives {model.num_labels} answers for a page, not one. Nothing was scored; set "
            "CHARTSIEVE_CROSS_ENCODER to a reranker."
        )
    inner = model[0].model
    if not type(inner).__name__.endswith("ForSequenceClassification"):
        return
    head = {key for key, _ in inner.named_parameters() if not key.startswith(f"{inner.base_model_prefix}.")}
    if not head <= tensor_names(folder):
        raise ScorerUnusable(
            f"The last layer of {name} is missing in {folder}, so its scores would be random. Nothing was scored; "
            "set CHARTSIEVE_CROSS_ENCODER to a reranker."
        )


def _without_marks(model: Any, texts: Sequence[str]) -> list[str]:
    """The texts with a space inside each mark of the model's prompt: a page must not pass for the end of itself."""
    marks = {str(mark) for mark in model.tokenizer.added_tokens_decoder.values()}
    found = [mark for mark in marks if len(mark) > 1 and any(mark in text for text in texts)]
    if not found:
        return list(texts)
    either = re.compile("|".join(re.escape(mark) for mark in sorted(found, key=len, reverse=True)))
    return [either.sub(lambda mark: f"{mark[0][0]} {mark[0][1:]}", text) for text in texts]


def _require_room(model: Any, question: str, texts: Sequence[str]) -> None:
    """Refuse a text that the model would read only the beginning of."""
    room = model.max_seq_length
    for text in texts:
        # No token is shorter than a byte, so that pages are hardly ever counted.
        if room is None or len(question.encode()) + len(text.encode()) + _TEMPLATE <= room:
            continue
        found = model.tokenizer([question, text], add_special_tokens=False, verbose=False)["input_ids"]
        if sum(map(len, found)) + _TEMPLATE > room:
            raise RequestRejected(f"The page is longer than the reranker on this machine reads ({room} tokens).")


def _predict(model: Any, question: str, texts: Sequence[str]) -> list[float]:
    import torch

    answers = model.predict(
        [(question, text) for text in texts],
        batch_size=len(texts),
        # Or else the model's own, and the sigmoid of a sigmoid would come out.
        activation_fn=torch.nn.Identity(),
        apply_softmax=False,
        convert_to_numpy=True,
        show_progress_bar=False,
    )
    return [float(answer) for answer in answers]


def _failure(error: Exception) -> ScorerError:
    """What is told of `error`: never its own words."""
    if _out_of_memory(error):
        _free()
        return RequestRejected("The reranker on this machine ran out of memory.")
    if isinstance(error, (ValueError, TypeError)):
        return RequestRejected(f"The reranker on this machine cannot read this page ({type(error).__name__}).")
    return ScorerError(f"The reranker on this machine failed ({type(error).__name__}). Try again, or start anew.")


def _out_of_memory(error: Exception) -> bool:
    kinds = {kind.__name__ for kind in type(error).__mro__}
    # Without a GPU torch has no error of its own for it.
    return bool(kinds & {"OutOfMemoryError", "MemoryError"}) or "DefaultCPUAllocator" in str(error)


def _free() -> None:
    import torch

    if torch.cuda.is_available():
        torch.cuda.empty_cache()

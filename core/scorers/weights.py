"""The weights of a reranker on this machine: where they lie, whether they can be used, and a digest of them.

Nothing is downloaded here and nothing of them is run.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from core.errors import ScorerNotSetUp

_TENSORS = ".safetensors"
_DECIDING = {".json", ".jinja", ".txt", ".model", _TENSORS}
"""Kinds of files that decide a score. No program code is among them."""
_SAMPLE = 4096
"""Bytes read at the start and at the end of each tensor."""
_LONGEST_HEADER = 100_000_000


def find_weights(name: str, revision: str) -> Path:
    """The folder `name`, or the folder of that hub name and revision ("": the main one) in the local cache of the hub.

    Raises ScorerNotSetUp when there is none, or when it holds no complete reranker.
    """
    folder = Path(name).expanduser()
    if not folder.is_dir():
        if name.startswith(("/", ".", "~")) or name.count("/") > 1:
            raise ScorerNotSetUp(
                f"There is no folder {name}. Nothing was scored. Set CHARTSIEVE_CROSS_ENCODER to the folder of a "
                "reranker, or to its name on the hub."
            )
        folder = _cached(name, revision)
    _require_reranker(folder, name)
    return folder


def _cached(name: str, revision: str) -> Path:
    from huggingface_hub import snapshot_download

    patterns = [f"*{kind}" for kind in sorted(_DECIDING)]
    try:
        return Path(snapshot_download(name, revision=revision or None, local_files_only=True, allow_patterns=patterns))
    except (OSError, ValueError):
        chosen = f" --revision {revision}" if revision else ""
        raise ScorerNotSetUp(
            f"The reranker {name} is not on this machine, or not all of it. Nothing was scored, and Chartsieve "
            f"downloads no models by itself. Fetch it once with `.venv/bin/hf download {name}{chosen}`, or set "
            "CHARTSIEVE_CROSS_ENCODER to the folder that holds it."
        ) from None


def _require_reranker(folder: Path, name: str) -> None:
    """Refuse what would load without an error and answer by chance: no weights, or nothing that makes them a score."""
    try:
        config = _object(folder / "config.json")
        wanted = {str(file) for file in _parts(folder)}
    except (OSError, ValueError, TypeError, AttributeError):
        raise ScorerNotSetUp(
            f"The folder {folder} holds no reranker that can be read: config.json or a list of its parts is missing or "
            f"damaged. Nothing was scored. Fetch {name} again."
        ) from None
    missing = sorted(part for part in wanted if not (folder / part).is_file())
    if missing or not any(folder.glob(f"*{_TENSORS}")):
        raise ScorerNotSetUp(
            f"Weights are missing in {folder}: {missing[0] if missing else f'no file ends in {_TENSORS}'}. Nothing was "
            f"scored. Fetch {name} again."
        )
    scoring = [str(kind) for kind in config.get("architectures") or () if "ForSequenceClassification" in str(kind)]
    if not scoring and not (folder / "modules.json").is_file():
        raise ScorerNotSetUp(
            f"The model in {folder} is no reranker: nothing in it says how its answer becomes a score (modules.json is "
            f"missing), so its scores would be random. Nothing was scored. Fetch all files of {name}."
        )


def _object(file: Path) -> dict[str, Any]:
    found = json.loads(file.read_text("utf-8"))
    return dict(found)


def _parts(folder: Path) -> set[str]:
    """Files that the list of parts names; empty where the weights are in one file."""
    index = folder / f"model{_TENSORS}.index.json"
    return set(_object(index).get("weight_map", {}).values()) if index.is_file() else set()


def digest_weights(folder: Path) -> str:
    """16 hex digits over all files that decide a score, whatever the folder is called.

    Small files are read whole. Of each tensor the first and the last 4 KiB are read: training moves every number a
    little, so that other weights give another digest, and 8 GB take well under a second. Raises ScorerNotSetUp for
    files that cannot be read.
    """
    total = hashlib.sha256()
    try:
        for file in sorted(_files(folder)):
            total.update(f"{file.relative_to(folder).as_posix()}\0{file.stat().st_size}\0".encode())
            with file.open("rb") as stream:
                for piece in _samples(stream) if file.suffix == _TENSORS else (stream.read(),):
                    total.update(piece)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise ScorerNotSetUp(
            f"The weights in {folder} cannot be read. Nothing was scored. Fetch them again, or let this user read them."
        ) from None
    return total.hexdigest()[:16]


def _files(folder: Path) -> Iterator[Path]:
    for file in folder.rglob("*"):
        inside = file.relative_to(folder).parts
        if file.suffix in _DECIDING and file.is_file() and not any(part.startswith(".") for part in inside):
            yield file


def _header(stream: BinaryIO) -> bytes:
    """The JSON at the start of a safetensors file, behind 8 bytes that hold its length."""
    length = int.from_bytes(stream.read(8), "little")
    if not 0 < length <= _LONGEST_HEADER:
        raise ValueError("no safetensors file")
    return stream.read(length)


def _tensors(header: bytes) -> dict[str, tuple[int, int]]:
    """Name -> (start, end) of each tensor, in bytes behind the header."""
    entries = json.loads(header).items()
    return {name: tuple(entry["data_offsets"]) for name, entry in entries if name != "__metadata__"}


def _samples(stream: BinaryIO) -> Iterator[bytes]:
    """The header of a safetensors file and the ends of each of its tensors."""
    header = _header(stream)
    yield header
    for start, end in sorted(_tensors(header).values()):
        for at in (start, max(start, end - _SAMPLE)):
            stream.seek(8 + len(header) + at)
            yield stream.read(min(_SAMPLE, end - at))


def tensor_names(folder: Path) -> set[str]:
    """Names of all tensors in `folder`, which `digest_weights` has read."""
    names: set[str] = set()
    for file in folder.glob(f"*{_TENSORS}"):
        with file.open("rb") as stream:
            names.update(_tensors(_header(stream)))
    return names

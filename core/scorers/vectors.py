"""Words that mean nearly the same, by small word vectors (`vectors.npz`, written by `distil_vectors.py`).

The vectors come from sentence-transformers/all-MiniLM-L6-v2, which its authors publish under the Apache License 2.0.
They hold whole numbers, so that a similarity is the same to the last bit whatever else is computed beside it.
"""

from functools import cache
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

_UNIT = 127.0
_NEAR, _GAIN = 0.65, 0.6


@cache
def _table() -> tuple[dict[str, int], NDArray[np.int8]]:
    with as_file(files("core.scorers").joinpath("vectors.npz")) as path, np.load(path) as stored:
        stems = stored["stems"].tobytes().decode().split("\n")
        return {stem: row for row, stem in enumerate(stems)}, stored["vectors"]


def row_of(stem: str) -> int:
    """Row of a stem in the table, -1 when it has none."""
    return _table()[0].get(stem, -1)


def rows(places: NDArray[np.int64]) -> NDArray[np.float32]:
    """(places, 64) the vectors of those rows."""
    return _table()[1][places].astype(np.float32)


def closeness(asked: NDArray[np.float32], there: NDArray[np.float32]) -> NDArray[np.float32]:
    """(asked, there) how far a word there stands in for one asked: 0 up to a cosine of 0.65, then up to 0.6 at 1."""
    product = asked @ there.T
    product -= np.float32(_NEAR * _UNIT * _UNIT)
    product *= np.float32(_GAIN / ((1 - _NEAR) * _UNIT * _UNIT))
    return np.clip(product, 0.0, _GAIN, out=product)

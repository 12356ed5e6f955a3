"""Labels as a pandas data frame, from rows or from the CSV that was exported."""

import io
from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, get_args

from core.domain import VERDICTS, Arm
from core.labels.cells import plain_cell
from core.labels.rows import COLUMNS, LabelRow

if TYPE_CHECKING:
    from pandas import DataFrame

_TEXTS = tuple(f.name for f in fields(LabelRow) if f.type in (str, str | None) and f.name != "at")
_MAYBE = ("case_name", "instruction")
"""Texts of which an empty cell means none."""
_NUMBERS = ("inclusion_probability", "score", "probability", "threshold")


def labels_frame(rows: Sequence[LabelRow]) -> "DataFrame":
    """One row a label, columns as COLUMNS.

    at: datetime64[us, UTC]; case, page: int64; seed: Int64; blind: bool; chance, score, probability, threshold: float64
    with NaN for not known; verdict, arm: categories, all of them also where none occurs; the rest: str, with NaN for no
    case name and no instruction.
    """
    import pandas as pd

    return _typed(pd.DataFrame({c: [getattr(row, c) for row in rows] for c in COLUMNS}, dtype=object))


def csv_frame(text: str) -> "DataFrame":
    """The frame of an exported CSV: equal to `labels_frame` of the rows that `labels_csv` wrote."""
    import pandas as pd

    frame = pd.read_csv(io.StringIO(text, newline=""), dtype=str, keep_default_na=False).astype(object)
    for column in _TEXTS:
        frame[column] = frame[column].map(plain_cell)
    empty = frame[[*_MAYBE, *_NUMBERS, "seed"]]
    frame[empty.columns] = empty.where(empty != "", None)
    frame["blind"] = frame["blind"] == "true"
    return _typed(frame)


def _typed(frame: "DataFrame") -> "DataFrame":
    """The same with the types of `labels_frame`, from a frame of objects."""
    import pandas as pd

    typed = frame.astype(
        {
            **dict.fromkeys(_TEXTS, "str"),
            **dict.fromkeys(_NUMBERS, "float64"),
            "case": "int64",
            "page": "int64",
            "blind": "bool",
            "verdict": pd.CategoricalDtype(list(VERDICTS)),
            "arm": pd.CategoricalDtype(list(get_args(Arm))),
        }
    )
    typed["seed"] = pd.array([None if pd.isna(s) else int(s) for s in frame["seed"]], dtype="Int64")
    typed["at"] = pd.to_datetime(frame["at"], utc=True, format="ISO8601").astype("datetime64[us, UTC]")
    return typed

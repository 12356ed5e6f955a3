"""Whose eyes: the first and the final reading share one history, a blind second reading has its own."""

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

from core.casefile import Reading


def sharing(column: InstrumentedAttribute[Reading], reading: Reading) -> ColumnElement[bool]:
    """Rows of the history that `reading` belongs to."""
    return column.in_(("second",) if reading == "second" else ("first", "final"))

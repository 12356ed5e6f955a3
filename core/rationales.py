"""Rationales to start from, while nobody has written others. Pure.

None says what a page holds: whoever uses one replaces what stands in brackets.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from core.casefile import Template
from core.domain import DecisionOutcome

_MADE = datetime(2026, 1, 1, tzinfo=UTC)
_TEXTS: tuple[tuple[DecisionOutcome, str], ...] = (
    ("met", "Documented on page [page]: [what it says]."),
    ("met", "Shown by [test or note] of [date]: [result]."),
    ("not_met", "The record shows [what it says] on page [page]; the criterion asks for [what it asks for]."),
    ("insufficient", "The packet does not show [what is missing]. Looked at [pages or documents]."),
    ("insufficient", "Page [page] cannot be read well enough to tell [what]. A clean copy is needed."),
    ("insufficient", "The newest [note or result] is of [date]; the criterion asks for one within [time]."),
    ("not_applicable", "Does not apply: [why]."),
)
BUILT_IN: tuple[Template, ...] = tuple(Template(outcome, text, "", _MADE) for outcome, text in _TEXTS)
"""By nobody, with the id 0: they are in no database."""


def templates_for(outcome: DecisionOutcome, stored: Sequence[Template]) -> tuple[Template, ...]:
    """Those for an outcome, as stored; the built-in ones while none at all is stored."""
    return tuple(template for template in stored or BUILT_IN if template.outcome == outcome)

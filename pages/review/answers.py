"""What the hand waits for, answered on the line: a page with all that is drawn on it, and a decision."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from core.casefile import Reading
from core.domain import DECISIONS, DecisionOutcome
from core.errors import NotFound
from pages.components.frame import reviewer, workspace
from pages.components.line import line
from pages.components.pageview import seen_in
from pages.review.decided import decide, said_of
from pages.review.picture import picture, pictures_of
from pages.review.place import Place, Seen
from pages.review.seconds import record_seconds
from pages.review.undoing import Log


def page_line(now: Seen) -> dict[str, str] | None:
    """For the page view: pages of this case as it stands in this tab, whatever the screen shows by then."""
    case_id, place, by, watched = now.case.id, now.place, reviewer(), now.watched
    reading = place.reading
    return line(
        page=lambda said: _page(case_id, place, reading, said),
        seen=lambda said: _seen(case_id, place, by, watched, said),
    )


def _page(case_id: int, place: Place, reading: Reading, said: object) -> Mapping[str, Any]:
    """A page, for the criterion named with it, and the one after it where two stand side by side."""
    match said:
        case {"page": int(number), "about": str(row), "two": bool(two)}:
            pass
        case _:
            raise NotFound("This is no page of the case.")
    with workspace().store.one_view():
        now = _there(case_id, place, reading, row, number)
        beside = picture(now, number).packed() if two and number < len(now.chart.pages) else None
        return {"main": picture(now, number - 1).packed(), "beside": beside, "of": pictures_of(now)}


def _seen(case_id: int, place: Place, by: str, watched: str, said: object) -> Mapping[str, Any]:
    """Time on pages, from a tab that is about to close."""
    chart = workspace().chart(case_id, place.fingerprint)
    record_seconds(case_id, chart, seen_in(said, of=watched, pages=len(chart.pages)), by=by)
    return {}


def decision_line(now: Seen, log: Log) -> dict[str, str] | None:
    """For the buttons that decide: who signs is who was at this screen when it was drawn."""
    case_id, place, by, reading = now.case.id, now.place, reviewer(), now.place.reading
    return line(decide=lambda said: _decide(case_id, place, reading, by, log, said))


class Wanted(NamedTuple):
    """A decision as the browser asks for it."""

    row: str
    outcome: DecisionOutcome
    why: str | None
    seen: int


def wanted(said: object, *, case_id: int) -> Wanted:
    """Raises NotFound for what is no decision on this case."""
    match said:
        case {"of": of, "about": str(row), "outcome": str(name), "why": None | str() as why, "seen": int(seen)}:
            outcome = next((known for known in DECISIONS if known == name), None)
            if outcome and of == str(case_id):
                return Wanted(row, outcome, why, seen)
    raise NotFound("This is no decision on this case. Nothing was saved.")


def _decide(case_id: int, place: Place, reading: Reading, by: str, log: Log, said: object) -> Mapping[str, Any]:
    row, outcome, why, seen = wanted(said, case_id=case_id)
    with workspace().store.one_view():
        before = _there(case_id, place, reading, row, place.page)
    newest = before.decisions.get(row)
    if newest and newest.id in log.decisions:  # words that this tab has just saved are not in its own way
        seen = newest.id
    change = decide(before, row, outcome, why, by=by, seen=seen)
    if change:
        log.unheard.append(change)
    now = Seen(before.case, before.chart, before.place)  # which has not looked at the decisions yet
    newest = now.decisions.get(row)
    return {"seen": newest.id if newest else 0, "said": said_of(now, newest, "")}


def _there(case_id: int, place: Place, reading: Reading, row: str, number: int) -> Seen:
    """What the screen would show there, in the reading that it was drawn for."""
    case = workspace().store.case(case_id)
    chart = workspace().chart.of(case, place.fingerprint)
    if row not in chart.grid.criteria or not 1 <= number <= len(chart.pages):
        raise NotFound("The case has changed in between, and this page is no longer in it.")
    return Seen(case, chart, replace(place, reading=reading, row=row, page=number))

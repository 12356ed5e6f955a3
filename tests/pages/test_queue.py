"""The queue on the screen: what a line says, what the filters keep, and who takes a case."""

from datetime import timedelta
from pathlib import Path
from time import perf_counter

import pytest
from streamlit.testing.v1 import AppTest

from core.casefile import Remark, Step
from core.queue import queue_rows
from core.turnaround import Turnaround
from core.workspace import Workspace
from pages.cases.words import due_said, span
from pages.components.frame import workspace
from tests.twice import DOCTOR, LEAD, NURSE, OTHER, add_case, decide, give, open_workspace, reviewed_twice

APP = str(Path(__file__).resolve().parents[2] / "app.py")


def queue(by: str = "", **query: str) -> AppTest:
    test = AppTest.from_file(APP, default_timeout=60)
    for name, value in {**query, **({"by": by} if by else {})}.items():
        test.query_params[name] = value
    test.run()
    assert not test.exception
    return test


def shown(test: AppTest) -> list[str]:
    """The names of the cases, in order."""
    return [link.proto.label.replace("\\", "") for link in test.get("page_link") if link.proto.icon.endswith("open:")]


def said(test: AppTest) -> str:
    kinds = (test.markdown, test.caption, test.info, test.error)
    badges = [str(getattr(e, "value", "")) for e in test.main if type(e).__name__ == "Badge"]
    return "\n".join([*(str(e.value) for kind in kinds for e in kind), *badges]).replace("\\", "")


def step(opened: Workspace, case: int, kind: str, **detail: str) -> None:
    steps = opened.store.course.steps(case)
    made = Step(kind, DOCTOR, "physician", opened.now(), "Because", detail)  # type: ignore[arg-type]
    opened.store.course.add_step(case, made, seen=steps[-1].id if steps else 0)


def four_cases() -> dict[str, int]:
    """Four cases: in review and flagged, pended, signed off, and expedited and late."""
    opened = open_workspace()
    made = {name: add_case(opened, name) for name in ("Plain", "Waits", "Done", "Late")}
    opened.store.findings.remark(made["Plain"], Remark("A-1", True, "Ask", NURSE, opened.now()))
    give(opened, made["Plain"], review=NURSE)
    step(opened, made["Waits"], "pend", what="Labs", whom="Clinic", due="2030-01-01")
    step(opened, made["Done"], "approve")
    received = (opened.now() - timedelta(hours=77, minutes=1)).isoformat()
    step(opened, made["Late"], "urgency", urgency="expedited", received_at=received)
    opened.close()
    return made


def test_a_line_says_where_the_case_stands_when_it_is_due_and_who_has_it() -> None:
    four_cases()
    test = queue()
    assert shown(test) == ["Late", "Plain", "Waits", "Done"]
    words = said(test)
    for part in ("In review", "Pended", "Approved", "overdue by 5 hours", "in 6 days", "paused, ", "1 flagged"):
        assert part in words
    assert "expedited" in words


def test_the_filters_stand_in_the_address() -> None:
    four_cases()
    wanted: list[tuple[dict[str, str], list[str]]] = [
        ({"state": "Pended"}, ["Waits"]),
        ({"whose": "Mine", "by": NURSE}, ["Plain"]),
        ({"whose": "Nobody's"}, ["Late", "Waits"]),
        ({"due": "Overdue"}, ["Late"]),
        ({"flagged": "true"}, ["Plain"]),
        ({"order": "Name"}, ["Done", "Late", "Plain", "Waits"]),
        ({"state": "No such state"}, ["Late", "Plain", "Waits", "Done"]),
    ]
    for query, kept in wanted:
        assert shown(queue(**query)) == kept


def test_what_is_searched_for_does_not_stand_in_the_address() -> None:
    four_cases()
    test = queue(by=NURSE)
    test.text_input(key="cases.find").input("plain").run()
    assert shown(test) == ["Plain"]
    assert "plain" not in str(dict(test.query_params)).lower()


def test_an_empty_list_says_what_to_do() -> None:
    four_cases()
    assert "Say who you are" in said(queue(whose="Mine"))
    assert "Nothing is assigned to you" in said(queue(whose="Mine", by=OTHER))
    test = queue(state="Denied")
    assert "No case matches" in said(test)
    test.button(key="cases.clear").click().run()
    assert len(shown(test)) == 4


def opened_panel(by: str, case: int) -> AppTest:
    test = queue(by=by)
    test.session_state[f"cases.who.{case}"] = True
    return test.run()


def test_a_reviewer_takes_a_case_and_gives_it_back() -> None:
    case = four_cases()["Late"]
    test = opened_panel(OTHER, case)
    test.button(key=f"cases.take.{case}.review").click().run()
    assert workspace().duties.assigned(case)["review"].assignee == OTHER
    test = opened_panel(OTHER, case)
    test.button(key=f"cases.back.{case}.review").click().run()
    assert workspace().duties.assigned(case)["review"].assignee == ""
    taken = {b.key for b in test.button}
    assert not taken & {f"cases.take.{case}.second", f"cases.take.{case}.physician"}


def test_a_lead_hands_out_a_second_review_but_not_to_the_first_reviewer() -> None:
    case = four_cases()["Plain"]
    test = opened_panel(LEAD, case)
    test.selectbox(key=f"cases.give.{case}.second.").select(NURSE).run()
    assert "somebody else" in test.error[0].value
    assert "second" not in workspace().duties.assigned(case)
    test.selectbox(key=f"cases.give.{case}.second.").select(OTHER).run()
    assert not test.error
    assert workspace().duties.assigned(case)["second"].assignee == OTHER
    assert "2nd: B. Ode, RN (0 of 3)" in said(test)


def test_where_two_reviews_differ_the_line_leads_to_settling() -> None:
    opened = open_workspace()
    reviewed_twice(opened)
    half = add_case(opened, "Half")
    give(opened, half, second=OTHER)
    decide(opened, half, {"A-1": "met"}, "second", OTHER)
    opened.close()
    links = [link.proto.label for link in queue().get("page_link")]
    assert links.count("Settle differences") == 1


def clock(hours: float, **stands: bool) -> Turnaround:
    now = workspace().now()
    left = timedelta(hours=hours)
    soon = 0 <= hours <= 24 and not any(stands.values())
    return Turnaround(
        urgency="standard",
        received_at=now,
        due_at=now + left,
        paused=stands.get("paused", False),
        stopped=stands.get("stopped", False),
        overdue=hours < 0,
        due_soon=soon,
        left=left,
        stood=timedelta(0),
    )


def test_the_clock_is_said_in_words() -> None:
    words = [
        due_said(c).words
        for c in (
            clock(49),
            clock(3.5),
            clock(-5.5),
            clock(50, paused=True),
            clock(-50, paused=True),
            clock(2, stopped=True),
            clock(-2, stopped=True),
        )
    ]
    assert words == [
        "in 2 days",
        "soon: in 3 hours",
        "overdue by 5 hours",
        "paused, 2 days left",
        "paused, overdue by 2 days",
        "closed in time",
        "closed 2 hours late",
    ]
    assert span(timedelta(seconds=30)) == "less than a minute"


@pytest.mark.slow
def test_five_hundred_cases_are_lines_within_a_second() -> None:
    opened = open_workspace()
    for n in range(500):
        case = add_case(opened, f"Case {n}")
        if n % 5 == 0:
            give(opened, case, review=NURSE)
            step(opened, case, "refer")
    store = opened.store
    begin = perf_counter()
    rows = queue_rows(
        store.cases(),
        store.course.all_steps(),
        store.course.assignments(),
        terms=opened.signing.terms,
        now=opened.now(),
    )
    took = perf_counter() - begin
    opened.close()
    assert len(rows) == 500
    assert took < 1

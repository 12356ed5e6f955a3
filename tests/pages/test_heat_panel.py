"""The heatmap and its table twin on the review screen, and what was held by hand on the context screen."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.casefile import Assignment
from core.rows import Order, criterion_rows
from pages.components.frame import workspace
from pages.components.heat_table import EVIDENCE_WORDS
from tests.pages.test_screens import app, texts


def component(test: AppTest, key: str) -> dict[str, Any]:
    """What the component `key` was given."""
    found = next(e for e in test.get("bidi_component") if str(e.key).endswith(key))
    proto: Any = found.proto
    given: dict[str, Any] = json.loads(proto.json or proto.mixed.json)
    return given


def test_the_table_has_the_rows_of_the_heatmap_with_what_is_held_by_hand(
    sample: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHARTSIEVE_LLM_PRICE", "3")
    test = app("review", case=str(sample), view="Table")
    chart = workspace().chart(sample)
    criterion, page = chart.grid.criteria[1], chart.grid.pages[-1]
    workspace().review.pin(sample, criterion, page, "keep", reviewer="R")
    workspace().review.remark(sample, criterion, flagged=True, note="", reviewer="R", reading="first")
    test.run()
    assert not test.exception
    heat, table = component(test, f"heat.{sample}"), component(test, f"heat.table.{sample}")
    assert (heat["table"], heat["price"], heat["certified"]) == (True, 3.0, None)
    assert heat["pins"] == [[criterion, len(chart.pages), 1]]
    assert heat["flags"] == [criterion]
    place = test.session_state[f"review.place.{sample}"]
    rows = criterion_rows(chart, place.rule, {(criterion, page): "keep"})
    assert [row[0] for row in table["rows"]] == [row.id for row in rows]
    assert [row[3] for row in table["rows"]] == [EVIDENCE_WORDS[row.evidence] for row in rows]
    assert str(len(chart.pages)) in table["rows"][1][5]
    assert table["rows"][1][7] is True

    test.session_state[f"heat.rows.{sample}"].impose(Order("best", flagged=True))
    test.run()
    shown = [row[0] for row in component(test, f"heat.table.{sample}")["rows"]]
    assert sorted(shown) == sorted({criterion, place.row}), "flagged, and the one that is worked on"
    assert component(test, f"heat.{sample}")["order"]["sort"] == "best"


def test_the_context_tells_a_second_reviewer_nothing_of_the_first(sample: int) -> None:
    app("review", case=str(sample))
    chart = workspace().chart(sample)
    criterion, page = chart.grid.criteria[0], chart.pages[0]
    act = workspace().review
    act.pin(sample, criterion, page.ref, "drop", reviewer="R")
    rule = workspace().publishing.rule_in_force(workspace().store.case(sample)).rule
    act.mark(sample, criterion, page, "relevant", reviewer="R", rule=rule)
    assert "By hand" in texts(app("context", case=str(sample), by="R"))
    workspace().store.course.assign(sample, Assignment("second", "S. Second", "L. Lead", workspace().now()))
    test = app("context", case=str(sample), by="S. Second")
    assert not test.exception
    assert "By hand" not in texts(test)
    assert "1 page judgement" not in texts(test)
    assert not [b for b in test.get("download_button") if "Labels" in str(b.proto.label)]
    assert [
        b for b in app("context", case=str(sample), by="R").get("download_button") if "Labels" in str(b.proto.label)
    ]


def test_the_context_has_what_was_held_by_hand(sample: int) -> None:
    app("review", case=str(sample))
    chart = workspace().chart(sample)
    first, second = chart.grid.criteria[:2]
    workspace().review.pin(sample, first, chart.grid.pages[0], "drop", reviewer="R")
    workspace().review.pin(sample, second, chart.grid.pages[-1], "keep", reviewer="R")
    test = app("context", case=str(sample))
    assert not test.exception
    assert "By hand, counted for each criterion: 1 kept and 1 left out." in texts(test)
    assert list(test.dataframe[0].value["By hand"][:2]) == ["left out 1", f"kept {len(chart.pages)}"]

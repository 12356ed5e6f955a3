"""The line: who may ask on it, what it answers, and that a decision made on it is the one the script would make."""

import asyncio
import gc
import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from streamlit.testing.v1 import AppTest

from core.casefile import Assignment, Step
from core.domain import Citation
from core.errors import Conflict
from pages.components import line as line_module
from pages.components.frame import UNEXPECTED, workspace
from pages.components.line import answer
from pages.door.line import ROUTES
from tests.pages.test_reviewing import AT, NURSE, press, review
from tests.pages.test_screens import texts

Ask = Callable[..., tuple[int, Mapping[str, Any]]]


@pytest.fixture(autouse=True)
def listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_module._SERVER, "listens", True)


def asking(test: AppTest) -> Ask:
    """As the browser tab of that session asks."""
    token = test.session_state["line"].token

    def ask(name: str, **said: Any) -> tuple[int, Mapping[str, Any]]:
        return answer(token, name, said)

    return ask


def decision(**other: Any) -> dict[str, Any]:
    return {"of": "1", "about": "BIO-07", "outcome": "met", "why": "Negative in October", "seen": 0, **other}


def test_nobody_is_answered_without_the_token_of_a_tab(sample: int) -> None:
    ask = asking(review(sample))
    assert ask("page", page=3, about="BIO-07", two=False)[0] == 200
    assert ask("nothing", page=3)[0] == 404
    for token in ("", "x", "a" * 43):
        assert answer(token, "page", {"page": 3, "about": "BIO-07", "two": False}) == (404, {})


def test_a_line_ends_with_the_session_of_its_tab(sample: int) -> None:
    first, second = review(sample), review(sample)
    token, other = first.session_state["line"].token, second.session_state["line"].token
    assert token != other
    del first
    gc.collect()
    assert answer(token, "page", {"page": 3, "about": "BIO-07", "two": False})[0] == 404
    assert answer(other, "page", {"page": 3, "about": "BIO-07", "two": False})[0] == 200


def test_a_page_is_what_the_screen_would_show_there(sample: int) -> None:
    test = review(sample)
    page = workspace().chart(sample).pages[3]
    rule = workspace().publishing.rule_in_force(workspace().store.case(sample)).rule
    citation = Citation(page.ref, page.label, "a place", ((0.1, 0.1, 0.4, 0.12),))
    workspace().review.cite(sample, "BIO-07", citation, reviewer=NURSE, reading="first", rule=rule)
    status, said = asking(test)("page", page=4, about="BIO-07", two=True)
    assert status == 200
    assert said["main"]["page"] == 4
    assert said["main"]["src"].startswith("data:image/png;base64,")
    assert said["main"]["words"]["text"]
    assert [cited[1] for cited in said["main"]["citations"]] == ["a place"]
    assert said["beside"]["page"] == 5
    last = len(workspace().chart(sample).pages)
    assert asking(test)("page", page=last, about="BIO-07", two=True)[1]["beside"] is None


@pytest.mark.parametrize(
    "said",
    [
        {"page": 0, "about": "BIO-07", "two": False},
        {"page": 10**9, "about": "BIO-07", "two": False},
        {"page": 3, "about": "NO-SUCH", "two": False},
        {"page": "3", "about": "BIO-07", "two": False},
        {"page": 3},
    ],
)
def test_a_page_that_is_none_is_a_sentence(sample: int, said: dict[str, Any]) -> None:
    told = asking(review(sample))("page", **said)[1]
    assert told["problem"].endswith(".")


def test_a_decision_is_stored_and_can_be_taken_back_on_the_screen(sample: int) -> None:
    test = review(sample)
    status, said = asking(test)("decide", **decision())
    assert status == 200
    (stored,) = workspace().store.decisions(sample).values()
    assert (stored.outcome, stored.rationale, stored.reviewer) == ("met", "Negative in October", NURSE)
    assert said["seen"] == stored.id
    assert f"Saved {stored.at:%d %b %Y, %H:%M:%S} UTC by {NURSE}" in said["said"][0][1]
    log = test.session_state[f"review.done.{sample}.{NURSE}"]
    assert [change.words for change in log.unheard] == ["met on BIO-07"]
    again = asking(test)("decide", **decision(outcome="not_met", seen=said["seen"]))
    assert again[0] == 200
    assert workspace().store.decisions(sample)["BIO-07"].outcome == "not_met"


@pytest.mark.parametrize("other", [{"of": "2"}, {"of": 1}, {"outcome": "withdrawn"}, {"seen": "0"}, {"why": 3}])
def test_what_is_no_decision_on_the_case_of_the_tab_is_not_stored(sample: int, other: dict[str, Any]) -> None:
    assert sample == 1
    said = asking(review(sample))("decide", **decision(**other))[1]
    assert said["problem"] == "This is no decision on this case. Nothing was saved."
    assert workspace().store.decisions(sample) == {}


def test_the_same_decision_sent_twice_is_one(sample: int) -> None:
    ask = asking(review(sample))
    first = ask("decide", **decision())
    assert ask("decide", **decision(seen=first[1]["seen"])) == first
    assert ask("decide", **decision()) == first, "the answer was lost, and the browser asks again"
    assert len(workspace().store.history(sample, "BIO-07")) == 1


def test_words_that_this_tab_has_just_saved_are_not_in_its_own_way(sample: int) -> None:
    test = review(sample)
    press(test, f"decide.{sample}.BIO-07.met")
    first = workspace().store.decisions(sample)["BIO-07"]
    test.text_area(key=f"decide.{sample}.BIO-07.why").input("QuantiFERON negative").run()
    assert workspace().store.decisions(sample)["BIO-07"].id > first.id
    said = asking(test)("decide", **decision(outcome="not_met", why="QuantiFERON negative", seen=first.id))[1]
    assert "problem" not in said
    assert workspace().store.decisions(sample)["BIO-07"].outcome == "not_met"


def test_words_kept_as_a_draft_go_with_a_decision_without_a_field(sample: int) -> None:
    test = review(sample)
    workspace().store.findings.draft(sample, "BIO-07", "from the draft", reviewer=NURSE, reading="first")
    assert asking(test)("decide", **decision(why=None))[0] == 200
    assert workspace().store.decisions(sample)["BIO-07"].rationale == "from the draft"
    assert workspace().store.findings.drafts(sample, NURSE) == {}


def test_a_conflict_keeps_the_words_and_the_screen_says_who_decided(sample: int) -> None:
    test = review(sample)
    workspace().review.decide(sample, "BIO-07", "not_met", "Too old", reviewer="F. First", seen=0)
    said = asking(test)("decide", **decision())[1]
    assert "F. First" in said["problem"]
    assert workspace().store.findings.drafts(sample, NURSE) == {"BIO-07": "Negative in October"}
    press(test, f"decide.{sample}.BIO-07.met")  # the long way that the browser goes then
    assert "F. First" in test.error[0].value.replace("\\", "")
    assert [d.reviewer for d in workspace().store.history(sample, "BIO-07")] == ["F. First"]


@pytest.mark.parametrize("other", [{"outcome": "withdrawn"}, {"outcome": "yes"}, {"seen": "0"}, {"why": 3}])
def test_what_is_no_decision_is_not_stored(sample: int, other: dict[str, Any]) -> None:
    assert "Nothing was saved" in asking(review(sample))("decide", **decision(**other))[1]["problem"]
    assert workspace().store.decisions(sample) == {}


def test_the_last_seconds_of_a_tab_are_on_record_for_its_reviewer(sample: int) -> None:
    test = review(sample)
    workspace_of = f"{sample}."
    watched = next(e for e in test.get("bidi_component") if "page." in str(e.key))
    of = json.loads(watched.proto.json or watched.proto.mixed.json)["watch"]["of"]
    assert of.startswith(workspace_of)
    assert asking(test)("seen", seen={"of": of, "seconds": [[3, 12.5], [99_999, 1.0]]}) == (200, {})
    assert asking(test)("seen", seen={"of": "another case", "seconds": [[3, 50.0]]}) == (200, {})
    assert asking(test)("seen", seen={"of": of, "seconds": [[3, -5.0]]}) == (200, {})
    (seen,) = workspace().store.findings.viewed(sample)
    assert (seen.page.number, seen.reviewer, seen.seconds) == (3, NURSE, 12.5)


def test_nothing_is_decided_in_a_case_that_was_signed_off(sample: int) -> None:
    ask = asking(review(sample))
    workspace().store.course.add_step(sample, Step("withdraw", NURSE, "reviewer", AT, "At their wish"), seen=0)
    assert "signed off" in ask("decide", **decision())[1]["problem"]
    assert workspace().store.decisions(sample) == {}


def test_a_second_reviewer_decides_blind(sample: int) -> None:
    workspace().review.decide(sample, "BIO-07", "met", "QuantiFERON negative", reviewer=NURSE, seen=0)
    workspace().store.course.assign(sample, Assignment("second", "S. Second", "L. Lead", AT))
    status, said = asking(review(sample, by="S. Second"))("decide", **decision(outcome="not_met"))
    assert status == 200
    assert NURSE not in str(said)
    assert workspace().store.decisions(sample)["BIO-07"].outcome == "met"
    assert workspace().store.decisions(sample, "second")["BIO-07"].outcome == "not_met"


def test_an_unexpected_error_never_quotes_a_chart(
    sample: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ask = asking(review(sample))

    def fails(*_: object, **__: object) -> None:
        raise ValueError("Mrs Miller has hepatitis")

    monkeypatch.setattr(workspace().review, "decide", fails)
    assert ask("decide", **decision()) == (500, {"problem": UNEXPECTED})
    assert "Miller" not in caplog.text


def test_a_screen_that_the_line_does_not_reach_gets_everything_with_the_rest(
    sample: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_module._SERVER, "listens", False)
    test = review(sample)
    assert "line" not in test.session_state
    assert "Not decided yet" in texts(test)


# -- over HTTP


def send(method: str, path: str, **content: Any) -> httpx.Response:
    """To the server's routes, as a browser does."""

    async def sent() -> httpx.Response:
        transport = httpx.ASGITransport(Starlette(routes=ROUTES))
        async with httpx.AsyncClient(transport=transport, base_url="http://chartsieve") as client:
            return await client.request(method, path, **content)

    return asyncio.run(sent())


@pytest.mark.parametrize("base", ["", "/charts", "/a/b"])
def test_the_server_answers_below_any_address_and_nothing_is_kept_on_the_way(sample: int, base: str) -> None:
    test = review(sample)
    asked, token = {"page": 3, "about": "BIO-07", "two": False}, test.session_state["line"].token
    said = send("POST", f"{base}/line/page", json=asked, headers={"X-Chartsieve-Line": token})
    assert said.status_code == 200
    assert said.json()["main"]["page"] == 3
    assert said.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in said.headers


def test_what_is_too_long_or_no_json_is_refused_before_anything_is_asked(sample: int) -> None:
    test = review(sample)
    headers = {"X-Chartsieve-Line": test.session_state["line"].token}
    assert send("POST", "/line/decide", content=b"{" * 70_000, headers=headers).status_code == 413
    assert send("POST", "/line/decide", content=b"{not json", headers=headers).status_code == 400
    assert send("POST", "/line/decide", json=decision()).status_code == 404
    assert send("GET", "/line/decide", headers=headers).status_code == 405
    assert workspace().store.decisions(sample) == {}
    assert send("POST", "/line/decide", json=decision(why="w" * 4000), headers=headers).status_code == 200


def test_a_problem_is_told_with_its_sentence(sample: int) -> None:
    test = review(sample)
    workspace().review.decide(sample, "BIO-07", "not_met", "Too old", reviewer="F. First", seen=0)
    headers = {"X-Chartsieve-Line": test.session_state["line"].token}
    said = send("POST", "/line/decide", json=decision(), headers=headers)
    assert said.status_code == 200
    with pytest.raises(Conflict, match=r"F\. First") as raised:
        workspace().review.decide(sample, "BIO-07", "met", "", reviewer=NURSE, seen=0)
    assert said.json() == {"problem": str(raised.value)}

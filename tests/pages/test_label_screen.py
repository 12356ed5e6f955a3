"""The labelling screen without a browser: drawing a round, judging, taking back, going on, and files."""

import json
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.domain import CaseDocument, Label, Page, PageRef, digest
from core.rounds import Round, RoundPlan, Task
from core.samples import SAMPLES
from core.settings import Settings
from core.workspace import Workspace
from pages.components.frame import workspace
from pages.label.place import DRAW, FILES, VIEW
from tests.pages.test_screens import app, texts

PLAN = RoundPlan(shown=6, audit=6, uncertainty=0, twice=0.0)
WHO = "R. Nurse"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """A data folder with the small sample case, scored, whose rounds draw the same pages in every run."""
    folder = tmp_path_factory.mktemp("made") / "data"
    opened = Workspace.open(Settings(data_dir=folder))
    case = opened.open_sample(SAMPLES[0], by="R")
    opened.jobs.wait(case, 60)
    opened.store.rounds.seed(7)
    opened.close()
    return folder, case


@pytest.fixture
def case(made: tuple[Path, int], tmp_path: Path) -> int:
    """The case, in a copy of the folder that is this test's own."""
    shutil.copytree(made[0], tmp_path / "data")
    return made[1]


def draw(plan: RoundPlan = PLAN) -> Round:
    (source,) = workspace().labelling.sources()
    return workspace().labelling.draw(source.criteria_name, source.info.fingerprint, plan, by="Q. Lead")


@pytest.fixture
def of(case: int) -> Round:
    """A round of about a dozen pages."""
    assert case
    return draw()


def task(of: Round, who: str = WHO) -> Task:
    found = workspace().store.rounds.next(of.id, reviewer=who)
    assert found is not None
    return found


def press(test: AppTest, of: Task, what: str, *, after: float = 5.0) -> AppTest:
    """`after` that many seconds of reading."""
    place = test.session_state[f"label.place.{of.round}.{test.session_state['reviewer']}"]
    place.since -= after
    return test.button(key=f"label.{of.id}.{what}").click().run()


def given(case: int) -> list[Label]:
    return [label for _, label in workspace().store.labels(case)]


def panel(name: str, **query: str) -> AppTest:
    test = app("label", **query)
    test.session_state[VIEW] = name
    return test.run()


def test_without_a_case_the_screen_leads_to_the_cases() -> None:
    test = app("label")
    assert not test.exception
    assert not test.error
    assert "There is no case yet" in texts(test)


@pytest.mark.usefixtures("case")
def test_without_a_round_one_click_leads_to_drawing_one() -> None:
    test = app("label")
    assert "No round has been drawn yet" in texts(test)
    test.button(key="label.first").click().run()
    assert not test.error
    assert [n.label for n in test.number_input] == ["Kept by the rule", "Left out by the rule", "Near the threshold"]
    assert "pairs** of a page and a criterion can be drawn, from 1 case" in texts(test)
    assert test.button(key="label.draw").disabled, "nobody has said who draws"


@pytest.mark.usefixtures("case")
def test_a_round_is_drawn_as_asked_and_its_queue_starts() -> None:
    test = panel(DRAW, by=WHO)
    for name, count in (("shown", 4), ("audit", 5), ("uncertainty", 0)):
        test.number_input(key=f"label.draw.{name}").set_value(count).run()
    test.button(key="label.draw").click().run()
    assert not test.error
    (of,) = workspace().store.rounds.all()
    assert (of.plan.shown, of.plan.audit, of.plan.uncertainty, of.created_by) == (4, 5, 0, WHO)
    if of.tasks:  # which pairs are drawn is left to chance
        assert "Does **page" in texts(test)


@pytest.mark.usefixtures("case")
def test_a_round_without_left_out_pages_says_what_it_cannot_tell() -> None:
    test = panel(DRAW, by=WHO)
    test.number_input(key="label.draw.audit").set_value(0).run()
    assert "no threshold can be certified from it" in texts(test)


@pytest.mark.usefixtures("case")
def test_whole_cases_hide_the_numbers() -> None:
    test = panel(DRAW, by=WHO)
    test.toggle(key="label.draw.whole").set_value(True).run()
    assert not test.number_input
    test.button(key="label.draw").click().run()
    (of,) = workspace().store.rounds.all()
    assert of.plan.whole


@pytest.mark.usefixtures("of")
def test_nobody_judges_before_saying_who_they_are() -> None:
    test = app("label")
    assert [t.label for t in test.text_input] == ["Your name, to sign what you judge"]
    assert not [b for b in test.button if b.label == "Relevant"]


def test_an_answer_is_stored_at_once_and_the_next_page_comes(case: int, of: Round) -> None:
    test = app("label", by=WHO)
    first = task(of)
    test.text_input(key=f"label.{first.id}.note").input("only a\nheading").run()
    press(test, first, "not_relevant")
    assert not test.error
    (label,) = given(case)
    assert (label.page, label.criterion) == (first.drawn.page, first.drawn.criterion)
    assert (label.verdict, label.note, label.reviewer) == ("not_relevant", "only a heading", WHO)
    assert label.blind
    assert (label.arm, label.inclusion_probability) == (first.drawn.arm, first.drawn.inclusion_probability)
    assert f"1 of {of.judgements} judgements" in test.get("progress")[0].proto.text
    assert "is not relevant" in texts(test)
    assert test.button(key=f"label.{task(of).id}.relevant").label == "Relevant"


def test_undo_shows_the_page_again_and_forgets_the_answer(case: int, of: Round) -> None:
    test = app("label", by=WHO)
    first = task(of)
    test.text_input(key=f"label.{first.id}.note").input("a table").run()
    press(test, first, "relevant")
    press(test, task(of), "undo")
    assert not test.error
    assert given(case) == []
    assert "Taken back: **relevant**" in texts(test)
    assert test.text_input(key=f"label.{first.id}.note").value == "a table"
    press(test, first, "not_relevant")
    assert [label.verdict for label in given(case)] == ["not_relevant"]


def test_a_page_that_was_on_the_screen_for_a_moment_is_not_judged(case: int, of: Round) -> None:
    test = app("label", by=WHO)
    press(test, task(of), "relevant", after=0.0)
    assert given(case) == []
    assert not test.error


def test_a_key_that_comes_late_leaves_the_answer_before_as_it_is(case: int, of: Round) -> None:
    test = app("label", by=WHO)
    first = task(of)
    place = test.session_state[f"label.place.{of.id}.{WHO}"]
    workspace().labelling.answer(first.id, "not_relevant", reviewer=WHO)
    place.go_on("Saved: page 3 is not relevant.")  # the next page is on its way
    place.task, place.since = task(of).id, -100.0
    test.button(key=f"label.{first.id}.relevant").click().run()
    assert [label.verdict for label in given(case)] == ["not_relevant"]
    assert "Saved: page 3 is not relevant." in texts(test)
    assert not test.error
    assert not test.info


def test_a_page_judged_in_another_window_stays_as_it_was_judged_there(case: int, of: Round) -> None:
    here, there = app("label", by=WHO), app("label", by=WHO)
    first = task(of)
    press(there, first, "relevant")
    press(here, first, "not_relevant")
    assert [label.verdict for label in given(case)] == ["relevant"]
    assert not here.error
    assert "You judged this page in another window: relevant. Undo to change it." in texts(here)


def test_a_page_that_somebody_else_judged_meanwhile_is_no_error(case: int, of: Round) -> None:
    test = app("label", by=WHO)
    first = task(of)
    workspace().labelling.answer(first.id, "unsure", reviewer="S. Second")
    press(test, first, "relevant")
    assert not test.error
    assert "Somebody else has judged this one meanwhile" in test.info[0].value
    assert [label.reviewer for label in given(case)] == ["S. Second"]


def test_a_round_that_is_not_there_is_said_not_to_be(of: Round) -> None:
    assert f"There is no round 99. This is round {of.id}." in texts(app("label", by=WHO, round="99"))


@pytest.mark.usefixtures("case")
def test_when_nothing_is_left_to_draw_one_message_says_so() -> None:
    of = draw(RoundPlan(twice=1.0, whole=True))
    while following := workspace().labelling.next(of.id, reviewer=WHO, skipped=()):
        workspace().labelling.answer(following.id, "unsure", reviewer=WHO)
    test = panel(DRAW, by=WHO)
    assert [warning.value for warning in test.warning] == [
        "Nothing is left to draw from these cases: every page that has a score was judged before."
    ]
    assert {field.disabled for field in [*test.number_input, *test.toggle, *test.slider]} == {True}


def test_a_skipped_page_comes_back_at_the_end(case: int, of: Round) -> None:
    test = app("label", by=WHO)
    skipped = task(of)
    press(test, skipped, "skip")
    while given(case) == [] or len(given(case)) < of.tasks - 1:
        following = workspace().store.rounds.next(of.id, reviewer=WHO, skipped=[skipped.id])
        assert following is not None
        press(test, following, "unsure")
    press(test, skipped, "relevant")
    assert not test.error
    assert "This round is done" in test.success[0].value


def test_undo_after_a_skip_goes_back_to_the_skipped_page(case: int, of: Round) -> None:
    test = app("label", by=WHO)
    first = task(of)
    press(test, first, "skip")
    following = workspace().store.rounds.next(of.id, reviewer=WHO, skipped=[first.id])
    assert following is not None
    press(test, following, "undo")
    assert test.button(key=f"label.{first.id}.relevant").label == "Relevant"
    assert given(case) == []


def test_the_neighbour_is_named_and_the_judged_page_stays_the_same(case: int, of: Round) -> None:
    test = app("label", by=WHO)
    first = task(of)
    number, pages = first.drawn.page.number, workspace().store.case(case).documents[0].pages
    key, neighbour = ("right", number + 1) if number < pages else ("left", number - 1)
    test.button(key=f"label.{key}.{first.id}").click().run()
    assert f"**Neighbour: page {neighbour}.** You judge page {number}." in texts(test)
    press(test, first, "relevant")
    assert [label.page for label in given(case)] == [first.drawn.page]
    assert "Neighbour" not in texts(test)


def test_a_reload_goes_on_where_the_reviewer_was(of: Round) -> None:
    press(app("label", by=WHO), task(of), "unsure")
    again = app("label", by=WHO)
    assert again.button(key=f"label.{task(of).id}.relevant").label == "Relevant"
    assert f"1 of {of.judgements} judgements" in again.get("progress")[0].proto.text


def test_a_page_whose_document_was_replaced_meanwhile_is_not_asked_any_more(case: int, of: Round) -> None:
    test = app("label", by=WHO)
    first = task(of)
    new = Page(PageRef(digest("newer"), 1), "A newer packet of one page")
    workspace().store.add_document(new.ref.document, size=1, pages=[new])
    document = CaseDocument(new.ref.document, "newer.pdf", 1)
    workspace().store.replace_document(case, first.drawn.page.document, document, by="R")
    press(test, first, "relevant")
    assert "Nothing was saved" in test.error[0].value
    assert given(case) == []
    assert not [b for b in test.button if b.label == "Relevant"]


def test_another_reviewer_at_the_same_browser_gets_their_own_place(of: Round) -> None:
    test = app("label", by=WHO)
    first = task(of)
    press(test, first, "skip")
    test.session_state.reviewer = "S. Second"
    test.run()
    assert test.button(key=f"label.{first.id}.relevant").label == "Relevant"


def test_nothing_on_the_screen_tells_score_arm_or_threshold(of: Round) -> None:
    test = app("label", by=WHO)
    drawn = {d.drawn.score for d in [task(of)] if d.drawn.score}
    page = json.dumps([repr(element) for element in test.main]) + texts(test)
    for word in ("audit", "shown", "uncertainty", "threshold", "probability", "fingerprint", *map(str, drawn)):
        assert word not in page, word


@pytest.mark.usefixtures("case")
def test_pages_that_wait_for_a_second_reviewer_are_said_to() -> None:
    of = draw(RoundPlan(shown=3, audit=3, uncertainty=0, twice=1.0))
    while following := workspace().labelling.next(of.id, reviewer=WHO, skipped=()):
        workspace().labelling.answer(following.id, "relevant", reviewer=WHO)
    assert "wait for a second reviewer" in texts(app("label", by=WHO))
    assert "Does **page" in texts(app("label", by="S. Second"))


def test_of_several_rounds_the_open_one_comes_first_and_another_can_be_chosen(of: Round) -> None:
    newer = draw()
    test = app("label", by=WHO)
    box = test.selectbox(key=f"label.choice.{newer.id}")
    assert len(box.options) == 2
    box.select(of.id).run()
    assert test.query_params["round"] == str(of.id)
    assert test.button(key=f"label.{task(of).id}.relevant").label == "Relevant"


def test_a_file_with_mistakes_is_listed_row_by_row_and_nothing_comes_in(case: int) -> None:
    packet = workspace().store.case(case)
    row = {"document": packet.documents[0].name, "page": 1, "criterion": packet.criteria.criteria[0].id}
    lines = [{**row, "verdict": "relevant"}, {**row, "verdict": "perhaps"}, {**row, "page": 999, "verdict": "0"}]
    test = panel(FILES, by=WHO)
    data = "\n".join(map(json.dumps, lines)).encode()
    test.file_uploader[0].set_value(("mine.jsonl", data, "application/jsonl")).run()
    assert "Nothing was imported" in texts(test)
    assert list(test.table[0].value.index) == ["2", "3"]
    assert test.button(key="label.files.import").disabled
    assert given(case) == []


@pytest.mark.usefixtures("case")
def test_a_place_in_broken_json_is_a_character_of_the_line() -> None:
    test = panel(FILES, by=WHO)
    test.file_uploader[0].set_value(("mine.jsonl", b"not json", "application/jsonl")).run()
    assert list(test.table[0].value["Column"]) == ["character 1"]


def test_whoever_vouches_for_a_file_sees_what_is_filled_in_first_and_vouches_for_it_alone(case: int) -> None:
    packet = workspace().store.case(case)
    pairs = sum(d.pages for d in packet.documents) * len(packet.criteria.criteria)
    row = {"document": packet.documents[0].name, "page": 1, "criterion": packet.criteria.criteria[0].id, "verdict": "1"}
    test = panel(FILES, by=WHO)
    test.file_uploader[0].set_value(("mine.jsonl", json.dumps(row).encode(), "application/jsonl")).run()
    assert "1 label from the file, in 1 case. Nothing is stored yet." in test.info[0].value
    test.toggle(key="label.files.whole.0").set_value(True).run()
    said = f"1 label from the file, {pairs - 1:,} filled in as not relevant, in 1 case."
    assert said in test.info[0].value
    assert given(case) == []
    test.button(key="label.files.import").click().run()
    assert said in test.success[0].value
    assert len(given(case)) == pairs
    assert test.toggle(key="label.files.whole.1").value is False


def test_a_file_without_mistakes_comes_in_once(case: int) -> None:
    packet = workspace().store.case(case)
    row = {"document": packet.documents[0].name, "page": 1, "criterion": packet.criteria.criteria[0].id, "verdict": "1"}
    for again in ("is taken over: 1 label from the file, in 1 case.", "1 of them was here already"):
        test = panel(FILES, by=WHO)
        test.file_uploader[0].set_value(("mine.jsonl", json.dumps(row).encode(), "application/jsonl")).run()
        test.button(key="label.files.import").click().run()
        assert not test.error
        assert again in test.success[0].value
    assert [label.verdict for label in given(case)] == ["relevant"]
    assert {b.proto.label for b in test.get("download_button")} == {"JSON lines", "CSV", "TREC qrels"}

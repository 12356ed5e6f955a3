"""Labelling rounds through the workspace: what is drawn, what an answer keeps, and what two reviewers are given."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from core.domain import CaseDocument, CriteriaSet, Criterion, Page, PageRef, ScorerInfo, Verdict, digest
from core.errors import BadLabels, ChartsieveError, Conflict
from core.labelling import Labelling, seconds_each
from core.labels import labels_jsonl
from core.rounds import Round, RoundPlan, Task
from core.selection import Rule
from core.settings import read_settings
from core.workspace import Workspace

INFO = ScorerInfo("made up", "model", "1", "identity")
CRITERIA = CriteriaSet(
    "Step therapy", (Criterion("C-1", "Has methotrexate been tried?"), Criterion("C-2", "Was tuberculosis excluded?"))
)
HIGH, LOW = 0.8, 0.05
SCORES = ((HIGH, LOW, LOW, LOW), (LOW, HIGH, LOW, LOW))
WHOLE = RoundPlan(twice=0.0, whole=True)


@pytest.fixture
def opened() -> Iterator[Workspace]:
    workspace = Workspace.open(read_settings())
    yield workspace
    workspace.close()


def case_of(
    opened: Workspace,
    name: str = "Request 1",
    *,
    criteria: CriteriaSet = CRITERIA,
    texts: Sequence[str] = ("one", "two", "three", "four"),
    done: bool = True,
) -> int:
    """A case of one document, scored by INFO as SCORES says."""
    document = digest(name)
    pages = [Page(PageRef(document, n), f"{name}: {text}", body=digest(text)) for n, text in enumerate(texts, start=1)]
    opened.store.add_document(document, size=1000, pages=pages)
    case = opened.store.create_case(
        name,
        criteria=criteria,
        documents=[CaseDocument(document, f"{name}.pdf", len(pages))],
        scorer=INFO,
        rule="",
        by="R",
    )
    answers: dict[tuple[str, str], float | str] = {
        (criterion.digest, page.digest): value
        for criterion, row in zip(criteria, SCORES, strict=True)
        for page, value in zip(pages, row, strict=True)
    }
    opened.store.save_answers(INFO, [(question, text, score) for (question, text), score in answers.items()])
    opened.store.update_job(case, state="done" if done else "running", stage="Scoring", done=1, total=1)
    return case


def drawn(opened: Workspace, plan: RoundPlan = WHOLE, *, cases: Sequence[int] | None = None) -> Round:
    return opened.labelling.draw(CRITERIA.name, INFO.fingerprint, plan, cases=cases, by="Q. Lead")


def after(labelling: Labelling, of: Round, reviewer: str, skipped: Sequence[int] = ()) -> Task:
    task = labelling.next(of.id, reviewer=reviewer, skipped=skipped)
    assert task is not None
    return task


def taken_back(labelling: Labelling, of: Round, reviewer: str = "A") -> Task | None:
    undone = labelling.undo(of.id, reviewer=reviewer)
    return undone.task if undone else None


def judge_all(labelling: Labelling, of: Round, reviewer: str, verdict: Verdict = "not_relevant") -> int:
    count = 0
    while task := labelling.next(of.id, reviewer=reviewer, skipped=()):
        assert labelling.answer(task.id, verdict, reviewer=reviewer)
        count += 1
    return count


def judged(opened: Workspace, of: Round) -> dict[tuple[int, PageRef, str], float]:
    """{pair: the chance with which the round drew it}, after everything was judged."""
    found = {}
    while task := opened.labelling.next(of.id, reviewer="A", skipped=()):
        one = task.drawn
        found[one.case, one.page, one.criterion] = one.inclusion_probability or 0.0
        opened.labelling.answer(task.id, "not_relevant", reviewer="A")
    return found


# -- drawing


def test_a_round_of_whole_cases_asks_every_pair_with_chance_one(opened: Workspace) -> None:
    case_of(opened)
    of = drawn(opened)
    assert (of.tasks, of.judgements, of.done) == (8, 8, 0)
    task = after(opened.labelling, of, "A")
    assert task.drawn.inclusion_probability == 1.0


def test_copies_of_a_page_are_drawn_once(opened: Workspace) -> None:
    case = case_of(opened, texts=("one", "two", "three", "two"))
    chart = opened.chart(case)
    assert chart.pages[3].duplicate_of == chart.pages[1].ref
    assert drawn(opened).tasks == 6


def test_only_the_cases_asked_for_are_drawn_from(opened: Workspace) -> None:
    first = case_of(opened)
    case_of(opened, "Request 2")
    of = drawn(opened, cases=[first])
    assert of.cases == (first,)
    assert of.tasks == 8


def test_a_case_that_is_still_scored_waits_for_the_next_round(opened: Workspace) -> None:
    case_of(opened, done=False)
    assert opened.labelling.sources() == []
    with pytest.raises(ChartsieveError, match="has been scored by this scorer yet"):
        drawn(opened)


def test_a_criterion_with_an_older_wording_is_another_question(opened: Workspace) -> None:
    case_of(opened)
    reworded = CriteriaSet(CRITERIA.name, (CRITERIA.criteria[0], Criterion("C-2", "Was TB excluded this year?")))
    newer = case_of(opened, "Request 2", criteria=reworded)
    of = drawn(opened)
    assert of.tasks == 4 + 8
    assert of.cases[0] == newer or newer in of.cases


def test_the_supply_tells_kept_from_left_out_and_from_judged(opened: Workspace) -> None:
    case_of(opened)
    (source,) = opened.labelling.sources()
    before = opened.labelling.supply(source)
    assert (before.cases, before.shown, before.below, before.before) == (1, 2, 6, 0)
    of = drawn(opened)
    opened.labelling.answer(after(opened.labelling, of, "A").id, "relevant", reviewer="A")
    now = opened.labelling.supply(source)
    assert (now.pairs, now.before) == (7, 1)


def test_when_everything_was_judged_there_is_nothing_left_to_draw(opened: Workspace) -> None:
    case_of(opened)
    assert judge_all(opened.labelling, drawn(opened), "A") == 8
    with pytest.raises(ChartsieveError, match="nothing left to draw"):
        drawn(opened)
    assert len(opened.store.rounds.all()) == 1


def test_nobody_draws_a_round_without_a_name(opened: Workspace) -> None:
    case_of(opened)
    with pytest.raises(ChartsieveError, match="Say your name first"):
        opened.labelling.draw(CRITERIA.name, INFO.fingerprint, WHOLE, by="")


def test_all_rounds_of_a_database_share_their_seed(opened: Workspace) -> None:
    case_of(opened)
    first = drawn(opened)
    case_of(opened, "Request 2")
    assert drawn(opened).seed == first.seed


def test_a_round_asks_for_nothing_that_was_judged_before_and_adds_as_many_as_it_says(opened: Workspace) -> None:
    for n in range(30):
        case_of(opened, f"Request {n}")
    plan = RoundPlan(shown=20, audit=40, uncertainty=0, twice=0.0)
    first = judged(opened, drawn(opened, plan))
    second = judged(opened, drawn(opened, plan))
    assert not first.keys() & second.keys()
    assert all(35 <= len(pairs) <= 85 for pairs in (first, second))


# -- judging


def test_an_answer_keeps_arm_chance_score_and_that_it_was_blind(opened: Workspace) -> None:
    case = case_of(opened)
    of = drawn(opened, RoundPlan(shown=2, audit=6, uncertainty=0, twice=0.0))
    assert judge_all(opened.labelling, of, "A") == 8
    labels = [label for _, label in opened.store.labels(case)]
    assert sorted(label.arm for label in labels) == ["audit"] * 6 + ["shown"] * 2
    for label in labels:
        assert label.blind
        assert label.inclusion_probability == 1.0
        assert label.score == (HIGH if label.arm == "shown" else LOW)
        assert (label.fingerprint, label.recalibration, label.probability) == (INFO.fingerprint, "", None)
        assert (label.threshold, label.seed, label.reviewer) == (0.2, of.seed, "A")


def test_the_same_answer_twice_is_stored_once(opened: Workspace) -> None:
    case = case_of(opened)
    task = after(opened.labelling, drawn(opened), "A")
    assert opened.labelling.answer(task.id, "unsure", reviewer="A")
    assert not opened.labelling.answer(task.id, "unsure", reviewer="A")
    assert len(opened.store.labels(case)) == 1


def test_nobody_judges_without_a_name(opened: Workspace) -> None:
    case = case_of(opened)
    task = after(opened.labelling, drawn(opened), "A")
    with pytest.raises(ChartsieveError, match="Say your name first"):
        opened.labelling.answer(task.id, "relevant", reviewer="")
    assert opened.store.labels(case) == []


def test_undo_takes_the_newest_answer_back_and_asks_it_again(opened: Workspace) -> None:
    case = case_of(opened)
    labelling, of = opened.labelling, drawn(opened)
    first = after(labelling, of, "A")
    labelling.answer(first.id, "relevant", reviewer="A")
    second = after(labelling, of, "A")
    labelling.answer(second.id, "not_relevant", reviewer="A")
    assert taken_back(labelling, of) == second
    assert [label.page for _, label in opened.store.labels(case)] == [first.drawn.page]
    assert after(labelling, of, "A") == second
    assert taken_back(labelling, of) == first
    assert labelling.undo(of.id, reviewer="A") is None
    assert labelling.undo(of.id, reviewer="B") is None, "nobody takes back what others said"


def test_what_was_taken_back_is_told_and_kept_for_whoever_took_it_back(opened: Workspace) -> None:
    case_of(opened)
    labelling, of = opened.labelling, drawn(opened)
    for _ in range(7):
        labelling.answer(after(labelling, of, "A").id, "unsure", reviewer="A")
    last = after(labelling, of, "A")
    labelling.answer(last.id, "relevant", reviewer="A", note="a table")
    undone = labelling.undo(of.id, reviewer="A")
    assert undone is not None
    assert (undone.task, undone.label.verdict, undone.label.note) == (last, "relevant", "a table")
    assert labelling.next(of.id, reviewer="B", skipped=()) is None
    assert after(labelling, of, "A") == last


def test_an_answer_that_stands_is_changed_by_undo_alone(opened: Workspace) -> None:
    case = case_of(opened)
    labelling, of = opened.labelling, drawn(opened)
    first = after(labelling, of, "A")
    labelling.answer(first.id, "relevant", reviewer="A")
    labelling.answer(after(labelling, of, "A").id, "unsure", reviewer="A")
    with pytest.raises(Conflict, match="You judged this page in another window: relevant"):
        labelling.answer(first.id, "not_relevant", reviewer="A")
    assert [label.verdict for _, label in opened.store.labels(case)] == ["relevant", "unsure"]
    labelling.undo(of.id, reviewer="A")
    labelling.undo(of.id, reviewer="A")
    assert labelling.answer(first.id, "not_relevant", reviewer="A")


def marked(opened: Workspace, case: int, task: Task, reviewer: str) -> None:
    """On the review screen, in sight of the score."""
    seen = next(page for page in opened.chart(case).pages if page.ref == task.drawn.page)
    opened.review.mark(case, task.drawn.criterion, seen, "relevant", reviewer=reviewer, rule=Rule())


def test_a_pair_marked_in_sight_of_the_score_goes_to_others_or_comes_last_and_is_not_blind(opened: Workspace) -> None:
    case = case_of(opened)
    labelling, of = opened.labelling, drawn(opened)
    first = after(labelling, of, "A")
    marked(opened, case, first, "A")
    assert after(labelling, of, "A") != first
    assert after(labelling, of, "B") == first
    for _ in range(7):
        task = after(labelling, of, "A")
        assert task != first
        labelling.answer(task.id, "unsure", reviewer="A")
    assert after(labelling, of, "A") == first
    for _ in range(2):  # also once it was taken back
        labelling.answer(first.id, "not_relevant", reviewer="A")
        (label,) = (la for _, la in opened.store.labels(case) if la.page == first.drawn.page and la.verdict != "unsure")
        assert (label.blind, label.arm, label.inclusion_probability) == (False, first.drawn.arm, 1.0)
        assert taken_back(labelling, of) == first


def test_skipped_pages_come_back_when_nothing_else_is_left(opened: Workspace) -> None:
    case_of(opened)
    labelling, of = opened.labelling, drawn(opened)
    skipped = after(labelling, of, "A").id
    for _ in range(7):
        task = after(labelling, of, "A", [skipped])
        assert task.id != skipped
        labelling.answer(task.id, "not_relevant", reviewer="A")
    assert after(labelling, of, "A", [skipped]).id == skipped


def test_two_reviewers_at_once_are_given_different_pages(opened: Workspace) -> None:
    case_of(opened)
    labelling, of = opened.labelling, drawn(opened)
    mine, yours = after(labelling, of, "A"), after(labelling, of, "B")
    assert mine.id != yours.id
    assert after(labelling, of, "A").id == mine.id, "it stays on my screen"
    assert labelling.answer(mine.id, "relevant", reviewer="A")
    with pytest.raises(Conflict):
        labelling.answer(mine.id, "relevant", reviewer="B")


def test_what_is_judged_twice_goes_to_a_second_reviewer_and_never_to_the_first_again(opened: Workspace) -> None:
    case = case_of(opened)
    labelling, of = opened.labelling, drawn(opened, RoundPlan(twice=1.0, whole=True))
    assert of.judgements == 16
    assert judge_all(labelling, of, "A") == 8
    assert labelling.progress(of.id, reviewer="A").done == 8
    assert judge_all(labelling, of, "B") == 8
    assert labelling.next(of.id, reviewer="C", skipped=()) is None
    assert len(opened.store.labels(case)) == 16


def test_open_rounds_come_before_those_that_are_done(opened: Workspace) -> None:
    first, second = case_of(opened), case_of(opened, "Request 2")
    one, two = drawn(opened, cases=[first]), drawn(opened, cases=[second])
    assert [r.id for r in opened.labelling.rounds()] == [two.id, one.id]
    judge_all(opened.labelling, two, "A")
    assert [r.id for r in opened.labelling.rounds()] == [one.id, two.id]


def test_the_pace_leaves_breaks_out() -> None:
    start = datetime(2026, 11, 2, 9, tzinfo=UTC)
    times = [start + timedelta(seconds=s) for s in (0, 10, 14, 4000, 4010)]
    assert seconds_each(times) == 8.0  # 10, 4 and 10 seconds; the break of 3986 is none
    assert seconds_each(times[:3]) is None


# -- files


def test_an_export_comes_back_in_and_changes_nothing(opened: Workspace) -> None:
    case_of(opened)
    judge_all(opened.labelling, drawn(opened), "A")
    data = labels_jsonl(opened.label_rows()).encode()
    came = opened.labelling.import_file(data, "labels.jsonl", by="Q")
    assert (came.labels, came.new, came.cases) == (8, 0, 1)


def test_qrels_of_cases_read_as_a_whole_say_what_is_not_relevant_as_well(opened: Workspace) -> None:
    case = case_of(opened)
    case_of(opened, "Request 2")
    line = f"C-1 0 {digest('Request 1')}:1 1\n".encode()
    came = opened.labelling.import_file(line, "truth.qrels", by="Q", whole=True)
    assert (came.labels, came.new, came.cases) == (8, 8, 1)
    labels = opened.store.labels()
    assert {number for number, _ in labels} == {case}
    assert [(la.criterion, la.page.number) for _, la in labels if la.verdict == "relevant"] == [("C-1", 1)]
    assert {label.inclusion_probability for _, label in labels} == {1.0}


def test_a_preview_of_a_file_counts_and_stores_nothing(opened: Workspace) -> None:
    case_of(opened)
    line = f"C-1 0 {digest('Request 1')}:1 1\n".encode()
    found = opened.labelling.preview_file(line, "truth.qrels", by="Q", whole=True)
    assert (found.labels, found.filled, found.new, found.cases) == (8, 7, 0, 1)
    assert opened.store.labels() == []


def test_a_file_with_a_mistake_leaves_everything_as_it_was(opened: Workspace) -> None:
    case_of(opened)
    good = {"document": "Request 1.pdf", "page": 1, "criterion": "C-1", "verdict": "relevant"}
    lines = [good, {**good, "page": 9}, {**good, "verdict": "perhaps"}, {**good, "criterion": "C-9"}]
    with pytest.raises(BadLabels) as caught:
        opened.labelling.import_file("\n".join(map(json.dumps, lines)).encode(), "labels.jsonl", by="Q")
    assert [problem.row for problem in caught.value.problems] == [2, 3, 4]
    assert opened.store.labels() == []

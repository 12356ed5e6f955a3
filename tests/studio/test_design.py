"""Which drawn labels count, and with which chance: of rounds carried through, in cases that stayed what they were."""

from collections.abc import Callable

import numpy as np
import pytest

from core.calibration.labelled import LabelledCase
from core.domain import CaseDocument, JobState, Page, PageRef, digest
from core.errors import ChartsieveError
from core.rounds import Round, RoundPlan, Task
from core.selection import Rule
from core.store import Store
from core.workspace import Workspace
from tests.studio.examples import CRITERIA, HIGH, INFO, LEAD, LOW, case_of, material, say

WHOLE = RoundPlan(whole=True, twice=0.0)
SOME = RoundPlan(shown=100, audit=30, uncertainty=0, twice=0.0)
PAGES = 12


def made(workspace: Workspace, name: str = "Request") -> int:
    """Two criteria; the first page stands high for the one, the second for the other."""
    return case_of(workspace, [HIGH, *[LOW] * (PAGES - 1)], [LOW, HIGH, *[LOW] * (PAGES - 2)], name=name)


def draw(workspace: Workspace, plan: RoundPlan) -> Round:
    return workspace.labelling.draw(CRITERIA.name, INFO.fingerprint, plan, by=LEAD)


def work(workspace: Workspace, of: Round, wanted: Callable[[Task], bool] = lambda _: True) -> int:
    """Judge the wanted tasks of a round; how many they were."""
    skipped: list[int] = []
    count = 0
    while task := workspace.store.rounds.next(of.id, reviewer="A", skipped=skipped):
        if wanted(task):
            workspace.labelling.answer(task.id, "not_relevant", reviewer="A")
            count += 1
        else:
            skipped.append(task.id)
    return count


def found(workspace: Workspace, case: int) -> LabelledCase:
    return next(c for c in material(workspace).cases if c.case == case)


def known(case: LabelledCase) -> int:
    """Labels with a chance that counts."""
    return int(case.counts.sum())


def test_a_round_counts_for_a_criterion_once_all_that_it_drew_there_is_judged(workspace: Workspace) -> None:
    case = made(workspace)
    of = draw(workspace, WHOLE)
    assert work(workspace, of, lambda task: task.drawn.criterion == "C-1") == PAGES
    assert found(workspace, case).whole.tolist() == [True, False]
    assert found(workspace, case).counts.any(axis=1).tolist() == [True, False]
    work(workspace, of)
    assert found(workspace, case).whole.tolist() == [True, True]


def test_drawing_a_round_changes_nothing_before_it_is_judged(workspace: Workspace) -> None:
    cases = [made(workspace, f"Request {n}") for n in range(6)]
    work(workspace, draw(workspace, SOME))
    before = [found(workspace, case).inclusion for case in cases]
    assert any((chance < 1).any() for chance in before)
    later = draw(workspace, WHOLE)
    after = [found(workspace, case).inclusion for case in cases]
    assert all(np.array_equal(b, a, equal_nan=True) for b, a in zip(before, after, strict=True))
    work(workspace, later)
    assert all(found(workspace, case).whole.all() for case in cases)


def test_an_abandoned_round_takes_nothing_from_a_later_one(workspace: Workspace) -> None:
    cases = [made(workspace, f"Request {n}") for n in range(6)]
    draw(workspace, RoundPlan(shown=100, audit=60, uncertainty=0, twice=0.0))
    assert work(workspace, draw(workspace, WHOLE)) == 6 * 2 * PAGES
    assert all(found(workspace, case).whole.all() for case in cases)


def test_an_audit_that_nobody_has_judged_says_nothing_of_what_was_missed(workspace: Workspace) -> None:
    for n in range(6):
        made(workspace, f"Request {n}")
    work(workspace, draw(workspace, RoundPlan(shown=100, audit=0, uncertainty=0, twice=0.0)))
    assert material(workspace).only_shown
    later = draw(workspace, RoundPlan(shown=100, audit=80, uncertainty=0, twice=0.0))
    assert not any(case.counts[:, 2:].any() for case in material(workspace).cases)
    work(workspace, later)
    assert not material(workspace).only_shown


def test_a_withdrawn_judgement_opens_its_criterion_again(workspace: Workspace) -> None:
    case = made(workspace)
    of = draw(workspace, WHOLE)
    work(workspace, of)
    assert workspace.labelling.undo(of.id, reviewer="A") is not None
    assert sorted(found(workspace, case).whole.tolist()) == [False, True]


def test_rounds_together_count_with_the_larger_chance(workspace: Workspace) -> None:
    cases = [made(workspace, f"Request {n}") for n in range(8)]
    work(workspace, draw(workspace, RoundPlan(shown=100, audit=30, uncertainty=0, twice=0.0)))
    first = {case: found(workspace, case).inclusion for case in cases}
    work(workspace, draw(workspace, RoundPlan(shown=100, audit=60, uncertainty=0, twice=0.0)))
    for case in cases:
        now = found(workspace, case).inclusion
        before = first[case]
        both = ~np.isnan(before)
        assert (now[both] >= before[both]).all()
        assert len({round(float(x), 9) for x in now[~np.isnan(now) & (now < 1)]}) <= 1, "one chance for equal pages"


def test_pages_that_join_a_case_end_what_a_round_says_of_it_until_they_are_drawn_as_well(
    workspace: Workspace, store_page: Callable[[int], None]
) -> None:
    case = made(workspace)
    work(workspace, draw(workspace, WHOLE))
    assert found(workspace, case).whole.all()
    store_page(case)
    assert known(found(workspace, case)) == 0
    assert work(workspace, draw(workspace, WHOLE)) == 2
    assert found(workspace, case).whole.all()


@pytest.fixture
def store_page(workspace: Workspace) -> Callable[[int], None]:
    """Adds a document of one page, scored, to a case."""

    def add(case: int) -> None:
        store: Store = workspace.store
        document = digest("joins")
        joined = Page(PageRef(document, 1), "joins", body=digest("joins"))
        store.add_document(document, size=10, pages=[joined])
        store.add_documents(case, [CaseDocument(document, "joins.pdf", 1)], by="R")
        store.save_answers(INFO, [(criterion.digest, joined.digest, LOW) for criterion in CRITERIA])
        store.queue_job(case)
        store.update_job(case, state="done", stage="Scoring", done=2, total=2)

    return add


def test_a_case_that_is_not_completely_scored_is_neither_drawn_from_nor_counted(workspace: Workspace) -> None:
    case = case_of(workspace, [HIGH, LOW, None], [LOW, HIGH, LOW])
    assert {t.drawn.criterion for t in tasks(workspace, draw(workspace, WHOLE))} == {"C-2"}
    for number in (1, 2, 3):
        say(workspace, case, "C-1", number, "relevant", chance=1.0)
    assert found(workspace, case).criteria == ("C-2",)


def tasks(workspace: Workspace, of: Round) -> list[Task]:
    """All tasks of a round."""
    listed: list[Task] = []
    while task := workspace.store.rounds.next(of.id, reviewer="A", skipped=[t.id for t in listed]):
        listed.append(task)
    return listed


@pytest.mark.parametrize("state", ["failed", "cancelled", "asking", "running"])
def test_a_case_whose_work_is_not_done_waits_for_the_next_round(workspace: Workspace, state: JobState) -> None:
    case = made(workspace)
    workspace.store.queue_job(case)
    workspace.store.update_job(case, state=state)
    with pytest.raises(ChartsieveError, match="scored by this scorer yet"):
        draw(workspace, WHOLE)


def test_an_audit_from_a_file_vouches_for_its_own_criterion_alone(workspace: Workspace) -> None:
    case = made(workspace)
    say(workspace, case, "C-1", 3, "not_relevant", chance=0.2)
    say(workspace, case, "C-2", 2, "relevant", chance=1.0, arm="shown")
    assert found(workspace, case).counts.any(axis=1).tolist() == [True, False]


def test_undo_never_takes_back_what_was_marked_on_the_review_screen_since(workspace: Workspace) -> None:
    case = made(workspace)
    of = draw(workspace, WHOLE)
    task = workspace.store.rounds.next(of.id, reviewer="A")
    assert task is not None
    workspace.labelling.answer(task.id, "not_relevant", reviewer="A")
    seen = next(p for p in workspace.chart(case).pages if p.ref == task.drawn.page)
    workspace.review.mark(case, task.drawn.criterion, seen, "relevant", reviewer="A", rule=Rule())
    with pytest.raises(ChartsieveError, match="on the review screen since"):
        workspace.labelling.undo(of.id, reviewer="A")
    assert [label.verdict for _, label in workspace.store.labels(case)] == ["relevant"]

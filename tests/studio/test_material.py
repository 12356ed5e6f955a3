"""Labels of many cases become what every statistic is computed from: which of them count, and as what."""

import numpy as np
import pytest

from core.calibration.curves import UNSURE
from core.calibration.labelled import LabelledCase
from core.domain import CriteriaSet, Criterion, PageRef, Verdict, digest
from core.errors import NotFound
from core.rounds import Round, RoundPlan
from core.selection import Rule
from core.studio.design import frame_of, scored_rows
from core.studio.matrices import matrix_of
from core.workspace import Workspace
from tests.studio.examples import (
    CRITERIA,
    HIGH,
    INFO,
    LOW,
    NOON,
    case_of,
    judge,
    material,
    page,
    pdf,
    read_case,
    say,
)
from tests.uploading import taken

TWO = ([HIGH, LOW, LOW], [LOW, HIGH, LOW])


def only(workspace: Workspace) -> LabelledCase:
    (case,) = material(workspace).cases
    return case


def add_round(workspace: Workspace, *cases: int, plan: RoundPlan) -> None:
    """A round that could draw from the cases as they are, and drew nothing."""
    found = [workspace.chart(case) for case in cases]
    matrices = [matrix_of(chart) for chart in found]
    frames = tuple(frame_of(m, scored_rows(m, CRITERIA)) for m in matrices)
    workspace.store.rounds.add(
        Round(7, INFO.fingerprint, "", "probability>=0.5", CRITERIA.name, plan, cases, frames, "Q. Lead", NOON), []
    )


# -- which labels count


def test_a_mark_on_the_review_screen_has_no_chance_and_enters_no_estimate(workspace: Workspace) -> None:
    case = case_of(workspace, *TWO)
    workspace.review.mark(case, "C-1", workspace.chart(case).pages[0], "relevant", reviewer="R", rule=Rule())
    found = only(workspace)
    assert found.truth[0, 0] == 1
    assert np.isnan(found.inclusion).all()
    assert not found.counts.any()
    assert material(workspace).only_shown


def test_a_criterion_with_a_page_still_to_be_scored_says_nothing(workspace: Workspace) -> None:
    case = case_of(workspace, [HIGH, None, LOW], [LOW, HIGH, LOW])
    for criterion in ("C-1", "C-2"):
        for number in (1, 2, 3):
            say(workspace, case, criterion, number, "relevant", chance=1.0)
    found = only(workspace)
    assert found.criteria == ("C-2",)
    assert found.whole.tolist() == [True]


def test_blind_labels_of_a_pair_silence_the_marks_made_in_sight_of_the_score(workspace: Workspace) -> None:
    case = case_of(workspace, *TWO)
    say(workspace, case, "C-1", 2, "not_relevant", by="Blind", chance=0.25)
    say(workspace, case, "C-1", 2, "relevant", by="Sees", arm="shown")
    say(workspace, case, "C-1", 2, "relevant", by="Sees too", arm="found")
    found = only(workspace)
    assert (found.truth[0, 1], found.inclusion[0, 1]) == (0, 0.25)


@pytest.mark.parametrize(
    ("verdicts", "truth"),
    [
        (["relevant", "not_relevant", "not_relevant"], 0),
        (["relevant", "not_relevant"], 1),
        (["unsure", "not_relevant"], 0),
        (["unsure", "unsure"], UNSURE),
    ],
    ids=["the majority", "a tie is relevant", "who is unsure has no vote", "all are unsure"],
)
def test_several_reviewers_become_one_verdict(workspace: Workspace, verdicts: list[Verdict], truth: int) -> None:
    case = case_of(workspace, *TWO)
    for n, verdict in enumerate(verdicts):
        say(workspace, case, "C-1", 1, verdict, by=f"Reviewer {n}", chance=0.5)
    found = only(workspace)
    assert (found.truth[0, 0], found.inclusion[0, 0]) == (truth, 0.5)


def test_a_pair_of_several_draws_has_the_largest_of_their_chances(workspace: Workspace) -> None:
    case = case_of(workspace, *TWO)
    for by, chance in (("A", 0.1), ("B", 0.4)):
        say(workspace, case, "C-1", 3, "relevant", by=by, chance=chance)
    assert only(workspace).inclusion[0, 2] == 0.4


def test_a_page_that_somebody_is_unsure_about_was_looked_at(workspace: Workspace) -> None:
    case = case_of(workspace, *TWO)
    judge(workspace, case, {"C-1": [1]})
    say(workspace, case, "C-1", 3, "unsure", chance=1.0)
    found = only(workspace)
    assert found.whole.tolist() == [True, False]
    assert found.truth[0].tolist() == [1, 0, UNSURE]
    assert found.counts[0].tolist() == [True, True, False], "it is neither relevant nor not relevant"


def test_a_label_of_a_copy_counts_for_the_first_page_and_once(workspace: Workspace) -> None:
    case = case_of(workspace, [HIGH, LOW, HIGH], [LOW, HIGH, LOW], texts=["one", "two", "one"])
    for number in (1, 2, 3):
        say(workspace, case, "C-1", number, "relevant" if number == 3 else "not_relevant", chance=1.0, by=f"R{number}")
    found = only(workspace)
    assert found.truth[0].tolist() == [1, 0, -1], "one reviewer each: a tie is relevant"
    assert found.counts[0].tolist() == [True, True, False]
    assert found.whole.tolist() == [True, False]


def test_a_page_that_nobody_could_read_never_makes_a_row_incomplete(workspace: Workspace) -> None:
    case = case_of(workspace, [HIGH, None, LOW], [LOW, None, LOW], unread=(2,))
    for number in (1, 3):
        say(workspace, case, "C-1", number, "relevant", chance=1.0)
    found = only(workspace)
    assert found.whole.tolist() == [True, False]
    assert found.counts[0].tolist() == [True, False, True]


# -- which cases count


def test_criteria_that_were_reworded_since_are_left_out_and_counted(workspace: Workspace) -> None:
    case = case_of(workspace, *TWO)
    judge(workspace, case, {"C-1": [1], "C-2": [2]})
    reworded = Criterion("C-2", "Was TB excluded this year?")
    workspace.store.save_criteria(CriteriaSet(CRITERIA.name, (CRITERIA["C-1"], reworded)), by="R")
    found = material(workspace)
    assert found.subject.criteria_version == 2
    assert found.cases[0].criteria == ("C-1",)
    assert found.counts.other_wording == 3
    assert sum(found.counts.verdicts.values()) == 3


def test_a_case_that_could_be_drawn_from_counts_as_audited_even_if_nothing_was_drawn_in_it(
    workspace: Workspace,
) -> None:
    case, other = case_of(workspace, *TWO), case_of(workspace, *TWO, name="Another")
    add_round(workspace, case, plan=RoundPlan(shown=5, audit=5))
    add_round(workspace, other, plan=RoundPlan(shown=5, audit=0))
    audited = {c.case: np.asarray(c.audited).tolist() for c in material(workspace).cases}
    assert audited == {case: [True, True], other: [False, False]}
    assert not any(c.counts.any() for c in material(workspace).cases)


def test_labels_of_a_replaced_document_follow_the_pages_that_stayed_the_same(workspace: Workspace) -> None:
    texts = ("Methotrexate 20 mg weekly, stopped.", "The garden party is on Saturday.")
    case = read_case(workspace, *texts)
    fingerprint = workspace.store.case(case).scorer.fingerprint
    for number, verdict in ((1, "relevant"), (2, "not_relevant")):
        say(workspace, case, "A", number, verdict, chance=1.0)  # type: ignore[arg-type]
    before = material(workspace, "List", fingerprint).cases[0]
    newer = taken(workspace, pdf("A cover sheet.", texts[0], "The party was called off."), "newer.pdf")
    workspace.replace_document(case, page(workspace, case, 1).document, newer, by="R")
    workspace.jobs.wait(case, 60)
    after = material(workspace, "List", fingerprint).cases[0]
    assert before.truth[0].tolist() == [1, 0]
    assert after.truth[0].tolist() == [-1, 1, -1], "the page that moved keeps its label, the others have none"
    assert after.whole.tolist() == [False, False]


def test_a_withdrawn_label_is_gone_at_once(workspace: Workspace) -> None:
    case = case_of(workspace, *TWO)
    judge(workspace, case, {"C-1": [1]})
    assert only(workspace).whole[0]
    workspace.store.withdraw_label(case, page(workspace, case, 2), "C-1", reviewer="A. Reviewer")
    assert not only(workspace).whole[0]


# -- what they are under


def test_probabilities_are_those_of_the_review_chart_to_the_last_bit(workspace: Workspace) -> None:
    cases = [
        read_case(workspace, "Methotrexate 20 mg weekly, stopped.", *extra, name=f"Case {n}")
        for n, extra in enumerate([("The party is on Saturday.", "Arthritis, CDAI 28."), ("Arthritis.",)])
    ]
    fingerprint = workspace.store.case(cases[0]).scorer.fingerprint
    for number in cases:
        say(workspace, number, "A", 1, "relevant", chance=1.0)
    found = material(workspace, "List", fingerprint)
    assert found.version
    for one in found.cases:
        chart = workspace.chart(one.case)
        assert chart.recalibration == found.version
        assert np.array_equal(one.compared, chart.grid.probabilities)
        assert np.array_equal(one.milli, chart.grid.milli)
    raw = material(workspace, "List", fingerprint, "")
    assert np.array_equal(raw.cases[0].compared, workspace.chart(raw.cases[0].case).grid.scores)


def test_the_same_labels_have_the_same_digest_and_one_more_has_another(workspace: Workspace) -> None:
    case = case_of(workspace, *TWO)
    say(workspace, case, "C-1", 1, "relevant", chance=0.5)
    first = material(workspace)
    assert material(workspace) is first, "nothing has changed: nothing is made anew"
    say(workspace, case, "C-1", 2, "relevant", chance=0.5)
    assert material(workspace).labels_digest != first.labels_digest


def test_two_people_who_judged_the_same_page_blindly_are_compared(workspace: Workspace) -> None:
    case = case_of(workspace, *TWO)
    for by in ("A", "B"):
        say(workspace, case, "C-1", 1, "relevant", by=by, chance=1.0)
    say(workspace, case, "C-1", 2, "relevant", by="A", chance=1.0)
    say(workspace, case, "C-1", 2, "not_relevant", by="Sees the score", arm="shown")
    agreed = material(workspace).agreement
    assert (agreed.n, agreed.both_relevant, agreed.observed) == (1, 1, 1.0)


def test_a_subject_says_how_much_there_is(workspace: Workspace) -> None:
    case = case_of(workspace, *TWO)
    case_of(workspace, *TWO, name="Another")
    judge(workspace, case, {"C-1": [1]})
    (subject,) = workspace.studio.subjects()
    assert (subject.criteria_name, subject.cases, subject.labelled, subject.labels) == (CRITERIA.name, 2, 1, 3)
    with pytest.raises(NotFound, match="Choose another one"):
        material(workspace, "Nothing of that name")


def test_labels_of_elsewhere_take_the_place_of_those_here(workspace: Workspace) -> None:
    case = case_of(workspace, *TWO)
    judge(workspace, case, {"C-1": [1]})
    label = next(la for _, la in workspace.store.labels() if la.verdict == "relevant")
    found = workspace.studio.material_of([(case, label)], CRITERIA.name, INFO.fingerprint)
    assert found.cases[0].truth.tolist() == [[1, -1, -1], [-1, -1, -1]]
    assert label.page == PageRef(digest("Request"), 1)

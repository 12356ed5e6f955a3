"""Scores of whole cases as arrays: kept in memory and on disk, and made anew whenever anything may have changed."""

import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.chart import Chart
from core.domain import CaseDocument, CriteriaSet, Criterion, Page, PageRef
from core.studio import Matrix
from core.studio.matrices import Matrices
from core.workspace import Workspace
from tests.studio.examples import CRITERIA, HIGH, INFO, LOW, case_of, pdf, read_case, say
from tests.uploading import taken

TWO = ([HIGH, LOW, None], [LOW, HIGH, LOW])
FULL = ([HIGH, LOW, LOW], [LOW, HIGH, LOW])


class Asked:
    """Builds charts as the studio does, and counts them."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace, self.built = workspace, 0

    def __call__(self, case_id: int, _fingerprint: str, _criteria: CriteriaSet | None) -> Chart:
        self.built += 1
        return self.workspace.chart.build(self.workspace.store.case(case_id), INFO)

    def of(self, matrices: Matrices) -> Matrix:
        (summary,) = self.workspace.store.cases()
        return matrices.of(summary, INFO.fingerprint)

    def matrices(self) -> Matrices:
        """What a process begins with."""
        return Matrices(self.workspace.settings.scores_dir, self)


def files(workspace: Workspace) -> list[Path]:
    return sorted(workspace.settings.scores_dir.glob("*"))


def same(one: Matrix, other: Matrix) -> bool:
    return (one.pages, one.criteria, one.digests) == (other.pages, other.criteria, other.digests) and all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=name == "scores")
        for name in ("scores", "chars", "first", "readable")
    )


def test_a_chart_as_arrays_has_its_scores_its_gaps_and_its_copies(workspace: Workspace) -> None:
    case_of(workspace, [HIGH, None, HIGH], [LOW, HIGH, LOW], texts=["one", "two", "one"])
    asked = Asked(workspace)
    found = asked.of(asked.matrices())
    assert np.array_equal(found.scores, [[HIGH, np.nan, HIGH], [LOW, HIGH, LOW]], equal_nan=True)
    assert found.first.tolist() == [0, 1, 0]
    assert found.own.tolist() == [True, True, False]
    assert found.chars.tolist() == [len("Request: one"), len("Request: two"), len("Request: one")]
    assert found.digests == tuple(c.digest for c in CRITERIA)
    assert not found.complete


def test_arrays_are_used_again_after_a_restart(workspace: Workspace) -> None:
    case_of(workspace, *FULL)
    asked = Asked(workspace)
    before = asked.matrices()
    first = asked.of(before)
    assert asked.of(before) is first
    assert same(asked.of(asked.matrices()), first)
    assert asked.built == 1


def test_a_studio_opened_again_has_the_same_numbers(reopened: Callable[[], Workspace]) -> None:
    first = reopened()
    case = case_of(first, *FULL)
    say(first, case, "C-1", 1, "relevant", chance=1.0)
    before = first.studio.material(CRITERIA.name, INFO.fingerprint)
    assert len(files(first)) == 1
    after = reopened().studio.material(CRITERIA.name, INFO.fingerprint)
    assert np.array_equal(after.cases[0].compared, before.cases[0].compared)


def test_a_case_with_other_pages_is_looked_up_anew(workspace: Workspace) -> None:
    case = read_case(workspace, "Methotrexate 20 mg weekly.", "The party is on Saturday.")
    fingerprint = workspace.store.case(case).scorer.fingerprint
    (summary,) = workspace.store.cases()
    assert workspace.studio.matrices.of(summary, fingerprint).scores.shape == (2, 2)
    workspace.add_documents(case, [taken(workspace, pdf("A third page."), "more.pdf")], by="R")
    workspace.jobs.wait(case, 60)
    (summary,) = workspace.store.cases()
    assert workspace.studio.matrices.of(summary, fingerprint).scores.shape == (2, 3)


def test_a_case_that_was_scored_again_is_looked_up_anew(workspace: Workspace) -> None:
    case = case_of(workspace, *FULL)
    asked = Asked(workspace)
    asked.of(asked.matrices())
    workspace.store.queue_job(case)
    workspace.store.update_job(case, state="done")
    asked.of(asked.matrices())
    assert asked.built == 2


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"not arrays"),
        lambda path: path.write_bytes(path.read_bytes()[:700]),
        lambda path: path.write_bytes(path.read_bytes()[:-30]),
        lambda path: path.write_bytes(path.read_bytes().split(b"\n", 1)[1]),
        lambda path: np.savez(path, scores=np.zeros((2, 3))),
    ],
    ids=["gone", "empty", "text", "cut off", "without its end", "without its seal", "other arrays"],
)
def test_a_file_that_is_damaged_or_gone_is_made_anew(workspace: Workspace, damage: Callable[[Path], object]) -> None:
    case_of(workspace, *FULL)
    asked = Asked(workspace)
    first = asked.of(asked.matrices())
    (path,) = files(workspace)
    damage(path)
    assert same(asked.of(asked.matrices()), first)
    assert same(asked.of(asked.matrices()), first)
    assert asked.built == 2
    assert files(workspace) == [path]


def test_a_byte_that_turned_over_on_the_disk_never_changes_a_score(workspace: Workspace) -> None:
    case_of(workspace, *FULL)
    asked = Asked(workspace)
    first = asked.of(asked.matrices())
    (path,) = files(workspace)
    data = path.read_bytes()
    for at in range(0, len(data), 41):
        path.write_bytes(data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :])
        assert same(asked.of(asked.matrices()), first), at


def test_nothing_is_kept_while_the_case_is_worked_on_or_answers_are_missing(workspace: Workspace) -> None:
    case = case_of(workspace, *FULL, done=False)
    asked = Asked(workspace)
    matrices = asked.matrices()
    asked.of(matrices)
    assert files(workspace) == []
    workspace.store.update_job(case, state="done")
    asked.of(matrices)
    assert len(files(workspace)) == 1
    assert asked.built == 2


def test_an_answer_that_another_case_brings_is_seen(workspace: Workspace) -> None:
    case_of(workspace, *TWO)
    asked = Asked(workspace)
    matrices = asked.matrices()
    assert not asked.of(matrices).complete
    page = workspace.chart(1).pages[2]
    workspace.store.save_answers(INFO, [(CRITERIA["C-1"].digest, page.digest, 0.5)])
    assert asked.of(matrices).scores[0, 2] == 0.5


def test_names_of_files_hold_no_text_and_the_folder_is_its_owners(workspace: Workspace) -> None:
    case = case_of(workspace, *FULL, name="Jane Roe, born 1970")
    asked = Asked(workspace)
    asked.of(asked.matrices())
    assert [path.name for path in files(workspace)] == [f"{case}-{INFO.fingerprint}.npz"]
    assert stat.S_IMODE(workspace.settings.scores_dir.stat().st_mode) == 0o700
    assert b"Jane" not in files(workspace)[0].read_bytes()


def test_a_disk_that_cannot_be_written_costs_speed_and_nothing_else(workspace: Workspace) -> None:
    case_of(workspace, *FULL)
    workspace.settings.scores_dir.write_bytes(b"a file in the way")
    asked = Asked(workspace)
    first = asked.of(asked.matrices())
    assert same(asked.of(asked.matrices()), first)
    assert asked.built == 2


def test_a_document_with_as_many_pages_in_the_place_of_another_is_seen_at_once(workspace: Workspace) -> None:
    case = case_of(workspace, *FULL)
    asked = Asked(workspace)
    matrices = asked.matrices()
    asked.of(matrices)
    (old,) = workspace.store.case(case).documents
    new = "f" * 64
    pages = [Page(PageRef(new, p.ref.number), p.text, body=p.body) for p in workspace.store.pages(old.document)]
    workspace.store.add_document(new, size=10, pages=pages)
    workspace.store.replace_document(case, old.document, CaseDocument(new, "new.pdf", old.pages), by="R")
    assert {page.document for page in asked.of(matrices).pages} == {new}


def test_a_criterion_without_any_answer_is_asked_for_again_until_it_has_one(workspace: Workspace) -> None:
    case_of(workspace, [HIGH, LOW, LOW], [None, None, None])
    asked = Asked(workspace)
    matrices = asked.matrices()
    assert np.isnan(asked.of(matrices).scores[1]).all()
    workspace.store.save_answers(
        INFO, [(CRITERIA["C-2"].digest, page.digest, 0.5) for page in workspace.chart(1).pages]
    )
    assert (asked.of(matrices).scores[1] == 0.5).all()
    assert asked.of(matrices) is asked.of(matrices)


def test_a_wording_that_was_never_asked_does_not_keep_the_others_from_being_kept(workspace: Workspace) -> None:
    case_of(workspace, [HIGH, LOW, LOW], [LOW, HIGH, LOW])
    (summary,) = workspace.store.cases()
    reworded = replace(CRITERIA, criteria=(CRITERIA["C-1"], Criterion("C-2", "Was tuberculosis ruled out?")))
    matrices = workspace.studio.matrices
    found = matrices.of(summary, INFO.fingerprint, reworded)
    assert np.isnan(found.scores[1]).all()
    assert matrices.of(summary, INFO.fingerprint, reworded) is found


def test_a_criterion_of_another_version_that_was_asked_without_an_answer_is_asked_for_again(
    workspace: Workspace,
) -> None:
    case_of(workspace, [None, None, None], [LOW, HIGH, LOW])
    (summary,) = workspace.store.cases()
    reworded = replace(CRITERIA, criteria=(CRITERIA["C-1"], Criterion("C-2", "Was tuberculosis ruled out?")))
    matrices = workspace.studio.matrices
    found = matrices.of(summary, INFO.fingerprint, reworded)
    assert matrices.of(summary, INFO.fingerprint, reworded) is not found

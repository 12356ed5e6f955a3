"""A case that was signed off: nothing of its record changes until it is reopened."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from core.casefile import CLOSING, Left, StepKind
from core.domain import CaseDocument, PageRef
from core.errors import Conflict, SignedOff
from core.store import Store
from tests.store.examples import (
    DOCUMENT,
    OTHER,
    add_case,
    assignment,
    cited,
    decision,
    label,
    pin,
    remark,
    sighting,
    step,
)

MORE = CaseDocument(OTHER, "more.pdf", 3)


def added(store: Store, documents: list[CaseDocument]) -> int:
    store.add_documents(1, documents, by="Ann")
    return len(store.case(1).documents) - 1


def replaced(store: Store, document: CaseDocument) -> int:
    store.replace_document(1, DOCUMENT, document, by="Ann")
    return len(store.case(1).replaced)


CHANGES: dict[str, Callable[[Store], object]] = {
    "decide": lambda store: store.decide(1, decision("not_met"), seen=1),
    "decide a second time": lambda store: store.decide(1, replace(decision(), reading="second"), seen=0),
    "undecide": lambda store: store.undecide(1, "c1", reviewer="Ann", seen=1),
    "cite": lambda store: store.findings.cite(1, cited("more")),
    "uncite": lambda store: store.findings.uncite(1, 1, by="Ann"),
    "pin": lambda store: store.findings.pin(1, pin()),
    "remark": lambda store: store.findings.remark(1, remark()),
    "add documents": lambda store: added(store, [MORE]),
    "replace a document": lambda store: replaced(store, MORE),
}


@pytest.fixture
def signed(store: Store) -> Store:
    case_id = add_case(store)
    store.decide(case_id, decision(), seen=0)
    store.findings.cite(case_id, cited())
    store.course.add_step(case_id, step("approve", by="Dr. Lee"), seen=0)
    return store


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_nothing_of_the_record_changes_until_the_case_is_reopened(
    signed: Store, change: Callable[[Store], object]
) -> None:
    before = signed.audit()
    with pytest.raises(SignedOff, match=r"signed off by Dr\. Lee \(2026-11-02 12:00 UTC\)\. Reopen it first\."):
        change(signed)
    assert signed.audit() == before
    signed.course.add_step(1, step("reopen"), seen=1)
    assert change(signed)
    assert signed.verify_audit() is None


@pytest.mark.parametrize("kind", CLOSING)
def test_every_closing_step_signs_a_case_off_and_no_later_step_but_reopening_undoes_it(
    store: Store, kind: StepKind
) -> None:
    case_id, other = add_case(store), add_case(store, name="Case two")
    store.course.add_step(case_id, step("pend"), seen=0)
    assert store.findings.pin(case_id, pin("keep"))
    store.course.add_step(case_id, step(kind), seen=1)
    store.course.add_step(case_id, step("peer_to_peer"), seen=2)
    with pytest.raises(Conflict, match="signed off"):
        store.findings.pin(case_id, pin("drop"))
    assert store.findings.pin(other, pin("drop"))


def test_looking_drafting_assigning_and_labelling_go_on(signed: Store) -> None:
    ref = PageRef(DOCUMENT, 1)
    signed.findings.opened(1, ref, reviewer="Bob", criterion="c1")
    signed.findings.active(1, [(ref, 1.0)], reviewer="Bob")
    signed.findings.leave(1, Left("c1", ref), reviewer="Bob")
    signed.findings.draft(1, "c1", "If it is reopened", reviewer="Bob")
    signed.findings.turn(ref, 90)
    assert signed.course.assign(1, assignment())
    assert signed.add_label(1, label())
    assert signed.add_sighting(1, sighting())


def test_a_decision_and_a_sign_off_at_once_never_both_stand_unseen(signed: Store) -> None:
    """The lock is asked in the transaction that writes: whoever is second sees the first."""
    signed.course.add_step(1, step("reopen"), seen=1)
    stamp = signed.course.stamp(1)
    signed.decide(1, decision("not_met"), seen=1)
    with pytest.raises(Conflict, match="changed while you were at it"):
        signed.course.add_step(1, step("deny"), seen=2, stamp=stamp)
    signed.course.add_step(1, step("deny"), seen=2, stamp=signed.course.stamp(1))
    with pytest.raises(SignedOff):
        signed.decide(1, decision("met"), seen=2)

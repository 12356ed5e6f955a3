"""Recalibrations, certificates, and which threshold is in force."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.certificates import Certificate, Publication, StoredRecalibration, Target
from core.domain import Label, PageRef, Verdict
from core.errors import Conflict, NotFound, StoreError
from core.rounds import Raised, RoundPlan
from core.store import Store
from tests.store.examples import DOCUMENT, EMBEDDED, HOSTED, NOON, add_case, add_round, drawn, label, round_of

CERTIFICATE = Certificate(
    target=Target(0.95, "criterion", "ltt", 0.9),
    fingerprint=EMBEDDED.fingerprint,
    recalibration="01234567",
    rule="probability>=0.083",
    criteria_name="Knee MRI",
    criteria_version=2,
    criteria=("c1", "c2"),
    promised=True,
    bound=0.951,
    observed=0.98,
    kept=1 / 3,
    kept_together=0.5,
    cases=(1, 4, 7),
    positives=80,
    labels=900,
    labels_digest="f" * 64,
    made_by="Ann",
    made_at=NOON,
    expires_at=NOON + timedelta(days=180),
)
PUBLICATION = Publication(EMBEDDED.fingerprint, "Knee MRI", 1, "Bob", NOON, "Looked at together.")
RECALIBRATION = StoredRecalibration("89abcdef", EMBEDDED.fingerprint, '{"kind": "x"}', (1, 2), "Ann", NOON)
KEY = EMBEDDED.fingerprint, "Knee MRI"


def test_a_recalibration_comes_back_as_it_was_saved(store: Store) -> None:
    store.calibration.save_recalibration(RECALIBRATION)
    assert store.calibration.recalibration("89abcdef") == RECALIBRATION
    last = store.audit()[-1]
    assert (last.actor, last.action, last.detail["version"]) == ("Ann", "recalibration fitted", "89abcdef")
    with pytest.raises(NotFound, match="no recalibration 00000000"):
        store.calibration.recalibration("00000000")


def test_the_same_version_again_changes_nothing(store: Store) -> None:
    store.calibration.save_recalibration(RECALIBRATION)
    store.calibration.save_recalibration(replace(RECALIBRATION, made_by="Bob", record="{}"))
    assert store.calibration.recalibrations(EMBEDDED.fingerprint) == [RECALIBRATION]
    assert len(store.audit()) == 1


def test_recalibrations_of_a_scorer_come_newest_first(store: Store) -> None:
    second, other = replace(RECALIBRATION, version="2"), replace(RECALIBRATION, version="3", fingerprint="f")
    for one in (RECALIBRATION, second, other):
        store.calibration.save_recalibration(one)
    assert store.calibration.recalibrations(EMBEDDED.fingerprint) == [second, RECALIBRATION]


def test_a_certificate_comes_back_with_its_id(store: Store) -> None:
    stored = store.calibration.add_certificate(CERTIFICATE)
    assert stored == replace(CERTIFICATE, id=1)
    assert store.calibration.certificate(1) == stored
    last = store.audit()[-1]
    assert (last.actor, last.action, last.detail["rule"]) == ("Ann", "certificate made", "probability>=0.083")
    with pytest.raises(NotFound, match="no certificate 2"):
        store.calibration.certificate(2)


def test_what_was_only_observed_has_no_bound(store: Store) -> None:
    seen = replace(CERTIFICATE, target=Target(0.9, "page", "observed"), promised=False, bound=None)
    assert store.calibration.add_certificate(seen) == replace(seen, id=1)


def test_certificates_are_listed_newest_first_by_scorer_and_criteria(store: Store) -> None:
    first, second, third = (
        store.calibration.add_certificate(replace(CERTIFICATE, **changed))  # type: ignore[arg-type]
        for changed in ({}, {"fingerprint": "f"}, {"criteria_name": "Hip"})
    )
    assert store.calibration.certificates() == [third, second, first]
    assert store.calibration.certificates(EMBEDDED.fingerprint) == [third, first]
    assert store.calibration.certificates(*KEY) == [first]
    assert store.calibration.certificates(criteria_name="Knee MRI") == [second, first]


def test_nothing_is_in_force_until_it_is_published(store: Store) -> None:
    store.calibration.add_certificate(CERTIFICATE)
    assert store.calibration.in_force() == {}
    stored = store.calibration.publish(PUBLICATION)
    assert stored == replace(PUBLICATION, id=1)
    assert store.calibration.in_force() == {KEY: stored}
    last = store.audit()[-1]
    assert (last.actor, last.action, last.detail["after"]) == ("Bob", "threshold published", 1)


def test_the_newest_publication_counts_and_may_end_it(store: Store) -> None:
    for _ in range(2):
        store.calibration.add_certificate(CERTIFICATE)
    first = store.calibration.publish(PUBLICATION)
    second = store.calibration.publish(replace(PUBLICATION, certificate=2))
    assert store.calibration.in_force() == {KEY: second}
    ended = store.calibration.publish(replace(PUBLICATION, certificate=None, reason="Pages were missed."))
    assert store.calibration.in_force() == {}
    assert store.audit()[-1].action == "threshold withdrawn"
    again = store.calibration.publish(PUBLICATION)
    assert store.calibration.in_force() == {KEY: again}
    assert store.calibration.publications(*KEY) == [again, ended, second, first]
    assert store.calibration.publications(HOSTED.fingerprint) == []


def test_what_is_in_force_already_is_not_published_again(store: Store) -> None:
    nothing = replace(PUBLICATION, certificate=None)
    assert store.calibration.publish(nothing) == nothing
    store.calibration.add_certificate(CERTIFICATE)
    stored = store.calibration.publish(PUBLICATION)
    before = store.audit()
    assert store.calibration.publish(replace(PUBLICATION, by="Carol", reason="Again.")) == stored
    assert store.audit() == before


def test_a_certificate_is_made_and_published_in_one_step_by_who_saw_what_is_in_force(store: Store) -> None:
    first = store.calibration.certify_and_publish(CERTIFICATE, seen=0)
    published = store.calibration.in_force()[KEY]
    assert (published.certificate, published.by) == (first.id, "Ann")
    before = store.audit()
    for seen in (0, 9):
        with pytest.raises(Conflict, match="Somebody has published"):
            store.calibration.certify_and_publish(CERTIFICATE, seen=seen)
    assert (store.audit(), store.calibration.certificates()) == (before, [first])
    second = store.calibration.certify_and_publish(CERTIFICATE, seen=published.id)
    assert store.calibration.in_force()[KEY].certificate == second.id
    store.calibration.publish(replace(PUBLICATION, certificate=None))
    with pytest.raises(Conflict, match="Somebody has withdrawn"):
        store.calibration.certify_and_publish(CERTIFICATE, seen=2)
    assert store.calibration.certify_and_publish(CERTIFICATE, seen=0).id == 3
    assert store.verify_audit() is None


def test_a_certificate_is_published_for_its_own_scores_and_criteria_only(store: Store) -> None:
    store.calibration.add_certificate(CERTIFICATE)
    with pytest.raises(NotFound, match="no certificate 9"):
        store.calibration.publish(replace(PUBLICATION, certificate=9))
    for other in (replace(PUBLICATION, fingerprint="f"), replace(PUBLICATION, criteria_name="Hip")):
        with pytest.raises(NotFound, match="other scores or other criteria"):
            store.calibration.publish(other)
    assert store.calibration.publications() == []


def test_a_certificate_with_an_impossible_figure_is_refused_by_the_database(store: Store) -> None:
    for wrong in (replace(CERTIFICATE, bound=1.5), replace(CERTIFICATE, kept=-0.1), replace(CERTIFICATE, labels=79)):
        with pytest.raises(StoreError, match="does not fit"):
            store.calibration.add_certificate(wrong)
    assert store.calibration.certificates() == []


def test_a_rule_set_by_hand_says_under_which_recalibration(store: Store) -> None:
    case = add_case(store)
    store.set_rule(case, EMBEDDED.fingerprint, "top5", recalibration="01234567", by="Ann")
    found = store.case(case)
    assert (found.rule, found.rule_recalibration) == ("top5", "01234567")
    assert store.case_scorers(case)[0].rule_recalibration == "01234567"
    before = store.audit()
    store.set_rule(case, EMBEDDED.fingerprint, "top5", recalibration="01234567", by="Ann")
    assert store.audit() == before
    store.set_rule(case, EMBEDDED.fingerprint, "top5", recalibration="89abcdef", by="Ann")
    assert store.case(case).rule_recalibration == "89abcdef"


def test_a_case_follows_what_is_in_force_again(store: Store) -> None:
    case = add_case(store)
    store.set_rule(case, EMBEDDED.fingerprint, "top5", recalibration="01234567", by="Ann")
    store.set_rule(case, EMBEDDED.fingerprint, "", recalibration="01234567", by="Bob")
    assert (store.case(case).rule, store.case(case).rule_recalibration) == ("", "")
    last = store.audit()[-1]
    assert (last.actor, last.action, last.detail["before"], last.detail["after"]) == ("Bob", "rule changed", "top5", "")


def test_what_there_is_to_calibrate_on_is_counted_without_reading_it(store: Store) -> None:
    first, second = add_case(store), add_case(store, scorer=HOSTED)
    assert (store.calibration.last_label(), store.calibration.label_counts()) == (0, {})
    for one in (label(), label("unsure"), label(by="Bob"), label(number=2)):
        store.add_label(first, one)
    assert (store.calibration.last_label(), store.calibration.label_counts()) == (4, {first: 3})
    store.use_scorer(first, HOSTED, rule="", by="Ann")
    assert store.calibration.scorers_used() == {first: [EMBEDDED, HOSTED], second: [HOSTED]}


def _marked(verdict: Verdict) -> Label:
    """As the review screen stores it: in sight of the score, with no known chance."""
    return replace(label(verdict), arm="shown", inclusion_probability=None, blind=False)


def _estimating(store: Store) -> list[tuple[Verdict, float | None]]:
    return [(label.verdict, label.inclusion_probability) for _, label, _ in store.calibration.labels()]


def test_a_mark_in_sight_of_the_score_takes_neither_the_place_nor_the_chance_of_a_drawn_label(store: Store) -> None:
    case = add_case(store)
    store.add_label(case, _marked("not_relevant"))
    assert _estimating(store) == [("not_relevant", None)]
    store.import_labels([(case, replace(label("relevant"), at=NOON + timedelta(hours=1)))], by="Ann")
    store.add_label(case, _marked("unsure"))
    assert _estimating(store) == [("relevant", 0.1)]
    assert [label.verdict for _, label in store.labels(case)] == ["unsure"]


def test_a_withdrawn_label_leaves_nothing_to_estimate_from_until_there_is_another(store: Store) -> None:
    case = add_case(store)
    store.add_label(case, label())
    store.withdraw_label(case, PageRef(DOCUMENT, 1), "c1", reviewer="Ann")
    assert _estimating(store) == []
    store.add_label(case, _marked("unsure"))
    assert _estimating(store) == [("unsure", None)]


def test_a_round_says_what_it_drew_in_each_case_judged_before_or_not(store: Store) -> None:
    case = add_case(store)
    store.rounds.add(round_of(case), [drawn(case, 2)], [Raised(case, PageRef(DOCUMENT, 1), "c1", 0.4)])
    store.rounds.add(replace(round_of(case), plan=RoundPlan(audit=0)), [])
    first, second = store.rounds.designs()[case]
    assert first.chances == {(PageRef(DOCUMENT, 1), "c1"): 0.4, (PageRef(DOCUMENT, 2), "c1"): 0.1}
    assert (first.round, first.frame, first.audits) == (1, "f" * 64, True)
    assert (second.round, second.chances, second.audits) == (2, {}, False)


def test_a_label_says_whether_it_was_drawn(store: Store) -> None:
    case = add_case(store)
    task = store.rounds.next(add_round(store, case, [1]).id, reviewer="Ann")
    assert task is not None
    store.add_label(case, label(), task=task.id)
    store.import_labels([(case, label(number=2))], by="Bob")
    assert [(given.label.page.number, given.drawn) for given in store.calibration.labels()] == [(1, True), (2, False)]


TABLES = (
    "sampling_seed",
    "rounds",
    "tasks",
    "raised_chances",
    "recalibrations",
    "certificates",
    "publications",
    "labels",
)


@pytest.fixture
def raw(path: Path, store: Store) -> Iterator[sqlite3.Connection]:
    """A second way into a database in which everything has happened once."""
    case = add_case(store)
    store.rounds.seed(5)
    made = add_round(store, case, [1, 2])
    task = store.rounds.next(made.id, reviewer="Ann")
    assert task is not None
    store.add_label(case, label(), task=task.id)
    store.withdraw_label(case, task.drawn.page, "c1", reviewer="Ann")
    store.import_labels([(case, label(number=2))], by="Bob")
    store.calibration.save_recalibration(RECALIBRATION)
    store.calibration.add_certificate(CERTIFICATE)
    store.calibration.publish(PUBLICATION)
    store.calibration.publish(replace(PUBLICATION, certificate=None))
    store.rounds.add(round_of(case), [], [Raised(case, task.drawn.page, "c1", 0.5)])
    assert store.verify_audit() is None
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


@pytest.mark.usefixtures("raw")
def test_every_act_is_on_record(store: Store) -> None:
    assert [(e.id, e.actor, e.action) for e in store.audit()][2:] == [
        (3, "Ann", "round drawn"),
        (4, "Ann", "label"),
        (5, "Ann", "label withdrawn"),
        (6, "Bob", "labels imported"),
        (7, "Bob", "label"),
        (8, "Ann", "recalibration fitted"),
        (9, "Ann", "certificate made"),
        (10, "Bob", "threshold published"),
        (11, "Bob", "threshold withdrawn"),
        (12, "Ann", "round drawn"),
    ]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET id = id + 100",
        "UPDATE OR REPLACE {} SET id = 1",
        "DELETE FROM {}",
        "INSERT OR REPLACE INTO {} SELECT * FROM {} WHERE id = 1",
    ],
)
def test_the_database_refuses_to_change_or_delete(raw: sqlite3.Connection, table: str, statement: str) -> None:
    before = raw.execute(f"SELECT * FROM {table}").fetchall()
    assert before
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute(statement.format(table, table))
    assert raw.execute(f"SELECT * FROM {table}").fetchall() == before


def test_a_recalibration_is_not_replaced_by_another_of_its_version(raw: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute(
            "REPLACE INTO recalibrations SELECT 9, version, 'f', '', cases, made_by, made_at FROM recalibrations"
        )


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE rounds SET rule = 'top1'", 3),
        ("UPDATE tasks SET inclusion_probability = 1 WHERE id = 2", 3),
        ("DELETE FROM tasks WHERE id = 2", 3),
        ("UPDATE labels SET task_id = NULL WHERE id = 1", 4),
        ("UPDATE labels SET task_id = 2 WHERE id = 3", 7),
        ("UPDATE labels SET verdict = 'relevant' WHERE id = 2", 5),
        ("DELETE FROM labels WHERE id = 2", 5),
        ("UPDATE labels SET reviewer = 'Bob' WHERE id = 3", 7),
        ("UPDATE recalibrations SET cases = '[]'", 8),
        ("UPDATE certificates SET bound = 0.99", 9),
        ("UPDATE certificates SET expires_at = '2030-01-01T00:00:00.000000+00:00'", 9),
        ("UPDATE publications SET reason = '' WHERE id = 1", 10),
        ("DELETE FROM publications WHERE id = 2", 11),
        ("INSERT INTO publications SELECT 9, fingerprint, criteria_name, 1, 'Eve', made_at, '' FROM publications", 13),
    ],
)
def test_tampering_is_found(raw: sqlite3.Connection, store: Store, statement: str, broken: int) -> None:
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.execute(statement if "INSERT" not in statement else f"{statement} WHERE id = 1")
    assert store.verify_audit() == broken


@pytest.mark.usefixtures("raw")
def test_everything_is_there_after_reopening(store: Store, url: str) -> None:
    def everything(s: Store) -> list[object]:
        return [
            s.rounds.all(), s.rounds.next(1, reviewer="Ann"), s.labels(), s.audit(), s.calibration.in_force(),
            s.calibration.certificates(), s.calibration.publications(), s.calibration.recalibrations(KEY[0]),
            s.rounds.seed(0),
        ]  # fmt: skip

    before = everything(store)
    store.close()
    with Store.open(url) as again:
        assert everything(again) == before

"""What several people, several processes and a power cut do to the database: nothing."""

import signal
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from core.domain import CaseDocument, Decision, ScorerCheck, Usage
from core.errors import Conflict, StoreError
from core.store import Store
from core.store import engine as engine_module
from tests.store.examples import (
    DOCUMENT,
    EMBEDDED,
    HOSTED,
    NOON,
    OTHER,
    add_case,
    cited,
    decision,
    label,
    sighting,
    step,
)


def test_the_same_decision_from_twelve_threads_is_stored_once(store: Store) -> None:
    case_id = add_case(store)
    together = threading.Barrier(12)

    def press(_: int) -> Decision | None:
        together.wait()
        return store.decide(case_id, decision(), seen=0)

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(press, range(12)))
    assert sorted(a.id if a else 0 for a in answers) == [0] * 11 + [1]
    assert len(store.history(case_id, "c1")) == 1
    assert len([e for e in store.audit() if e.action == "decision"]) == 1


def test_of_two_reviewers_who_saw_the_same_state_one_is_told(store: Store, url: str) -> None:
    case_id = add_case(store)
    together = threading.Barrier(2)

    def press(name: str) -> str:
        with Store.open(url) as own:
            together.wait()
            try:
                own.decide(case_id, decision(by=name), seen=0)
            except Conflict as conflict:
                return str(conflict)
            return name

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(press, ["Bob", "Carol"]))
    (stored,) = store.history(case_id, "c1")
    assert stored.reviewer in answers
    (told,) = [a for a in answers if a != stored.reviewer]
    assert told.startswith(f"{stored.reviewer} decided")


def test_two_criteria_decided_at_once_both_stand(store: Store, url: str) -> None:
    case_id = add_case(store)
    together = threading.Barrier(2)

    def press(criterion: str) -> Decision | None:
        with Store.open(url) as own:
            together.wait()
            return own.decide(case_id, decision(by=f"R-{criterion}", criterion=criterion), seen=0)

    with ThreadPoolExecutor(2) as pool:
        stored = list(pool.map(press, ["c1", "c2"]))
    assert list(store.decisions(case_id).values()) == sorted(filter(None, stored), key=lambda one: one.id)
    assert len(store.decisions(case_id)) == 2


def test_what_was_called_saved_survives_the_death_of_the_process(store: Store, url: str) -> None:
    case_id = add_case(store)
    store.close()
    code = (
        "import sys, time; from core.store import Store; from tests.store.examples import *\n"
        "store, case = Store.open(sys.argv[1]), int(sys.argv[2])\n"
        "stored = store.decide(case, decision(), seen=0); store.findings.cite(case, cited())\n"
        "store.findings.opened(case, PageRef(DOCUMENT, 1), reviewer='Ann', criterion='c1')\n"
        "store.findings.draft(case, 'c2', 'She li', reviewer='Ann'); store.course.add_step(case, step(), seen=0)\n"
        "print('saved', stored.id, flush=True); time.sleep(60)"
    )
    root = Path(__file__).parents[2]
    run = subprocess.Popen([sys.executable, "-c", code, url, str(case_id)], stdout=subprocess.PIPE, cwd=root)
    with run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"saved 1\n"
        run.send_signal(signal.SIGKILL)
    with Store.open(url) as again:
        assert again.decisions(case_id)["c1"].rationale == "See the note."
        assert again.findings.cited(case_id) == [replace(cited(), id=1)]
        assert again.course.steps(case_id) == [replace(step(), id=1)]
        assert [(seen.page.number, seen.opened) for seen in again.findings.viewed(case_id)] == [(1, 1)]
        assert again.findings.left(case_id, "Ann") is not None
        assert again.findings.drafts(case_id, "Ann") == {"c2": "She li"}
        assert again.verify_audit() is None


def test_everything_is_there_after_reopening(store: Store, url: str) -> None:
    case_id = add_case(store)
    store.decide(case_id, decision(), seen=0)
    store.add_label(case_id, label())
    store.add_sighting(case_id, sighting())
    store.add_documents(case_id, [CaseDocument(OTHER, "b.pdf", 9)], by="Bob")
    store.replace_document(case_id, OTHER, CaseDocument("c" * 64, "c.pdf", 8), by="Bob")
    store.update_job(
        case_id, state="running", stage="Scoring", done=1, total=6, usage=Usage(1, 2**40, 3, 0.1), rate=0.5
    )
    store.use_scorer(case_id, HOSTED, rule="top 5", by="Ann")
    store.agree(case_id, HOSTED, by="Ann", to="models.example", pages=3, pairs=6, tokens=100)
    store.save_check(ScorerCheck(HOSTED.fingerprint, "models.example", NOON, "Wrong."))

    def everything(s: Store) -> list[object]:
        return [
            s.case(case_id), s.cases(), s.job(case_id), s.decisions(case_id), s.labels(), s.audit(), s.reviewers(),
            s.criteria_sets(), s.pages(DOCUMENT), s.case_scorers(case_id),
            s.last_check(HOSTED.fingerprint, "models.example"), s.sightings(case_id),
        ]  # fmt: skip

    before = everything(store)
    store.close()
    with Store.open(url) as again:
        assert everything(again) == before


def test_many_writers_and_readers_are_never_told_that_the_database_is_locked(store: Store, url: str) -> None:
    case_id = add_case(store)
    other_process = Store.open(url)

    def write(worker: int) -> None:
        for turn in range(10):
            one = store if worker % 2 else other_process
            one.save_answers(EMBEDDED, [(f"q{worker}", f"t{turn}-{i}", 0.5) for i in range(50)])
            one.add_label(case_id, label(by=f"R{worker}", note=str(turn)))

    def read(_: int) -> None:
        for _turn in range(30):
            store.cases()
            other_process.labels(case_id)

    with ThreadPoolExecutor(12) as pool:
        done = [pool.submit(write, w) for w in range(8)] + [pool.submit(read, r) for r in range(4)]
        for future in done:
            future.result()
    other_process.close()
    assert len(store.labels(case_id)) == 8
    assert len([e for e in store.audit() if e.action == "label"]) == 80
    assert store.verify_audit() is None


def test_a_reader_does_not_wait_for_a_writer(store: Store, path: Path) -> None:
    case_id = add_case(store)
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("UPDATE cases SET name = 'Half written'")
        assert store.case(case_id).name == "Case one"
        raw.execute("ROLLBACK")


def test_a_writer_that_waited_in_vain_says_so(url: str, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "BUSY_SECONDS", 0.05)
    with Store.open(url) as store, closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="busy for too long and nothing was saved"):
            store.add_reviewer("Ann")
        raw.execute("ROLLBACK")
        store.add_reviewer("Ann")


def test_an_error_of_the_database_does_not_repeat_what_was_written(store: Store, path: Path) -> None:
    case_id = add_case(store)
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TRIGGER broken BEFORE INSERT ON decisions BEGIN SELECT RAISE(ABORT, 'broken'); END")
    with pytest.raises(StoreError) as caught:
        store.decide(case_id, decision(rationale="She limps."), seen=0)
    assert "limps" not in f"{caught.value} {caught.value.__cause__}"

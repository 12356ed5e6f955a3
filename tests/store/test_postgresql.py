"""The database as PostgreSQL: the same migrations, triggers and locks. Run where there is a server to spare:

    CHARTSIEVE_TEST_POSTGRESQL=postgresql+psycopg://user:password@host/database pytest tests/store/test_postgresql.py

All that is in the schema `public` of that database is dropped. Needs the package psycopg.
"""

import os
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from core.errors import Conflict, SignedOff
from core.store import Store
from tests.store.examples import add_case, assignment, cited, decision, label, pin, remark, step

ADDRESS = os.environ.get("CHARTSIEVE_TEST_POSTGRESQL", "")

pytestmark = pytest.mark.skipif(not ADDRESS, reason="no PostgreSQL server: CHARTSIEVE_TEST_POSTGRESQL is not set")


@pytest.fixture
def store() -> Iterator[Store]:
    """A database with nothing in it, migrated from the first version on."""
    engine = create_engine(ADDRESS)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    with Store.open(ADDRESS) as opened:
        yield opened


def test_a_case_goes_from_its_first_decision_to_the_signature(store: Store) -> None:
    case = add_case(store)
    stored = store.decide(case, decision(), seen=0)
    assert stored is not None
    assert store.decisions(case) == {stored.criterion: stored}
    assert store.findings.cite(case, cited())
    assert store.findings.pin(case, pin())
    assert store.findings.remark(case, remark())
    assert store.course.assign(case, assignment())
    with store.one_view():
        assert store.labels(case) == []
        assert store.add_label(case, label())
        assert store.labels(case) == []
    assert len(store.labels(case)) == 1
    store.course.add_step(case, step("approve"), seen=0)
    with pytest.raises(SignedOff):
        store.findings.pin(case, pin("drop"))
    assert store.verify_audit() is None


@pytest.mark.parametrize("table", ["decisions", "labels", "citations", "pins", "remarks", "steps", "audit"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET id = id + 1"])
def test_the_database_itself_keeps_what_was_said(store: Store, table: str, statement: str) -> None:
    case = add_case(store)
    store.decide(case, decision(), seen=0)
    store.findings.cite(case, cited())
    store.findings.pin(case, pin())
    store.findings.remark(case, remark())
    store.add_label(case, label())
    store.course.add_step(case, step("pend"), seen=0)
    engine = create_engine(ADDRESS)
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(statement.format(table)))
    engine.dispose()


def test_of_two_decisions_at_once_the_later_one_is_told_of_the_earlier(store: Store) -> None:
    case, told = add_case(store), list[object]()
    start = threading.Barrier(8)

    def decide(name: str) -> None:
        start.wait()
        try:
            told.append(store.decide(case, decision(by=name), seen=0))
        except Conflict as conflict:
            told.append(conflict)

    threads = [threading.Thread(target=decide, args=(f"Reviewer {n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(one, Conflict) for one in told) == 7
    assert len(store.history(case, "c1")) == 1
    assert store.verify_audit() is None

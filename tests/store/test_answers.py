import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain import digest
from core.store import Store
from tests.store.examples import EMBEDDED as F
from tests.store.examples import HOSTED as G

Answer = tuple[str, str, float | str]

keys = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
answer = st.one_of(st.floats(0, 1), st.text(st.characters(exclude_categories=["Cs"]), max_size=8))


@pytest.fixture(scope="module")
def one_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One for all examples of a property; each takes a fingerprint of its own."""
    with Store.open(f"sqlite:///{tmp_path_factory.mktemp('one') / 'x.db'}") as opened:
        yield opened


def test_a_score_comes_back_as_given(store: Store) -> None:
    store.save_answers(F, [("q", "t", 1 / 3)])
    assert store.answers(F.fingerprint, ["q"], ["t"]) == {("q", "t"): 1 / 3}


def test_an_answer_is_found_only_under_its_own_key(store: Store) -> None:
    store.save_answers(F, [("q", "t", 0.5)])
    assert store.answers(G.fingerprint, ["q"], ["t"]) == {}
    assert store.answers(F.fingerprint, ["Q", "q "], ["t"]) == {}
    assert store.answers(F.fingerprint, ["t"], ["q"]) == {}
    assert store.answers(F.fingerprint, [], ["t"]) == {}


def test_a_score_replaces_a_gap_and_a_gap_never_a_score(store: Store) -> None:
    store.save_answers(F, [("q", "t", "timed out"), ("q", "u", 0.25)])
    store.save_answers(F, [("q", "t", 0.75), ("q", "u", "timed out")])
    assert store.answers(F.fingerprint, ["q"], ["t", "u"]) == {("q", "t"): 0.75, ("q", "u"): 0.25}


def test_the_first_score_stays_and_the_last_reason_of_a_gap(store: Store) -> None:
    store.save_answers(F, [("q", "t", 0.0), ("q", "u", "timed out")])
    store.save_answers(F, [("q", "t", 0.9), ("q", "u", "refused")])
    assert store.answers(F.fingerprint, ["q"], ["t", "u"]) == {("q", "t"): 0.0, ("q", "u"): "refused"}


@pytest.mark.parametrize("score", [-0.001, 1.001, float("nan"), float("inf")])
def test_a_number_that_is_no_score_is_refused_with_all_that_came_along(store: Store, score: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        store.save_answers(F, [("q", "t", 0.5), ("q", "u", score)])
    assert store.answers(F.fingerprint, ["q"], ["t", "u"]) == {}


def test_answers_outlive_the_program(store: Store, url: str) -> None:
    store.save_answers(F, [("q", "t", 0.5), ("q", "u", "timed out")])
    store.close()
    with Store.open(url) as again:
        assert again.answers(F.fingerprint, ["q"], ["t", "u"]) == {("q", "t"): 0.5, ("q", "u"): "timed out"}


def _expected(batches: Sequence[Sequence[Answer]]) -> dict[tuple[str, str], float | str]:
    known: dict[tuple[str, str], float | str] = {}
    for question, text, given_answer in (a for batch in batches for a in batch):
        if isinstance(known.get((question, text), ""), str):
            known[question, text] = given_answer
    return known


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.tuples(keys, keys, answer), max_size=8), max_size=4))
def test_any_answers_come_back_by_the_rules(one_store: Store, batches: list[list[Answer]]) -> None:
    info = replace(F, revision=uuid4().hex)
    for batch in batches:
        one_store.save_answers(info, batch)
    expected = _expected(batches)
    questions, texts = {q for q, _ in expected}, {t for _, t in expected}
    assert one_store.answers(info.fingerprint, [*questions, "no such key"], [*texts, "no such key"]) == expected


def test_more_keys_than_the_database_takes_in_one_statement(store: Store) -> None:
    texts = [digest(str(i)) for i in range(33_000)]
    store.save_answers(F, [("q", texts[0], 0.5), ("q", texts[-1], 0.75)])
    assert store.answers(F.fingerprint, ["q"], texts) == {("q", texts[0]): 0.5, ("q", texts[-1]): 0.75}


def test_a_whole_packet_is_saved_and_loaded(
    store: Store, path: Path, record_property: Callable[[str, object], None]
) -> None:
    questions = [digest("q", str(i)) for i in range(80)]
    texts = [digest("t", str(i)) for i in range(150)]
    given_answers: list[Answer] = [
        (q, t, (i * 150 + j) / 12_000) for i, q in enumerate(questions) for j, t in enumerate(texts)
    ]
    empty = path.stat().st_size
    start = time.perf_counter()
    store.save_answers(F, given_answers)
    saved = time.perf_counter()
    found = store.answers(F.fingerprint, questions, texts)
    loaded = time.perf_counter()
    assert found == {(q, t): a for q, t, a in given_answers}
    record_property("save_12000_ms", round((saved - start) * 1000))
    record_property("load_12000_ms", round((loaded - saved) * 1000))
    store.close()
    assert path.stat().st_size - empty < 12_000 * 30

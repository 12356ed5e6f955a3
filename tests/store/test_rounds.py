"""Labelling rounds: what is drawn, what is asked next, and what was answered."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from time import perf_counter

import pytest

from core.domain import CaseDocument, CriteriaSet, Criterion, Label, PageRef
from core.errors import BadRule, Conflict, NotFound, StoreError
from core.rounds import RoundPlan, Task
from core.store import Store
from tests.store.examples import DOCUMENT, EMBEDDED, NOON, OTHER, add_case, add_round, drawn, label, page, round_of


def _pages(tasks: list[Task]) -> list[int]:
    return [task.drawn.page.number for task in tasks]


def _next(store: Store, round_id: int, reviewer: str, *skipped: int) -> Task:
    task = store.rounds.next(round_id, reviewer=reviewer, skipped=skipped)
    assert task is not None
    return task


def _answer(store: Store, task: Task, by: str) -> bool:
    return store.add_label(task.drawn.case, label(by=by, number=task.drawn.page.number), task=task.id)


def test_the_seed_of_a_database_is_the_first_one_ever_given(store: Store, url: str) -> None:
    assert store.rounds.seed(2**63 - 1) == 2**63 - 1
    assert store.rounds.seed(5) == 2**63 - 1
    with Store.open(url) as again:
        assert again.rounds.seed(6) == 2**63 - 1


def test_a_round_comes_back_with_its_id_and_counts(store: Store) -> None:
    case = add_case(store)
    plan = RoundPlan(shown=1, audit=2, uncertainty=3, twice=0.5, whole=True)
    asked = replace(round_of(case), plan=plan, cases=(case, 77))
    stored = store.rounds.add(asked, [drawn(case, 1), drawn(case, 2, twice=True)])
    assert stored == replace(asked, id=1, tasks=2, judgements=3)
    assert store.rounds.get(1) == stored
    second = add_round(store, case, [3])
    assert store.rounds.all() == [second, stored]


def test_a_task_carries_all_that_its_label_is_to_say(store: Store) -> None:
    case = add_case(store)
    one = replace(drawn(case, 3, "c2"), arm="uncertainty", inclusion_probability=None, probability=None)
    stored = store.rounds.add(round_of(case), [one])
    task = _next(store, stored.id, "Ann")
    assert task == Task(1, stored.id, one, EMBEDDED.fingerprint, "01234567", 0.5, 2**40)
    assert store.rounds.task(task.id) == task


def test_a_rule_without_a_threshold_gives_tasks_without_one(store: Store) -> None:
    case = add_case(store)
    stored = store.rounds.add(replace(round_of(case), rule="top10"), [drawn(case, 1)])
    assert _next(store, stored.id, "Ann").threshold is None


def test_tasks_come_in_the_order_in_which_they_were_drawn(store: Store) -> None:
    case = add_case(store)
    made = add_round(store, case, [3, 1, 2])
    seen: list[Task] = []
    while task := store.rounds.next(made.id, reviewer="Ann"):
        seen.append(task)
        assert _answer(store, task, "Ann")
    assert _pages(seen) == [3, 1, 2]
    assert store.rounds.get(made.id).done == 3


def test_a_skipped_task_comes_when_it_is_skipped_no_more(store: Store) -> None:
    case = add_case(store)
    made = add_round(store, case, [3, 1])
    first = _next(store, made.id, "Ann")
    second = _next(store, made.id, "Ann", first.id)
    assert _pages([first, second]) == [3, 1]
    assert store.rounds.next(made.id, reviewer="Ann", skipped=[first.id, second.id, 99]) is None
    assert _next(store, made.id, "Ann") == first


def test_a_task_that_one_reviewer_judged_is_asked_of_nobody_else(store: Store) -> None:
    case = add_case(store)
    made = add_round(store, case, [1, 2])
    _answer(store, _next(store, made.id, "Ann"), "Ann")
    assert _pages([_next(store, made.id, "Bob")]) == [2]


def test_a_task_to_be_judged_twice_is_asked_of_two_reviewers_and_no_more(store: Store) -> None:
    case = add_case(store)
    made = add_round(store, case, [1], twice=True)
    _answer(store, _next(store, made.id, "Ann"), "Ann")
    assert store.rounds.next(made.id, reviewer="Ann") is None
    task = _next(store, made.id, "Bob")
    _answer(store, task, "Bob")
    assert store.rounds.next(made.id, reviewer="Carol") is None
    with pytest.raises(Conflict):
        _answer(store, task, "Carol")
    assert (store.rounds.get(made.id).judgements, store.rounds.get(made.id).done) == (2, 2)


def test_a_withdrawn_judgement_is_asked_for_again(store: Store) -> None:
    case = add_case(store)
    made = add_round(store, case, [1])
    task = _next(store, made.id, "Ann")
    _answer(store, task, "Ann")
    assert store.withdraw_label(case, task.drawn.page, "c1", reviewer="Ann")
    assert store.rounds.get(made.id).done == 0
    assert store.rounds.answered(made.id, reviewer="Ann") == []
    assert _next(store, made.id, "Bob") == task
    assert _answer(store, task, "Bob")
    with pytest.raises(Conflict, match=r"Somebody else has judged this one meanwhile\. Nothing of yours is lost"):
        _answer(store, task, "Ann")


def test_a_mark_on_the_review_screen_answers_no_task_and_takes_no_answer_back(store: Store) -> None:
    case = add_case(store)
    made = add_round(store, case, [1])
    store.add_label(case, label("relevant"))
    task = _next(store, made.id, "Ann")
    assert _answer(store, task, "Ann")
    assert not _answer(store, task, "Ann")
    assert not store.add_label(case, label("relevant"))
    store.add_label(case, label("unsure"))
    assert store.rounds.get(made.id).done == 1
    assert [given.verdict for _, given in store.rounds.answered(made.id, reviewer="Ann")] == ["relevant"]
    assert [given.verdict for _, given in store.labels()] == ["unsure"]


def test_a_judgement_can_be_changed_by_the_one_who_made_it(store: Store) -> None:
    case = add_case(store)
    made = add_round(store, case, [1])
    task = _next(store, made.id, "Ann")
    _answer(store, task, "Ann")
    assert store.add_label(case, label("not_relevant"), task=task.id)
    assert store.rounds.answered(made.id, reviewer="Ann") == [(task, label("not_relevant"))]
    assert store.rounds.get(made.id).done == 1


def test_answers_come_newest_first_and_only_the_reviewers_own(store: Store) -> None:
    case = add_case(store)
    made, other = add_round(store, case, [2, 1, 3], twice=True), add_round(store, case, [1])
    for _ in range(3):
        _answer(store, _next(store, made.id, "Ann"), "Ann")
    _answer(store, _next(store, made.id, "Bob"), "Bob")
    answered = store.rounds.answered(made.id, reviewer="Ann")
    assert _pages([task for task, _ in answered]) == [3, 1, 2]
    assert all(given.page == task.drawn.page for task, given in answered)
    assert len(store.rounds.answered(made.id, reviewer="Ann", limit=2)) == 2
    assert store.rounds.answered(other.id, reviewer="Ann") == []


def test_of_two_who_answer_the_same_task_at_once_one_is_told(store: Store, url: str) -> None:
    case = add_case(store)
    task = _next(store, add_round(store, case, [1]).id, "Ann")
    together = threading.Barrier(2)

    def press(name: str) -> bool:
        with Store.open(url) as own:
            together.wait()
            try:
                return _answer(own, task, name)
            except Conflict:
                return False

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, ["Ann", "Bob"])) == [False, True]
    assert len(store.labels()) == 1
    assert store.verify_audit() is None


def test_pages_of_a_replaced_document_are_not_asked_for_and_not_waited_for(store: Store) -> None:
    case = add_case(store)
    made = add_round(store, case, [1, 2, 3], twice=True)
    first = _next(store, made.id, "Ann")
    _answer(store, first, "Ann")
    store.add_document(OTHER, size=1, pages=[page(1, OTHER)])
    store.replace_document(case, DOCUMENT, CaseDocument(OTHER, "b.pdf", 1), by="Ann")
    assert store.rounds.next(made.id, reviewer="Bob") is None
    now = store.rounds.get(made.id)
    assert (now.tasks, now.judgements, now.done) == (3, 1, 1)
    assert store.rounds.answered(made.id, reviewer="Ann")[0][0] == first
    store.replace_document(case, OTHER, CaseDocument(DOCUMENT, "chart.pdf", 3), by="Ann")
    assert store.rounds.get(made.id).judgements == 6
    assert _next(store, made.id, "Bob") == first


def test_a_round_with_something_that_a_case_does_not_have_is_not_stored(store: Store) -> None:
    case = add_case(store)
    for wrong in (drawn(case, 4), drawn(case, 1, "c9"), drawn(case, 1, document=OTHER), drawn(case + 1, 1)):
        with pytest.raises(NotFound, match="Nothing was saved"):
            store.rounds.add(round_of(case), [drawn(case, 1), wrong])
    with pytest.raises(StoreError, match="drawn twice"):
        store.rounds.add(round_of(case), [drawn(case, 1), drawn(case, 1)])
    with pytest.raises(BadRule):
        store.rounds.add(replace(round_of(case), rule=""), [drawn(case, 1)])
    with pytest.raises(StoreError, match="does not fit"):
        store.rounds.add(round_of(case), [drawn(case, 1), replace(drawn(case, 2), inclusion_probability=0.0)])
    assert store.rounds.all() == []
    assert len(store.audit()) == 2


def test_a_label_for_a_task_about_something_else_is_refused(store: Store) -> None:
    case = add_case(store)
    task = _next(store, add_round(store, case, [1]).id, "Ann")
    for wrong, about in ((label(number=2), task.id), (replace(label(), criterion="c2"), task.id), (label(), 99)):
        with pytest.raises(NotFound, match="does not ask for this page"):
            store.add_label(case, wrong, task=about)
    other = add_case(store)
    with pytest.raises(NotFound, match="does not ask for this page"):
        store.add_label(other, label(), task=task.id)
    assert store.labels() == []


def test_a_round_or_a_task_that_is_not_there_is_named(store: Store) -> None:
    with pytest.raises(NotFound, match="no labelling round 7"):
        store.rounds.get(7)
    with pytest.raises(NotFound, match="no labelling round 7"):
        store.rounds.next(7, reviewer="Ann")
    with pytest.raises(NotFound, match="no labelling round 7"):
        store.rounds.answered(7, reviewer="Ann")
    with pytest.raises(NotFound, match="no task 7"):
        store.rounds.task(7)


def test_a_drawn_round_and_an_answer_are_on_record(store: Store) -> None:
    case = add_case(store)
    made = add_round(store, case, [1, 2])
    task = _next(store, made.id, "Bob")
    _answer(store, task, "Bob")
    round_drawn, given = store.audit()[-2:]
    assert (round_drawn.actor, round_drawn.action, round_drawn.detail["tasks"]) == ("Ann", "round drawn", 2)
    assert (given.actor, given.action, given.detail["task"]) == ("Bob", "label", task.id)
    assert store.verify_audit() is None


@pytest.fixture
def large(store: Store) -> list[int]:
    """Ten cases of 100 pages with 20 criteria each."""
    asked = CriteriaSet("Knee MRI", tuple(Criterion(f"c{n}", f"{n}?") for n in range(1, 21)))
    store.add_document(DOCUMENT, size=1, pages=[page(n) for n in range(1, 101)])
    files = [CaseDocument(DOCUMENT, "chart.pdf", 100)]
    return [
        store.create_case(f"Case {n}", criteria=asked, documents=files, scorer=EMBEDDED, rule="", by="Ann")
        for n in range(10)
    ]


@pytest.mark.slow
def test_a_round_of_twenty_thousand_tasks_and_a_file_of_ten_thousand_labels_take_seconds(
    store: Store, large: list[int]
) -> None:
    every = [drawn(case, n, f"c{c}") for case in large for n in range(1, 101) for c in range(1, 21)]
    start = perf_counter()
    made = store.rounds.add(replace(round_of(large[0]), cases=tuple(large)), every)
    assert (made.tasks, made.judgements) == (20_000, 20_000)
    assert _pages([_next(store, made.id, "Ann")]) == [1]
    labels: list[tuple[int, Label]] = [
        (d.case, replace(label(), page=PageRef(DOCUMENT, d.page.number), criterion=d.criterion, at=NOON + timedelta(i)))
        for i, d in enumerate(every[:10_000])
    ]
    assert store.import_labels(labels, by="Bob") == 10_000
    assert len(store.labels()) == 10_000
    assert perf_counter() - start < 20

"""The logic of a list, where it came from and its links are stored with each version."""

from core.domain import CriteriaSet, Criterion
from core.logic import AllOf, AnyOf, Leaf, Not, When
from core.store import Store

CRITERIA = (Criterion("A", "Is it?", link="1.1"), Criterion("B", "Is it so?", link="1.2"))
A, B = Leaf("A"), Leaf("B")


def test_a_list_comes_back_with_its_logic_its_source_and_its_links(store: Store) -> None:
    root = AllOf((When(A, Not(B)), AnyOf((A, B), "Évidence “x”")))
    listed = CriteriaSet("L", CRITERIA, root=root, source="http://example.org/q|1")
    store.save_criteria(listed, by="R")
    assert store.criteria_sets() == [listed]


def test_another_logic_is_the_next_version_and_the_same_one_is_not(store: Store) -> None:
    versions = [
        store.save_criteria(CriteriaSet("L", CRITERIA, root=root), by="R").version
        for root in (None, AllOf((A, B)), AllOf((A, B)), AnyOf((A, B)), None)
    ]
    assert versions == [1, 2, 2, 3, 1]
    assert store.criteria_sets()[0].root == AnyOf((A, B))

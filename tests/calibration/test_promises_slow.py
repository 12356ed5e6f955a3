"""The promises themselves: a thousand draws of labelled cases, each choosing a threshold that is then put to the test.

Scores of a case shift together, and so do its criteria: pages and criteria of a case are far from independent.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from core.calibration.curves import Family, Measured, measure
from core.calibration.labelled import LabelledCase
from core.calibration.threshold import Found, find
from core.certificates import UNITS, Method, Target, Unit

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

DRAWS = 1000
RECALL = 0.9
CRITERIA, PAGES = 6, 25


def drawn(rng: np.random.Generator, count: int) -> list[LabelledCase]:
    """Completely labelled cases. A relevant page's score falls with its case, its criterion and by itself."""
    shape = (count, CRITERIA, PAGES)
    relevant = rng.random(shape) < rng.beta(1.0, 8.0, (count, CRITERIA, 1))
    shift = rng.normal(0, 1.0, (count, 1, 1)) + rng.normal(0, 0.7, (count, CRITERIA, 1))
    scores = 1 / (1 + np.exp(-(shift + rng.normal(0, 0.8, shape) + np.where(relevant, 1.0, -2.0))))
    ids = tuple(f"c{i}" for i in range(CRITERIA))
    chars, chances = np.full(PAGES, 100), np.ones((CRITERIA, PAGES))
    return [
        LabelledCase(i, ids, ("",) * CRITERIA, scores[i], chars, relevant[i].astype(np.int8), chances, True)
        for i in range(count)
    ]


@dataclass(frozen=True, eq=False)
class Population:
    """Cases to draw from, and what each level loses on all of them."""

    cases: Sequence[LabelledCase]
    measured: Measured

    def recall(self, found: Found, sample: Measured) -> float:
        """Mean recall, under what was found on `sample`, of all cases but those; 1 where everything is kept."""
        if found.level is None:
            return 1.0
        at = self.measured.levels.tolist().index(found.level)
        everywhere, sampled = (m.losses[found.target.unit][:, at] for m in (self.measured, sample))
        return float(1.0 - (everywhere.sum() - sampled.sum()) / (len(everywhere) - len(sampled)))


Recalls = dict[tuple[Unit, Method], NDArray[np.float64]]


def simulate(family: Family, units: Sequence[Unit], methods: Sequence[Method], cases: int, seed: int) -> Recalls:
    """(draws,) true recall of what each method chooses on `cases` labelled cases."""
    rng = np.random.default_rng(seed)
    everything = drawn(rng, 20_000)
    population = Population(everything, measure(everything, family))
    targets = [Target(RECALL, unit, method, 0.95) for unit in units for method in methods]
    recalls: Recalls = {(t.unit, t.method): np.empty(DRAWS) for t in targets}
    for i in range(DRAWS):
        sample = measure([everything[j] for j in rng.choice(len(everything), cases, replace=False)], family)
        for target in targets:
            recalls[target.unit, target.method][i] = population.recall(find(sample, target), sample)
    print(f"\n{DRAWS} draws of {cases} cases, {'best K pages' if family.ranked else 'thresholds'}, target {RECALL}")
    print("recall of   method     mean     short of the target in")
    for (unit, method), found in recalls.items():
        print(f"{unit:11} {method:9} {found.mean():.4f}   {(found < RECALL).mean():6.1%} of draws")
    return recalls


@pytest.fixture(scope="module")
def thresholds() -> Recalls:
    return simulate(Family(), UNITS, ("observed", "crc", "ltt"), cases=50, seed=3)


@pytest.mark.parametrize("unit", UNITS)
def test_conformal_risk_control_keeps_its_promise_on_average(thresholds: Recalls, unit: Unit) -> None:
    chosen, naive = thresholds[unit, "crc"], thresholds[unit, "observed"]
    assert chosen.mean() >= RECALL - 0.005
    assert naive.mean() < min(RECALL, chosen.mean())


@pytest.mark.parametrize("unit", UNITS)
def test_learn_then_test_falls_short_no_more_often_than_it_says(thresholds: Recalls, unit: Unit) -> None:
    chosen, naive = thresholds[unit, "ltt"], thresholds[unit, "observed"]
    allowed = 0.05 + 2 * np.sqrt(0.05 * 0.95 / DRAWS)
    assert (chosen < RECALL).mean() <= allowed
    assert (naive < RECALL).mean() > 0.3
    assert (chosen < 1).mean() > 0.5, "it chose something at all"


def test_the_best_pages_keep_their_promise_on_average() -> None:
    recalls = simulate(Family(ranked=True), ("page",), ("observed", "crc", "ltt"), cases=30, seed=5)
    assert recalls["page", "crc"].mean() >= RECALL - 0.005
    assert (recalls["page", "ltt"] < RECALL).mean() <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / DRAWS)
    assert recalls["page", "observed"].mean() < recalls["page", "crc"].mean()

"""The promise of the audits, by simulation: bounds hold, the estimate is right on average, and chances pay.

Each set is 30 cases of 10 criteria and 60 pages, about 5 % of the pairs relevant. Cases, criteria and pages differ in
how much is relevant, the scores of a page go together, and in some cases relevant pages score lower.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from core.calibration.labelled import LabelledCase
from core.calibration.sampling import Frame, chances, draw, uniforms
from core.calibration.weighted import audits_needed, pool, weighted_recall
from core.domain import PageRef
from core.rounds import Drawn, RoundPlan
from core.selection import Rule

pytestmark = pytest.mark.slow

Floats = NDArray[np.float64]
CRITERIA = tuple(f"C{i}" for i in range(10))
PAGES = 60
LEVELS = 101
SETS = 500
FEWER = 200


@dataclass(frozen=True)
class World:
    """Where case sets come from."""

    name: str
    apart: float
    """How far relevant pages lie above the others, in standard deviations."""
    threshold: float
    cases: int = 30
    hidden: float = 0.0
    """Share of the relevant pages that score 0, as badly recognised scans do."""
    bad: float = 0.0
    """Share of the cases in which relevant pages score like all others."""
    to_come: float = 0.93
    """In at least this share of the sets the bound at 0.95 holds for further cases from the same place as well."""

    @property
    def level(self) -> int:
        return round(self.threshold * 100)


STANDARD = World("standard", apart=3.0, threshold=0.1)
FEW_MISSES = World("few misses", apart=4.5, threshold=0.03)
HIDDEN = World("hidden", apart=4.5, threshold=0.03, hidden=0.1)
BAD_CASES = World("bad cases", apart=3.5, threshold=0.1, bad=0.1, to_come=0.9)
"""Three bad cases in 30, but by chance a set has one or none and says little of such cases. Over 1,500 further sets the
bound at 0.95 held in 0.92 of them for cases to come, and in 0.99 for the cases of the set."""
NOISE = World("scores that tell little", apart=0.7, threshold=0.06)


def case_set(world: World, seed: int) -> tuple[NDArray[np.bool_], Floats]:
    """(cases, criteria, pages) what is relevant, and probabilities."""
    rng = np.random.default_rng([seed, 5])
    n, m = world.cases, len(CRITERIA)
    differ = rng.normal(0, 0.8, (n, 1, 1)) + rng.normal(0, 0.8, (n, m, 1)) + rng.normal(0, 0.5, (n, 1, PAGES))
    relevant = rng.random((n, m, PAGES)) < 1 / (1 + np.exp(3.6 - differ))
    apart = world.apart * (rng.random((n, 1, 1)) >= world.bad) + rng.normal(0, 0.6, (n, 1, 1))
    latent = apart * relevant + rng.normal(0, 0.4, (n, 1, PAGES)) + rng.normal(0, 0.9, (n, m, PAGES))
    probabilities = 1 / (1 + np.exp(3.0 + world.apart**2 / 2 - world.apart * latent))
    return relevant, np.where(relevant & (rng.random(relevant.shape) < world.hidden), 0.0, probabilities)


def frames(probabilities: Floats) -> list[Frame]:
    shape = probabilities.shape[1:]
    return [
        Frame(
            case=i,
            pages=tuple(PageRef(f"{i:064x}", page + 1) for page in range(PAGES)),
            criteria=CRITERIA,
            compared=p,
            scores=p,
            recalibrated=True,
            eligible=np.ones(shape, dtype=np.bool_),
            labelled=np.zeros(shape, dtype=np.bool_),
        )
        for i, p in enumerate(probabilities)
    ]


def inclusions(drawn: Sequence[Drawn], shape: tuple[int, ...]) -> Floats:
    out = np.full(shape, np.nan)
    for one in drawn:
        if one.inclusion_probability is not None:
            out[one.case, CRITERIA.index(one.criterion), one.page.number - 1] = one.inclusion_probability
    return out


def judged(
    relevant: NDArray[np.bool_], probabilities: Floats, inclusion: Floats, *, audited: bool = True
) -> list[LabelledCase]:
    truth = np.where(np.isnan(inclusion), -1, relevant).astype(np.int8)
    return [
        LabelledCase(
            i, CRITERIA, ("",) * len(CRITERIA), p, np.full(PAGES, 2000), truth[i], inclusion[i], audited=audited
        )
        for i, p in enumerate(probabilities)
    ]


def reaches(probabilities: Floats) -> list[NDArray[np.int64]]:
    """At level l a pair is kept whose probability is at least l hundredths."""
    return list(np.floor(probabilities * 100 + 1e-9).astype(np.int64))


def true_recall(world: World, relevant: NDArray[np.bool_], probabilities: Floats) -> float:
    kept = np.stack(reaches(probabilities)) >= world.level
    return float((relevant & kept).sum() / relevant.sum())


def simulate(world: World, plan: RoundPlan, sets: int = SETS) -> dict[str, float]:
    rows = []
    to_come = true_recall(world, *case_set(replace(world, cases=4000), 10**6))
    for seed in range(sets):
        relevant, probabilities = case_set(world, seed)
        drawn = draw(frames(probabilities), plan, rule=Rule(world.threshold), seed=seed)
        cases = judged(relevant, probabilities, inclusions(drawn, relevant.shape))
        two_sided = weighted_recall(cases, reaches(probabilities), LEVELS, confidence=0.975)
        one_sided = weighted_recall(cases, reaches(probabilities), LEVELS, confidence=0.95)
        truth, at = true_recall(world, relevant, probabilities), world.level
        rows.append(
            (
                truth,
                two_sided.estimate[at] - truth,
                two_sided.low[at] <= truth <= two_sided.high[at],
                one_sided.low[at] <= truth,
                one_sided.low[at] <= to_come,
                one_sided.low[at],
            )
        )
    values = np.array(rows, dtype=np.float64)
    names = ("recall", "error", "two-sided", "one-sided", "cases to come", "low")
    figures = dict(zip(names, values.mean(axis=0).tolist(), strict=True))
    figures["deviation"] = float(values[:, 1].std())
    print(f"{world.name}: " + ", ".join(f"{name} {value:.4f}" for name, value in figures.items()))
    return figures


@pytest.mark.parametrize(
    "world", [STANDARD, FEW_MISSES, HIDDEN, BAD_CASES, NOISE], ids=lambda value: getattr(value, "name", "")
)
def test_recall_lies_within_its_bounds_as_often_as_they_say(world: World) -> None:
    found = simulate(world, RoundPlan(shown=200, audit=600, uncertainty=20))
    assert found["two-sided"] >= 0.93
    assert found["one-sided"] >= 0.93
    assert found["cases to come"] >= world.to_come
    assert abs(found["error"]) < 0.01


def test_a_small_round_is_unsure_and_not_wrong() -> None:
    found = simulate(FEW_MISSES, RoundPlan(), FEWER)
    assert found["one-sided"] >= 0.93
    assert found["low"] < 0.8


def test_labels_of_shown_pages_alone_give_no_estimate() -> None:
    relevant, probabilities = case_set(STANDARD, 0)
    drawn = draw(frames(probabilities), RoundPlan(300, 0, 0), rule=Rule(STANDARD.threshold), seed=0)
    inclusion = inclusions(drawn, relevant.shape)
    refused = weighted_recall(
        judged(relevant, probabilities, inclusion, audited=False), reaches(probabilities), LEVELS, confidence=0.95
    )
    naive = weighted_recall(
        judged(relevant, probabilities, inclusion, audited=True), reaches(probabilities), LEVELS, confidence=0.95
    )
    truth, at = true_recall(STANDARD, relevant, probabilities), STANDARD.level
    print(f"true {truth:.2f}, naive {naive.estimate[at]:.2f}, here {refused.estimate[at]}")
    assert truth < 0.95
    assert naive.estimate[at] == 1.0
    assert naive.low[at] < 0.1, "even those who say that audits were drawn learn that none came back"
    assert np.isnan([refused.estimate, refused.low, refused.high]).all()


def test_chances_by_the_root_of_the_probability_beat_equal_ones() -> None:
    errors: dict[str, list[float]] = {"root": [], "equal": []}
    plan = RoundPlan(shown=10**6, audit=300)
    for seed in range(SETS):
        relevant, probabilities = case_set(STANDARD, seed)
        rooted = np.stack(chances(frames(probabilities), plan, rule=Rule(STANDARD.threshold)))
        below = np.stack(reaches(probabilities)) < STANDARD.level
        equal = np.where(below, plan.audit / below.sum(), rooted)
        number = np.stack([uniforms(seed, f.case, f.criteria, f.pages) for f in frames(probabilities)])
        for name, chance in (("root", rooted), ("equal", equal)):
            cases = judged(relevant, probabilities, np.where(number < chance, chance, np.nan))
            found = weighted_recall(cases, reaches(probabilities), LEVELS, confidence=0.95)
            errors[name].append(found.estimate[STANDARD.level] - true_recall(STANDARD, relevant, probabilities))
    spread = {name: float(np.std(values)) for name, values in errors.items()}
    print(f"standard deviation at 300 audits: {spread}")
    assert spread["root"] < 0.9 * spread["equal"]


def test_two_rounds_together_are_right_when_the_chances_follow() -> None:
    errors = []
    first, second = RoundPlan(100, 200, 0), RoundPlan(200, 600, 0)
    rule = Rule(STANDARD.threshold)
    for seed in range(FEWER):
        relevant, probabilities = case_set(STANDARD, seed)
        before = frames(probabilities)
        inclusion = inclusions(draw(before, first, rule=rule, seed=seed), relevant.shape)
        after = [
            Frame(f.case, f.pages, f.criteria, f.compared, f.scores, True, f.eligible, ~np.isnan(done))
            for f, done in zip(before, inclusion, strict=True)
        ]
        again = inclusions(draw(after, second, rule=rule, seed=seed), relevant.shape)
        assert not (~np.isnan(again) & ~np.isnan(inclusion)).any()
        raised = np.fmax(inclusion, np.stack(chances(after, second, rule=rule)))
        cases = judged(relevant, probabilities, np.where(np.isnan(inclusion), again, raised))
        found = weighted_recall(cases, reaches(probabilities), LEVELS, confidence=0.95)
        errors.append(found.estimate[STANDARD.level] - true_recall(STANDARD, relevant, probabilities))
    print(f"two rounds: mean error {np.mean(errors):+.4f}")
    assert abs(np.mean(errors)) < 0.01


def test_as_many_audits_as_are_said_to_be_needed_reach_the_target_about_half_of_the_time() -> None:
    reached = []
    for seed in range(60):
        relevant, probabilities = case_set(FEW_MISSES, seed)
        pages, at = reaches(probabilities), FEW_MISSES.level
        rule = Rule(FEW_MISSES.threshold)

        def labels(audits: int) -> list[LabelledCase]:
            plan = RoundPlan(10**6, audits, 0)
            drawn = draw(frames(probabilities), plan, rule=rule, seed=seed)  # noqa: B023
            return judged(relevant, probabilities, inclusions(drawn, relevant.shape))  # noqa: B023

        needed = audits_needed(pool(labels(600), pages, LEVELS), at, recall=0.93, confidence=0.95)
        if needed is not None:
            assert needed > 300
            reached.append(weighted_recall(labels(needed), pages, LEVELS, confidence=0.95).low[at] >= 0.93)
    print(f"audits that were said to be enough were enough in {np.mean(reached):.2f} of {len(reached)}")
    assert len(reached) > 30
    assert 0.3 < np.mean(reached) < 0.95

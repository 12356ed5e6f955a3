"""Scoring against a real server that fails, with a real database, and with a process that is killed half-way."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from core.domain import Criterion, Gap, Outcome, Page, Score
from core.scorers import Scorer
from core.scoring import Patience, score_all
from core.store import Store
from tests.benchmarks.endpoint import ROOT, Endpoint, score_of, serving
from tests.benchmarks.scoring import KEY, made_criteria, made_pages, scores_right, zerank

pytestmark = pytest.mark.slow

PAGES, CRITERIA = made_pages(40), made_criteria(20)
PAIRS = len(PAGES) * len(CRITERIA)
FAULTS = {"errors": 0.05, "stalls": 0.02, "malformed": 0.01, "throttles": 0.02, "drops": 0.01, "seed": 8}
"""This seed draws every kind among its first 60 requests."""
SCALE = 60.0
NARROW = 500_000
"""Metered bytes in a window, less than half of what the client is told."""

CHILD = """
import sys
from core.scoring import score_all
from core.store import Store
from tests.benchmarks.endpoint import Endpoint
from tests.benchmarks.scoring import made_criteria, made_pages, zerank

with Store.open(sys.argv[1]) as store:
    score_all(zerank(Endpoint(sys.argv[2]), hosted=False, scale=1), made_criteria(20), made_pages(40), cache=store)
"""


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'answers.db'}"


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    with Store.open(database) as opened:
        yield opened


@pytest.fixture(scope="module")
def healthy() -> Iterator[Endpoint]:
    with serving(slots=8, scale=1000.0, key=KEY) as endpoint:
        yield endpoint


@pytest.fixture
def well(healthy: Endpoint) -> Endpoint:
    healthy.reset()
    return healthy


def hosted(endpoint: Endpoint) -> Scorer:
    """Many small calls, impatient, and with too high an idea of the limits."""
    return zerank(endpoint, hosted=True, scale=SCALE, timeout=4.0, concurrency=64)


def pairs(outcomes: Sequence[Outcome]) -> list[tuple[object, str]]:
    return [(o.page, o.criterion) for o in outcomes]


def wrong(
    outcomes: Sequence[Outcome], scorer: Scorer, pages: Sequence[Page], criteria: Sequence[Criterion]
) -> list[Score]:
    """Scores that are not those of their own page and question."""
    right = {(p.ref, c.id): score_of(scorer.phrase(c), p.text) for c in criteria for p in pages}
    return [o for o in outcomes if isinstance(o, Score) and o.value != right[o.page, o.criterion]]


def test_what_a_failing_server_leaves_out_is_a_gap_that_a_second_run_fills(store: Store, well: Endpoint) -> None:
    with serving(scale=SCALE, window_bytes=NARROW, key=KEY, **FAULTS) as failing:
        scorer = hosted(failing)
        first = score_all(scorer, CRITERIA, PAGES, cache=store, patience=Patience(tries=1, alike=1000))
        stats = failing.stats()
    assert set(stats.faults) == {"error", "stall", "malformed", "throttle", "drop"}
    assert stats.refused > 0
    assert pairs(first.outcomes) == [(page.ref, criterion.id) for criterion in CRITERIA for page in PAGES]
    gaps = [o for o in first.outcomes if isinstance(o, Gap)]
    assert 0 < len(gaps) < PAIRS / 2
    assert not wrong(first.outcomes, scorer, PAGES, CRITERIA)
    assert not first.stopped
    assert not [gap for gap in gaps if "Page" in gap.reason or "criterion" in gap.reason], "a reason quotes a text"

    second = score_all(hosted(well), CRITERIA, PAGES, cache=store)
    assert scores_right(second.outcomes, scorer, CRITERIA, PAGES)
    stats = well.stats()
    assert (stats.pairs, stats.asked_again) == (len(gaps), 0)

    well.reset()
    score_all(hosted(well), CRITERIA, PAGES, cache=store)
    assert well.stats().requests == 0


def test_a_patient_run_gets_every_score_out_of_a_failing_server(store: Store) -> None:
    with serving(scale=SCALE, window_bytes=NARROW, key=KEY, **FAULTS) as failing:
        scorer = hosted(failing)
        scored = score_all(scorer, CRITERIA, PAGES, cache=store, patience=Patience(pause=0.05))
        stats = failing.stats()
    assert set(stats.faults) == {"error", "stall", "malformed", "throttle", "drop"}
    assert stats.refused > 0
    assert scores_right(scored.outcomes, scorer, CRITERIA, PAGES)
    assert not scored.stopped
    assert stats.answered_again == 0


def test_a_run_that_is_killed_goes_on_where_it_was(database: str) -> None:
    with serving(slots=8, key=KEY) as endpoint:
        child = subprocess.Popen([sys.executable, "-c", CHILD, database, endpoint.url], cwd=ROOT)
        try:
            while (seen := endpoint.stats()).answered < PAIRS * 0.4:
                assert child.poll() is None, "the run ended before it was killed"
                time.sleep(0.02)
            time.sleep(0.5)
        finally:
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
        before = endpoint.at_rest()
        scorer = zerank(endpoint, hosted=False, scale=1)
        with Store.open(database) as store:
            kept = store.answers(scorer.info.fingerprint, [c.digest for c in CRITERIA], [p.digest for p in PAGES])
            scored = score_all(scorer, CRITERIA, PAGES, cache=store)
        after = endpoint.stats()
    assert seen.answered <= len(kept) < PAIRS, "answered half a second before the end, and not kept"
    assert before.asked_again == 0
    assert after.pairs - before.pairs == PAIRS - len(kept)
    assert after.distinct == PAIRS
    assert after.most_asked <= 2
    assert after.asked_again == before.pairs - len(kept) <= scorer.terms.at_once * before.largest
    assert scores_right(scored.outcomes, scorer, CRITERIA, PAGES)


def test_a_page_that_is_added_is_the_only_one_asked(store: Store, well: Endpoint) -> None:
    scorer = zerank(well, hosted=False, scale=SCALE)
    score_all(scorer, CRITERIA, PAGES, cache=store)
    well.reset()
    more = [*PAGES[:17], made_pages(41)[-1], *PAGES[17:]]
    scored = score_all(scorer, CRITERIA, more, cache=store)
    stats = well.stats()
    assert (stats.pairs, stats.distinct) == (len(CRITERIA), len(CRITERIA))
    assert scores_right(scored.outcomes, scorer, CRITERIA, more)


def test_a_page_with_a_known_text_is_not_asked_again(store: Store, well: Endpoint) -> None:
    scorer = zerank(well, hosted=False, scale=SCALE)
    score_all(scorer, CRITERIA, PAGES, cache=store)
    well.reset()
    twin = Page(PAGES[0].ref._replace(document="another"), PAGES[3].text)
    scored = score_all(scorer, CRITERIA, [*PAGES, twin], cache=store)
    assert well.stats().requests == 0
    assert scores_right(scored.outcomes, scorer, CRITERIA, [*PAGES, twin])

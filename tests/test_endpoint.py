"""The rerank server that the tests and benchmarks run against keeps its own promises."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from zeroentropy import APIConnectionError, ZeroEntropy

from tests.benchmarks.capacity import Options, Wrong
from tests.benchmarks.endpoint import GOLDEN, GOLDEN_QUERY, Endpoint, metered_bytes, score_of, serving
from tests.benchmarks.faults import SPOILERS, Faults

FREE = {"slots": 8, "scale": 1000.0}
"""Answers at once."""


@pytest.fixture(scope="module")
def free() -> Iterator[Endpoint]:
    with serving(**FREE, key="secret") as endpoint:
        yield endpoint


@pytest.fixture
def fresh(free: Endpoint) -> Endpoint:
    free.reset()
    return free


def ask(endpoint: Endpoint, documents: list[str], *, path: str = "/models/rerank", **more: Any) -> httpx.Response:
    body = {"model": "zerank-2", "query": "Is asthma documented?", "documents": documents, **more}
    headers = {"authorization": "Bearer secret"}
    return httpx.post(endpoint.url + path, json=body, headers=headers, timeout=20)


def test_the_real_client_gets_scores_best_first_with_their_indexes(fresh: Endpoint) -> None:
    pages = [f"Page {n}" for n in range(20)]
    with ZeroEntropy(api_key="secret", base_url=f"{fresh.url}/v1", max_retries=0) as client:
        answer = client.models.rerank(model="zerank-2", query="Is asthma documented?", documents=pages)
    scores = [row.relevance_score for row in answer.results]
    assert scores == sorted(scores, reverse=True)
    assert sorted(row.index for row in answer.results) == list(range(20))
    assert all(row.relevance_score == score_of("Is asthma documented?", pages[row.index]) for row in answer.results)
    assert answer.total_bytes == 20 * (150 + 21) + sum(map(len, pages))
    assert len(set(scores)) == 20


@pytest.mark.parametrize("path", ["/rerank", "/v1/rerank", "/v2/rerank"])
def test_the_short_paths_answer_in_the_form_of_vllm(fresh: Endpoint, path: str) -> None:
    answer = ask(fresh, ["One", "Two"], path=path).json()
    assert {"id", "model", "usage", "results"} == set(answer)
    assert {row["index"]: row["document"]["text"] for row in answer["results"]} == {0: "One", 1: "Two"}
    assert answer["usage"]["total_tokens"] > 0


@pytest.mark.parametrize("wrong", ["", "raw", "double", "template", "tiny"])
def test_only_right_answers_pass_for_the_known_pairs(wrong: Wrong) -> None:
    off = [abs(score_of(GOLDEN_QUERY, document, wrong) - known) > 0.01 for document, known in GOLDEN.items()]
    assert all(off) if wrong else not any(off)


def test_raw_logits_are_those_of_the_model_card() -> None:
    assert [round(score_of(GOLDEN_QUERY, d, "raw"), 2) for d in GOLDEN] == [5.41, -4.5]


def test_refusals_name_their_reason_and_repeat_the_text(fresh: Endpoint) -> None:
    assert httpx.post(f"{fresh.url}/rerank", json={}).status_code == 401
    assert ask(fresh, ["A page"], model="zerank-9").status_code == 404
    assert "A page" in ask(fresh, ["A page"], model="zerank-9").text
    assert ask(fresh, ["x" * 2_000_000] * 3).status_code == 413
    assert ask(fresh, []).status_code == 422
    assert fresh.stats().pairs == 0


def test_pairs_are_counted_by_what_was_asked_and_answered(fresh: Endpoint) -> None:
    ask(fresh, ["One", "Two", "Three"])
    ask(fresh, ["Three", "Four"])
    ask(fresh, ["Three"], query="Another?")
    stats = fresh.stats()
    assert (stats.pairs, stats.answered, stats.distinct) == (6, 6, 5)
    assert (stats.most_asked, stats.asked_again, stats.answered_again) == (2, 1, 1)
    assert (stats.requests, stats.status, stats.largest) == (3, {"200": 3}, 3)


def test_no_text_is_in_the_figures(fresh: Endpoint) -> None:
    ask(fresh, ["A page about asthma"])
    assert "asthma" not in httpx.get(f"{fresh.url}/_stats").text


def test_small_answers_are_not_held_back(fresh: Endpoint) -> None:
    """Where the system waits for an acknowledgement before it sends the rest, each answer takes 40 ms."""
    body = {"model": "zerank-2", "query": "Q", "documents": ["A"]}
    took = []
    with httpx.Client(headers={"authorization": "Bearer secret"}) as client:
        for _ in range(15):
            started = time.perf_counter()
            client.post(f"{fresh.url}/rerank", json=body).raise_for_status()
            took.append(time.perf_counter() - started)
    assert sorted(took)[7] < 0.03


def test_requests_beyond_the_slots_wait_their_turn() -> None:
    with serving(slots=2, scale=1.0, pair_seconds=0.3, overhead_seconds=0.0) as endpoint, ThreadPoolExecutor(6) as pool:
        ask(endpoint, ["Warm"])
        endpoint.reset()
        started = time.monotonic()
        list(pool.map(lambda n: ask(endpoint, [f"Page {n}"]), range(6)))
        took = time.monotonic() - started
        stats = endpoint.stats()
    assert 0.89 < took < 1.7
    assert stats.most_in_flight >= 5
    assert stats.busy == pytest.approx(1.8)
    assert stats.first
    assert stats.last
    assert stats.last - stats.first < took


@pytest.fixture(scope="module")
def hosted() -> Iterator[Endpoint]:
    with serving(scale=20.0, window_requests=4) as endpoint:
        yield endpoint


@pytest.fixture
def window(hosted: Endpoint) -> Endpoint:
    """A server at the beginning of one of its windows of 0.75 seconds."""
    never = ask(hosted, ["x" * 130_000], latency="fast")
    time.sleep(float(never.headers["retry-after"]))
    hosted.reset()
    return hosted


def test_without_a_mode_the_first_bytes_of_a_window_are_fast(window: Endpoint) -> None:
    page = "x" * 100_000
    modes = [ask(window, [page]).json()["actual_latency_mode"] for _ in range(2)]
    assert modes == ["fast", "slow"]
    stats = window.stats()
    assert (stats.fast, stats.slow) == (1, 1)
    assert sum(stats.bytes.values()) == 2 * metered_bytes("Is asthma documented?", [page])


def test_a_fast_request_beyond_the_fast_bytes_is_refused(window: Endpoint) -> None:
    assert ask(window, ["x" * 130_000], latency="fast").status_code == 429


def test_more_bytes_than_a_window_allows_are_refused_until_the_next(window: Endpoint) -> None:
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: ask(window, ["x" * 700_000], latency="slow"), range(2)))
    assert sorted(answer.status_code for answer in both) == [200, 429]
    refused = next(answer for answer in both if answer.status_code == 429)
    wait = float(refused.headers["retry-after"])
    assert 0 < wait <= 0.75
    time.sleep(wait)
    assert ask(window, ["x" * 700_000], latency="slow").status_code == 200


def test_more_requests_than_a_window_allows_are_refused(window: Endpoint) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: ask(window, ["x"], latency="slow").status_code, range(6)))
    assert sorted(answers) == [200] * 4 + [429] * 2
    assert window.stats().refused == 2


def test_a_refusal_can_keep_quiet_about_the_wait() -> None:
    with serving(window_bytes=100, retry_after=False) as endpoint:
        refused = ask(endpoint, ["A page"])
    assert refused.status_code == 429
    assert "retry-after" not in refused.headers


def test_a_dropped_connection_is_one_for_the_client() -> None:
    with (
        serving(**FREE, drops=1.0) as endpoint,
        ZeroEntropy(api_key="k", base_url=endpoint.url, max_retries=0) as client,
    ):
        with pytest.raises((APIConnectionError, httpx.TransportError)):
            client.models.rerank(model="zerank-2", query="Q", documents=["A", "B"])
        stats = endpoint.stats()
    assert (stats.pairs, stats.answered, stats.faults) == (2, 0, {"drop": 1})


def test_errors_and_throttles_come_in_their_shares() -> None:
    with serving(**FREE, errors=0.4, throttles=0.3, seed=5) as endpoint:
        got = [ask(endpoint, [f"Page {n}"]).status_code for n in range(40)]
        stats = endpoint.stats()
    assert set(got) == {200, 429, 500, 502, 503}
    assert stats.faults == {"error": sum(c >= 500 for c in got), "throttle": got.count(429)}
    assert stats.answered == got.count(200)


def test_a_stalled_answer_outlasts_the_client() -> None:
    with serving(**FREE, stalls=1.0) as endpoint, pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{endpoint.url}/rerank", json={"model": "zerank-2", "query": "Q", "documents": ["A"]}, timeout=0.2)


def test_equal_seeds_draw_equal_faults() -> None:
    shares = Options(errors=0.1, stalls=0.1, malformed=0.1).shares
    one, other = Faults(shares, 7), Faults(shares, 7)
    drawn = [one.draw() for _ in range(200)]
    assert drawn == [other.draw() for _ in range(200)]
    assert set(drawn) == {"error", "stall", "malformed", None}


@pytest.mark.parametrize("rows", [1, 2, 5])
@pytest.mark.parametrize("kind", SPOILERS)
def test_a_spoiled_answer_never_passes_for_the_right_one(kind: str, rows: int) -> None:
    right = {"results": [{"index": n, "relevance_score": 0.9 - n / 10} for n in range(rows)]}
    try:
        got = json.loads(SPOILERS[kind](right))["results"]
        by_index = {row["index"]: row["relevance_score"] for row in got}
    except (ValueError, KeyError):
        return
    complete = len(got) == rows and set(by_index) == set(range(rows))
    assert not complete or not all(isinstance(v, float) and 0 <= v <= 1 for v in by_index.values())

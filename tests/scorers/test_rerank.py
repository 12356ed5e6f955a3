"""Reading what a rerank server sends, without a server."""

import json

import pytest

from core.scorers.rerank import read_answer, read_retry_after

RESULTS = [{"index": 1, "relevance_score": 0.75}, {"index": 0, "relevance_score": 0.25}]


def body(**fields: object) -> bytes:
    return json.dumps({"results": RESULTS, **fields}).encode()


def test_values_are_put_back_by_index() -> None:
    assert read_answer(body(), 2).values == [0.25, 0.75]


def test_what_is_not_agreed_on_is_ignored() -> None:
    results = [{**result, "document": {"text": "x"}} for result in RESULTS]
    assert read_answer(body(results=results, id="r-1", e2e_latency=None), 2).values == [0.25, 0.75]


def test_values_outside_0_and_1_are_read_as_served() -> None:
    assert read_answer(b'{"results":[{"index":0,"relevance_score":-4.5}]}', 1).values == [-4.5]
    assert read_answer(b'{"results":[{"index":0,"relevance_score":1}]}', 1).values == [1.0]


@pytest.mark.parametrize(
    "results",
    [
        '[{"index":0,"relevance_score":0.5}]',
        '[{"index":0,"relevance_score":0.5},{"index":0,"relevance_score":0.6}]',
        '[{"index":0,"relevance_score":0.5},{"index":0,"relevance_score":0.5},{"index":1,"relevance_score":0.5}]',
        '[{"index":0,"relevance_score":0.5},{"index":2,"relevance_score":0.6}]',
        '[{"index":0,"relevance_score":0.5},{"index":-1,"relevance_score":0.6}]',
        '[{"index":0,"relevance_score":0.5},{"index":"1","relevance_score":0.6}]',
        '[{"index":false,"relevance_score":0.5},{"index":true,"relevance_score":0.6}]',
        '[{"index":0,"relevance_score":0.5},{"index":1.5,"relevance_score":0.6}]',
        '[{"index":0,"relevance_score":0.5},{"index":1,"relevance_score":NaN}]',
        '[{"index":0,"relevance_score":0.5},{"index":1,"relevance_score":Infinity}]',
        '[{"index":0,"relevance_score":0.5},{"index":1,"relevance_score":-Infinity}]',
        '[{"index":0,"relevance_score":0.5},{"index":1,"relevance_score":1e999}]',
        '[{"index":0,"relevance_score":0.5},{"index":1,"relevance_score":null}]',
        '[{"index":0,"relevance_score":0.5},{"index":1,"relevance_score":true}]',
        '[{"index":0,"relevance_score":0.5},{"index":1,"relevance_score":"0.6"}]',
        '[{"index":0,"relevance_score":0.5},{"index":1}]',
        "[0.5,0.6]",
        "{}",
        "null",
    ],
)
def test_anything_but_one_finite_value_for_each_text_is_refused(results: str) -> None:
    with pytest.raises(ValueError, match="not"):
        read_answer(f'{{"results":{results}}}'.encode(), 2)


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'"x"',
        b"0.5",
        b"<html>Bad gateway</html>",
        b'{"results":[',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_a_body_that_is_no_answer_is_refused(broken: bytes) -> None:
    with pytest.raises(ValueError, match="not") as caught:
        read_answer(broken, 1)
    assert caught.value.__context__ is None


def test_counts_are_read_from_both_contracts() -> None:
    hosted = read_answer(body(total_bytes=700, total_tokens=90), 2)
    assert (hosted.bytes, hosted.tokens) == (700, 90)
    assert read_answer(body(usage={"total_tokens": 91, "prompt_tokens": 91}), 2).tokens == 91


@pytest.mark.parametrize("nonsense", [-1, 0, 1.5, "9", True, None, [], {}, 2**60])
def test_a_count_that_makes_no_sense_is_not_believed_and_spoils_no_score(nonsense: object) -> None:
    read = read_answer(body(total_bytes=nonsense, total_tokens=nonsense, usage={"total_tokens": nonsense}), 2)
    assert (read.values, read.bytes, read.tokens) == ([0.25, 0.75], None, None)
    assert read_answer(body(usage=nonsense), 2).tokens is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("0", 0.0),
        ("-3", 0.0),
        ("Sun, 06 Nov 1994 08:49:47 GMT", 10.0),
        ("Sun, 06 Nov 1994 08:49:07 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("Sun, 99 Nov 1994 08:49:47 GMT", None),
    ],
)
def test_how_long_to_wait_is_read_in_seconds_or_as_a_date(header: str, seconds: float | None) -> None:
    assert read_retry_after(header, now=784111777.0) == seconds

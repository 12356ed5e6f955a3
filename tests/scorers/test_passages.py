"""What the page view marks."""

import time

from core.scorers import highlight

TEXT = (
    "Progress note. Seen for follow up of rheumatoid arthritis. Methotrexate 20 mg weekly was stopped after 14 weeks "
    "because liver enzymes rose to three times the upper limit. Parking is available behind the building. "
    "She walks without a cane."
)
PAGE = TEXT.split()
QUESTION = "Why was methotrexate stopped?"


def test_the_best_run_holds_the_evidence() -> None:
    start, end, strength = highlight(QUESTION, PAGE)[0]
    assert {"Methotrexate", "stopped"} <= set(PAGE[start:end])
    assert 0 < strength <= 1


def test_runs_do_not_overlap_and_come_best_first() -> None:
    words = (PAGE + ["and"] * 30) * 8
    runs = highlight(QUESTION, words)
    assert 1 < len(runs) <= 6
    assert [s for *_, s in runs] == sorted((s for *_, s in runs), reverse=True)
    places = [place for start, end, _ in runs for place in range(start, end)]
    assert len(places) == len(set(places))
    assert all(0 <= start < end <= len(words) and end - start <= 40 for start, end, _ in runs)


def test_nothing_is_marked_where_nothing_matches() -> None:
    assert highlight("Is oxygen prescribed?", ["Parking", "behind", "the", "building."]) == []
    assert highlight(QUESTION, []) == []
    assert highlight("", PAGE) == []


def test_an_abbreviation_is_marked() -> None:
    words = ["Assessment", "and", "plan:", "MTX", "held", "since", "LFTs", "rose."]
    start, end, _ = highlight("Is methotrexate documented?", words)[0]
    assert "MTX" in words[start:end]


def test_text_without_sentences_is_marked_in_windows() -> None:
    words = ["word"] * 300 + ["methotrexate", "stopped"] + ["word"] * 300
    start, end, _ = highlight(QUESTION, words)[0]
    assert start <= 300 < end
    assert end - start <= 40


def test_marking_a_dense_page_is_quick() -> None:
    words = [f"{word}{n % 7}" for n in range(40) for word in PAGE]
    highlight(QUESTION, words)
    start = time.perf_counter()
    highlight("Is rheumatoid arthritis documented?", words[:800])
    assert time.perf_counter() - start < 0.1

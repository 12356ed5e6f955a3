"""Calls are cut within the limits, lose nothing, and shrink towards the end."""

from hypothesis import given
from hypothesis import strategies as st

from core.scorers.base import Terms, metered
from core.scoring.answers import Table
from core.scoring.packing import FEWEST_TEXTS, Call, Packing
from tests.scoring.examples import ScriptedScorer, many, pages, questions


def packed(texts: int, asked: int, terms: Terms, room: int | None = None, calls: int | None = None) -> list[Call]:
    table = Table(ScriptedScorer(), questions(asked), many(texts))
    packing = Packing([(q, table.missing(q)) for q in table.questions.values()], table.sizes, terms)
    cut = []
    while packing:
        cut.append(packing.cut(room, calls))
    return cut


@given(
    texts=st.lists(st.text(max_size=60), max_size=30),
    asked=st.integers(1, 3),
    terms=st.builds(
        Terms,
        texts=st.none() | st.integers(1, 10),
        request_bytes=st.none() | st.integers(1, 1500),
        at_once=st.integers(1, 5),
    ),
    rooms=st.lists(st.none() | st.integers(0, 1500), min_size=1, max_size=5),
)
def test_no_call_exceeds_a_limit_unless_it_is_a_single_text_and_every_pair_is_in_one(
    texts: list[str], asked: int, terms: Terms, rooms: list[int | None]
) -> None:
    scorer = ScriptedScorer()
    table = Table(scorer, questions(asked), pages(*texts))
    packing = Packing([(q, table.missing(q)) for q in table.questions.values()], table.sizes, terms)
    total, pairs = packing.bytes, list[tuple[str, int]]()
    while packing:
        room, next_size, left = rooms[len(pairs) % len(rooms)], packing.next_size, packing.bytes
        call = packing.cut(room, None)
        assert call.size == sum(metered(call.question.phrase, table.texts[place]) for place in call.places)
        assert packing.bytes == left - call.size
        assert terms.texts is None or len(call.places) <= terms.texts
        for limit in (room, terms.request_bytes):
            assert limit is None or call.size <= limit or (len(call.places) == 1 and call.size == next_size)
        pairs += [(call.question.key, place) for place in call.places]
        total -= call.size
    assert pairs == [(key, place) for key in table.questions for place in range(len(table.texts))]
    assert total == packing.bytes == packing.pairs == 0


def test_a_question_is_cut_into_equal_calls() -> None:
    assert [len(call.places) for call in packed(150, 1, Terms(texts=64))] == [50, 50, 50]


def test_calls_shrink_towards_the_end_so_that_all_slots_end_together() -> None:
    sizes = [len(call.places) for call in packed(150, 20, Terms(texts=64, at_once=12))]
    assert sizes[0] == 50
    assert sizes[-1] <= FEWEST_TEXTS
    left = 3000
    for size in sizes:
        assert size <= max(FEWEST_TEXTS, left / 24 + 1)
        left -= size


def test_calls_do_not_shrink_below_what_the_number_of_calls_allows() -> None:
    sizes = [len(call.places) for call in packed(150, 1, Terms(at_once=12), calls=3)]
    assert sizes[0] == 50


def test_room_is_filled_to_within_one_text() -> None:
    scorer = ScriptedScorer()
    one = metered(scorer.phrase(questions(1)[0]), many(1)[0].text)
    assert len(packed(50, 1, Terms(), room=one * 7 + one - 1)[0].places) == 7

"""How words are packed."""

import json
import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import Word
from core.store.words import pack_words, unpack_words

FRACTION = st.floats(0, 1).map(lambda x: round(x, 4))
ANY = st.floats(allow_nan=False, allow_infinity=False)


def words(number: st.SearchStrategy[float]) -> st.SearchStrategy[list[Word]]:
    word = st.builds(Word, st.text(), st.tuples(number, number, number, number), st.none() | number)
    return st.lists(word, max_size=30)


@given(words(FRACTION) | words(ANY))
def test_words_come_back_as_they_were(given_words: list[Word]) -> None:
    assert unpack_words(pack_words(given_words)) == tuple(given_words)


@pytest.mark.parametrize("value", [0.0, 1.0, 0.0001, 0.9999, 1 / 3, 1.5, 6.5534, 6.5535, 6.5536, -0.2, 1e-9])
def test_a_figure_is_the_same_to_the_last_bit(value: float) -> None:
    given_words = (Word("one", (value, 0.1, 0.2, 0.3), value), Word("two", (0.1, 0.2, 0.3, 0.4)))
    assert unpack_words(pack_words(given_words)) == given_words


def test_every_fraction_of_four_digits_is_kept_exactly_in_two_bytes() -> None:
    every = [round(n / 10_000, 4) for n in range(10_001)]
    given_words = tuple(Word("w", (x, x, x, x), x) for x in every)
    packed = pack_words(given_words)
    assert unpack_words(packed) == given_words
    assert len(packed) < 10_001 * 10 + 500


def test_words_that_the_first_versions_packed_are_read() -> None:
    flat = [["Wörtchen", 0.1, 0.2, 1 / 3, 0.4], ["✓", 0.0, 0.0, 1.0, 1.0]]
    packed = zlib.compress(json.dumps(flat, ensure_ascii=False, separators=(",", ":")).encode(), level=3)
    assert unpack_words(packed) == (Word("Wörtchen", (0.1, 0.2, 1 / 3, 0.4)), Word("✓", (0.0, 0.0, 1.0, 1.0)))


def test_no_words_take_no_room() -> None:
    assert pack_words(()) == b""
    assert unpack_words(b"") == ()


def test_words_take_little_room() -> None:
    """Two bytes for each figure of a box, and less than its letters for a word."""
    dice = random.Random(7)
    texts = ["".join(dice.choices("etaoinshrdlu", k=6)) for _ in range(100)]
    boxes = [[round(dice.random(), 4) for _ in range(4)] for _ in range(200)]
    page = [Word(dice.choice(texts), (a, b, c, d)) for a, b, c, d in boxes]
    assert len(pack_words(page)) < 200 * (8 + 6)

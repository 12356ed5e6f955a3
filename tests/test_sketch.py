"""Prints of pages: the same everywhere, near for near pages, far for others."""

import hashlib
import random
import time

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from core.sketch import (
    image_look,
    look_distance,
    near_looks,
    near_texts,
    shared_values,
    text_similarity,
    text_sketch,
)

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def prose(seed: int, words: int = 300) -> str:
    dice = random.Random(seed)
    return " ".join("".join(dice.choices(LETTERS, k=dice.randint(3, 9))) for _ in range(words))


def grams(text: str) -> set[str]:
    return {text[i : i + 5] for i in range(len(text) - 4)}


def sheet(seed: int, shift: int = 0) -> Image.Image:
    """A page with lines of words as dark boxes."""
    dice = random.Random(seed)
    image = Image.new("L", (850, 1100), 255)
    draw = ImageDraw.Draw(image)
    y = 60
    while y < 1040:
        x = 60
        while x < dice.randint(150, 800):
            wide = dice.randint(20, 90)
            draw.rectangle((x + shift, y + shift, x + wide + shift, y + 12 + shift), fill=0)
            x += wide + 10
        y += dice.choice((18, 18, 40))
    return image


def test_a_sketch_is_the_same_on_every_machine() -> None:
    text = "Patient reports low back pain radiating to the left leg for six weeks despite ibuprofen 600 mg and therapy."
    assert len(text_sketch(text)) == 512
    assert hashlib.sha256(text_sketch(text)).hexdigest()[:16] == "63378992776b943d"
    assert hashlib.sha256(image_look(sheet(3))).hexdigest()[:16] == "ada5598a6872f0fa"


def test_case_punctuation_and_line_ends_do_not_count() -> None:
    text = prose(1)
    assert text_sketch(text.upper().replace(" ", ",\n ") + " .") == text_sketch(text)


def test_too_little_text_has_no_sketch_and_is_like_nothing() -> None:
    assert text_sketch("") == text_sketch(" .,- " * 100) == text_sketch("a" * 79) == b""
    assert text_sketch("a" * 80) != b""
    assert text_similarity(b"", b"") == text_similarity(text_sketch(prose(1)), b"") == 0.0


def test_letters_of_any_script_count() -> None:
    greek = "ασθενής με πόνο στη μέση και στο αριστερό πόδι εδώ και έξι εβδομάδες παρά τη φυσικοθεραπεία"
    assert text_similarity(text_sketch(greek), text_sketch(greek.replace("πόνο", "πόνους"))) > 0.7
    assert text_sketch(greek) != text_sketch(greek[::-1])


@pytest.mark.parametrize("changed", [0.02, 0.1, 0.3])
def test_the_similarity_of_sketches_is_that_of_the_texts(changed: float) -> None:
    errors = []
    for seed in range(20):
        dice = random.Random(seed)
        text = prose(seed)
        other = " ".join(w[::-1] if dice.random() < changed else w for w in text.split())
        exact = len(grams(text) & grams(other)) / len(grams(text) | grams(other))
        errors.append(text_similarity(text_sketch(text), text_sketch(other)) - exact)
    assert abs(np.mean(errors)) < 0.03
    assert np.max(np.abs(errors)) < 0.18


def test_all_pairs_at_once_are_the_pairs_one_by_one() -> None:
    sketches = [text_sketch(t) for t in (prose(1), prose(1) + " " + prose(2, 40), "short", prose(3))]
    counts = shared_values(sketches)
    assert counts.shape == (4, 4)
    for i in range(4):
        for j in range(4):
            alone = text_similarity(sketches[i], sketches[j]) if i != j else 0
            assert counts[i, j] / 128 == alone
    assert [(i, j) for i, j, _ in near_texts(sketches, 0.5)] == [(0, 1)]
    assert not list(near_texts([], 0.5))


def test_a_page_is_sketched_in_less_than_a_few_milliseconds() -> None:
    text = prose(1, 350)
    text_sketch(text)
    spent = []
    for _ in range(20):
        start = time.process_time()
        text_sketch(text)
        spent.append(time.process_time() - start)
    assert sorted(spent)[10] < 0.003


def test_a_page_scanned_again_looks_alike_and_another_does_not() -> None:
    page = sheet(1)
    noise = np.random.default_rng(1)
    again = np.asarray(sheet(1, shift=4).filter(ImageFilter.GaussianBlur(1.2))).copy()
    again[noise.random(again.shape) < 0.005] = 0
    look, other = image_look(page), image_look(sheet(2))
    assert len(look) == 32
    assert look_distance(look, image_look(Image.fromarray(again))) <= 40
    assert look_distance(look, other) > 60
    assert look_distance(look, look) == 0
    assert look_distance(look, b"") == 256
    assert list(near_looks([look, b"", other, look], 40)) == [(0, 3, 0)]

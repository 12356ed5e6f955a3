"""Telling text from what a bad text layer holds."""

import random
import string
from pathlib import Path

import pytest

from core.intake import Limits, read_document
from core.intake.quality import READABLE, good_words, text_quality

SAMPLES = Path(__file__).parents[2] / "sample_docs"
LABS = [
    "WBC", "7.2", "K/uL", "(4.0-11.0)", "Hgb", "13.1", "g/dL", "12.0-16.0", "HCT", "39.4", "%", "PLT", "251",
    "10^3/uL", "Na", "139", "mmol/L", "K", "4.1", "mmol/L", "Cl", "101", "CO2", "25", "BUN", "14", "mg/dL",
    "Creatinine", "0.9", "eGFR", ">60", "A1c", "7.2%", "03/14/2026", "08:15", "HIGH", "LOW", "L5-S1", "M54.16",
]  # fmt: skip


@pytest.fixture(scope="module")
def pages() -> list[list[str]]:
    read = read_document(SAMPLES / "biologic_12.pdf", document="b", limits=Limits())
    return [[w.text for w in page.words] for page in read if len(page.words) > 60]


def test_clinical_pages_are_good_text(pages: list[list[str]]) -> None:
    assert min(text_quality(words) for words in pages) > READABLE + 0.15


def test_a_table_of_values_is_good_text() -> None:
    assert text_quality(LABS) > READABLE + 0.1


def test_letters_put_in_place_of_others_are_bad_text_though_the_numbers_are_right(pages: list[list[str]]) -> None:
    low, high = string.ascii_lowercase, string.ascii_uppercase
    shifted = str.maketrans(low + high, low[7:] + low[:7] + high[7:] + high[:7])
    assert max(text_quality([w.translate(shifted) for w in words]) for words in pages) < READABLE


@pytest.mark.parametrize("share", [0.2, 0.4])
def test_a_layer_with_many_wrong_characters_is_bad_text(pages: list[list[str]], share: float) -> None:
    dice = random.Random(5)
    wrong = string.ascii_letters + string.digits + string.punctuation
    for words in pages:
        broken = ["".join(dice.choice(wrong) if dice.random() < share else c for c in w) for w in words]
        assert text_quality(broken) < READABLE
        assert good_words(broken) < good_words(words)


def test_marks_alone_are_neither_good_nor_bad() -> None:
    assert text_quality(["-", "•", "patient", "|"]) == 1.0
    assert text_quality([]) == 0.0
    assert text_quality(["----", "~~~~|"]) == 0.0

"""What the embedded scorer finds, and that nobody moves its scores by accident."""

import asyncio

import pytest

from core.scorers.embedded import REVISION, EmbeddedScorer


def score(question: str, *texts: str) -> list[float]:
    return asyncio.run(EmbeddedScorer().score(question, texts)).scores


PINNED = {
    ("Is there documentation of a failed trial of methotrexate?", "MTX 20 mg weekly x 14 wk, stopped."): 0.137013,
    ("Was an MRI of the lumbar spine done?", "Magnetic resonance imaging of the lumbar spine, 3 March."): 0.374206,
    ("What is the oxygen saturation at rest?", "SpO2 86 % on room air at rest. " * 30): 0.580998,
}


def test_a_score_that_moved_needs_a_new_revision() -> None:
    assert REVISION == "1"
    assert {pair: score(*pair)[0] for pair in PINNED} == PINNED


@pytest.mark.parametrize(
    ("question", "page"),
    [
        ("Was methotrexate tried?", "MTX 20 mg weekly for 14 weeks."),
        ("Was MTX tried?", "Methotrexate 20 mg weekly for 14 weeks."),
        ("Was magnetic resonance imaging done?", "MRI of 3 March."),
        ("Was an MRI done?", "Magnetic resonance imaging of 3 March."),
        ("What is the oxygen saturation?", "SpO2 86 %."),
        ("What is the SpO2?", "Oxygen saturation 86 %."),
        ("What is the hemoglobin A1c?", "HbA1c 8.2 %."),
        ("Is there shortness of breath?", "Pt c/o SOB on stairs."),
        ("Does the patient have a history of stroke?", "S/p CVA 2019."),
    ],
)
def test_an_abbreviation_is_found_spelled_out_and_the_reverse(question: str, page: str) -> None:
    found, other = score(question, page, "Fax cover sheet with a phone number.")
    assert found > 0.05
    assert found > other


def test_a_title_is_not_an_abbreviation() -> None:
    assert score("Does she have multiple sclerosis?", "Ms. Miller called.", "Known MS.")[0] == 0.0


def test_a_misspelt_drug_is_found() -> None:
    right, misspelt, other = score("Was adalimumab given?", "Adalimumab 40 mg.", "Adalimumap 40 mg.", "Aspirin 40 mg.")
    assert right > misspelt > other


def test_two_real_words_one_letter_apart_are_not_taken_for_each_other() -> None:
    assert score("Was there a contract?", "The contrast was strong.")[0] == 0.0


def test_a_word_of_nearly_the_same_meaning_counts_less_than_the_word_itself() -> None:
    same, near, other = score("Is the newborn healthy?", "A newborn.", "An infant.", "An invoice.")
    assert same > near > other


def test_words_of_the_review_say_less_than_words_of_the_case() -> None:
    review, case = score("Is documentation of psoriasis provided?", "Documentation provided.", "Psoriasis.")
    assert case > review > 0


def test_a_number_counts_only_when_it_is_the_same_number() -> None:
    same, other = score("Is the ejection fraction 35 or less?", "Ejection fraction 35.", "Ejection fraction 60.")
    assert same > other


def test_evidence_close_together_beats_the_same_words_scattered() -> None:
    filler = "unrelated filler sentence about parking and weather " * 20
    together = f"Infliximab caused anaphylaxis. {filler} {filler}"
    scattered = f"Infliximab listed. {filler} {filler} Anaphylaxis kit checked."
    near, far = score("Did infliximab cause anaphylaxis?", together, scattered)
    assert near > far


def test_nothing_leaves_this_machine() -> None:
    info = EmbeddedScorer().info
    assert info.sends_text_to is None
    assert info.scope == "page"
    assert "zerank-2" in info.note

import pytest

from core.text import clean_text, estimate_tokens, sentences


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("a\x00b\x07c", "abc"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("e\ufb03cient \ufb01ndings", "efficient findings"),
        ("DC\u00adSIGNR", "DC-SIGNR"),
        ("infor\u00ad", "infor"),
        ("\ud800private\ue000", "private"),
        ("cafe\u0301", "café"),
        ("a\tb\nc", "a\tb\nc"),
    ],
)
def test_what_is_unseen_or_broken_is_cleaned_and_the_rest_stays(raw: str, clean: str) -> None:
    assert clean_text(raw) == clean


def test_a_sentence_ends_at_a_stop_before_a_capital_and_at_a_line_end() -> None:
    text = "MTX 7.5 mg weekly. Stopped after 14 wk.\nLFTs 3x ULN"
    assert [text[a:b] for a, b in sentences(text)] == ["MTX 7.5 mg weekly.", "Stopped after 14 wk.", "LFTs 3x ULN"]


def test_empty_text_has_no_sentence_and_no_token() -> None:
    assert list(sentences(" \n ")) == []
    assert (estimate_tokens(""), estimate_tokens("abcd"), estimate_tokens("abcde")) == (0, 1, 2)

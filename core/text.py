"""Text of pages and questions: cleaning, sentences, and an estimate of LLM tokens. Standard library only."""

import re
import unicodedata
from collections.abc import Iterator

_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_UNSEEN = dict.fromkeys(
    [
        *range(9), 11, 12, *range(14, 32), *range(127, 160), 0xAD, 0x61C,
        *range(0x200B, 0x2010), *range(0x202A, 0x202F),
        *range(0x2060, 0x2065), *range(0x2066, 0x206A), 0xFEFF, *range(0xD800, 0xE000), *range(0xE000, 0xF900),
        0xFFFE, 0xFFFF,
    ]
)  # fmt: skip
_VISIBLE_HYPHEN = re.compile("(?<=\\w)\u00ad(?=\\w)")
"""Inside a word a PDF's soft hyphen is one that is printed (DC-SIGN); at its end it is a broken line's."""
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9(\"'])|\n+")


def clean_text(text: str) -> str:
    """`text` for display, search and storage.

    Control, bidirectional, zero-width, surrogate and private-use characters are removed, ligatures unfolded, soft
    hyphens inside a word made plain ones, line ends
    become a newline, and the result is in NFC: page text is untrusted input.
    """
    text = (
        _VISIBLE_HYPHEN.sub("-", text)
        .replace("\r\n", "\n")
        .replace("\r", "\n")
        .translate(_UNSEEN)
        .translate(_LIGATURES)
    )
    return unicodedata.normalize("NFC", text)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Spans (start, end) of the non-empty sentences of `text`, in order. A line end also ends a sentence."""
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if text[start : match.start()].strip():
            yield start, match.start()
        start = match.end()
    if text[start:].strip():
        yield start, len(text)


def estimate_tokens(text: str) -> int:
    """About how many tokens an LLM makes of `text`: characters / 4, rounded up (the usual estimate for English)."""
    return -(-len(text) // 4)

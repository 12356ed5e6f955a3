"""Sentences that name settings, commands and addresses, so that these can be copied as they stand."""

import re

from pages.components.frame import as_code, plain

_LITERAL = re.compile(r"(`[^`]+`|CHARTSIEVE_[A-Z_]+|https?://[^\s,;?]*[^\s,;?.)])")


def with_code(sentence: str) -> str:
    """The sentence as Markdown: addresses, names of settings and what stands between backticks as code, the rest as
    it stands."""
    parts = _LITERAL.split(sentence)
    return "".join(as_code(part) if n % 2 else _words(part) for n, part in enumerate(parts))


def _words(part: str) -> str:
    """`plain` with the spaces at both ends, which part words from code."""
    before = " " if part[:1].isspace() else ""
    after = " " if part.strip() and part[-1:].isspace() else ""
    return f"{before}{plain(part)}{after}"

"""Amounts in words, as the screens and the command line say them. Standard library only."""

from collections.abc import Mapping

from core.domain import Usage


def duration_in_words(seconds: float) -> str:
    """ "40 s", "6 min", "1 h 5 min"; `seconds` >= 0, rounded to what a person waits for."""
    if seconds < 59.5:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"


def count_in_words(count: int) -> str:
    """ "950", "12,000", "7.4 million"."""
    return f"{count / 1e6:,.1f} million" if count >= 1_000_000 else f"{count:,}"


def bytes_in_words(count: int) -> str:
    """ "0.4 MB", "30.6 MB"; megabytes of a million bytes."""
    return f"{count / 1e6:,.1f} MB"


def dollars_in_words(dollars: float) -> str:
    """ "$0.18", "less than $0.01", "$0.00"."""
    return "less than $0.01" if 0 < dollars < 0.005 else f"${dollars:,.2f}"


def usage_in_words(usage: Usage) -> str:
    """ "480 requests, 30.6 MB, 7.4 million tokens, $0.18"; "" when nothing was sent."""
    if not usage.requests:
        return ""
    parts = [
        f"{usage.requests:,} request{'s' if usage.requests > 1 else ''}",
        bytes_in_words(usage.bytes),
        f"{count_in_words(usage.tokens)} tokens",
    ]
    return ", ".join([*parts, dollars_in_words(usage.dollars)] if usage.dollars else parts)


def missing_in_words(reasons: Mapping[str, int]) -> str:
    """From reasons with their numbers of pairs: "12 answers are missing. …", with the commonest; "" for none."""
    if not reasons:
        return ""
    count, reason = sum(reasons.values()), max(reasons, key=lambda reason: reasons[reason])
    return f"{count:,} answer{' is' if count == 1 else 's are'} missing. {reason.rstrip('.')}."

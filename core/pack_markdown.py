"""A context pack as Markdown. Page texts, labels and file names are untrusted: they are fenced or escaped."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from core.domain import digest
from core.text import clean_text

EVIDENCE = {
    "found": "Found",
    "weak": "Weak matches only",
    "none_found": "Looked, none found",
    "could_not_read": "Could not read: some pages of the case have no usable text",
    "not_scored": "Not scored: some pages have no answer yet",
}
_SPECIAL = re.compile(r"([\\`*\[\]<|])")
_BACKTICKS = re.compile("`+")
_MAX_NAME = 120

Content = dict[str, Any]
"""What `ContextPack.to_json` writes."""


def markdown(content: Content) -> str:
    """The pack as Markdown, ending in a newline.

    Each page's text stands between two marker lines, in a fence of more backticks than any page has in a row. Marker
    lines carry a code that is a digest of the pack and occurs nowhere in it, so that no page can write one.
    """
    code, recalibrated = _code(content), content["scorer"]["recalibration"] is not None
    unread, later = _unread_pages(content)
    parts = [
        *_head(content, code),
        "## Criteria",
        *(block for c in content["criteria"] for block in _criterion(c, recalibrated=recalibrated)),
        "## Pages",
        *_pages(content["pages"], code, len(content["pages"]) + len(content["left_out"]) + len(content["unread"])),
        "## Left out",
        _left_out(content["left_out"], "probability" if recalibrated else "score"),
        *(("## Not read yet", _not_read_yet(later)) if later else ()),
        "## Could not be read",
        _unread(unread),
    ]
    return "\n\n".join(parts) + "\n"


def _code(content: Content) -> str:
    """16 hex digits that depend on the whole pack and do not occur in it."""
    whole = json.dumps(content, ensure_ascii=False)
    code = digest(whole)[:16]
    while code in whole.lower():
        code = digest(code, whole)[:16]
    return code


def _head(content: Content, code: str) -> Iterator[str]:
    before, after = content["size"]["before"], content["size"]["after"]
    scorer, criteria = content["scorer"], content["criteria_set"]
    unread, later = _unread_pages(content)
    yield f"# Context pack: {_line(content['case'])}"
    yield (
        f"{content['notice']} Each page stands between a line that starts with `=== {code} page` and a line that "
        f"starts with `=== {code} end`; a line without this code is part of the page."
    )
    yield "\n".join(
        (
            f"- Criteria: {_line(criteria['name'])}, version {criteria['version']}",
            f"- Rule: {_line(content['rule'])}",
            f"- Scorer: {_line(scorer['name'])}, {_line(scorer['model'])} {_line(scorer['revision'])}, "
            f"fingerprint {scorer['fingerprint']}",
            f"- Whole chart: {_size(before)}",
            f"- In this pack: {_size(after)}",
            f"- Left out: {_in_pages(len(content['left_out']))}; could not be read: {_in_pages(len(unread))}"
            + (f"; not read yet: {_in_pages(len(later))}" if later else ""),
        )
    )


def _size(size: dict[str, int]) -> str:
    return f"{_in_pages(size['pages'])}, {size['characters']:,} characters, about {size['tokens']:,} tokens"


def _in_pages(count: int) -> str:
    return f"{count:,} page{'' if count == 1 else 's'}"


def _unread_pages(content: Content) -> tuple[list[Content], list[Content]]:
    """Those that could not be read, and those that are still to be read."""
    pages = content["unread"]
    return [p for p in pages if not p["not_read_yet"]], [p for p in pages if p["not_read_yet"]]


def _criterion(criterion: Content, *, recalibrated: bool) -> Iterator[str]:
    yield f"### {_line(criterion['id'])}"
    yield f"Question: {_line(criterion['question'], limit=None)}"
    if criterion["instruction"]:
        yield f"Instruction: {_line(criterion['instruction'], limit=None)}"
    yield (
        f"Evidence, by the tool: {EVIDENCE[criterion['evidence']]}. Kept: {_size(criterion['size'])}. "
        f"Left out: {_in_pages(criterion['left_out'])}."
    )
    if criterion["kept"]:
        figures = ("probability", "score") if recalibrated else ("score",)
        rows = ((str(k["place"]), *(_number(k[figure]) for figure in figures), k["why"]) for k in criterion["kept"])
        yield _table(("Page", *(figure.capitalize() for figure in figures), "Why"), rows)
    if criterion["dropped"]:
        pages = ", ".join(str(page["place"]) for page in criterion["dropped"])
        yield f"Left out by the reviewer, not by the rule: page{'s' if ',' in pages else ''} {pages}."


def _pages(pages: list[Content], code: str, total: int) -> Iterator[str]:
    if not pages:
        yield "None."
    longest = max((len(run) for page in pages for run in _BACKTICKS.findall(page["text"])), default=0)
    fence = "`" * max(3, longest + 1)
    for page in pages:
        criteria = _line(", ".join(page["criteria"]), limit=None)
        read = f", {_read(page['confidence'])}" if page["source"] == "ocr" else ""
        yield f"=== {code} page {page['place']} of {total}: {_where(page)}{read}, for {criteria} ==="
        if page["same_as"] is None:
            yield f"{fence}text\n{page['text']}\n{fence}"
        else:
            yield f"Exactly the text of page {page['same_as']}."
        yield f"=== {code} end of page {page['place']} ==="


def _read(confidence: float | None) -> str:
    sure = "" if confidence is None else f", {math.floor(confidence * 100)} % sure"
    return f"read from the image{sure}"


def _left_out(pages: list[Content], figure: str) -> str:
    """`figure`: the name of the number that the rule compared."""
    if not pages:
        return "None."
    rows = (
        (
            str(page["place"]),
            _where(page, escaped=False),
            _number(page[figure]),
            "; ".join(page["reasons"]) + (f" (same text as page {page['same_as']})" if page["same_as"] else ""),
        )
        for page in pages
    )
    return _table(("Page", "Where", f"Highest {figure}", "Why"), rows)


def _unread(pages: list[Content]) -> str:
    if not pages:
        return "None."
    note = "These pages are part of the evidence and were not judged. A person has to look at them."
    rows = ((str(page["place"]), _where(page, escaped=False), _problem(page)) for page in pages)
    return f"{note}\n\n{_table(('Page', 'Where', 'Why'), rows)}"


def _problem(page: Content) -> str:
    dropped = ", ".join(page["left_out_for"])
    return f"{page['problem']} Left out by the reviewer for {dropped}." if dropped else str(page["problem"])


def _not_read_yet(pages: list[Content]) -> str:
    note = "These pages are part of the evidence. They were not read when this pack was made: a later pack has them."
    rows = ((str(page["place"]), _where(page, escaped=False)) for page in pages)
    return f"{note}\n\n{_table(('Page', 'Where'), rows)}"


def _where(page: Content, *, escaped: bool = True) -> str:
    label = f", printed {_quoted(page['label'])}" if page["label"] else ""
    text = f"{_quoted(page['document_name'])} page {page['number']}{label}"
    return _line(text, limit=None) if escaped else text


def _quoted(name: str) -> str:
    """A name that cannot end its own quotation marks."""
    return '"' + name[:_MAX_NAME].replace('"', "'") + '"'


def _table(heading: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [heading, ("---",) * len(heading), *(tuple(_line(cell, limit=None) for cell in row) for row in rows)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _line(text: str, limit: int | None = _MAX_NAME) -> str:
    """`text` on one line, with what Markdown would act on escaped."""
    return _SPECIAL.sub(r"\\\1", " ".join(clean_text(text).split())[:limit])


def _number(value: float | None) -> str:
    """Thousandths, rounded down as thresholds are compared; nothing for a gap."""
    return "not scored" if value is None else f"{math.floor(value * 1000 + 1e-4) / 1000:.3f}"

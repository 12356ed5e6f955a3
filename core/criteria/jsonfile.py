"""JSON: {"name", "criteria": [{id, question, instruction, group}], "logic"}, or the bare list, or a list of questions.

A FHIR Questionnaire is JSON, too: see `core.criteria.fhir`.
"""

import json
import re
from collections.abc import Iterator

from core.criteria.columns import match_columns, match_logic, normal, unused_remark
from core.criteria.fhir import is_fhir, questionnaire_found
from core.criteria.rows import Found, Row, refused
from core.errors import Problem
from core.text import clean_text

_SPACE = re.compile(r"[ \t\n\r]*")
_LIST_NAMES = ("criteria", "questions")
_SHAPE = 'Write {"name": "...", "criteria": [{"id": "...", "question": "..."}]}.'


def json_found(data: bytes) -> Found:
    """Entries of a JSON file. Row numbers are the lines where the entries start."""
    try:
        text = data.decode(json.detect_encoding(data)).removeprefix("\ufeff")
    except UnicodeDecodeError:
        return refused("The file is not in UTF-8, as JSON must be.", "Save it again in UTF-8, and upload it again.")
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        return refused(
            f"This is not valid JSON: {error.msg}.",
            "Look for a missing or spare comma, quotation mark or bracket there or just before.",
            row=error.lineno,
            column=str(error.colno),
        )
    except (ValueError, RecursionError):
        return refused("The file nests too deeply or holds a number that is too long.", _SHAPE)
    return questionnaire_found(content, text) if is_fhir(content) else _content_found(content, text)


def _content_found(content: object, text: str) -> Found:
    found = Found()
    entries = content
    if isinstance(content, dict):
        found.name = next((v for k, v in content.items() if normal(k) == "name" and isinstance(v, str)), "")
        found.logic = next((v for k, v in content.items() if normal(k) == "logic"), None)
        named = [v for k, v in content.items() if normal(k) in _LIST_NAMES]
        entries = named[-1] if named else None
    if not isinstance(entries, list):
        return refused('There is no list named "criteria".', _SHAPE)
    unused: dict[str, None] = {}
    logic = any("logic" in match_logic(list(entry)) for entry in entries if isinstance(entry, dict))
    for place, (entry, line) in enumerate(zip(entries, _entry_lines(text), strict=True), start=1):
        _take(entry, line, place, found, unused, logic=logic)
    found.remarks = unused_remark(unused)
    return found


def _take(entry: object, line: int, place: int, found: Found, unused: dict[str, None], *, logic: bool) -> None:
    """Adds an entry to `found`, as a row or as a problem, and the names it does not know to `unused`.

    `logic`: entries of this list say how the criteria combine.
    """
    if isinstance(entry, str):
        found.rows.append(Row(line, entry, entry=place))
        return
    if not isinstance(entry, dict):
        what = f"Entry {place}: This is neither a question nor an object."
        found.problems.append(Problem(line, "", what, _SHAPE))
        return
    keys = list(entry)
    columns = match_columns(keys) | (match_logic(keys) if logic else {})
    fields = {field: entry[keys[position]] for field, position in columns.items()}
    known = columns.values()
    unused.update((clean_text(key), None) for i, key in enumerate(keys) if i not in known)
    texts = {field: _text(value, number_allowed=field in ("id", "group", "parent")) for field, value in fields.items()}
    wrong = [field for field, text in texts.items() if text is None]
    found.problems += [
        Problem(line, field, f"Entry {place}: The {field} is not a text.", "Put it between quotation marks.")
        for field in wrong
    ]
    if not wrong:
        row = {field: text or "" for field, text in texts.items()}
        found.rows.append(
            Row(
                line,
                row.get("question", ""),
                row.get("id", ""),
                row.get("instruction", ""),
                row.get("group", ""),
                place,
                row.get("logic", ""),
                row.get("parent", ""),
            )
        )


def _text(value: object, *, number_allowed: bool) -> str | None:
    """None for what is no text; nothing (null) is an empty text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if number_allowed and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return None


def _entry_lines(text: str) -> Iterator[int]:
    """1-based line on which each entry of the list starts; `text` is valid JSON that holds the list."""
    decoder = json.JSONDecoder()
    at, line, counted = _list_start(text, decoder) + 1, 1, 0
    while text[at := _skip(text, at)] != "]":
        line += text.count("\n", counted, at)
        counted = at
        yield line
        at = _next(text, decoder.raw_decode(text, at)[1])


def _list_start(text: str, decoder: json.JSONDecoder) -> int:
    """Where the list's bracket stands."""
    at = _skip(text, 0)
    if text[at] == "[":
        return at
    found = at = at + 1
    while text[at := _skip(text, at)] != "}":
        key, at = decoder.raw_decode(text, at)
        at = _skip(text, _skip(text, at) + 1)
        if normal(key) in _LIST_NAMES:
            found = at
        at = _next(text, decoder.raw_decode(text, at)[1])
    return found


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _next(text: str, at: int) -> int:
    """Past the comma, when there is one."""
    at = _skip(text, at)
    return at + 1 if text[at] == "," else at

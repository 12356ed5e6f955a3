"""FHIR R4 Questionnaires, alone or inside a Bundle: each item that asks something becomes a criterion.

The tree that comes with them is the form as it stands: its groups, and the conditions that are certain (see
`core.criteria.fhir_logic`). A form says what to ask, never which answers approve; taking every part as needed can hold
an approval up but never makes one, and a remark asks for it to be looked at.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from core.criteria.fhir_items import Item, items_of, told_apart
from core.criteria.fhir_logic import logic_of
from core.criteria.rows import Found, Row, refused
from core.logic import faults
from core.text import clean_text

_LINK = re.compile(r'"linkId"\s*:\s*("(?:[^"\\]|\\.)*")')
_SHOWN = 12
_AS_IT_STANDS = (
    "The form does not say which answers approve. All of its parts are taken as needed, answered with yes: look at the "
    "logic and change it before cases are decided by it."
)


def is_fhir(content: object) -> bool:
    """True for decoded JSON that says it is a FHIR resource."""
    return isinstance(content, dict) and isinstance(content.get("resourceType"), str)


def questionnaire_found(content: object, text: str) -> Found:
    """Rows and logic of the one Questionnaire in the file; row numbers are lines of `text`."""
    forms = list(_questionnaires(content))
    if len(forms) == 1:
        return _form_found(forms[0], _lines(text))
    if forms:
        return refused(
            f"The file holds {len(forms)} FHIR Questionnaires.", "Save the one that is meant in a file alone."
        )
    kind = clean_text(str(content.get("resourceType", "")))[:40] if isinstance(content, dict) else ""
    return refused(f"This is a FHIR {kind} without a Questionnaire.", "Upload the Questionnaire, or a criteria list.")


def _questionnaires(content: object, level: int = 1) -> Iterator[Mapping[str, object]]:
    """The forms in a Bundle, or in the Parameters that a package comes in."""
    if not isinstance(content, dict) or level > 4:
        return
    if content.get("resourceType") == "Questionnaire":
        yield content
        return
    for name in ("entry", "parameter"):
        entries = content.get(name)
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict):
                yield from _questionnaires(entry.get("resource"), level + 1)


def _lines(text: str) -> dict[str, int]:
    """linkId -> the line where it first stands."""
    found: dict[str, int] = {}
    line, counted = 1, 0
    for match in _LINK.finditer(text):
        line += text.count("\n", counted, match.start())
        counted = match.start()
        found.setdefault(json.loads(match[1], strict=False), line)
    return found


def _form_found(form: Mapping[str, object], lines: Mapping[str, int]) -> Found:
    items = items_of(form, lines)
    apart = told_apart(items)
    mapped = logic_of(items)
    asked = items.of("question")
    found = Found(
        rows=[
            Row(lines.get(i.link, 0), i.text, i.criterion, "", i.group, place, link=i.link)
            for place, i in enumerate(asked, start=1)
        ],
        problems=items.problems,
        name=next((name for key in ("title", "name") if isinstance(name := form.get(key), str) and name.strip()), ""),
        root=mapped.root,
        source=_canonical(form),
    )
    if not asked and not items.problems:
        return refused("The form asks nothing: it has no item that is a question.", "Upload another form.")
    found.remarks += _named("Left out, since they ask nothing: {}.", items.of("display"))
    found.remarks += _named("Left out, since the form hides them: {}.", items.of("hidden"))
    found.remarks += _named("Left out, since they have no words: {}.", items.of("wordless"))
    found.remarks += _named("What they belong to was put in front of words that other questions share: {}.", apart)
    if items.unused:
        found.remarks.append("Not used: answers to choose from, and answers that the form fills in beforehand.")
    if not found.source:
        found.remarks.append("The form has no address (url): answers cannot name it when they are exported.")
    found.remarks += _named(
        "Always asked, since their condition is about more than a yes or no: {}. Change that under Logic.",
        mapped.always,
    )
    if mapped.root is not None and faults(mapped.root, [i.criterion for i in asked]):
        found.root = None
        found.remarks.append("The form is too large for its conditions to be taken over as logic.")
    else:
        found.remarks.append(_AS_IT_STANDS)
    return found


def _canonical(form: Mapping[str, object]) -> str:
    url, version = form.get("url"), form.get("version")
    if not isinstance(url, str) or not url.strip():
        return ""
    pin = f"|{version.strip()}" if isinstance(version, str) and version.strip() else ""
    return clean_text(f"{url.strip()}{pin}")[:1000]


def _named(sentence: str, items: Sequence[Item]) -> list[str]:
    """The sentence with the linkIds of the items; nothing without items."""
    if not items:
        return []
    links = [" ".join(clean_text(item.link).split())[:40] for item in items[:_SHOWN]]
    more = f" and {len(items) - _SHOWN} more" if len(items) > _SHOWN else ""
    return [sentence.format(", ".join(links) + more)]

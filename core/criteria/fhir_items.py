"""The items of a FHIR Questionnaire as a tree: which of them ask something, and what each is called here."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from core.criteria.check import MAX_GROUP, MAX_ID, same_question
from core.errors import Problem
from core.text import clean_text

MAX_LEVELS = 40
"""Deepest nesting of items that is read."""
MAX_ITEMS = 5000
_HIDDEN = "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden"
_UNUSED = ("answerOption", "answerValueSet", "initial")

Kind = Literal["group", "question", "display", "hidden", "wordless"]


@dataclass(eq=False, slots=True)
class Item:
    """One item. `display`, `hidden` and `wordless` items ask nothing."""

    link: str
    kind: Kind
    type: str
    text: str
    raw: Mapping[str, object]
    parent: "Item | None" = None
    children: "list[Item]" = field(default_factory=list)
    criterion: str = ""
    """Id of the criterion that it becomes; "" for an item that asks nothing."""

    @property
    def group(self) -> str:
        """Words of the nearest group around it that has any."""
        above = self.parent
        while above is not None:
            if above.kind == "group" and above.text:
                return above.text[:MAX_GROUP]
            above = above.parent
        return ""


@dataclass(slots=True)
class Items:
    top: list[Item] = field(default_factory=list)
    by_link: dict[str, Item] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unused: bool = False
    """Some item has answers to choose from, or answers that are filled in beforehand."""

    def of(self, kind: Kind) -> list[Item]:
        return [item for item in self.by_link.values() if item.kind == kind]


def items_of(questionnaire: Mapping[str, object], lines: Mapping[str, int]) -> Items:
    """All items with words and ids; `lines`: linkId -> line of the file. What is below a hidden item is hidden."""
    out = Items()
    _take(questionnaire.get("item"), None, 1, out, lines)
    taken: set[str] = set()
    for item in out.of("question"):
        item.criterion = _free(_made_id(item.link), taken)
        taken.add(item.criterion.casefold())
    return out


def told_apart(items: Items) -> list[Item]:
    """Puts what an item belongs to in front of words that several items share; returns those items."""
    changed = _repeated(items)
    for item in changed:
        if before := _belongs_to(item, items):
            item.text = f"{before}{'' if before.endswith(('?', '.', ':')) else ':'} {item.text}"
    for item in _repeated(items):
        item.text = f"{item.text} ({item.link})"
    return changed


def _take(raw: object, parent: Item | None, level: int, out: Items, lines: Mapping[str, int]) -> None:
    if raw is None:
        return
    if not isinstance(raw, list) or level > MAX_LEVELS:
        cure = "Ask for the form again from where it came from."
        out.problems.append(Problem(0, "item", "The items of the form are no list, or nest too deeply.", cure))
        return
    for entry in raw:
        item = _item(entry, parent, out, lines)
        if item is None:
            continue
        out.by_link[item.link] = item
        (out.top if parent is None else parent.children).append(item)
        _take(item.raw.get("item"), item, level + 1, out, lines)


def _item(entry: object, parent: Item | None, out: Items, lines: Mapping[str, int]) -> Item | None:
    """None for what is no item, which is named as a problem."""
    link = entry.get("linkId") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(link, str) or not link.strip():
        cure = "Ask for the form again from where it came from: FHIR asks for one in each item."
        out.problems.append(Problem(0, "linkId", "An item of the form has no linkId.", cure))
        return None
    if link in out.by_link:
        cure = "Give one of them another."
        out.problems.append(Problem(lines.get(link, 0), "linkId", f"The linkId {link[:MAX_ID]} stands twice.", cure))
        return None
    if len(out.by_link) >= MAX_ITEMS:
        return None  # far more than a list can have, which is named as a problem
    out.unused |= any(name in entry for name in _UNUSED)
    kind_of = str(entry.get("type", ""))
    text = entry.get("text")
    words = clean_text(text).strip() if isinstance(text, str) else ""
    return Item(link, _kind(entry, kind_of, words, parent), kind_of, words, entry, parent)


def _kind(entry: Mapping[str, object], kind_of: str, words: str, parent: Item | None) -> Kind:
    if (parent is not None and parent.kind == "hidden") or _hidden(entry.get("extension")):
        return "hidden"
    if kind_of in ("display", "group"):
        return "display" if kind_of == "display" else "group"
    return "question" if same_question(words) else "wordless"


def _hidden(extensions: object) -> bool:
    return isinstance(extensions, list) and any(
        isinstance(e, dict) and e.get("url") == _HIDDEN and e.get("valueBoolean") is True for e in extensions
    )


def _made_id(link: str) -> str:
    """The linkId as an id: what an id cannot have becomes "-"."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", link).strip("-._")[:MAX_ID].rstrip("-._") or "item"


def _free(name: str, taken: set[str]) -> str:
    """`name`, with a number behind it when it is taken."""
    candidates: Iterator[str] = (f"{name[: MAX_ID - 5]}-{n}" for n in range(2, MAX_ITEMS + 2))
    return name if name.casefold() not in taken else next(c for c in candidates if c.casefold() not in taken)


def _repeated(items: Items) -> list[Item]:
    asked = items.of("question")
    often = Counter(same_question(item.text) for item in asked)
    return [item for item in asked if often[same_question(item.text)] > 1]


def _belongs_to(item: Item, items: Items) -> str:
    """Words of the question on which it depends, of the one that it stands below, or of its group."""
    conditions = item.raw.get("enableWhen")
    if isinstance(conditions, list) and conditions and isinstance(conditions[0], dict):
        other = items.by_link.get(str(conditions[0].get("question", "")))
        if other is not None and other.text:
            return other.text
    return item.parent.text if item.parent is not None and item.parent.text else item.group

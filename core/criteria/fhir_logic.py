"""The conditions of a FHIR Questionnaire (enableWhen) as a logic tree.

Only what is certain becomes logic. A question that depends on the yes or no of another one is asked only if that one is
met, or is not met; one that depends on whether an open question was answered likewise, since such a question counts as
met when the chart answers it. A comparison with another code, a number or a date cannot be said in these terms: the
question is then always asked, which can only ask too much.

In FHIR a question that is not asked has no answer, so that nothing that depends on it is asked either: a condition on
such a question stands below the conditions of that question.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.criteria.fhir_items import Item, Items
from core.logic import AllOf, AnyOf, Leaf, Logic, Not, When

_HL7, _HL7_OLD = "http://terminology.hl7.org/CodeSystem/v2-0136", "http://hl7.org/fhir/v2/0136"
_YES_NO: Mapping[tuple[str, str], bool] = {
    (_HL7, "Y"): True,
    (_HL7, "N"): False,
    (_HL7_OLD, "Y"): True,
    (_HL7_OLD, "N"): False,
    ("http://loinc.org", "LA33-6"): True,
    ("http://loinc.org", "LA32-8"): False,
    ("http://snomed.info/sct", "373066001"): True,
    ("http://snomed.info/sct", "373067005"): False,
}
"""Codes that mean yes or no wherever they are used."""
FORM_TITLE = "The form as it stands"
"""Title of the root, so that whoever reads the tree later knows what it is."""
_CHOICES = ("choice", "open-choice", "coding")
_Conditions = tuple[Logic, ...]
"""All must be met, and a later one is only asked when the earlier ones are."""


@dataclass(slots=True)
class Mapped:
    root: Logic | None
    """None for a form that asks nothing."""
    always: list[Item] = field(default_factory=list)
    """Items with a condition that could not be taken over."""


def logic_of(items: Items) -> Mapped:
    """The tree of the form: every group is ALL of its parts, since a form does not say which answers approve."""
    builder = _Builder(items)
    parts = builder.parts(items.top, ())
    return Mapped(_joined(parts, FORM_TITLE), [i for i in items.by_link.values() if i.link in builder.unmapped])


class _Builder:
    def __init__(self, items: Items) -> None:
        self._items = items
        self._known: dict[str, _Conditions | None] = {}
        self.unmapped: set[str] = set()

    def parts(self, items: Sequence[Item], above: _Conditions) -> list[Logic]:
        found = [self._part(item, above) for item in items if item.kind != "hidden"]
        return [part for part in found if part is not None]

    def _part(self, item: Item, above: _Conditions) -> Logic | None:
        own = self._own(item) or ()
        new = tuple(condition for condition in own if condition not in above)
        below = self.parts(item.children, (*above, *new))
        asked: list[Logic] = [Leaf(item.criterion)] if item.criterion else []
        inner = _joined([*asked, *below], item.text[:200] if item.kind == "group" else "")
        if inner is None:
            return None
        for condition in reversed(new):
            inner = When(condition, inner)
        return inner

    def _own(self, item: Item) -> _Conditions | None:
        """The conditions that the item itself has; None when they cannot be taken over, or rest on themselves."""
        if item.link not in self._known:
            self._known[item.link] = None  # found again on the way: it rests on itself
            found = self._mapped(item)
            self._known[item.link] = found
            if found is None and item.kind in ("question", "group"):
                self.unmapped.add(item.link)
        return self._known[item.link]

    def _mapped(self, item: Item) -> _Conditions | None:
        raw = item.raw.get("enableWhen")
        if not raw:
            return ()
        behaviour = item.raw.get("enableBehavior")
        if not isinstance(raw, list) or (len(raw) > 1 and behaviour not in ("all", "any")):
            return None
        found = [self._one(entry) for entry in raw]
        known = [conditions for conditions in found if conditions is not None]
        if len(known) < len(found):
            return None
        if len(known) > 1 and behaviour == "any":
            return (AnyOf(tuple(c[0] if len(c) == 1 else AllOf(c) for c in dict.fromkeys(known))),)
        return tuple(dict.fromkeys(condition for conditions in known for condition in conditions))

    def _one(self, entry: object) -> _Conditions | None:
        """One enableWhen: what must hold for its question to be asked at all, then its answer."""
        if not isinstance(entry, dict):
            return None
        target = self._items.by_link.get(str(entry.get("question", "")))
        answer = None if target is None or not target.criterion else _answer(entry, target)
        if target is None or answer is None:
            return None
        around = self._around(target)
        if around is None or (around and entry.get("operator") == "!="):
            return None  # FHIR takes != for true where the question is not asked
        leaf = Leaf(target.criterion)
        return tuple(dict.fromkeys((*around, leaf if answer else Not(leaf))))

    def _around(self, item: Item) -> _Conditions | None:
        """All conditions under which the item is asked; None when one of them is not known."""
        above = () if item.parent is None else self._around(item.parent)
        own = self._own(item)
        return None if above is None or own is None else tuple(dict.fromkeys((*above, *own)))


def _answer(entry: Mapping[str, object], target: Item) -> bool | None:
    """True: the condition holds when the question is met; False: when it is not met; None: neither says it."""
    operator = entry.get("operator")
    value = _yes_or_no(entry)
    if value is None:
        return None
    if operator == "exists":
        return value if target.type not in ("boolean", *_CHOICES) else None
    if target.type not in ("boolean", *_CHOICES) or operator not in ("=", "!="):
        return None
    return value if operator == "=" else not value


def _yes_or_no(entry: Mapping[str, object]) -> bool | None:
    boolean, coding = entry.get("answerBoolean"), entry.get("answerCoding")
    if isinstance(boolean, bool):
        return boolean
    if isinstance(coding, dict):
        return _YES_NO.get((str(coding.get("system", "")), str(coding.get("code", ""))))
    return None


def _joined(parts: Sequence[Logic], title: str) -> Logic | None:
    """ALL of the parts; a single one as it is where there is no title to keep."""
    if not parts:
        return None
    return parts[0] if len(parts) == 1 and not title else AllOf(tuple(parts), title)

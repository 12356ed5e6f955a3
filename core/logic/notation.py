"""Writing the one-line form: ALL(C01, ANY(C02, C03), AT LEAST 2(C04, C05, C06), NOT(C07), IF(C08, C09)).

A group may have a title between its word and its bracket: ALL "Diagnosis" (C01, C02).
"""

from core.logic.tree import AllOf, AnyOf, AtLeast, Leaf, Logic, Not, When


def to_text(logic: Logic) -> str:
    """The tree in the one-line form; `parse` reads it back."""
    match logic:
        case Leaf(criterion):
            return criterion
        case AllOf(parts, title):
            return _group("ALL", title, parts)
        case AnyOf(parts, title):
            return _group("ANY", title, parts)
        case AtLeast(n, parts, title):
            return _group(f"AT LEAST {n}", title, parts)
        case Not(part, title):
            return _group("NOT", title, (part,))
        case When(condition, then, title):
            return _group("IF", title, (condition, then))


def _group(word: str, title: str, parts: tuple[Logic, ...]) -> str:
    escaped = " ".join(title.replace('"', '""').split())
    head = f'{word} "{escaped}" ' if escaped else word
    return f"{head}({', '.join(map(to_text, parts))})"

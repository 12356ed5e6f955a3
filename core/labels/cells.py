"""The apostrophe that keeps a spreadsheet from running a text, and its exact undoing."""

from core.spreadsheet import safe_cell

__all__ = ["plain_cell", "safe_cell", "undoable_cell"]


def undoable_cell(text: str) -> str:
    """`safe_cell(text)`, and one apostrophe more for a text that already looks like one with an apostrophe in front.

    So `plain_cell` gives back every text, also one that somebody began with an apostrophe.
    """
    return f"'{text}" if _looks_defused(text) else safe_cell(text)


def plain_cell(cell: str) -> str:
    """The text that `undoable_cell` was given. The inverse of it, also for cells that another program defused."""
    return cell[1:] if cell.startswith("'") and _looks_defused(cell) else cell


def _looks_defused(text: str) -> bool:
    """One apostrophe or more, and then what a spreadsheet would run."""
    bare = text.lstrip("'")
    return bare != text and safe_cell(bare) != bare

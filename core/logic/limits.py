"""How large a logic tree can be: far beyond any policy, far below what would stop the program."""

from core.errors import Fault

MAX_DEPTH = 20
"""Most nodes on the way from the root to a criterion, both counted."""
MAX_NODES = 2000
MAX_TITLE = 200
"""Most characters of a title."""


def too_large() -> Fault:
    return Fault(
        f"The logic is nested more than {MAX_DEPTH} deep, or has more than {MAX_NODES:,} parts.",
        "Put the criteria into fewer groups.",
    )

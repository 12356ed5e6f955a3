"""PDF to pages. Documents are untrusted: they are opened in child processes only (`worker.py`, `reader.py`)."""

from core.intake.child import Children, Limits
from core.intake.render import Renderer
from core.intake.supervisor import Opened, inspect_document, may_succeed_later, read_document
from core.intake.triage import mark_duplicates

__all__ = [
    "Children",
    "Limits",
    "Opened",
    "Renderer",
    "inspect_document",
    "mark_duplicates",
    "may_succeed_later",
    "read_document",
]

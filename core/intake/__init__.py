"""Documents to pages. They are untrusted: they are opened in child processes only (`worker.py`, `reader.py`)."""

from core.intake.child import Children, Limits
from core.intake.opening import Opened, inspect_document, unlock_document
from core.intake.recognise import Recogniser, wants_recognition
from core.intake.render import Renderer
from core.intake.supervisor import may_succeed_later, read_document

__all__ = [
    "Children",
    "Limits",
    "Opened",
    "Recogniser",
    "Renderer",
    "inspect_document",
    "may_succeed_later",
    "read_document",
    "unlock_document",
    "wants_recognition",
]

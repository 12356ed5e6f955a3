"""PDF to pages. Documents are untrusted: they are opened in child processes only (`worker.py`, `reader.py`)."""

from core.intake.child import Limits
from core.intake.render import Renderer
from core.intake.supervisor import Opened, inspect_pdf, may_succeed_later, read_pdf
from core.intake.triage import mark_duplicates

__all__ = ["Limits", "Opened", "Renderer", "inspect_pdf", "mark_duplicates", "may_succeed_later", "read_pdf"]

"""Criteria lists: from CSV, XLSX, JSON or plain lines to a CriteriaSet, with every mistake by row, column and cure."""

from core.criteria.reading import Preview, preview_criteria, preview_lines, read_criteria, read_lines
from core.criteria.template import template_csv, template_xlsx

__all__ = [
    "Preview",
    "preview_criteria",
    "preview_lines",
    "read_criteria",
    "read_lines",
    "template_csv",
    "template_xlsx",
]

"""The queue of cases, and the way in: a new case or a sample."""

from pages.cases.new import new_case
from pages.cases.queue import page

__all__ = ["new_case", "page"]

"""The determination of a case: its clock, what the criteria come to, what stands in the way, and every step so far."""

from pages.determine.screen import page

__all__ = ["page"]

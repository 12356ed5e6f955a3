"""Settling where two reviews of a case differ."""

from pages.adjudicate.screen import page

__all__ = ["page"]

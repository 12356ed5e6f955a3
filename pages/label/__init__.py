"""The labelling screen: people judge pages that were drawn by chance, without sight of the score."""

from pages.label.screen import page

__all__ = ["page"]

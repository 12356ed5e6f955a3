"""The review screen: heatmap, threshold, page, evidence, decision."""

from pages.review.screen import page

__all__ = ["page"]

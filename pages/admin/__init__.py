"""Administration: the scorers, the people and their roles, how far reviewers agree, rationales to start from."""

from pages.admin.screen import page

__all__ = ["page"]

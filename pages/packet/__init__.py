"""The packet of a case: its documents, what was replaced and what changed by it, and what intake noticed."""

from pages.packet.screen import page

__all__ = ["page"]

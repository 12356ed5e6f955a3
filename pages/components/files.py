"""The scripts and styles that stand beside our components."""

from pathlib import Path

_HERE = Path(__file__).parent


def beside(*names: str) -> str:
    """Files of this folder as one text: a module of scripts has no other way to share a part with another."""
    return "".join((_HERE / name).read_text("utf-8") for name in names)

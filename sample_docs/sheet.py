"""A sheet of paper: drawing commands in points, origin at the top left, and the text and labels it carries."""

from dataclasses import dataclass, field
from functools import cache
from typing import Literal

import pymupdf

WIDTH, HEIGHT = 612.0, 792.0
Colour = tuple[float, float, float]
BLACK: Colour = (0.0, 0.0, 0.0)
GREY: Colour = (0.45, 0.45, 0.45)
Plant = Literal["evidence", "near_miss", "contradiction"]


@dataclass(frozen=True, slots=True)
class Mark:
    """What the author of a passage says about it for one criterion."""

    criterion: str
    plant: Plant
    relevant: bool
    why: str


@dataclass
class Sheet:
    """One page before it becomes PDF."""

    commands: list[bytes] = field(default_factory=list)
    """PDF content operators."""
    fonts: set[str] = field(default_factory=set)
    lines: list[str] = field(default_factory=list)
    """The printed text, for rules that look for words."""
    marks: list[Mark] = field(default_factory=list)

    @property
    def printed(self) -> str:
        return " ".join(self.lines)

    def text(self, x: float, y: float, s: str, font: str = "helv", size: float = 10, colour: Colour = BLACK) -> float:
        """Write `s` with its baseline at `y`; returns the x where it ends."""
        if s.strip():
            self.fonts.add(font)
            self.lines.append(s)
            r, g, b = colour
            raw = s.encode("cp1252").replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")
            head = f"BT {r:g} {g:g} {b:g} rg /{font} {size:g} Tf {x:.2f} {HEIGHT - y:.2f} Td (".encode()
            self.commands.append(head + raw + b") Tj ET")
        return x + width(s, font, size)

    def right(self, x: float, y: float, s: str, font: str = "helv", size: float = 10, colour: Colour = BLACK) -> None:
        self.text(x - width(s, font, size), y, s, font, size, colour)

    def centre(self, y: float, s: str, font: str = "helv", size: float = 10, colour: Colour = BLACK) -> None:
        self.text((WIDTH - width(s, font, size)) / 2, y, s, font, size, colour)

    def line(self, x0: float, y0: float, x1: float, y1: float, weight: float = 0.6, colour: Colour = BLACK) -> None:
        r, g, b = colour
        self.commands.append(
            f"{r:g} {g:g} {b:g} RG {weight:g} w {x0:.2f} {HEIGHT - y0:.2f} m {x1:.2f} {HEIGHT - y1:.2f} l S".encode()
        )

    def rect(self, x: float, y: float, w: float, h: float, *, fill: Colour | None = None, weight: float = 0.6) -> None:
        """A box with its top left corner at x, y: filled without a border, or drawn in black."""
        where = f"{x:.2f} {HEIGHT - y - h:.2f} {w:.2f} {h:.2f} re"
        if fill is None:
            self.commands.append(f"0 0 0 RG {weight:g} w {where} S".encode())
        else:
            self.commands.append(f"{fill[0]:g} {fill[1]:g} {fill[2]:g} rg {where} f".encode())

    def curve(self, points: list[tuple[float, float]], weight: float = 1.0, colour: Colour = (0.1, 0.1, 0.35)) -> None:
        """A smooth pen stroke: points in groups of three after the first (Bezier)."""
        flipped = [f"{x:.2f} {HEIGHT - y:.2f}" for x, y in points]
        body = " ".join(f"{' '.join(flipped[i : i + 3])} c" for i in range(1, len(flipped) - 2, 3))
        r, g, b = colour
        self.commands.append(f"{r:g} {g:g} {b:g} RG 1 J {weight:g} w {flipped[0]} m {body} S".encode())

    def put(self, document: pymupdf.Document) -> pymupdf.Page:
        """Append this sheet to a document as a page with a text layer."""
        page = document.new_page(width=WIDTH, height=HEIGHT)
        for font in sorted(self.fonts):
            page.insert_font(fontname=font)
        xref = document.get_new_xref()
        document.update_object(xref, "<<>>")
        document.update_stream(xref, b"\n".join(self.commands), new=True)
        page.set_contents(xref)
        return page


@cache
def _advance(font: str, char: str) -> float:
    return float(_font(font).text_length(char, fontsize=1))


@cache
def _font(name: str) -> pymupdf.Font:
    return pymupdf.Font(name)


def width(s: str, font: str, size: float) -> float:
    """Points that `s` takes."""
    return size * sum(_advance(font, c) for c in s)


def bold(font: str) -> str:
    return {"helv": "hebo", "tiro": "tibo", "cour": "cobo"}[font]


def italic(font: str) -> str:
    return {"helv": "heit", "tiro": "tiit", "cour": "coit"}[font]

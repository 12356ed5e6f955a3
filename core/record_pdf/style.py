"""How the printed record looks: one style sheet, the colours of outcomes, and the few shapes that all parts share."""

from collections.abc import Sequence

from core.logic import State
from core.record import RecordCriterion
from core.record_pdf.sheets import Cell, Row, Table, row, whole, words
from core.record_words import state_of

CSS = (
    "body{font-family:sans-serif;font-size:9pt;line-height:1.3;margin:0;color:#1c1c1c;overflow-wrap:break-word}"
    "p{margin:0}a{color:#1a4f8b;text-decoration:none}"
    ".eyebrow{font-size:9pt;color:#5f5f5f}.h1{font-size:19pt;font-weight:bold;line-height:1.15}"
    ".h2{font-size:13pt;font-weight:bold}.h3{font-size:10pt;font-weight:bold}.big{font-size:15pt;font-weight:bold}"
    ".th{font-size:8pt;font-weight:bold;color:#444}.small{font-size:8pt;color:#444}.grey{color:#5f5f5f}"
    ".running{font-size:7.5pt;color:#6b6b6b}.right{text-align:right}"
    ".warn{font-size:9pt;font-weight:bold;color:#a3261d;text-align:right}"
    ".mono{font-family:monospace;font-size:6.1pt;color:#333}"
    ".met{color:#17633a;font-weight:bold}.not_met{color:#a3261d;font-weight:bold}"
    ".insufficient{color:#7d5200;font-weight:bold}.not_applicable{color:#4a4a4a;font-weight:bold}"
    ".undecided{color:#5f5f5f;font-style:italic}"
)
GROUND, WARM, GREEN, RED, GREY = "#f2f4f7", "#fdf3e7", "#17633a", "#a3261d", "#8a8a8a"
BAR: dict[State, str] = {
    "met": GREEN,
    "not_met": RED,
    "insufficient": "#b07a10",
    "not_applicable": GREY,
    "undecided": "#c4c4c4",
}


def heading(title: str, *, level: int = 1, anchor: str = "", above: float = 16.0) -> Row:
    """A heading with its entry in the outline; it never ends a page."""
    kind = "h2" if level == 1 else "h3"
    inner = f'<p class="{kind}">{words(title)}</p>'
    return whole(inner, above=above, with_next=True, title=title, level=level, anchor=anchor)


def outcome(entry: RecordCriterion) -> str:
    """The words of what was decided in their colour, as HTML."""
    state, said = state_of(entry)
    return f'<span class="{state}">{said}</span>'


def paragraph(text: str, *, style: str = "", above: float = 0.0) -> Row:
    """Plain words, escaped here."""
    return whole(f'<p class="{style}">{words(text)}</p>', above=above)


def facts(pairs: list[tuple[str, str]], *, share: float = 0.2) -> list[Row]:
    """(heading, HTML) below one another."""
    return [
        row((share, f'<p class="grey">{words(name)}</p>'), (1 - share, f"<p>{inner}</p>"), line=True)
        for name, inner in pairs
    ]


def table(shares: tuple[float, ...], heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Table:
    """A table of HTML cells under `heads`, of the given shares of the width."""
    head = Row(tuple(Cell(s, f'<p class="th">{words(h)}</p>') for s, h in zip(shares, heads, strict=True)), fill=GROUND)
    body = (Row(tuple(Cell(s, f"<p>{c}</p>") for s, c in zip(shares, cells, strict=True)), line=True) for cells in rows)
    return Table(head, tuple(body))

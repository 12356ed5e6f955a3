"""Reads the chart text: records, their blocks, and the labels their author attached.

A record starts with `=== name key=value key="two words"`. In its body:
    # heading            > centred title         --- rule          %page / %gap 12
    - bullet             ~ small print           ^ Name | when      (signature)
    | a | b              table row; |! a | b is a head row; |: a | b a row of boxes "label=value"
    [x] yes  [ ] no      boxes to tick
    @ ID why             labels the next block as evidence; @c: contradiction; @f: fails the criterion, so a
                         near miss worth a look; @n: near miss on something else, not relevant
Every other line is a paragraph.
"""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from sample_docs.sheet import Mark, Plant

Kind = Literal[
    "text", "heading", "title", "bullet", "small", "signature", "row", "head", "boxes", "tick", "rule", "page", "gap"
]
_PLANTS: dict[str, tuple[Plant, bool]] = {
    "@": ("evidence", True),
    "@c": ("contradiction", True),
    "@f": ("near_miss", True),
    "@n": ("near_miss", False),
}
"""Sign -> (plant, relevant)."""
_STARTS: tuple[tuple[str, Kind], ...] = (
    ("# ", "heading"), ("> ", "title"), ("- ", "bullet"), ("~ ", "small"), ("^ ", "signature"),
    ("|! ", "head"), ("|: ", "boxes"), ("| ", "row"), ("[x] ", "tick"), ("[ ] ", "tick"),
)  # fmt: skip


@dataclass
class Block:
    kind: Kind
    text: str
    marks: list[Mark] = field(default_factory=list)

    @property
    def cells(self) -> list[str]:
        return [cell.strip() for cell in self.text.split("|")]


@dataclass
class Record:
    """One document of the chart: a visit note, a report, a letter."""

    name: str
    options: dict[str, str]
    blocks: list[Block]


def read_records(path: Path) -> dict[str, Record]:
    """The records of a chart file by name, in order. ValueError when a name occurs twice."""
    records: dict[str, Record] = {}
    for chunk in path.read_text(encoding="utf-8").split("\n=== ")[1:]:
        head, _, body = chunk.partition("\n")
        name, *pairs = shlex.split(head)
        if name in records:
            raise ValueError(f"{path.name}: record {name} twice")
        records[name] = Record(name, dict(pair.split("=", 1) for pair in pairs), read_blocks(body))
    return records


def read_blocks(body: str) -> list[Block]:
    """Blocks of a record's body; a label line applies to the block after it."""
    blocks: list[Block] = []
    marks: list[Mark] = []
    for line in body.splitlines():
        text = line.strip()
        if text.split(" ", 1)[0] in _PLANTS:
            marks.append(_mark(text))
        elif text:
            kind, rest = _kind(text)
            blocks.append(Block(kind, rest, marks))
            marks = []
    if marks:
        raise ValueError(f"label {marks[0]} belongs to no block")
    return blocks


def _mark(text: str) -> Mark:
    sign, criterion, why = text.split(" ", 2)
    plant, relevant = _PLANTS[sign]
    return Mark(criterion, plant, relevant, why)


def _kind(text: str) -> tuple[Kind, str]:
    if text == "---":
        return "rule", ""
    if text == "%page":
        return "page", ""
    if text.startswith("%gap"):
        return "gap", text[4:].strip() or "10"
    for start, kind in _STARTS:
        if text.startswith(start):
            return kind, text if kind == "tick" else text[len(start) :]
    return "text", text


def ticks(text: str) -> Iterator[tuple[bool, str]]:
    """(ticked, words) of each box in a line of boxes."""
    for part in text.replace("[x] ", "\0x").replace("[ ] ", "\0o").split("\0")[1:]:
        yield part[0] == "x", part[1:].strip()

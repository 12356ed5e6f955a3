"""Lays the blocks of a record out on sheets, in the hand of one practice."""

import random
from dataclasses import dataclass

from sample_docs.letterheads import Practice, Subject, first_head, foot, running_head
from sample_docs.markup import Block, Record, ticks
from sample_docs.sheet import BLACK, GREY, WIDTH, Mark, Sheet, bold, italic, width

_SHORT_TABLE = 230.0
"""A table of fewer points stays on one sheet."""
Word = tuple[str, str]
"""A word and its font."""


@dataclass
class Flow:
    """Fills sheets from top to bottom; a block that carries a label is never split over two sheets."""

    practice: Practice
    subject: Subject
    record: Record
    dice: random.Random

    def lay_out(self) -> list[Sheet]:
        self.sheets: list[Sheet] = []
        self._next_sheet()
        blocks = self.record.blocks
        at = 0
        while at < len(blocks):
            block = blocks[at]
            if block.kind in ("row", "head", "boxes"):
                alike = ("boxes",) if block.kind == "boxes" else ("row", "head")
                end = at
                while end < len(blocks) and blocks[end].kind in alike:
                    end += 1
                self._table(blocks[at:end])
                at = end
            else:
                self._block(block)
                at += 1
        for number, sheet in enumerate(self.sheets, 1):
            if number > 1:
                running_head(sheet, self.practice, self.subject, self.record, number, len(self.sheets))
            foot(sheet, self.practice, self.subject, self.record, number, len(self.sheets))
        return self.sheets

    def _next_sheet(self) -> None:
        self.sheet = Sheet()
        self.sheets.append(self.sheet)
        if len(self.sheets) == 1:
            self.y = first_head(self.sheet, self.practice, self.subject, self.record)
        else:
            self.y = self.practice.top
        self.left = self.practice.margin
        self.right = WIDTH - self.practice.margin

    def _room(self, height: float) -> None:
        if self.y + height > self.practice.bottom:
            self._next_sheet()

    @property
    def _lead(self) -> float:
        return self.practice.size * self.practice.leading

    def _block(self, block: Block) -> None:
        kind = block.kind
        if kind == "page":
            self._next_sheet()
        elif kind == "gap":
            self.y += float(block.text)
        elif kind == "rule":
            self._room(12)
            self.sheet.line(self.left, self.y, self.right, self.y, 0.5, GREY)
            self.y += 10
        elif kind == "heading":
            self._heading(block)
        elif kind == "title":
            self._room(30)
            self.sheet.centre(self.y + 6, block.text, bold(self.practice.font), self.practice.size + 3)
            self.y += 22
        elif kind == "signature":
            self._signature(block)
        elif kind == "tick":
            self._ticks(block)
        else:
            self._paragraph(block)
        self._label(block.marks)

    def _label(self, marks: list[Mark]) -> None:
        self.sheet.marks.extend(marks)

    def _heading(self, block: Block) -> None:
        p = self.practice
        self._room(self._lead * 3.2)
        self.y += self._lead * 0.35
        font, size, text = bold(p.font), p.size + 0.5, block.text
        if p.heading == "bar":
            self.sheet.rect(self.left, self.y - 2, self.right - self.left, p.size + 5, fill=p.tint)
            self.sheet.text(self.left + 4, self.y + p.size, text.upper(), font, p.size)
        elif p.heading == "rule":
            self.sheet.text(self.left, self.y + p.size, text, font, size + 1, p.colour)
            self.sheet.line(self.left, self.y + p.size + 3, self.right, self.y + p.size + 3, 0.7, p.colour)
        elif p.heading == "under":
            end = self.sheet.text(self.left, self.y + p.size, text, font, size)
            self.sheet.line(self.left, self.y + p.size + 2, end, self.y + p.size + 2)
        else:
            text = text.upper() + ":" if p.heading == "caps" else text
            self.sheet.text(self.left, self.y + p.size, text, font, size)
        self.y += self._lead + (7 if p.heading in ("bar", "rule") else 3)

    def _words(self, text: str, font: str) -> list[Word]:
        words: list[Word] = []
        for i, part in enumerate(text.split("**")):
            words += [(w, bold(font) if i % 2 else font) for w in part.split()]
        return words

    def _wrap(self, text: str, font: str, size: float, room: float) -> list[list[Word]]:
        space = width(" ", font, size)
        rows: list[list[Word]] = [[]]
        used = 0.0
        for word in self._words(text, font):
            w = width(word[0], word[1], size)
            if rows[-1] and used + space + w > room:
                rows.append([])
                used = 0.0
            used += w + (space if rows[-1] else 0)
            rows[-1].append(word)
        return rows

    def _write(self, row: list[Word], x: float, y: float, size: float, **_: object) -> None:
        run: list[str] = []
        for i, (word, font) in enumerate(row):
            run.append(word)
            if i + 1 == len(row) or row[i + 1][1] != font:
                more = " " if i + 1 < len(row) else ""
                x = self.sheet.text(x, y, " ".join(run) + more, font, size)
                run = []

    def _paragraph(self, block: Block) -> None:
        p = self.practice
        small, bullet = block.kind == "small", block.kind == "bullet"
        size = p.size - 1.8 if small else p.size
        font = italic(p.font) if small else p.font
        lead = size * p.leading
        indent = 14.0 if bullet else 0.0
        rows = self._wrap(block.text, font, size, self.right - self.left - indent)
        if block.marks or len(rows) <= 3:
            self._room(len(rows) * lead)
        for i, row in enumerate(rows):
            self._room(lead)
            if bullet and i == 0:
                self.sheet.text(self.left + 3, self.y + size, p.bullet, p.font, size)
            self._write(row, self.left + indent, self.y + size, size)
            self.y += lead
        self.y += lead * (0.12 if bullet else p.gap)

    def _ticks(self, block: Block) -> None:
        p = self.practice
        x = self.left
        self._room(self._lead * 1.3)
        for ticked, words in ticks(block.text):
            need = 20 + width(words, p.font, p.size)
            if x > self.left and x + need > self.right:
                x = self.left + 18
                self.y += self._lead * 1.15
                self._room(self._lead * 1.3)
            self.sheet.rect(x, self.y + 1.5, 8, 8, weight=0.8)
            if ticked:
                self.sheet.text(x + 1.3, self.y + 8.6, "X", "hebo", 8.5)
            end = self.sheet.text(x + 13, self.y + p.size - 0.5, words, p.font, p.size)
            x = end + 16
        self.y += self._lead * 1.25

    def _signature(self, block: Block) -> None:
        p = self.practice
        name, _, when = (part.strip() for part in block.text.partition("|"))
        if p.signature == "pen":
            self._room(56)
            scribble(self.sheet, self.left + 8, self.y + 20, self.dice)
            self.sheet.line(self.left, self.y + 31, self.left + 210, self.y + 31)
            self.sheet.text(self.left, self.y + 43, name, p.font, p.size)
            self.sheet.text(self.left + 230, self.y + 31, f"Date: {when}" if when else "", p.font, p.size)
            self.y += 54
        else:
            self._room(34)
            self.y += 4
            text = f"Electronically signed by {name}" + (f" on {when}" if when else "")
            self.sheet.text(self.left, self.y + p.size, text, italic(p.font), p.size)
            self.y += self._lead * 1.6

    def _table(self, rows: list[Block]) -> None:
        if rows[0].kind == "boxes":
            for row in rows:
                self._boxes(row)
            self.y += 6
            return
        p = self.practice
        size = p.size - 0.7
        widths = self._columns(rows, size)
        head = rows[0] if rows[0].kind == "head" else None
        wrapped = [
            [self._wrap(cell, p.font, size, w - 6) for cell, w in zip(row.cells, widths, strict=False)] for row in rows
        ]
        talls = [max(len(c) for c in cells) * size * 1.22 + 3.5 for cells in wrapped]
        if sum(talls) < _SHORT_TABLE:
            self._room(sum(talls))
        for i, (row, cells, tall) in enumerate(zip(rows, wrapped, talls, strict=True)):
            if self.y + tall > p.bottom:
                self._next_sheet()
                if head is not None and row is not head:
                    self._row(head, [self._wrap(c, p.font, size, 999) for c in head.cells], widths, size, 0)
            self._row(row, cells, widths, size, i)
            self._label(row.marks)
        self.y += self._lead * 0.6

    def _row(self, row: Block, cells: list[list[list[Word]]], widths: list[float], size: float, i: int) -> None:
        p = self.practice
        tall = max(len(c) for c in cells) * size * 1.22 + 3.5
        total = sum(widths)
        if row.kind == "head" and p.table != "plain":
            self.sheet.rect(self.left, self.y, total, tall, fill=p.tint)
        elif p.table == "stripes" and i % 2 == 0:
            self.sheet.rect(self.left, self.y, total, tall, fill=(0.96, 0.96, 0.96))
        x = self.left
        for cell, w in zip(cells, widths, strict=False):
            if p.table == "grid":
                self.sheet.rect(x, self.y, w, tall, weight=0.4)
            for n, line in enumerate(cell):
                words = [(word, bold(p.font)) for word, _ in line] if row.kind == "head" else line
                self._write(words, x + 3, self.y + size + 1 + n * size * 1.22, size)
            x += w
        if p.table != "grid" and row.kind == "head":
            self.sheet.line(self.left, self.y + tall, self.left + total, self.y + tall, 0.8)
        self.y += tall

    def _columns(self, rows: list[Block], size: float) -> list[float]:
        """Natural widths, the widest columns cut until the table fits."""
        count = max(len(row.cells) for row in rows)
        natural = [12.0] * count
        for row in rows:
            for i, cell in enumerate(row.cells):
                font = bold(self.practice.font) if row.kind == "head" else self.practice.font
                natural[i] = max(natural[i], width(cell.replace("**", ""), font, size) + 9)
        room = self.right - self.left
        while sum(natural) > room:
            widest = natural.index(max(natural))
            natural[widest] -= min(8.0, sum(natural) - room + 0.01)
        spare = min(room - sum(natural), 18.0 * count)
        return [w + spare / count for w in natural]

    def _boxes(self, row: Block) -> None:
        """Form fields: a caption in small print over the value, each in its own box."""
        p = self.practice
        pairs = [cell.partition("=") for cell in row.cells]
        weights = [max(len(label), len(value), 9) ** 0.75 for label, _, value in pairs]
        room = self.right - self.left
        widths = [room * w / sum(weights) for w in weights]
        size = p.size
        wrapped = [self._wrap(v, self._hand, size, w - 8) for (_, _, v), w in zip(pairs, widths, strict=True)]
        tall = 11 + max(len(lines) for lines in wrapped) * size * 1.2 + 3
        self._room(tall)
        x = self.left
        for (label, _, _), lines, w in zip(pairs, wrapped, widths, strict=True):
            self.sheet.rect(x, self.y, w, tall, weight=0.5)
            self.sheet.text(x + 3, self.y + 8, label, "helv", 6.5, (0.25, 0.25, 0.25))
            for n, line in enumerate(lines):
                self._write(line, x + 4, self.y + 10 + size + n * size * 1.2, size)
            x += w
        self.y += tall
        self._label(row.marks)

    @property
    def _hand(self) -> str:
        return {"helv": "cour", "tiro": "helv", "cour": "cour"}[self.practice.font]


def scribble(sheet: Sheet, x: float, y: float, dice: random.Random) -> None:
    """A signature nobody can read."""
    points = [(x, y)]
    for _ in range(dice.randint(6, 9)):
        step = dice.uniform(9, 19)
        for part in (0.3, 0.7, 1.0):
            points.append((x + step * part + dice.uniform(-4, 4), y + dice.uniform(-13, 9)))
        x += step
    points += [(x + 12, y + 3), (x + 30, y - 4), (x + 48, y + dice.uniform(-2, 5))]
    sheet.curve(points, dice.uniform(0.8, 1.4), dice.choice([(0.1, 0.1, 0.4), BLACK]))

"""The press: `python -I press.py MEMORY_MB`. Reads a job (`core.record_pdf.sheets`) as JSON, writes a PDF.

It runs in a process of its own, because PyMuPDF may not be used by several threads and draws words that anybody may
have written. Never imported by the application; it limits itself before it reads anything. Sizes are points; the paper
is of letter size.
"""

import base64
import contextlib
import io
import json
import re
import resource
import struct
import sys
from collections.abc import Sequence
from typing import Any

sys.modules["pymupdf.layout"] = None  # type: ignore[assignment]  # 60 MB of models that are not used

import pymupdf  # noqa: E402

WIDTH, HEIGHT = 612.0, 792.0
SIDE, TOP, BOTTOM = 46.0, 62.0, 752.0
"""Margin at both sides, and where the room for rows begins and ends."""
GAP, PAD = 8.0, 3.0
"""Between two cells, and above and below what a row holds."""
INDENT = 9.0
"""What a bar at the left of a row takes."""
FOOT = 764.0
LEAST = 24.0
"""Room below which nothing is begun on a page."""
LEAST_PICTURE = 200.0
GREY, RED, MARK = (0.42, 0.42, 0.42), (0.70, 0.10, 0.10), (0.85, 0.35, 0.0)
PLAIN, BOLD = pymupdf.Font("helv"), pymupdf.Font("hebo")
LIGATURE = re.compile(r"(<[^>]*>)|f(?=[fil])")


def limit(memory_mb: int) -> None:
    """Memory, no files written, no core dumps (they would hold page text), no further processes."""
    with contextlib.suppress(ValueError):  # macOS knows no such limit
        resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


class Press:
    """Writes rows from the top of a page to its bottom, and begins pages as they are needed."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.job = job
        self.out = io.BytesIO()
        self.writer = pymupdf.DocumentWriter(self.out)
        self.device: Any = None
        self.page = -1
        self.y = TOP
        self.fresh = True
        """Nothing stands on the page yet."""
        self.head: dict[str, Any] | None = None
        """Heading of the table that is being written."""
        self.outline: list[list[Any]] = []
        self.anchors: dict[str, tuple[int, float]] = {}
        self.links: list[tuple[int, Any, str]] = []
        self.shapes: list[tuple[int, Any, str]] = []
        """(page, rectangle, colour) to be filled below the text."""
        self.lines: list[tuple[int, float]] = []
        self.pictures: list[tuple[int, Any, bytes, list[Any]]] = []

    # -- pages

    def begin(self) -> None:
        self.end()
        self.page += 1
        self.device = self.writer.begin_page(pymupdf.Rect(0, 0, WIDTH, HEIGHT))
        self.y, self.fresh = TOP, True
        self.put(f'<div class="running">{self.job["head"]}</div>', SIDE, 30, 330, 60)
        kind = "warn" if self.job["warn"] else "running right"
        self.put(f'<div class="{kind}">{self.job["warning"]}</div>', SIDE + 335, 30, WIDTH - SIDE, 60)
        self.put(f'<div class="running">{self.job["foot"]}</div>', SIDE, FOOT, WIDTH - SIDE - 80, HEIGHT)

    def end(self) -> None:
        if self.device is not None:
            self.writer.end_page()
            self.device = None

    def put(self, inner: str, x0: float, y0: float, x1: float, y1: float) -> None:
        """What does not fit is left out."""
        story = self.story(inner)
        story.place(pymupdf.Rect(x0, y0, x1, y1))
        story.draw(self.device)

    def story(self, inner: str) -> Any:
        return pymupdf.Story(f"<body>{apart(inner)}</body>", user_css=self.job["css"])

    # -- rows

    def row(self, row: dict[str, Any], following: Sequence[dict[str, Any]] = ()) -> None:
        """`following`: rows that must begin on the same page, in order."""
        above = 0.0 if self.fresh else row["above"]
        need = above + self.height(row) + sum(r["above"] + self.height(r) for r in following)
        room = BOTTOM - self.y
        if (not self.fresh and room < need <= BOTTOM - TOP - LEAST) or room < above + LEAST:
            self.turn()
            above = 0.0
        self.y += above
        self.name(row)
        self.draw(row, self.cells(row))

    def turn(self) -> None:
        """To the next page, with the heading of the table that goes on there."""
        self.begin()
        if self.head is not None:
            self.draw(self.head, self.cells(self.head))
            self.fresh = True

    def name(self, row: dict[str, Any]) -> None:
        for anchor in row["anchor"].split():
            self.anchors[anchor] = self.page, self.y
        if row["title"]:
            self.outline.append([row["level"], row["title"], self.page + 1, self.y])

    def cells(self, row: dict[str, Any]) -> list[tuple[float, float, Any]]:
        """(left, right, story) of each cell that holds something."""
        if "stories" in row:
            found: list[tuple[float, float, Any]] = row.pop("stories")
            return found
        left, wide = SIDE + (INDENT if row["bar"] else PAD if row["fill"] else 0.0), WIDTH - 2 * SIDE
        cells, at = [], SIDE
        for cell in row["cells"]:
            until = at + cell["share"] * wide
            if cell["html"]:
                right = until - (GAP if until < WIDTH - SIDE - 1 else 0)
                cells.append((max(left, at), right, self.story(cell["html"])))
            at = until
        return cells

    def height(self, row: dict[str, Any]) -> float:
        """Measured once: its stories wait in the row until they are drawn."""
        if "height" not in row:
            cells = self.cells(row)
            placed = [story.place(pymupdf.Rect(left, 0, right, 20_000))[1] for left, right, story in cells]
            row["height"] = max(float(filled[3]) for filled in placed) + 2 * PAD
            row["stories"] = cells
        return float(row["height"])

    def draw(self, row: dict[str, Any], cells: list[tuple[float, float, Any]]) -> None:
        """What does not fit into the rest of the page goes on at the top of the next one."""
        left = cells
        while True:
            top, low, rest = self.y, self.y, []
            for cell in left:
                more, filled = cell[2].place(pymupdf.Rect(cell[0], top + PAD, cell[1], BOTTOM - PAD))
                cell[2].element_positions(lambda position: self.found(position), {"page": self.page})
                cell[2].draw(self.device)
                low = max(low, float(filled[3]) + PAD)
                if more:
                    rest.append(cell)
            self.dress(row, top, low)
            self.y, self.fresh = low, False
            if not rest or low <= top + 2 * PAD:
                return
            left = rest
            self.turn()

    def found(self, position: Any) -> None:
        if position.href and position.href.startswith("#") and position.open_close & 1:
            self.links.append((position.page, pymupdf.Rect(position.rect), position.href[1:]))

    def dress(self, row: dict[str, Any], top: float, low: float) -> None:
        if row["fill"]:
            self.shapes.append((self.page, pymupdf.Rect(SIDE, top, WIDTH - SIDE, low), row["fill"]))
        if row["bar"]:
            self.shapes.append((self.page, pymupdf.Rect(SIDE, top, SIDE + 2.5, low), row["bar"]))
        if row["line"]:
            self.lines.append((self.page, low))

    # -- parts

    def rows(self, rows: Sequence[dict[str, Any]]) -> None:
        for at, row in enumerate(rows):
            following = []
            for later, earlier in zip(rows[at + 1 :], rows[at:], strict=False):
                if not earlier["with_next"]:
                    break
                following.append(later)
            self.row(row, following)

    def table(self, part: dict[str, Any]) -> None:
        self.rows([{**part["head"], "with_next": True}, *part["rows"][:1]])
        self.head = part["head"]
        self.rows(part["rows"][1:])
        self.head = None

    def sheet(self, part: dict[str, Any]) -> None:
        self.begin()
        self.rows(part["rows"])
        if not part["png"]:
            return
        if BOTTOM - self.y < LEAST_PICTURE:
            self.begin()
        room = pymupdf.Rect(SIDE, self.y + 4, WIDTH - SIDE, BOTTOM)
        self.pictures.append((self.page, room, base64.b64decode(part["png"]), part["marks"]))
        self.y, self.fresh = BOTTOM, False

    def print(self) -> bytes:
        self.begin()
        parts = self.job["parts"]
        at = 0
        while at < len(parts):
            part = parts[at]
            if part["kind"] == "row":
                run = [part["row"]]
                while at + 1 < len(parts) and parts[at + 1]["kind"] == "row":
                    at += 1
                    run.append(parts[at]["row"])
                self.rows(run)
            elif part["kind"] == "table":
                self.table(part)
            elif part["kind"] == "sheet":
                self.sheet(part)
            elif not self.fresh:
                self.begin()
            at += 1
        self.end()
        self.writer.close()
        return finished(self)


def apart(inner: str) -> str:
    """HTML whose letters stay letters: as one sign, "ff" and "fi" would not be found by who searches for them."""
    return LIGATURE.sub(lambda found: found[0] if found[1] else "f<span></span>", inner)


def colour(code: str) -> tuple[float, float, float]:
    red, green, blue = (int(code[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def finished(press: Press) -> bytes:
    """The written pages with grounds, lines, pictures, links, numbers and an outline."""
    document = pymupdf.open("pdf", press.out.getvalue())
    for page in document:
        page.wrap_contents()  # what is written below begins upright, at the top left corner
        ground(page, press)
    for number, room, png, marks in press.pictures:
        picture(document[number], room, png, marks)
    for page in document:
        text = f"Page {page.number + 1} of {document.page_count}"
        write(page, (WIDTH - SIDE - PLAIN.text_length(text, 7.5), FOOT + 10), text, PLAIN, GREY)
    for number, rectangle, anchor in press.links:
        if anchor in press.anchors:
            to, y = press.anchors[anchor]
            link = {"kind": pymupdf.LINK_GOTO, "from": rectangle, "page": to, "to": pymupdf.Point(0, y - 4)}
            document[number].insert_link(link)
    entries = [[lvl, title, page, {"kind": 1, "to": pymupdf.Point(0, y - 4)}] for lvl, title, page, y in press.outline]
    document.set_toc(entries)
    made = press.job["made"]
    known = {"title": press.job["title"], "creationDate": made, "modDate": made}
    document.set_metadata({"producer": "Chartsieve", "creator": "Chartsieve", **known})
    document.set_language("en-US")
    catalogue = document.pdf_catalog()
    document.xref_set_key(catalogue, "ViewerPreferences", "<</DisplayDocTitle true>>")
    document.xref_set_key(catalogue, "PageMode", "/UseOutlines")
    document.subset_fonts()
    return bytes(document.tobytes(garbage=3, deflate=True, deflate_images=False, no_new_id=True))


def ground(page: Any, press: Press) -> None:
    """What lies below the text: grounds, bars and lines, in the order in which they were asked for."""
    shape = page.new_shape()
    for number, rectangle, code in press.shapes:
        if number == page.number:
            shape.draw_rect(rectangle)
            shape.finish(color=None, fill=colour(code))
    for number, y in press.lines:
        if number == page.number:
            shape.draw_line((SIDE, y), (WIDTH - SIDE, y))
            shape.finish(color=(0.82, 0.82, 0.82), width=0.5)
    shape.commit(overlay=False)


def picture(page: Any, room: Any, png: bytes, marks: list[Any]) -> None:
    """As large as the room allows, framed, with the marks and their numbers over it."""
    across, down = struct.unpack(">II", png[16:24])  # where every PNG says its size
    scale = min(room.width / across, room.height / down)
    wide, high = across * scale, down * scale
    left = room.x0 + (room.width - wide) / 2
    frame = pymupdf.Rect(left, room.y0, left + wide, room.y0 + high)
    page.insert_image(frame, stream=png)
    page.draw_rect(frame, color=(0.6, 0.6, 0.6), width=0.5)
    low = frame.y0
    for x0, y0, x1, y1, number in sorted(marks, key=lambda mark: (mark[1], mark[0])):
        box = pymupdf.Rect(x0 * wide - 1.5, y0 * high - 1.5, x1 * wide + 1.5, y1 * high + 1.5)
        box += (frame.x0, frame.y0, frame.x0, frame.y0)
        page.draw_rect(box & frame, color=MARK, width=1.1, fill=(1.0, 0.82, 0.2), fill_opacity=0.22)
        if number:
            low = tag(page, frame, box, number, low)


def tag(page: Any, frame: Any, box: Any, number: str, low: float) -> float:
    """The numbers of a mark beside the picture, below those at `low`, with a line to it; where the last ones end now.

    Many numbers that have no room there stand above the mark.
    """
    wide = BOLD.text_length(number, 7.5) + 5
    beside = wide <= frame.x0 - 10
    left, top = (frame.x0 - wide - 3, max(box.y0, low + 1)) if beside else (box.x0, max(frame.y0, box.y0 - 10))
    label = pymupdf.Rect(left, top, left + wide, top + 10)
    if beside:
        line = [(label.x1, label.y0 + 5), (frame.x0, box.y1), (box.x0, box.y1)]
        page.draw_polyline(line, color=MARK, width=0.5, stroke_opacity=0.7)
    page.draw_rect(label, color=None, fill=MARK)
    write(page, (label.x0 + 2.5, label.y0 + 7.8), number, BOLD, (1, 1, 1))
    return float(label.y1) if beside else low


def write(page: Any, at: tuple[float, float], text: str, font: Any, shade: tuple[float, float, float]) -> None:
    """A few Latin letters of 7.5 points."""
    writer = pymupdf.TextWriter(page.rect, color=shade)
    writer.append(at, text, font=font, fontsize=7.5)
    writer.write_text(page)


def main() -> None:
    limit(int(sys.argv[1]))
    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    sys.stdout.buffer.write(Press(json.loads(sys.stdin.buffer.read())).print())


if __name__ == "__main__":
    main()

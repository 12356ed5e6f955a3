"""The only importer of PyMuPDF. Runs inside the child process alone: `worker.py` is its only caller.

Sizes are points and boxes fractions of the displayed page: crop box and rotation applied.
"""

import math
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import Any

sys.modules["pymupdf.layout"] = None  # type: ignore[assignment]  # 60 MB of models that are not used

import pymupdf  # noqa: E402

MAX_WORDS = 20_000
"""A dense real page has about 1,600."""
FEW_CHARACTERS = 400
"""Pages with fewer are measured for images and ink: they may be scans or blank, under two or three fax headers."""
MAX_PIXELS = 25_000_000
MAX_SIDE = 12_000
_THUMBNAIL_DPI = 36
_INK_STEP = 40
_RULE_WIDTH, _RULE_ROWS = 0.4, 3
"""A line across this share of the width, this thin in thumbnail rows, says nothing."""
_TOP, _BOTTOM, _SIDE = 0.06, 0.05, 0.06
"""Left out of the ink measure: fax headers, black edges, punch holes."""

pymupdf.TOOLS.mupdf_display_errors(False)
pymupdf.TOOLS.mupdf_display_warnings(False)


class Rejected(Exception):
    """The document cannot be taken in; `args[0]` is "not_pdf", "encrypted", "damaged" or "no_pages"."""


def open_document(path: str, password: str = "") -> pymupdf.Document:
    """Raises Rejected."""
    try:
        document = pymupdf.open(path, filetype="pdf")
        reason = _reason_to_reject(document, password)
    except Exception as error:
        raise Rejected("damaged") from error
    if reason:
        raise Rejected(reason)
    return document


def read_page(document: pymupdf.Document, number: int) -> dict[str, Any]:
    """What the page says, as one message. `number` is 1-based. Raises whatever PyMuPDF raises.

    words: [x0, y0, x1, y1, text, line], boxes in ten-thousandths; `cut` when there were more than MAX_WORDS.
    Pages with few characters also get `images` (share of the page under images, 0 to 1), `ink` (share of the middle
    of the page that differs from the paper and is neither a word nor
    a horizontal rule) and `paper` (its grey, 0 to 255).
    """
    page = _page(document, number)
    width, height = page.rect.width, page.rect.height
    words = list(_words(page, width, height))
    message: dict[str, Any] = {
        "rotation": page.rotation % 360,
        "width": round(width, 2),
        "height": round(height, 2),
        "cut": len(words) > MAX_WORDS,
        "words": words[:MAX_WORDS],
    }
    if sum(len(w[4]) for w in words) < FEW_CHARACTERS:
        message["images"] = _image_share(page)
        message["ink"], message["paper"] = _ink(page, words)
    return message


def draw_page(document: pymupdf.Document, number: int, dpi: int, rotate: int) -> bytes:
    """PNG of the page, turned clockwise by `rotate`; grey when nothing on it has a colour. At most MAX_PIXELS."""
    page = _page(document, number)
    zoom = _zoom(page, dpi, MAX_PIXELS, MAX_SIDE)
    picture = page.get_pixmap(matrix=pymupdf.Matrix(zoom, zoom).prerotate(rotate), alpha=False)
    samples = picture.samples
    if samples[0::3] == samples[1::3] == samples[2::3]:
        picture = pymupdf.Pixmap(pymupdf.csGRAY, picture)
    return bytes(picture.tobytes("png"))


def forget() -> None:
    """Empties PyMuPDF's cache, which grows to hundreds of megabytes on scans."""
    pymupdf.TOOLS.store_shrink(100)


def _reason_to_reject(document: pymupdf.Document, password: str) -> str:
    if not document.is_pdf:
        return "not_pdf"
    if document.needs_pass and not document.authenticate(password):
        return "wrong_password" if password else "encrypted"
    return "" if document.page_count else "no_pages"


def _page(document: pymupdf.Document, number: int) -> pymupdf.Page:
    if number < 1:  # PyMuPDF counts such numbers from the end
        raise IndexError(number)
    return document.load_page(number - 1)


def _words(page: pymupdf.Page, width: float, height: float) -> Iterator[list[Any]]:
    """In native order: sorting by position would mix columns. Form fields and annotations come with it."""
    ticks = [w.rect for w in page.widgets([pymupdf.PDF_WIDGET_TYPE_CHECKBOX, pymupdf.PDF_WIDGET_TYPE_RADIOBUTTON])]
    a, b, c, d, e, f = page.rotation_matrix
    sx, sy = 10_000 / width, 10_000 / height
    line, place = -1, None
    for x0, y0, x1, y1, text, block, row, _ in page.get_text("words"):
        if place != (block, row):
            place, line = (block, row), line + 1
        if ticks and len(text) == 1 and any(r.contains(((x0 + x1) / 2, (y0 + y1) / 2)) for r in ticks):
            text = "[x]"  # the tick's letter in a symbol font, such as "3", would read as a number
        u0, u1 = sorted(((a * x0 + c * y0 + e) * sx, (a * x1 + c * y1 + e) * sx))
        v0, v1 = sorted(((b * x0 + d * y0 + f) * sy, (b * x1 + d * y1 + f) * sy))
        yield [_clip(u0), _clip(v0), _clip(u1), _clip(v1), text, line]


def _clip(value: float) -> int:
    return round(min(10_000.0, max(0.0, value)))


def _image_share(page: pymupdf.Page) -> float:
    """Summed over all images, for scans often come in strips."""
    area = float(abs(page.rect))
    boxes = (pymupdf.Rect(box) for kind, box, *_ in page.get_bboxlog() if kind in ("fill-image", "fill-imgmask"))
    upright = page.rect * page.derotation_matrix
    covered = float(sum(abs(box & upright) for box in boxes))
    return min(1.0, covered / area) if area else 0.0


def _zoom(page: pymupdf.Page, dpi: float, pixels: int, side: int) -> float:
    """Scale for `dpi`, less when the picture would exceed `pixels` or `side`: a giant page must not cost gigabytes."""
    width, height = max(1.0, float(page.rect.width)), max(1.0, float(page.rect.height))
    return min(dpi / 72, math.sqrt(pixels / (width * height)), side / max(width, height))


def _ink(page: pymupdf.Page, words: list[list[Any]]) -> tuple[float | None, int]:
    """(share, paper), both over the page without its margins; (None, 255) where it cannot be measured."""
    zoom = _zoom(page, _THUMBNAIL_DPI, 4_000_000, 2_000)
    try:
        picture = page.get_pixmap(matrix=pymupdf.Matrix(zoom, zoom), colorspace=pymupdf.csGRAY, alpha=False)
    except Exception:
        return None, 255
    w, h, samples = picture.width, picture.height, bytearray(picture.samples)
    left, right = int(w * _SIDE), int(w * (1 - _SIDE))
    rows = range(int(h * _TOP), int(h * (1 - _BOTTOM)))
    total = len(rows) * (right - left)
    if not total:
        return None, 255
    paper = _median(b"".join(bytes(samples[y * w + left : y * w + right]) for y in rows))
    for x0, y0, x1, y1, *_ in words:
        first, last = max(0, x0 * w // 10_000 - 1), min(w, x1 * w // 10_000 + 2)
        for y in range(max(0, y0 * h // 10_000 - 1), min(h, y1 * h // 10_000 + 2)):
            samples[y * w + first : y * w + last] = bytes([paper]) * (last - first)
    near = bytes(g for g in range(256) if abs(g - paper) <= _INK_STEP)
    inked = [len(samples[y * w + left : y * w + right].translate(None, near)) for y in rows]
    return (sum(inked) - _in_rules(inked, (right - left) * _RULE_WIDTH)) / total, paper


def _median(greys: bytes) -> int:
    counts, seen = Counter(greys), 0
    for grey in sorted(counts):
        seen += counts[grey]
        if seen * 2 >= len(greys):
            return grey
    return 255


def _in_rules(inked: list[int], long: float) -> int:
    """Inked pixels in horizontal rules: up to _RULE_ROWS rows of `long` pixels or more, between rows of fewer."""
    found = 0
    for is_long, group in groupby(inked, key=lambda n: n >= long):
        thickness = list(group)
        if is_long and len(thickness) <= _RULE_ROWS:
            found += sum(thickness)
    return found

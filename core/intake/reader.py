"""The only importer of PyMuPDF. Runs inside the child process alone: `worker.py` is its only caller.

Sizes are points and boxes fractions of the displayed page: crop box and rotation applied.
"""

import base64
import contextlib
import io
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

sys.modules["pymupdf.layout"] = None  # type: ignore[assignment]  # 60 MB of models that are not used

import numpy as np  # noqa: E402
import pymupdf  # noqa: E402
from PIL import Image  # noqa: E402
from pymupdf import mupdf  # noqa: E402

from core.intake import ink  # noqa: E402
from core.intake.marks import Marks  # noqa: E402
from core.intake.pictures import too_many_pixels  # noqa: E402
from core.intake.triage import MAX_WORDS, may_be_typed_over  # noqa: E402
from core.kinds import HEAD_BYTES, file_kind  # noqa: E402
from core.sketch import text_sketch  # noqa: E402
from core.text import clean_text  # noqa: E402

FEW_CHARACTERS = 400
"""Pages with fewer are measured for images and ink: they may be scans or blank, under two or three fax headers."""
MAX_PIXELS = 25_000_000
MAX_SIDE = 12_000
_PIECE = 1 << 20
_PICTURE_SIDE = 1008.0
"""Points of the longer side of a picture file's page at most: a photo knows nothing of its size on paper."""
_THUMBNAIL_DPI = 36
_LEAST_SCAN = 200_000
"""Images of fewer pixels together are no scan of a page: letter size at 50 dpi has 234,000."""
_FORMATS = {"pdf": ("PDF",), "tiff": ("TIFF",), "png": ("Image",), "jpeg": ("Image",)}
_TEXT_BLOCK, _IMAGE_BLOCK = 0, 1
Message = dict[str, Any]
_BOX, _WORD, _PLACE = itemgetter(0, 1, 2, 3), itemgetter(4), itemgetter(5, 6)
"""Of what PyMuPDF says of a word: its box; its text; its block and line."""

pymupdf.TOOLS.mupdf_display_errors(False)
pymupdf.TOOLS.mupdf_display_warnings(False)


class Rejected(Exception):
    """The document cannot be taken in.

    `args[0]` is "not_taken", "encrypted", "wrong_password", "damaged", "no_pages" or "too_many_pixels".
    """


def open_document(path: str, password: str = "") -> pymupdf.Document:
    """Raises Rejected."""
    try:
        document, reason = _open(path, password)
    except Exception as error:
        raise Rejected("damaged") from error
    if reason:
        raise Rejected(reason)
    return document


def read_page(document: pymupdf.Document, number: int) -> Message:
    """What the page says, as one message. `number` is 1-based. Raises whatever PyMuPDF raises.

    text: the words, a space between two and a newline between lines; boxes: four ten-thousandths for each word, in one
    list; `cut` when there were more than MAX_WORDS. hidden: share of the lines, 0 to 1, that nobody can see. form,
    annotated: whether there are fields, or comments and the like; over: characters of these. images: share of the page
    under images, 0 to 1, 0 where the page has none that could be a scan. sketch: base64.
    Pages with few characters also get `ink` and `paper`, see `ink.measure`, and `broken` when not all was sound; pages
    that may be scans with something typed over them `unread` and `covered`, see `ink.in_pictures`.
    """
    pymupdf.TOOLS.reset_mupdf_warnings()
    page = _page(document, number)
    shown = page.rect
    width, height = _size(document, shown)
    message: Message = {"rotation": page.rotation % 360, "width": round(width, 2), "height": round(height, 2)}
    if not document.is_pdf:
        message |= {"text": "", "boxes": [], "images": 1.0, **_ink(document, page, [])}
        return message | {"broken": bool(pymupdf.TOOLS.mupdf_warnings())}
    marks = Marks(page)
    words, pictures, hidden, over = _words(page, marks)
    characters = sum(map(len, map(_WORD, words))) - over
    few = characters < FEW_CHARACTERS
    if few:
        pictures = _pictures(page)
    images = _share(page, pictures)
    text, boxes = _text(words[:MAX_WORDS]), _boxes(page, shown, words[:MAX_WORDS])
    message |= {"text": text, "boxes": boxes, "cut": len(words) > MAX_WORDS, "images": images, "hidden": hidden}
    message |= {"form": marks.form, "annotated": marks.annotated, "over": over}
    sketch = text_sketch(text if text.isascii() else clean_text(text))
    message["sketch"] = base64.b64encode(sketch).decode()
    typed_over = may_be_typed_over(images, hidden, characters)
    if few or typed_over:
        message |= _ink(document, page, boxes, pictures if typed_over else [])
    if few:
        message["broken"] = bool(pymupdf.TOOLS.mupdf_warnings())
    return message


def draw_page(document: pymupdf.Document, number: int, dpi: int, rotate: int) -> bytes:
    """PNG of the page, turned clockwise by `rotate`; grey when nothing on it has a colour. At most MAX_PIXELS."""
    page = _page(document, number)
    zoom = _zoom(document, page, dpi, MAX_PIXELS, MAX_SIDE)
    picture = page.get_pixmap(matrix=pymupdf.Matrix(zoom, zoom).prerotate(rotate), alpha=False)
    samples = picture.samples
    if samples[0::3] == samples[1::3] == samples[2::3]:
        picture = pymupdf.Pixmap(pymupdf.csGRAY, picture)
    out = io.BytesIO()
    # Packed lightly: on the noise of a scan MuPDF's own writer takes five times as long for 8 % less.
    size = picture.width, picture.height
    Image.frombytes("L" if picture.n == 1 else "RGB", size, picture.samples).save(out, "PNG", compress_level=1)
    return out.getvalue()


def write_unlocked(document: pymupdf.Document, take: Callable[[bytes], None]) -> None:
    """Gives `take` the document without its password, in pieces of at most 1 MiB."""
    document.save(_Pieces(take), encryption=pymupdf.PDF_ENCRYPT_NONE, garbage=0, no_new_id=True)


def forget() -> None:
    """Empties PyMuPDF's cache, which grows to hundreds of megabytes on scans."""
    pymupdf.TOOLS.store_shrink(100)


class _Pieces:
    """As much of a file as PyMuPDF asks for when it saves to one."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take
        self._place = 0

    def write(self, data: bytes) -> int:
        for start in range(0, len(data), _PIECE):
            self._take(bytes(data[start : start + _PIECE]))
        self._place += len(data)
        return len(data)

    def tell(self) -> int:
        return self._place

    def seek(self, *_: int) -> int:
        raise OSError("the pieces are gone")

    def flush(self) -> None:
        pass


def _open(path: str, password: str) -> tuple[Any, str]:
    """(document, reason to reject it or "")."""
    with Path(path).open("rb") as file:
        kind = file_kind(file.read(HEAD_BYTES))
    if kind is None:
        return None, "not_taken"
    if kind != "pdf" and too_many_pixels(Path(path), kind):
        return None, "too_many_pixels"
    document = pymupdf.open(path, filetype=kind)
    if not (document.metadata or {}).get("format", "PDF").startswith(_FORMATS[kind]):
        return None, "not_taken"
    if kind == "pdf" and not document.is_pdf:
        return None, "not_taken"
    if document.needs_pass and not document.authenticate(password):
        return None, "wrong_password" if password else "encrypted"
    return document, "" if document.page_count else "no_pages"


def _page(document: pymupdf.Document, number: int) -> pymupdf.Page:
    if number < 1:  # PyMuPDF counts such numbers from the end
        raise IndexError(number)
    return document.load_page(number - 1)


def _size(document: pymupdf.Document, shown: pymupdf.Rect) -> tuple[float, float]:
    """Width and height in points."""
    scale = _scale(document, shown)
    return shown.width * scale, shown.height * scale


def _scale(document: pymupdf.Document, shown: pymupdf.Rect) -> float:
    """What a picture file's page is shrunk by; 1 for a PDF."""
    return 1.0 if document.is_pdf else min(1.0, _PICTURE_SIDE / max(1.0, shown.width, shown.height))


def _words(page: pymupdf.Page, marks: Marks) -> tuple[list[Any], list[Any], float, int]:
    """(words, boxes of the images, share of the lines that nobody can see, characters of `marks`).

    In native order: sorting by position would mix columns. Form fields and printed annotations come with it.
    """
    scanned = sum(image[2] * image[3] for image in page.get_images()) >= _LEAST_SCAN
    wanted = pymupdf.TEXT_PRESERVE_IMAGES if scanned else 0
    text = page.get_textpage(flags=pymupdf.TEXTFLAGS_WORDS | wanted)
    words = text.extractWORDS()
    hidden, boxes = _look_through(text)
    over = 0
    if marks.form or marks.annotated:
        with contextlib.suppress(Exception):  # one that is broken costs itself and not the page
            added = list(_added(words, marks))
            over = _over(words, marks.places()) + sum(len(word[4]) for word in added)
            words = [*_ticked(words, marks.ticks()), *added]
    return words, boxes, hidden, over


def _over(words: list[Any], places: list[tuple[float, float, float, float]]) -> int:
    """Characters of the words that lie in one of the places."""
    if not words:
        return 0
    x0, y0, x1, y1 = np.array([w[:4] for w in words], dtype=np.float64).T
    x, y, inside = (x0 + x1) / 2, (y0 + y1) / 2, np.zeros(len(words), dtype=np.bool_)
    for left, top, right, bottom in places:
        inside |= (left <= x) & (x <= right) & (top <= y) & (y <= bottom)
    return sum(len(words[at][4]) for at in np.flatnonzero(inside))


def _look_through(text: pymupdf.TextPage) -> tuple[float, list[Any]]:
    """(share of the lines whose first letter has no colour at all, boxes of the images)."""
    lines = unseen = 0
    boxes = []
    block = text.this.m_internal.first_block
    while block is not None:
        if block.type == _IMAGE_BLOCK:
            boxes.append(pymupdf.Rect(block.bbox.x0, block.bbox.y0, block.bbox.x1, block.bbox.y1))
        elif block.type == _TEXT_BLOCK:
            line = mupdf.FzStextBlock(block).begin().__ref__().m_internal
            while line is not None:
                lines += 1
                first = line.first_char
                unseen += first is not None and not first.argb >> 24
                line = line.next
        block = block.next
    return unseen / lines if lines else 0.0, boxes


def _ticked(words: list[Any], ticks: list[Any]) -> Iterator[Any]:
    """The words, a tick as [x]: its letter in a symbol font, such as "3", would read as a number."""
    for x0, y0, x1, y1, text, *rest in words:
        inside = len(text) == 1 and any(r.contains(((x0 + x1) / 2, (y0 + y1) / 2)) for r in ticks)
        yield x0, y0, x1, y1, "[x]" if inside else text, *rest


def _added(words: list[Any], marks: Marks) -> Iterator[Any]:
    for at, (rect, text) in enumerate(marks.lines(words)):
        for word in text.split():
            yield *rect, word, -1, at, 0


def _text(words: list[Any]) -> str:
    return "\n".join(" ".join(map(_WORD, line)) for _, line in groupby(words, key=_PLACE))


def _boxes(page: pymupdf.Page, shown: pymupdf.Rect, words: Sequence[Any]) -> list[int]:
    if not words:
        return []
    corners = np.fromiter(chain.from_iterable(map(_BOX, words)), np.float64, 4 * len(words)).reshape(-1, 2, 2)
    if page.rotation:
        a, b, c, d, e, f = page.rotation_matrix
        corners = corners @ np.array(((a, b), (c, d))) + (e, f)
        corners.sort(axis=1)
    corners *= (10_000 / shown.width, 10_000 / shown.height)
    np.fmin(np.fmax(corners, 0, out=corners), 10_000, out=corners)  # what is no number becomes 0
    flat: list[int] = np.rint(corners).astype(np.int64).ravel().tolist()
    return flat


def _pictures(page: pymupdf.Page) -> list[Any]:
    """Boxes of all images, also of stencils and of those within the content."""
    return [pymupdf.Rect(box) for kind, box, *_ in page.get_bboxlog() if kind.startswith("fill-im")]


def _share(page: pymupdf.Page, boxes: list[Any]) -> float:
    """Of the page under the boxes, 0 to 1. Summed over all of them, for scans often come in strips."""
    if not boxes:
        return 0.0
    area = float(abs(page.rect))
    upright = page.rect * page.derotation_matrix
    covered = float(sum(abs(box & upright) for box in boxes))
    return min(1.0, covered / area) if area else 0.0


def _zoom(document: pymupdf.Document, page: pymupdf.Page, dpi: float, pixels: int, side: int) -> float:
    """Scale for `dpi`, less when the picture would exceed `pixels` or `side`: a giant page must not cost gigabytes."""
    width, height = max(1.0, float(page.rect.width)), max(1.0, float(page.rect.height))
    zoom = dpi / 72 * _scale(document, page.rect)
    return min(zoom, math.sqrt(pixels / (width * height)), side / max(width, height))


def _ink(document: pymupdf.Document, page: pymupdf.Page, boxes: list[int], pictures: Sequence[Any] = ()) -> Message:
    """ink, paper, unread and covered as `ink` has them; ink None where the page cannot be drawn."""
    zoom = _zoom(document, page, _THUMBNAIL_DPI, 4_000_000, 2_000)
    try:
        picture = page.get_pixmap(matrix=pymupdf.Matrix(zoom, zoom), colorspace=pymupdf.csGRAY, alpha=False)
    except Exception:
        return {"ink": None}
    samples = np.frombuffer(picture.samples, dtype=np.uint8).reshape(picture.height, picture.width)
    words = np.array(boxes, dtype=np.int64).reshape(-1, 4)
    message: Message = {}
    if pictures:
        places = np.array(_boxes(page, page.rect, pictures), dtype=np.int64).reshape(-1, 4)
        message["unread"], message["covered"] = ink.in_pictures(samples, words, places)
    message["ink"], message["paper"] = ink.measure(samples.copy(), words)
    return message


def page_greys(document: pymupdf.Document, number: int, dpi: float) -> tuple[int, int, bytes, float]:
    """(width, height, greys, dpi): the page as displayed, 0 black to 255 white, row by row, and what it was drawn at.

    That is `dpi`, or the page's own resolution when it is one picture of about so many: to resample a bilevel picture
    blurs its letters. At most _SCAN_PIXELS.
    """
    page = _page(document, number)
    zoom = _zoom(document, page, _picture_dpi(document, page, dpi), _SCAN_PIXELS, MAX_SIDE)
    picture = page.get_pixmap(matrix=pymupdf.Matrix(zoom, zoom), colorspace=pymupdf.csGRAY, alpha=False)
    return picture.width, picture.height, bytes(picture.samples), zoom * 72 / _scale(document, page.rect)


_SCAN_PIXELS = 10_000_000
"""Tabloid at 230 dpi."""


def _picture_dpi(document: pymupdf.Document, page: pymupdf.Page, dpi: float) -> float:
    """Of the only picture on the page, when it covers the page and is within 0.7 and 1.3 times `dpi`; else `dpi`."""
    if not document.is_pdf:
        return dpi
    pictures = page.get_images()
    if len(pictures) != 1 or _share(page, _pictures(page)) < 0.9:
        return dpi
    upright = page.rect * page.derotation_matrix
    across, down = pictures[0][2] / max(1.0, upright.width) * 72, pictures[0][3] / max(1.0, upright.height) * 72
    own = max(across, down)  # a fax has half as many rows as columns
    return float(own) if 0.7 * dpi <= own <= 1.3 * dpi else dpi

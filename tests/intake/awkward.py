"""Awkward files made from code, each with what must become of it. Here: wrappings, cross references and page trees."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pymupdf

from core.errors import BadDocument, DamagedDocument, EncryptedDocument, TooLarge, UnsupportedFile

WORDS = b"A sound page of this document"
TEXT = b"BT /F 12 Tf 72 700 Td (%s) Tj ET" % WORDS
CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R >>"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
BOX = b"[0 0 612 792]"


@dataclass(frozen=True)
class Awkward:
    """A file and its outcome: `error`, or `pages` pages of which exactly `lost` could not be read."""

    name: str
    make: Callable[[], bytes]
    pages: int = 0
    error: type[BadDocument] | None = None
    lost: tuple[int, ...] | None = ()
    """None: it depends on the speed and memory of the machine."""
    says: str = ""
    """Must be in the text of the first page."""
    slow: bool = False
    """Left to the slow tests: heavy, or close to another of the list."""


def read(name: str, make: Callable[[], bytes], pages: int = 1, says: str = "", slow: bool = False) -> Awkward:
    return Awkward(name, make, pages, says=says, slow=slow)


def lost(
    name: str, make: Callable[[], bytes], pages: int = 1, at: tuple[int, ...] | None = (1,), slow: bool = False
) -> Awkward:
    return Awkward(name, make, pages, lost=at, slow=slow)


def refused(name: str, make: Callable[[], bytes], error: type[BadDocument], slow: bool = False) -> Awkward:
    return Awkward(name, make, error=error, slow=slow)


def pdf(*objects: bytes, trailer: bytes = b"", size: int = 0, start: int | None = None) -> bytes:
    """A whole file from its objects, number 1 being the catalogue. `size` and `start` are what it says of them."""
    parts, at, places = [b"%PDF-1.7\n"], 9, []
    for number, body in enumerate(objects, start=1):
        places.append(at)
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        at += len(parts[-1])
    parts.append(b"xref\n0 %d\n0000000000 65535 f \n" % (size or len(objects) + 1))
    parts += [b"%010d 00000 n \n" % place for place in places]
    parts.append(b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (size or len(objects) + 1, trailer))
    parts.append(b"startxref\n%d\n%%%%EOF\n" % (at if start is None else start))
    return b"".join(parts)


def stream(content: bytes, extra: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), extra, content)


def sheet(page: bytes = b"", box: bytes = BOX, resources: bytes = b"", contents: bytes = b"4 0 R") -> bytes:
    return b"<< /Type /Page /Parent 2 0 R /MediaBox %s /Contents %s /Resources << /Font << /F 5 0 R >> %s >> %s >>" % (
        box,
        contents,
        resources,
        page,
    )


def one_page(
    content: bytes = TEXT,
    *more: bytes,
    page: bytes = b"",
    box: bytes = BOX,
    resources: bytes = b"",
    filters: bytes = b"",
    font: bytes = FONT,
    catalogue: bytes = CATALOGUE,
) -> bytes:
    """Object 4 is the content, 5 the font /F, and `more` are 6, 7 and so on."""
    tree = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    return pdf(catalogue, tree, sheet(page, box, resources), stream(content, filters), font, *more)


@cache
def sound(pages: int = 3) -> bytes:
    kids = b" ".join(b"%d 0 R" % (6 + i) for i in range(pages))
    tree = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages)
    return pdf(CATALOGUE, tree, b"null", stream(TEXT), FONT, *[sheet()] * pages)


def cut(share: float) -> Callable[[], bytes]:
    return lambda: sound(20)[: int(len(sound(20)) * share)]


def encrypted(method: int, user: str) -> Callable[[], bytes]:
    def make() -> bytes:
        with pymupdf.open(stream=sound(1)) as document:
            return bytes(document.tobytes(encryption=method, user_pw=user, owner_pw="owner"))

    return make


def tree(pages: bytes, *more: bytes) -> Callable[[], bytes]:
    """Object 2 is `pages`, 3 a sound page, and `more` are 6, 7 and so on."""
    return lambda: pdf(CATALOGUE, pages, sheet(), stream(TEXT), FONT, *more)


def levels(depth: int) -> bytes:
    """A page tree with one page, so many levels down."""
    nodes = [b"<< /Type /Pages /Parent %d 0 R /Kids [%d 0 R] /Count 1 >>" % (5 + i, 7 + i) for i in range(depth)]
    top = b"<< /Type /Pages /Kids [6 0 R] /Count 1 >>"
    return pdf(CATALOGUE, top, b"null", stream(TEXT), FONT, *nodes, sheet())


def nested(opening: bytes, closing: bytes, depth: int) -> Callable[[], bytes]:
    """Something unused of the page, nested so deep."""
    return lambda: one_page(page=b"/Odd " + opening * depth + closing * depth)


def box(numbers: bytes, page: bytes = b"") -> Callable[[], bytes]:
    return lambda: one_page(box=numbers, page=page)


def update(previous: int, pages: int = 1) -> bytes:
    """A sound file with an incremental update whose earlier table is said to be at `previous`."""
    base = sound(pages)
    place, table = len(base), b"4 0 obj\n%s\nendobj\n" % stream(TEXT)
    return (
        base
        + table
        + (
            b"xref\n4 1\n%010d 00000 n \ntrailer\n<< /Size %d /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n"
            % (place, 6 + pages, previous, place + len(table))
        )
    )


def own_previous() -> bytes:
    """The table names itself as the one before it."""
    base = sound(1)
    at = base.rindex(b"xref\n0 ")
    return base.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % at)


def object_stream_in_itself() -> bytes:
    """Object 6 is an object stream that is said to lie in object stream 6, and the catalogue lies in it."""
    head = b"%PDF-1.7\n"
    inner = b"1 0 " + CATALOGUE
    bodies = {
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: sheet(),
        4: stream(TEXT),
        5: FONT,
        6: stream(inner, b"/Type /ObjStm /N 1 /First 4 /Extends 6 0 R"),
    }
    places = {}
    for number, body in bodies.items():
        places[number] = len(head)
        head += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    rows = [(0, 0, 255), (2, 6, 0), *((1, places[n], 0) for n in (2, 3, 4, 5)), (2, 6, 0), (1, len(head), 0)]
    table = b"".join(bytes([kind]) + at.to_bytes(3, "big") + bytes([n]) for kind, at, n in rows)
    entry = stream(table, b"/Type /XRef /W [1 3 1] /Size 8 /Root 1 0 R")
    return head + b"7 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (entry, len(head))


def twice() -> bytes:
    """Two objects have number 4; the table means the first."""
    return sound(1) + b"4 0 obj\n" + stream(b"BT /F 12 Tf 72 700 Td (another) Tj ET") + b"\nendobj\n"


def zipped() -> bytes:
    return b"PK\x03\x04" + bytes(26) + zlib.compress(b"%PDF-1.7" * 500)


_KIDS = b"<< /Type /Pages /Kids [3 0 R] /Count %d >>"
_SAYS = WORDS.decode()

WRAPPINGS = (
    refused("cut to a tenth", cut(0.1), DamagedDocument),
    refused("cut in the middle", cut(0.5), DamagedDocument, slow=True),
    lost("cut near the end", cut(0.9), 20, at=None),
    refused("empty", lambda: b"", UnsupportedFile),
    refused("only a header", lambda: b"%PDF-1.7\n", DamagedDocument),
    refused("only the end", lambda: b"%PDF-1.7\nstartxref\n0\n%%EOF\n", DamagedDocument, slow=True),
    refused("a web page", lambda: b"<html><body>no PDF</body></html>" * 50, UnsupportedFile),
    refused("an archive", zipped, UnsupportedFile, slow=True),
    refused("noise", lambda: bytes((i * i * 7 + i // 3) % 256 for i in range(5000)), UnsupportedFile, slow=True),
    refused("noise with a header", lambda: b"%PDF-1.4\n" + bytes(range(256)) * 40, DamagedDocument),
    read("junk before the header", lambda: b"\xff\x00junk\n" * 112 + sound(2), 2, _SAYS),
    read("junk after the end", lambda: sound(2) + b"\x00" * 100_000, 2, _SAYS, slow=True),
    refused("RC4 with 40 bits", encrypted(pymupdf.PDF_ENCRYPT_RC4_40, "user"), EncryptedDocument, slow=True),
    refused("AES with 128 bits", encrypted(pymupdf.PDF_ENCRYPT_AES_128, "user"), EncryptedDocument, slow=True),
    refused("AES with 256 bits", encrypted(pymupdf.PDF_ENCRYPT_AES_256, "user"), EncryptedDocument),
    read("a password for the owner alone", encrypted(pymupdf.PDF_ENCRYPT_RC4_128, ""), 1, _SAYS),
)

TABLES = (
    read("wrong offsets", lambda: sound(3).replace(b"00000 n", b"00001 n").replace(b"000000", b"000001"), 3),
    read("no table", lambda: sound(3)[: sound(3).rindex(b"xref\n0 ")], 3, _SAYS),
    read("table starts elsewhere", lambda: sound(3).replace(b"startxref\n", b"startxref\n9"), 3, _SAYS, slow=True),
    read("table says it has 8 million objects", lambda: pdf(*_simple(), size=8_000_000), 1, _SAYS),
    read("table says it has 2 objects", lambda: pdf(*_simple(), size=2), 1, _SAYS, slow=True),
    read("no trailer", lambda: sound(3).replace(b"trailer", b"tra1ler"), 3, _SAYS),
    refused("no catalogue", lambda: pdf(b"null", *_simple()[1:]), DamagedDocument, slow=True),
    read("a table before itself", own_previous, 1, _SAYS),
    read("an update after a broken one", lambda: update(7, 2), 2, _SAYS),
    read("an update after nothing", lambda: update(-1, 2), 2, _SAYS, slow=True),
    read("an object stream in itself", object_stream_in_itself, 1, _SAYS),
    read("two objects of one number", twice, 1, _SAYS, slow=True),
)

TREES = (
    refused("no pages", tree(b"<< /Type /Pages /Kids [] /Count 0 >>"), DamagedDocument, slow=True),
    lost("pages are null", tree(b"<< /Type /Pages /Kids null /Count 1 >>")),
    refused("no page tree", tree(b"null"), DamagedDocument, slow=True),
    refused("two thousand million pages", tree(_KIDS % 2_000_000_000), DamagedDocument),
    refused("a negative number of pages", tree(_KIDS % -5), DamagedDocument),
    lost("three pages too few", tree(_KIDS % 4), 4, at=(2, 3, 4)),
    lost("a tree in itself", tree(b"<< /Type /Pages /Kids [3 0 R 2 0 R] /Count 2 >>"), 2, at=(2,)),
    lost(
        "two nodes in each other",
        tree(
            b"<< /Type /Pages /Kids [3 0 R 6 0 R] /Count 2 >>",
            b"<< /Type /Pages /Parent 2 0 R /Kids [7 0 R] /Count 1 >>",
            b"<< /Type /Pages /Parent 6 0 R /Kids [6 0 R] /Count 1 >>",
        ),
        2,
        at=(2,),
        slow=True,
    ),
    lost(
        "parents in a circle",
        tree(
            b"<< /Type /Pages /Kids [6 0 R] /Count 1 /Parent 7 0 R >>",
            sheet().replace(b"/Parent 2 0 R /MediaBox [0 0 612 792]", b"/Parent 7 0 R"),
            b"<< /Type /Pages /Parent 2 0 R /Kids [6 0 R] /Count 1 >>",
        ),
    ),
    refused("one page ten times", tree(b"<< /Type /Pages /Kids [%s] /Count 10 >>" % (b"3 0 R " * 10)), DamagedDocument),
    read("one page twice", tree(b"<< /Type /Pages /Kids [3 0 R 3 0 R] /Count 2 >>"), 2, _SAYS, slow=True),
    lost("a font for a page", tree(b"<< /Type /Pages /Kids [3 0 R 5 0 R 3 0 R] /Count 3 >>"), 3, at=None, slow=True),
    lost("20,000 levels of pages", lambda: levels(20_000), 1, at=None),
    lost("10,000 pages", lambda: sound(10_000), 10_000, at=None, slow=True),
    refused("100,000 pages", lambda: sound(100_000), TooLarge, slow=True),
    lost("arrays 50,000 deep", nested(b"[", b"]", 50_000), slow=True),
    lost("dictionaries 50,000 deep", nested(b"<< /A ", b">> ", 50_000), slow=True),
)

BOXES = (
    read("a page of 14,400", box(b"[0 0 14400 14400]"), slow=True),
    read("a page of a million", box(b"[0 0 1000000 1000000]"), slow=True),
    read("a page of a thousand million", box(b"[0 0 1000000000 1000000000]")),
    read("a negative page", box(b"[0 0 -612 -792]"), slow=True),
    read("a page from its last corner to its first", box(b"[612 792 0 0]"), 1, _SAYS),
    read("a page of nothing", box(b"[0 0 0 0]"), 1, _SAYS),
    read("a page of no numbers", box(b"[/NaN (a) nan inf]"), slow=True),
    read("a page of three numbers", box(b"[0 0 612]"), slow=True),
    read("a thread of 30 million", box(b"[0 0 1 30000000]"), slow=True),
    read("a unit of 75,000", box(BOX, b"/UserUnit 75000")),
    read("a unit of minus one", box(BOX, b"/UserUnit -1"), slow=True),
    read("a turn of 45 degrees", box(BOX, b"/Rotate 45"), 1, _SAYS),
    read("a turn of a million million", box(BOX, b"/Rotate 1000000000080"), slow=True),
    read("a crop box outside the page", box(BOX, b"/CropBox [5000 5000 6000 6000]"), slow=True),
)


def _simple() -> list[bytes]:
    return [CATALOGUE, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", sheet(), stream(TEXT), FONT]

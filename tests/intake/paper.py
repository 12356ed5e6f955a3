"""Real PDFs for the intake tests, made on the spot."""

import zlib
from pathlib import Path

import pymupdf

LETTER = (612, 792)
PROSE = (
    "The patient has had moderate to severe plaque psoriasis since 2019 and failed methotrexate 15 mg weekly for "
    "sixteen weeks. Body surface area is 14 percent. Tuberculosis screening was negative on 3 March 2026."
)


def write(path: Path, *texts: str, rotation: int = 0) -> Path:
    """A page for each text, twelve point, from the top left."""
    with pymupdf.open() as document:
        for text in texts:
            page = document.new_page(width=LETTER[0], height=LETTER[1])
            page.insert_textbox(pymupdf.Rect(72, 90, 540, 700), text, fontsize=12)
            page.set_rotation(rotation)
        document.save(path)
    return path


def scan(page: pymupdf.Page, text: str = PROSE, box: tuple[float, float, float, float] = (0, 0, *LETTER)) -> None:
    """Puts a picture of `text` on the page."""
    with pymupdf.open() as other:
        paper = other.new_page(width=LETTER[0], height=LETTER[1])
        paper.insert_textbox(pymupdf.Rect(72, 90, 540, 700), text, fontsize=12)
        picture = paper.get_pixmap(dpi=100, colorspace=pymupdf.csGRAY)
        page.insert_image(pymupdf.Rect(box), pixmap=picture, keep_proportion=False)


def raw(path: Path, *objects: bytes) -> Path:
    """A PDF from its objects, number 1 being the catalogue."""
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    path.write_bytes(out)
    return path


def stream(content: bytes, extra: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), extra, content)


def bomb(path: Path, *, before: int = 1, bombs: int = 1, after: int = 1) -> Path:
    """Three kilobytes; each bomb page draws a form that draws ten forms that draw ten forms, eleven deep."""
    total = before + bombs + after
    kids = b" ".join(b"%d 0 R" % (10 + i) for i in range(total))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, total)]
    objects += [b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", stream(b"/X0 Do")]
    objects += [stream(b"BT /F 12 Tf 72 700 Td (The laughs are on another page of this document) Tj ET")]
    objects += [b"null"] * 4
    for i in range(total):
        content = 4 if before <= i < before + bombs else 5
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
            b"/Resources << /Font << /F 3 0 R >> /XObject << /X0 %d 0 R >> >> >>" % (content, 10 + total)
        )
    for depth in range(11):
        inner = b"/X0 Do " * 10 if depth < 10 else b"BT /F 1 Tf (ha) Tj ET"
        below = b"/XObject << /X0 %d 0 R >>" % (11 + total + depth) if depth < 10 else b""
        resources = b"/Resources << /Font << /F 3 0 R >> %s >>" % below
        objects.append(stream(inner, b"/Type /XObject /Subtype /Form /BBox [0 0 612 792] " + resources))
    return raw(path, *objects)


def inflating(path: Path, megabytes: int) -> Path:
    """One page whose small content unfolds to many megabytes of text."""
    content = zlib.compress(b"BT /F 1 Tf (" + b"ha " * (megabytes * 350_000) + b") Tj ET", 9)
    return raw(
        path,
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F 5 0 R >> >> >>",
        stream(content, b"/Filter /FlateDecode"),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )

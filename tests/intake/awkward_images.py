"""Awkward scans and photographs: TIFF, PNG and JPEG files from code, each with what must become of it."""

import io
import struct
import zlib
from collections.abc import Callable
from functools import cache

from PIL import Image, ImageDraw

from core.errors import BadDocument, UnsupportedFile
from tests.intake.awkward import Awkward, lost, read, refused


@cache
def picture(form: str, pages: int = 1, **how: str) -> bytes:
    """A sound file: a white sheet for each page, with black bars where lines of text would be."""
    sheets = []
    for page in range(pages):
        sheet = Image.new("1" if form == "TIFF" else "L", (425, 550), 1 if form == "TIFF" else 255)
        for row in range(3 + page):
            ImageDraw.Draw(sheet).rectangle((50, 60 + 30 * row, 370, 70 + 30 * row), fill=0)
        sheets.append(sheet)
    out = io.BytesIO()
    more = {"save_all": True, "append_images": sheets[1:]} if form == "TIFF" else {}
    sheets[0].save(out, form, **more, **how)
    return out.getvalue()


def cut(form: str, share: float) -> Callable[[], bytes]:
    return lambda: picture(form)[: int(len(picture(form)) * share)]


def tiff(*directories: tuple[dict[int, int], int], data: bytes = b"\0" * 200, first: int | None = None) -> bytes:
    """Each directory is (its tags, the directory that follows; -1 for none). `data` begins at byte 8."""
    places = []
    at = 8 + len(data)
    for tags, _ in directories:
        places.append(at)
        at += 6 + 12 * len(tags)
    start = (places or [0])[0] if first is None else first
    out = b"II*\0" + struct.pack("<I", start) + data
    for tags, following in directories:
        out += struct.pack("<H", len(tags))
        out += b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in sorted(tags.items()))
        out += struct.pack("<I", places[following] if following >= 0 else 0)
    return out


def sheet(width: int = 40, height: int = 40, **tags: int) -> dict[int, int]:
    """A black and white image whose strip is the data at byte 8."""
    names = {"bits": 258, "packing": 259, "strip": 273, "samples": 277, "rows": 278, "bytes": 279}
    found = {256: width, 257: height, 258: 1, 259: 1, 262: 1, 273: 8, 277: 1, 278: height, 279: 200}
    return found | {names[name]: value for name, value in tags.items()}


def png(width: int, height: int, data: bytes = b"") -> bytes:
    """A grey PNG that says it is so large."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def jpeg_of(width: int, height: int) -> bytes:
    """A sound JPEG whose header was changed to say it is so large."""
    data = bytearray(picture("JPEG"))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def long_chain() -> bytes:
    """3,000 images, all of one strip."""
    return tiff(*[(sheet(), i + 1 if i < 2_999 else -1) for i in range(3_000)])


ALL: tuple[Awkward, ...] = (
    read("a fax as TIFF", lambda: picture("TIFF", 3, compression="group4"), 3),
    lost("a cut TIFF", cut("TIFF", 0.5), at=None),
    refused("a TIFF without images", lambda: tiff(first=0), BadDocument),
    refused("a TIFF that starts beyond its end", lambda: tiff((sheet(), -1), first=90_000), BadDocument, slow=True),
    refused("a TIFF of nothing but its letters", lambda: b"II*\0", BadDocument),
    refused("a TIFF whose chain is a circle", lambda: tiff((sheet(), 1), (sheet(), 0)), BadDocument),
    lost("a TIFF of 3,000 images", long_chain, 3_000, at=None, slow=True),
    refused("a TIFF of 300,000 x 300,000", lambda: tiff((sheet(300_000, 300_000), -1)), BadDocument),
    refused("a TIFF of no width", lambda: tiff((sheet(0, 40), -1)), BadDocument, slow=True),
    lost("a TIFF whose strip lies elsewhere", lambda: tiff((sheet(strip=1 << 30, bytes=1 << 30), -1)), at=None),
    lost("a TIFF packed as a fax that it is not", lambda: tiff((sheet(packing=4), -1)), at=None, slow=True),
    lost("a TIFF packed as nobody packs", lambda: tiff((sheet(packing=60_000), -1)), at=None, slow=True),
    lost("a TIFF of 65,535 samples", lambda: tiff((sheet(samples=65_535), -1)), at=None, slow=True),
    read("a photograph as JPEG", lambda: picture("JPEG")),
    lost("a cut JPEG", cut("JPEG", 0.5), at=None),
    refused("a JPEG of its first letters", lambda: b"\xff\xd8\xff\xe0", BadDocument, slow=True),
    lost("a JPEG of more than its data", lambda: jpeg_of(9_000, 9_000), at=None),
    refused("a JPEG of 65,500 x 65,500", lambda: jpeg_of(65_500, 65_500), BadDocument),
    read("a sheet as PNG", lambda: picture("PNG")),
    lost("a cut PNG", cut("PNG", 0.7), at=None, slow=True),
    lost("a PNG without its data", lambda: png(2_000, 2_000), at=None),
    refused(
        "a PNG of 2,000 million x 2,000 million", lambda: png(2_000_000_000, 2_000_000_000), BadDocument, slow=True
    ),
    refused("a PNG of no height", lambda: png(10, 0), BadDocument, slow=True),
    refused("a GIF", lambda: b"GIF89a" + bytes(100), UnsupportedFile),
)

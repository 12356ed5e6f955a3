"""Files other than PDF: pictures are pages to be recognised, everything else is refused whatever its name."""

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pymupdf
import pytest
from PIL import Image, ImageDraw

from core.domain import Page
from core.errors import DamagedDocument, TooLarge, UnsupportedFile
from core.intake import Limits, Renderer, inspect_document, read_document
from core.intake.triage import IMAGE_ONLY
from core.kinds import file_kind
from tests.intake import paper


def sheet(size: tuple[int, int], mode: str = "L") -> Image.Image:
    """Grey or bilevel paper with a black bar near the top left."""
    image = Image.new(mode, size, 255 if mode == "L" else 1)
    w, h = size
    ImageDraw.Draw(image).rectangle((w // 10, h // 10, w // 2, h // 5), fill=0)
    return image


def read(path: Path) -> list[Page]:
    return list(read_document(path, document="d", limits=Limits()))


def dark_corner(png: bytes) -> tuple[int, int]:
    """(0, 0) when the darkest quarter of a picture is the one at the top left, (1, 0) at the top right, ..."""
    image = Image.open(io.BytesIO(png)).convert("L")
    w, h = image.width // 2, image.height // 2
    boxes = {(i, j): image.crop((i * w, j * h, i * w + w, j * h + h)) for i in (0, 1) for j in (0, 1)}
    return min(boxes, key=lambda place: sum(boxes[place].tobytes()))


def test_a_fax_file_is_pages_of_the_right_proportions(tmp_path: Path) -> None:
    path = tmp_path / "fax"
    rows = [sheet((1728, 1078), "1"), sheet((1728, 1078), "1")]
    rows[0].save(path, "TIFF", compression="group4", dpi=(204, 98), save_all=True, append_images=rows[1:])
    assert inspect_document(path, Limits()).pages == 2
    pages = read(path)
    assert [p.ref.number for p in pages] == [1, 2]
    for page in pages:
        assert (page.source, page.problem, page.notes, page.images) == ("none", IMAGE_ONLY, ("scan",), 1.0)
        assert (page.width, page.height) == pytest.approx((1728 / 204 * 72, 1078 / 98 * 72), rel=0.01)
    with Renderer(Limits()) as renderer:
        png = renderer.render(path, 2, dpi=50)
    drawn = Image.open(io.BytesIO(png))
    assert drawn.width / drawn.height == pytest.approx(8.47 / 11, rel=0.02)
    assert dark_corner(png) == (0, 0)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_a_picture_is_one_page_that_wants_recognition(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "named.pdf"
    sheet((850, 1100)).save(path, kind, dpi=(100, 100))
    (page,) = read(path)
    assert (page.source, page.notes, page.blank) == ("none", ("scan",), False)
    assert (page.width, page.height) == pytest.approx((612, 792), rel=0.01)


def test_a_photo_is_shown_the_way_it_was_taken(tmp_path: Path) -> None:
    path, exif = tmp_path / "photo", Image.Exif()
    exif[0x0112] = 6  # the camera was turned: a viewer is to turn the picture clockwise
    sheet((600, 400)).save(path, "JPEG", exif=exif, dpi=(72, 72))
    (page,) = read(path)
    assert (page.width, page.height) == (400, 600)
    with Renderer(Limits()) as renderer:
        assert dark_corner(renderer.render(path, 1, dpi=72)) == (1, 0)


def test_a_photo_without_a_size_on_paper_is_a_page_and_not_a_poster(tmp_path: Path) -> None:
    path = tmp_path / "photo"
    sheet((4000, 3000)).save(path, "JPEG")
    (page,) = read(path)
    assert (page.width, page.height) == pytest.approx((1008, 756))
    with Renderer(Limits()) as renderer:
        assert Image.open(io.BytesIO(renderer.render(path, 1, dpi=100))).size == pytest.approx((1400, 1050), abs=2)


def test_an_empty_sheet_is_blank(tmp_path: Path) -> None:
    Image.new("1", (1700, 2200), 1).save(tmp_path / "a", "TIFF", compression="group4", dpi=(200, 200))
    (page,) = read(tmp_path / "a")
    assert (page.blank, page.readable, page.problem) == (True, True, "")


def archive(path: Path) -> bytes:
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("mimetype", "application/epub+zip")
        made.writestr("word/document.xml", "<w:document>%PDF-1.7 is how others begin</w:document>")
    return path.read_bytes()


def other(kind: str) -> bytes:
    out = io.BytesIO()
    sheet((30, 30)).convert("RGB").save(out, kind)
    return out.getvalue()


def test_everything_else_is_refused_whatever_its_name(tmp_path: Path) -> None:
    files = {
        "html": b"<html><body>text</body></html>",
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><text y="20">text</text></svg>',
        "xml": b'<?xml version="1.0"?><FixedDocument/>',
        "text": b"Plain text about a patient",
        "rtf": b"{\\rtf1 text}",
        "old office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "zip": archive(tmp_path / "zip"),
        **{kind: other(kind) for kind in ("BMP", "GIF", "WEBP")},
    }
    for name, data in files.items():
        path = tmp_path / "packet.pdf"
        path.write_bytes(data)
        assert file_kind(data[:1024]) is None, name
        for take in (lambda p: inspect_document(p, Limits()), read):
            with pytest.raises(UnsupportedFile, match="PDF, TIFF, PNG or JPEG"):
                take(path)


def test_a_page_of_another_kind_that_claims_to_be_a_pdf_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "packet.pdf"
    path.write_bytes(b"<html><body><p>%PDF-1.7 is how others begin</p></body></html>")
    with pytest.raises((UnsupportedFile, DamagedDocument)):
        read(path)


def test_the_first_bytes_tell_the_kind(tmp_path: Path) -> None:
    assert file_kind(paper.write(tmp_path / "a", "text").read_bytes()[:1024]) == "pdf"
    assert file_kind(b"\n\n some mail header\n%PDF-1.4") == "pdf"
    assert [file_kind(other(kind)[:1024]) for kind in ("TIFF", "PNG", "JPEG")] == ["tiff", "png", "jpeg"]
    assert file_kind(b"MM\0*" + bytes(8)) == "tiff"
    assert file_kind(b"") is None


def huge_png(path: Path, side: int) -> Path:
    """A bilevel square that packs to very little."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    packer, rows = zlib.compressobj(9), bytes((side + 7) // 8 + 1)
    packed = b"".join(packer.compress(rows) for _ in range(min(side, 12_000))) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b""))
    return path


def huge_jpeg(path: Path, side: int) -> Path:
    """A small picture whose header speaks of a large one."""
    data = bytearray(other("JPEG"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", side, side)
    path.write_bytes(data)
    return path


def huge_tiff(path: Path, side: int, *, grey: bool = False) -> Path:
    """A square of group 4 fax, in which an empty row is one bit; or of grey samples that are not there."""
    strip = b"\xff" * ((side + 7) // 8) + b"\x00\x10\x01\x00\x10\x01"
    tags = [
        (256, 4, side), (257, 4, side), (258, 3, 8 if grey else 1), (259, 3, 1 if grey else 4), (262, 3, 0),
        (273, 4, 8), (277, 3, 1), (278, 4, side), (279, 4, len(strip)),
    ]  # fmt: skip
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    path.write_bytes(
        b"II*\0" + struct.pack("<I", 8 + len(strip)) + strip + struct.pack("<H", len(tags)) + entries + bytes(4)
    )
    return path


def test_pictures_of_too_many_pixels_are_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    for path in (
        huge_png(tmp_path / "png", 60_000),
        huge_jpeg(tmp_path / "jpeg", 60_000),
        huge_tiff(tmp_path / "tiff", 60_000),
        huge_tiff(tmp_path / "grey", 15_000, grey=True),
    ):
        assert path.stat().st_size < 200_000
        with pytest.raises(TooLarge, match="100 million"):
            read(path)


def test_the_largest_pictures_taken_in_are_drawn_within_the_limits(tmp_path: Path) -> None:
    limits = Limits()
    for path in (huge_png(tmp_path / "png", 10_000), huge_tiff(tmp_path / "tiff", 20_000)):
        (page,) = read_document(path, document="d", limits=limits)
        assert page.images == 1.0
        with Renderer(limits) as renderer:
            drawn = pymupdf.Pixmap(renderer.render(path, 1, dpi=100))
        assert drawn.width * drawn.height <= 25_000_000


def test_cut_and_crooked_pictures_are_damaged_or_unread_and_nothing_worse(tmp_path: Path) -> None:
    path = tmp_path / "a"
    loop = b"II*\0\x08\0\0\0" + struct.pack("<HHHII", 1, 256, 4, 1, 100) + struct.pack("<I", 8)
    for data in (loop, b"II*\0\xff\xff\xff\x7f", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0\0\x10", b"\xff\xd8\xff" * 9):
        path.write_bytes(data)
        with pytest.raises(DamagedDocument):
            read(path)
    whole = io.BytesIO()
    sheet((850, 1100)).save(whole, "PNG")
    path.write_bytes(whole.getvalue()[: len(whole.getvalue()) // 2])
    assert [p.source for p in read(path)] == ["none"]

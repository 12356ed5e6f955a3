"""What a fax machine does to a page: a line across the top, and a bilevel picture of it."""

import random

import numpy as np
import pymupdf
from numpy.typing import NDArray
from PIL import Image

from sample_docs.sheet import HEIGHT, WIDTH, Sheet

DPI = 200
Bits = NDArray[np.bool_]
"""rows x columns, True where there is ink"""


def stamp(sheet: Sheet, sent: str, sender: str, number: int, of: int) -> None:
    """The sending machine's line: date and time, sender, page number."""
    sheet.text(30, 17, sent, "cour", 8)
    sheet.text(170, 17, sender, "cour", 8)
    sheet.right(WIDTH - 30, 17, f"PAGE {number} OF {of}", "cour", 8)


def put_picture(document: pymupdf.Document, sheet: Sheet, dice: random.Random) -> pymupdf.Page:
    """Append the sheet as a bilevel picture at 200 dpi: skewed, specked, without a text layer."""
    dark = _faxed(_render(sheet), dice)
    h, w = dark.shape
    raw = _group4(dark)
    page = document.new_page(width=WIDTH, height=HEIGHT)
    image = document.get_new_xref()
    document.update_object(image, "<<>>")
    document.update_stream(image, raw, new=True, compress=False)
    document.update_object(
        image,
        f"<</Type/XObject/Subtype/Image/Width {w}/Height {h}/BitsPerComponent 1/ColorSpace/DeviceGray"
        f"/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns {w}/Rows {h}>>/Length {len(raw)}>>",
    )
    document.xref_set_key(page.xref, "Resources", f"<</XObject<</Fax {image} 0 R>>>>")
    content = document.get_new_xref()
    document.update_object(content, "<<>>")
    document.update_stream(content, f"q {WIDTH:g} 0 0 {HEIGHT:g} 0 0 cm /Fax Do Q".encode(), new=True)
    page.set_contents(content)
    return page


def _render(sheet: Sheet) -> Image.Image:
    with pymupdf.open() as document:
        pixmap = sheet.put(document).get_pixmap(dpi=DPI, colorspace=pymupdf.csGRAY)
        return Image.frombytes("L", (pixmap.width, pixmap.height), pixmap.samples)


def _faxed(picture: Image.Image, dice: random.Random) -> Bits:
    """Skew of up to 1.1 degrees, 1-bit threshold, a few hundred specks, sometimes a dirty roller's streak."""
    angle = dice.choice((-1, 1)) * dice.uniform(0.3, 1.1)
    turned = np.asarray(picture.rotate(angle, resample=Image.Resampling.BILINEAR, fillcolor=255))
    noise = np.random.default_rng(dice.getrandbits(32))
    dark = turned.astype(np.float32) + 12 * noise.standard_normal(turned.shape, np.float32) < dice.uniform(120, 175)
    rows, columns = dark.shape
    for _ in range(dice.randint(150, 420)):
        y, x, d = dice.randrange(rows - 3), dice.randrange(columns - 3), dice.choice((1, 1, 2, 3))
        dark[y : y + d, x : x + d] = True
    if dice.random() < 0.3:
        x = dice.randrange(40, columns - 40)
        dark[:, x][noise.random(rows) < 0.5] = True
    return dark


def _group4(dark: Bits) -> bytes:
    """CCITT group 4, as fax machines write it."""
    rows, columns = dark.shape
    packed = np.packbits(~dark, axis=1)
    held = packed.tobytes()  # MuPDF gets a bare pointer: the bytes must outlive the call
    data = pymupdf.mupdf.python_buffer_data(held)
    buffer = pymupdf.mupdf.fz_compress_ccitt_fax_g4(data, columns, rows, packed.shape[1])
    return bytes(pymupdf.mupdf.fz_buffer_extract_copy(buffer))

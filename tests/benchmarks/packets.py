"""Documents for the benchmarks of intake, made from the sample packets: 200 pages of text, 200 pages of scans."""

from pathlib import Path

import numpy as np
import pymupdf
from PIL import Image

from core.samples import SAMPLES

PAGES = 200
_SCAN_DPI = 200
_SCAN_BYTES = 500_000
"""Of each scanned page: 200 of them make 100 MB."""


def text_packet(path: Path) -> None:
    """Pages that carry their text, some of them more than once."""
    with pymupdf.open() as packet:
        for sample in reversed(SAMPLES):
            with pymupdf.open(sample.pdf) as document:
                for number in _with_text(document):
                    if packet.page_count < PAGES:
                        packet.insert_pdf(document, from_page=number, to_page=number)
        while packet.page_count < PAGES:
            packet.fullcopy_page(packet.page_count // 2)
        packet.save(path)


def scanned_packet(path: Path, pages: int = PAGES) -> None:
    """Grey pictures at 200 dpi, half a megabyte each, without any text."""
    with pymupdf.open(SAMPLES[2].pdf) as document, pymupdf.open() as packet:
        numbers = _with_text(document)
        for at in range(pages):
            shot = document[numbers[at % len(numbers)]].get_pixmap(dpi=_SCAN_DPI, colorspace=pymupdf.csGRAY)
            picture = _photographed(np.frombuffer(shot.samples, np.uint8).reshape(shot.height, shot.width), at)
            page = packet.new_page(width=612, height=792)
            page.insert_image(page.rect, stream=_jpeg(picture))
        packet.save(path)


def _with_text(document: pymupdf.Document) -> list[int]:
    return [page.number for page in document if len(page.get_text("words")) > 60]


def _photographed(greys: np.ndarray[tuple[int, int], np.dtype[np.uint8]], seed: int) -> Image.Image:
    """Sensor noise, which no two scans share."""
    noise = np.random.default_rng(seed).normal(0, 5, greys.shape)
    return Image.fromarray(np.clip(greys * 0.92 + 10 + noise, 0, 255).astype(np.uint8))


def _jpeg(picture: Image.Image) -> bytes:
    """As large as pages of a scanner are: the quality is whatever that takes."""
    import io

    best = b""
    for quality in range(40, 96, 5):
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality)
        best = out.getvalue()
        if len(best) >= _SCAN_BYTES:
            break
    return best

"""What fax machines and photocopiers do to a page, from a seed: the pictures that recognition is measured on."""

import math
from dataclasses import dataclass

import numpy as np
import pymupdf
from numpy.typing import NDArray
from PIL import Image, ImageFilter


@dataclass(frozen=True)
class Fault:
    """One way for a page to come out. Angles in degrees, shares 0 to 1, greys 0 to 255."""

    name: str
    across: int
    """Pixels an inch, from left to right."""
    down: int
    skew: float = 0.0
    """The page lies askew by this, to one side or the other, times 0.75 to 1.25."""
    blur: float = 0.0
    """Radius in pixels."""
    noise: float = 0.0
    """Standard deviation of the grey that the scanner adds."""
    level: int = 128
    """Darker is ink."""
    specks: float = 0.0
    """Share of the pixels that are lost: half of them come out black, half white."""
    faint: bool = False
    """A grey photocopy of a copy: thin strokes in less than half of their darkness, on paper that is not white."""


FAULTS = (
    Fault("fax200", 200, 200, skew=1.5, blur=0.5, noise=12, level=165, specks=0.003),
    Fault("fax150", 150, 150, skew=1.5, blur=0.4, noise=12, level=175, specks=0.003),
    Fault("faxstd", 204, 98, skew=1.5, blur=0.4, noise=8, level=185, specks=0.0005),
    Fault("faxbad", 200, 200, skew=3.0, blur=0.8, noise=46, level=150, specks=0.015),
    Fault("faint", 200, 200, skew=1.0, blur=0.5, noise=9, faint=True),
)
"""So strong that Tesseract reads about as much of them without any clean-up as of the faxes that the goals are from."""


@dataclass(frozen=True)
class Faxed:
    """A page as it came out."""

    picture: Image.Image
    """Mode "1", or "L" for a photocopy; `fault.across` by `fault.down` pixels an inch."""
    angle: float
    """Degrees that it was turned counter-clockwise about its middle."""


def faxed(page: pymupdf.Page, fault: Fault, seed: int) -> Faxed:
    dice = np.random.default_rng(seed)
    zoom = pymupdf.Matrix(fault.across / 72, fault.across / 72)
    drawn = page.get_pixmap(matrix=zoom, colorspace=pymupdf.csGRAY, alpha=False, annots=False)
    picture = Image.frombytes("L", (drawn.width, drawn.height), drawn.samples)
    angle = fault.skew * float(dice.choice((-1, 1)) * dice.uniform(0.75, 1.25))
    picture = picture.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=255)
    if fault.down != fault.across:
        height = round(picture.height * fault.down / fault.across)
        picture = picture.resize((picture.width, height), Image.Resampling.BOX)
    grey = np.asarray(picture.filter(ImageFilter.GaussianBlur(fault.blur)), np.float32)
    if fault.faint:
        return Faxed(_photocopy(grey, fault, dice), angle)
    dark = grey + fault.noise * dice.standard_normal(grey.shape, np.float32) < fault.level
    lost = dice.random(grey.shape, np.float32)
    dark = (dark & (lost >= fault.specks / 2)) | (lost > 1 - fault.specks / 2)
    return Faxed(Image.fromarray(~dark), angle)


def _photocopy(grey: NDArray[np.float32], fault: Fault, dice: np.random.Generator) -> Image.Image:
    """The paper darkens towards one edge; of the ink only the darkest part of each stroke is left."""
    ink = np.clip((255 - grey) / 255 * 1.5 - 0.5, 0, 1)
    paper = 238 - 15 * np.linspace(0, 1, grey.shape[1], dtype=np.float32) ** 2
    out = paper - 0.45 * 200 * ink + fault.noise * dice.standard_normal(grey.shape, np.float32)
    return Image.fromarray(np.clip(out, 0, 255).astype(np.uint8))


def place(x: float, y: float, angle: float, width: float, height: float) -> tuple[float, float]:
    """Where a point of the page came to lie when the page was turned by `angle`; all in points."""
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    dx, dy = x - width / 2, y - height / 2
    return width / 2 + c * dx + s * dy, height / 2 - s * dx + c * dy


def put(document: pymupdf.Document, page: Faxed, width: float, height: float, turn: int = 0) -> None:
    """Append the picture as a page of `width` by `height` points, turned clockwise by `turn` degrees."""
    data = page.picture
    if turn:
        data = data.transpose(getattr(Image.Transpose, f"ROTATE_{360 - turn}"))
        width, height = (height, width) if turn in (90, 270) else (width, height)
    grey = data.convert("L")
    target = document.new_page(width=width, height=height)
    picture = pymupdf.Pixmap(pymupdf.csGRAY, grey.width, grey.height, grey.tobytes(), False)
    target.insert_image(target.rect, pixmap=picture, keep_proportion=False)

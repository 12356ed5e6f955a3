"""Cleans the picture of a page for recognition: specks, uneven paper, skew. Pictures are grey, 0 black to 255 white.

Everything is done on bytes, so that a letter page costs a few times its 4 MB and no more.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter

INK = 128
"""Darker is ink."""
MAX_SKEW = 4.0
"""Degrees to either side."""
_BILEVEL = 0.97
"""Share of pixels near black or white from which a picture is bilevel."""
_NEIGHBOURS = 4
"""A speck has nowhere so many inked pixels in 5 x 5; a full stop at 150 dpi has."""
_GROW = 6
"""How far, in pixels, a stroke goes on from where it is thick enough."""
_COARSE_DPI, _ENLARGE = 180.0, 1.5
"""Bilevel pictures below this resolution are enlarged by this, so that their steps can be smoothed."""
_BLUR = 0.9
"""Pixels; makes a bilevel picture's steps the shades that recognition has learnt on."""
_GRAIN_BLUR = 0.6
_COARSE, _FINE = 0.5, 0.1

Mask = NDArray[np.bool_]


class Cleaned(NamedTuple):
    picture: Image.Image
    angle: float
    """Degrees that it was turned counter-clockwise about its middle."""
    scale: float
    """How many times as wide and as high it is as before."""
    ink: float
    """Share of the picture without its margins that is ink, 0 to 1."""


def clean(picture: Image.Image, dpi: float) -> Cleaned:
    """The picture without specks or shades, its lines level."""
    bilevel = is_bilevel(picture)
    picture = without_specks(picture) if bilevel else on_white(picture)
    angle, ink, scale = skew(picture), ink_share(picture), 1.0
    if bilevel and dpi < _COARSE_DPI:
        scale = _ENLARGE
        size = (round(picture.width * scale), round(picture.height * scale))
        picture = picture.resize(size, Image.Resampling.BICUBIC)
    if bilevel:
        picture = picture.filter(ImageFilter.GaussianBlur(_BLUR))
    if angle:
        picture = picture.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=255)
    return Cleaned(picture, angle, scale, ink)


def is_bilevel(picture: Image.Image) -> bool:
    counts = picture.histogram()
    return sum(counts[:32]) + sum(counts[224:]) > _BILEVEL * sum(counts)


def ink_share(picture: Image.Image) -> float:
    """Of the picture without a twentieth at each edge: fax machines print and blacken edges."""
    x, y = picture.width // 20, picture.height // 20
    counts = picture.crop((x, y, picture.width - x, picture.height - y)).histogram()
    return sum(counts[:INK]) / max(1, sum(counts))


def without_specks(picture: Image.Image) -> Image.Image:
    """The picture less its specks.

    What has enough ink around it stays, with everything that hangs together with it: a threshold on the neighbours
    alone would eat the thin strokes and the ends of the others.
    """
    greys = np.asarray(picture)
    ink = greys < INK
    around = Image.fromarray(ink.view(np.uint8) * np.uint8(255)).filter(ImageFilter.BoxBlur(2))
    kept = ink & (np.asarray(around) >= int(255 * (_NEIGHBOURS - 0.5) / 25))
    for _ in range(_GROW):
        kept = _grown(kept) & ink
    return Image.fromarray(np.where(ink & ~kept, np.uint8(255), greys))


def on_white(picture: Image.Image) -> Image.Image:
    """Writing stretched to black on a paper made evenly white: for photocopies, photographs and shaded forms.

    The paper's grain is white too; a light blur joins strokes that the grain has cut.
    """
    picture = picture.filter(ImageFilter.GaussianBlur(_GRAIN_BLUR))
    small = picture.resize((max(1, picture.width // 16), max(1, picture.height // 16)), Image.Resampling.BOX)
    paper = small.filter(ImageFilter.MedianFilter(9)).resize(picture.size, Image.Resampling.BILINEAR)
    darker = ImageChops.subtract(paper, picture)
    counts, total = darker.histogram(), picture.width * picture.height
    darkest = max(20, _quantile(counts, 0.99 * total))
    grain = min(0.4 * darkest, 1.5 * (_quantile(counts, 0.75 * total)))
    return darker.point([round(min(255.0, max(0.0, 255 - 230 * (d - grain) / (darkest - grain)))) for d in range(256)])


def _quantile(counts: list[int], rank: float) -> int:
    """The least value that at least `rank` of the counted values do not exceed."""
    seen = 0
    for value, count in enumerate(counts):
        seen += count
        if seen >= rank:
            return value
    return len(counts) - 1


def skew(picture: Image.Image) -> float:
    """Degrees counter-clockwise, at most MAX_SKEW either way, that bring the lines level; 0.0 where nothing tells."""
    quarter = _thumbnail(picture, 4)
    steps = round(MAX_SKEW / _COARSE)
    angles: list[float] = sorted((n * _COARSE for n in range(-steps, steps + 1)), key=abs)
    coarse: float = max(angles, key=lambda angle: levelness(quarter, angle))
    third = _thumbnail(picture, 3)
    around: list[float] = sorted((coarse + n * _FINE for n in range(-4, 5)), key=lambda angle: abs(angle - coarse))
    fine: float = max(around, key=lambda angle: levelness(third, angle))
    return round(fine, 2)


def lies_sideways(picture: Image.Image) -> bool:
    """Whether the lines seem to run from top to bottom. A guess: tables have lines both ways."""
    small = _thumbnail(picture, 4)
    turned = small.transpose(Image.Transpose.ROTATE_90)
    angles = (0.0, -1.5, 1.5, -3.0, 3.0)
    return max(levelness(turned, a) for a in angles) > 1.3 * max(levelness(small, a) for a in angles)


def levelness(picture: Image.Image, angle: float) -> float:
    """How sharply inked rows and white rows follow each other when the picture (ink 255) is turned by `angle`."""
    turned = picture.rotate(angle, resample=Image.Resampling.NEAREST, fillcolor=0)
    rows = np.asarray(turned, np.uint8).sum(axis=1, dtype=np.float64)
    return float(np.diff(rows).var() / turned.width**2)


def _thumbnail(picture: Image.Image, shrink: int) -> Image.Image:
    """Ink 255, paper 0."""
    size = (max(2, picture.width // shrink), max(2, picture.height // shrink))
    return picture.resize(size, Image.Resampling.BOX).point([255 * (v < 170) for v in range(256)])


def _grown(mask: Mask) -> Mask:
    """The mask and all pixels that touch it, corners included."""
    tall = mask.copy()
    tall[1:] |= mask[:-1]
    tall[:-1] |= mask[1:]
    wide = tall.copy()
    wide[:, 1:] |= tall[:, :-1]
    wide[:, :-1] |= tall[:, 1:]
    return wide

"""Cleaning pictures of pages: what is dirt goes, what is writing stays, and crooked lines are found."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core.intake.clean import clean, ink_share, is_bilevel, lies_sideways, on_white, skew, without_specks


def page(size: tuple[int, int] = (850, 1100), paper: int = 255, ink: int = 0) -> Image.Image:
    """Lines of strokes as wide as words."""
    picture = Image.new("L", size, paper)
    draw = ImageDraw.Draw(picture)
    for y in range(100, size[1] - 100, 30):
        for x in range(80, size[0] - 160, 70):
            draw.rectangle((x, y, x + 50, y + 8), fill=ink)
    return picture


def test_lone_specks_go_and_thin_strokes_stay_whole() -> None:
    picture = Image.new("L", (200, 100), 255)
    draw = ImageDraw.Draw(picture)
    draw.line((20, 50, 120, 50), fill=0)
    for at in ((10, 10), (180, 20), (150, 80)):
        picture.putpixel(at, 0)
    cleaned = np.asarray(without_specks(picture)) < 128
    assert cleaned[50, 20:121].all()
    assert cleaned.sum() == 101


def test_a_full_stop_is_no_speck() -> None:
    picture = Image.new("L", (60, 60), 255)
    ImageDraw.Draw(picture).rectangle((30, 30, 31, 31), fill=0)
    assert (np.asarray(without_specks(picture)) < 128).sum() == 4


@pytest.mark.parametrize("angle", [-3.5, -1.3, -0.4, 0.0, 0.7, 2.2, 3.8])
def test_the_skew_of_lines_is_found_to_a_fifth_of_a_degree(angle: float) -> None:
    crooked = page().rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=255)
    assert skew(crooked) == pytest.approx(-angle, abs=0.2)


def test_an_empty_page_is_not_turned() -> None:
    cleaned = clean(Image.new("L", (850, 1100), 255), 100)
    assert (cleaned.angle, cleaned.ink) == (0.0, 0.0)


def test_writing_on_shaded_paper_becomes_dark_on_white() -> None:
    shaded = np.asarray(page(paper=200, ink=120), dtype=np.float32)
    shaded = shaded - np.linspace(0, 60, shaded.shape[1], dtype=np.float32)
    made = np.asarray(on_white(Image.fromarray(shaded.astype(np.uint8))))
    assert np.median(made) == 255
    assert made[104, 100] < 60
    assert made[104, 660] < 60


def test_a_coarse_fax_is_enlarged_and_a_fine_one_is_not() -> None:
    assert clean(page(), 100).picture.size == (1275, 1650)
    assert clean(page(), 200).picture.size == (850, 1100)


def test_a_photograph_of_a_page_is_not_taken_for_a_fax() -> None:
    assert is_bilevel(page())
    assert not is_bilevel(page(paper=210, ink=90))


def test_lines_from_top_to_bottom_are_noticed() -> None:
    assert lies_sideways(page().transpose(Image.Transpose.ROTATE_90))
    assert not lies_sideways(page())


def test_a_black_edge_of_a_fax_is_not_ink() -> None:
    picture = Image.new("L", (400, 400), 255)
    ImageDraw.Draw(picture).rectangle((0, 0, 12, 400), fill=0)
    assert ink_share(picture) == 0.0

"""The curves as pure functions: what is drawn, and that nothing rests on colour alone."""

import numpy as np
import pytest

from pages.components.charts import (
    COLOURS,
    Bars,
    Chosen,
    Curve,
    Reliable,
    histogram_figure,
    recall_figure,
    reliability_figure,
)

ACROSS = "Share of the text kept for one criterion"


def curve(name: str, style: int = 0, *, points: bool = False) -> Curve:
    kept, recall = np.array([1.0, 0.2, 0.1, 0.0]), np.array([1.0, 0.96, 0.8, 0.0])
    return Curve(name, kept, recall, ["t 0", "t 0.1", "t 0.5", "t 1"], style, points, ["a"] * 4 if points else ())


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("ground", ["#ffffff", "#12181f"])
@pytest.mark.parametrize("colour", COLOURS)
def test_every_line_stands_out_from_a_light_and_from_a_dark_ground(colour: str, ground: str) -> None:
    assert contrast(colour, ground) >= 2.9


def test_lines_differ_by_their_dashes_and_points_by_their_marks() -> None:
    figure = recall_figure([curve(str(n), n) for n in range(4)], across=ACROSS)
    assert len({trace.line.dash for trace in figure.data}) == 4
    figure = recall_figure([curve(str(n), n, points=True) for n in range(4)], across=ACROSS)
    assert len({trace.marker.symbol for trace in figure.data}) == 4
    assert list(figure.data[0].text) == ["a"] * 4


def test_the_recall_curve_shows_the_numbers_as_they_are_with_target_budget_and_choice() -> None:
    chosen = Chosen("threshold 0.1", 0.2, 0.96)
    figure = recall_figure([curve("Pages")], across=ACROSS, target=0.95, budget=0.15, chosen=chosen)
    line, ring = figure.data
    assert (line.name, list(line.x), list(line.y)) == ("Pages", [1.0, 0.2, 0.1, 0.0], [1.0, 0.96, 0.8, 0.0])
    assert list(line.customdata)[1] == "t 0.1"
    assert (ring.name, list(ring.x), list(ring.y), ring.marker.symbol) == (
        "threshold 0.1",
        [0.2],
        [0.96],
        "circle-open",
    )
    across, up = figure.layout.shapes
    assert (across.y0, across.y1, up.x0, up.x1) == (0.95, 0.95, 0.15, 0.15)
    assert [note.text for note in figure.layout.annotations] == ["target 95%", "15% of the text"]
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == (ACROSS, "Recall")


def test_a_target_is_said_as_it_was_asked_for() -> None:
    figure = recall_figure([curve("Pages")], across=ACROSS, target=0.975, budget=0.125)
    assert [note.text for note in figure.layout.annotations] == ["target 97.5%", "12.5% of the text"]


def test_the_plot_begins_where_decisions_are_made_and_holds_the_chosen_point() -> None:
    assert recall_figure([curve("Pages")], across=ACROSS).layout.xaxis.range[1] == pytest.approx(1.15 * 0.3)
    far = recall_figure([curve("Pages")], across=ACROSS, chosen=Chosen("t", 0.8, 0.99))
    assert far.layout.xaxis.range[1] == pytest.approx(1.15 * 0.8)
    late = Curve("Late", np.array([1.0, 0.5]), np.array([1.0, 0.2]), ["", ""])
    assert recall_figure([late], across=ACROSS).layout.xaxis.range[1] == pytest.approx(1.02)


def test_a_curve_that_nothing_is_known_of_does_not_stop_the_others() -> None:
    nothing = Curve("Cases", np.array([1.0, 0.0]), np.array([np.nan, np.nan]), ["", ""])
    figure = recall_figure([curve("Pages"), nothing], across=ACROSS)
    assert [trace.name for trace in figure.data] == ["Pages", "Cases"]


def test_reliability_has_a_diagonal_and_intervals_around_each_share() -> None:
    table = Reliable(
        "Scores",
        np.array([0.1, 0.9]),
        np.array([0.2, 0.8]),
        np.array([0.15, 0.6]),
        np.array([0.3, 0.9]),
        ["40 labels of 8 cases", "12 labels of 5 cases"],
    )
    diagonal, line = reliability_figure([table]).data
    assert (list(diagonal.x), list(diagonal.y)) == ([0, 1], [0, 1])
    assert (list(line.x), list(line.y)) == ([0.1, 0.9], [0.2, 0.8])
    assert list(line.error_y.array) == pytest.approx([0.1, 0.1])
    assert list(line.error_y.arrayminus) == pytest.approx([0.05, 0.2])


def test_bars_are_shares_of_their_own_verdict_and_say_how_many_labels_they_are() -> None:
    edges = np.array([0.0, 0.5, 1.0])
    bars = [Bars("relevant", np.array([1.0, 3.0]), 0), Bars("not relevant", np.array([0.0, 0.0]), 1)]
    relevant, other = histogram_figure(edges, bars, across="Score").data
    assert (relevant.name, list(relevant.x), list(relevant.y)) == ("relevant (4)", [0.25, 0.75], [0.25, 0.75])
    assert relevant.customdata[1] == "0.50 to 1.00: 3"
    assert (other.name, list(other.y)) == ("not relevant (0)", [0.0, 0.0])
    assert relevant.marker.pattern.shape != other.marker.pattern.shape

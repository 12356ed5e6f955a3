"""The curves: pure functions from numbers to Plotly figures. The only importer of Plotly.

Shares are in [0, 1] and shown as percent. Every line differs from the others by its dashes or its mark as well as by
its colour, and every colour stands out from a white and from a dark ground by 3 to 1 or more (WCAG 1.4.11).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.standing import percent

Shares = NDArray[np.float64]

# Okabe and Ito (2008): told apart by people who see red and green alike.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#7f7f7f")
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
_MARKS = ("circle", "diamond", "square", "triangle-up", "x")
_PLACES = ("top left", "bottom right", "top center", "top center", "top center")
_PATTERNS = ("", "/", ".", "x", "-")
_GUIDE = "#808a94"
_SHORT_OF_ALL = 0.3
"""Curves are first shown up to this share of the text at least: what is decided lies there."""
_BEND = 0.95
"""Share of its highest recall at which a curve has bent: from there on it is long and flat."""

CONFIG = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"]}
"""What `st.plotly_chart` gets as `config`."""


@dataclass(frozen=True, eq=False)
class Curve:
    """Recall against the share of the text that is kept, both of the same shape (n,), NaN where it is not known."""

    name: str
    kept: Shares
    recall: Shares
    hover: Sequence[str]
    """What to say of each point beside its two shares."""
    style: int = 0
    """Which of COLOURS, with the dashes and the mark that go with it."""
    points: bool = False
    """True: single points with a mark of their own, as for the best K pages."""
    marks: Sequence[str] = ()
    """What stands beside each point."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rule that was found, as a point of the plot."""

    name: str
    kept: float
    recall: float


def recall_figure(
    curves: Sequence[Curve],
    *,
    across: str,
    target: float | None = None,
    budget: float | None = None,
    chosen: Chosen | None = None,
    height: int = 380,
) -> go.Figure:
    """The curve of the field: as the threshold moves, how much is found for how much text.

    `target` is drawn as a horizontal line and `budget`, a share of the text, as a vertical one. `across` names the
    horizontal axis.
    """
    figure = go.Figure([_trace(curve) for curve in curves])
    if target is not None:
        figure.add_hline(y=target, line={"color": _GUIDE, "width": 1.5, "dash": "dash"})
        _note(figure, f"target {percent(target)}", x=1, y=target, xref="paper", xanchor="right", yanchor="top")
    if budget is not None:
        figure.add_vline(x=budget, line={"color": _GUIDE, "width": 1.5, "dash": "dot"})
        _note(figure, f"{percent(budget)} of the text", x=budget, y=0, yref="paper", xanchor="left", yanchor="bottom")
    if chosen is not None:
        figure.add_trace(_ring(chosen))
    figure.update_xaxes(title=across, range=[0, _reach(curves, chosen)])
    figure.update_yaxes(title="Recall", range=[0, 1.09], tickvals=[0, 0.2, 0.4, 0.6, 0.8, 1])
    return _dressed(figure, height)


def _trace(curve: Curve) -> go.Scatter:
    n = curve.style % len(COLOURS)
    look: dict[str, object] = {"mode": "lines", "line": {"color": COLOURS[n], "dash": _DASHES[n], "width": 2.5}}
    if curve.points:
        look = {
            "mode": "markers+text" if curve.marks else "markers",
            "marker": {"symbol": _MARKS[n], "size": 9, "color": COLOURS[n]},
            "text": list(curve.marks),
            "textposition": _PLACES[n],
            "textfont": {"size": 11},
        }
    return go.Scatter(
        name=curve.name,
        x=curve.kept,
        y=curve.recall,
        customdata=list(curve.hover),
        hovertemplate="%{customdata}<br>recall %{y:.1%}, %{x:.1%} of the text<extra>%{fullData.name}</extra>",
        **look,
    )


def _ring(chosen: Chosen) -> go.Scatter:
    return go.Scatter(
        name=chosen.name,
        x=[chosen.kept],
        y=[chosen.recall],
        mode="markers",
        marker={
            "symbol": "circle-open",
            "size": 17,
            "color": COLOURS[1],
            "line": {"width": 3, "color": COLOURS[1]},
        },
        hovertemplate="recall %{y:.1%}, %{x:.1%} of the text<extra>%{fullData.name}</extra>",
    )


def _reach(curves: Sequence[Curve], chosen: Chosen | None) -> float:
    """How far to the right the plot goes at first: past the chosen point, and to where the curves bend to the top."""
    lines = [c for c in curves if not c.points and np.isfinite(c.recall).any()]
    tops = [float(np.nanmin(c.kept[c.recall >= _BEND * np.nanmax(c.recall)])) for c in lines]
    right = [_SHORT_OF_ALL, *tops, chosen.kept if chosen else 0.0]
    return min(1.02, 1.15 * max(right))


@dataclass(frozen=True, eq=False)
class Reliable:
    """How often pages of about the same probability were relevant. One number for each bin, all of shape (bins,)."""

    name: str
    predicted: Shares
    """Mean probability."""
    observed: Shares
    """Share that was relevant."""
    low: Shares
    high: Shares
    """Ends of the interval of `observed`."""
    hover: Sequence[str]
    style: int = 0


def reliability_figure(tables: Sequence[Reliable], *, height: int = 400) -> go.Figure:
    """Probability against what was seen, with the interval of each bin; on the diagonal a probability means what it
    says."""
    figure = go.Figure()
    figure.add_trace(
        go.Scatter(
            name="as it should be",
            x=[0, 1],
            y=[0, 1],
            mode="lines",
            line={"color": _GUIDE, "dash": "dot", "width": 1.5},
            hoverinfo="skip",
        )
    )
    for table in tables:
        n = table.style % len(COLOURS)
        figure.add_trace(
            go.Scatter(
                name=table.name,
                x=table.predicted,
                y=table.observed,
                error_y={
                    "type": "data",
                    "symmetric": False,
                    "array": np.clip(table.high - table.observed, 0, 1),
                    "arrayminus": np.clip(table.observed - table.low, 0, 1),
                    "thickness": 1.5,
                    "width": 5,
                    "color": COLOURS[n],
                },
                mode="lines+markers",
                marker={"symbol": _MARKS[n], "size": 9, "color": COLOURS[n]},
                line={"color": COLOURS[n], "dash": _DASHES[n], "width": 2},
                customdata=list(table.hover),
                hovertemplate="said %{x:.2f}, seen %{y:.1%}<br>%{customdata}<extra>%{fullData.name}</extra>",
            )
        )
    figure.update_xaxes(title="What the tool says", range=[-0.02, 1.02], tickformat=".1f")
    figure.update_yaxes(title="Share that was relevant", range=[-0.02, 1.05])
    return _dressed(figure, height, percent_across=False)


@dataclass(frozen=True, eq=False)
class Bars:
    """How many labels of one verdict fell between each pair of edges; shape (edges - 1,)."""

    name: str
    counts: NDArray[np.float64]
    style: int = 0


def histogram_figure(edges: Shares, bars: Sequence[Bars], *, across: str, height: int = 360) -> go.Figure:
    """Where the labels of each verdict lie. Heights are shares of the verdict's own labels, so that a few relevant
    pages stand beside many others."""
    middle = (edges[:-1] + edges[1:]) / 2
    figure = go.Figure()
    for bar in bars:
        n, total = bar.style % len(COLOURS), float(bar.counts.sum())
        spans = [f"{a:.2f} to {b:.2f}" for a, b in pairwise(edges.tolist())]
        figure.add_trace(
            go.Bar(
                name=f"{bar.name} ({total:,.0f})",
                x=middle,
                y=bar.counts / total if total else bar.counts,
                marker={"color": COLOURS[n], "pattern": {"shape": _PATTERNS[n], "solidity": 0.25}},
                customdata=[f"{span}: {count:,.0f}" for span, count in zip(spans, bar.counts, strict=True)],
                hovertemplate="%{customdata} (%{y:.1%})<extra>%{fullData.name}</extra>",
            )
        )
    figure.update_layout(barmode="group", bargap=0.12, bargroupgap=0.04)
    figure.update_xaxes(title=across, range=[float(edges[0]), float(edges[-1])], tickformat=".1f")
    figure.update_yaxes(title="Share of the verdict's labels", rangemode="tozero")
    return _dressed(figure, height, percent_across=False)


def _note(figure: go.Figure, text: str, **place: object) -> None:
    figure.add_annotation(text=text, showarrow=False, font={"size": 12, "color": _GUIDE}, **place)


def _dressed(figure: go.Figure, height: int, *, percent_across: bool = True) -> go.Figure:
    if percent_across:
        figure.update_xaxes(tickformat=".0%")
    figure.update_yaxes(tickformat=".0%", zeroline=False)
    figure.update_xaxes(zeroline=False)
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "x": 0, "y": 1.02, "xanchor": "left", "yanchor": "bottom", "title": {"text": ""}},
        hovermode="closest",
    )
    return figure

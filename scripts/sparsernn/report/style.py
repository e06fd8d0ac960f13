"""One style for every figure: fonts, colours, panels, and files with the same bytes in every run.

Figures are plain `matplotlib.figure.Figure` objects: nothing is registered with pyplot, so nothing
leaks from one figure to the next.
"""

import io
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import matplotlib.style
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sparsernn.errors import InputError
from sparsernn.files.whole import write_bytes

__all__ = [
    "CELL_COLOURS",
    "GREY",
    "MM",
    "WIDTH",
    "Drawn",
    "blank",
    "family_styles",
    "legend",
    "note",
    "panels",
    "save",
    "style",
    "whole_ticks",
]

Drawn = tuple[Figure, pd.DataFrame]
"""A figure and the table of what is drawn in it."""

MM = 1 / 25.4  # inches
WIDTH = 160 * MM  # text width of an A4 page
GREY = "#767676"  # the lightest grey that reads on white
# Okabe and Ito's colours, which the colour-blind can tell apart.
CELL_COLOURS = {"rnn_tanh": "#E69F00", "rnn_relu": "#009E73", "lstm": "#56B4E9", "gru": "#CC79A7"}
_FAMILY_STYLES = {"barabasi_albert": ("#0072B2", "o"), "watts_strogatz": ("#D55E00", "^")}
# Six colours and seven markers have no common divisor: 42 pairs before the first comes again.
_MORE_COLOURS = ("#009E73", "#CC79A7", "#000000", "#E69F00", "#56B4E9", "#7F3C8D")
_MORE_MARKERS = ("s", "D", "v", "P", "X", "<", ">")
_RC = {
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7.5,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#E4E4E4",
    "grid.linewidth": 0.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.size": 1.5,
    "ytick.minor.size": 1.5,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "lines.linewidth": 1.3,
    "lines.markersize": 4,
    "legend.frameon": False,
    "savefig.dpi": 200,
    "pdf.fonttype": 42,  # TrueType: text that can be searched and copied
    "svg.hashsalt": "sparsernn",
    "text.parse_math": False,  # a name with a dollar sign is a name
}
_NO_DATES: dict[str, dict[str, None]] = {
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "svg": {"Date": None, "Creator": None},
    "png": {"Software": None},
}


@contextmanager
def style() -> Iterator[None]:
    """The project's style, over matplotlib's defaults: a user's matplotlibrc changes nothing.

    Example:
        >>> with style():
        ...     matplotlib.rcParams["pdf.fonttype"]
        42
    """
    with matplotlib.style.context(_RC, after_reset=True):
        yield


def save(figure: Figure, path: str | os.PathLike[str]) -> None:
    """Write a figure, whole or not at all, with the same bytes in every run.

    Args:
        figure: drawn under `style()`.
        path: ends in .pdf, .svg or .png.

    Raises:
        InputError: another ending.
    """
    kind = Path(path).suffix.lstrip(".")
    if kind not in _NO_DATES:
        raise InputError(f"figure {path}: the name must end in .pdf, .svg or .png.")
    buffer = io.BytesIO()
    with style():
        figure.savefig(buffer, format=kind, metadata=_NO_DATES[kind])
    write_bytes(buffer.getvalue(), path)


def family_styles(families: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Colour and marker of each family: fixed for the thesis's two, by name for others.

    Example:
        >>> family_styles(["mine", "barabasi_albert"])
        {'barabasi_albert': ('#0072B2', 'o'), 'mine': ('#009E73', 's')}
    """
    present = set(families)
    styles = {name: pair for name, pair in _FAMILY_STYLES.items() if name in present}
    for index, name in enumerate(sorted(present - set(_FAMILY_STYLES))):
        colour = _MORE_COLOURS[index % len(_MORE_COLOURS)]
        styles[name] = (colour, _MORE_MARKERS[index % len(_MORE_MARKERS)])
    return styles


def panels(
    count: int,
    height: float,
    columns: int | None = None,
    sharex: bool = True,
    sharey: bool | Literal["row"] = True,
) -> tuple[Figure, list[Axes]]:
    """A figure of text width with `count` panels and no empty ones.

    Args:
        count: number of panels, at least 1.
        height: of a row, in mm.
        columns: panels in a row; by default 2 for four panels, else up to 3.
        sharex: whether the panels have one x axis.
        sharey: whether they have one y axis, or one in each row.
    """
    columns = columns or (2 if count == 4 else min(count, 3))
    rows = -(-count // columns)
    figure = Figure(figsize=(WIDTH, rows * height * MM), layout="constrained")
    grid = figure.subplots(rows, columns, sharex=sharex, sharey=sharey, squeeze=False)
    axes = list(grid.flat)
    for ax in axes[count:]:
        ax.remove()
    for ax in axes[max(count - columns, 0) : count]:  # the lowest of each column
        ax.tick_params(labelbottom=True)
    return figure, axes[:count]


def blank(message: str) -> Figure:
    """A figure that says why there is nothing to show."""
    figure = Figure(figsize=(WIDTH, 30 * MM), layout="constrained")
    figure.text(0.5, 0.5, message, ha="center", va="center", color=GREY)
    return figure


def note(ax: Axes, message: str) -> None:
    """Say in an empty panel why it is empty."""
    look = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    place = ax.transAxes
    ax.text(0.5, 0.5, message, transform=place, ha="center", va="center", color=GREY, bbox=look)


def legend(figure: Figure, handles: Sequence[Artist]) -> None:
    """One legend above all panels, in as many columns as its longest entry allows.

    The figure grows by the height of further rows, so that its panels do not shrink.
    """
    longest = max(len(str(handle.get_label())) for handle in handles)
    columns = max(1, min(len(handles), 96 // (longest + 8)))
    width, height = figure.get_size_inches()
    figure.set_size_inches(width, height + 4.5 * MM * (-(-len(handles) // columns) - 1))
    figure.legend(handles=handles, loc="outside upper left", ncols=columns)


def whole_ticks(axis: Axis) -> None:
    """Ticks at whole numbers (epochs, letters, strings), be it a single one."""
    axis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10], min_n_ticks=1))

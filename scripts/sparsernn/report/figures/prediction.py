"""Figures of the regressions: how well accuracy is predicted, and by which terms."""

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from sparsernn.report import style
from sparsernn.report.axes import interval, limits, whole
from sparsernn.report.words import cell_name, cells_of, number, property_name

__all__ = ["ols_coefficients", "prediction_r2"]

_FLOOR = -1.0  # R² is unbounded below: what is lower is drawn here, its value written beside
# Colour, marker, offset from the regressor's line, words.
_SCHEMES = {
    "cross_validation": ("#0072B2", "o", -0.28, "cross-validation"),
    "thesis_split": ("#D55E00", "s", 0.0, "single split"),
    "thesis": ("black", "D", 0.28, "thesis"),
}


@style.style()
def prediction_r2(
    prediction: pd.DataFrame,
    published: pd.DataFrame | None = None,
    every_prediction: pd.DataFrame | None = None,
) -> style.Drawn:
    """R² of each regressor on held-out networks, by scheme and cell.

    Args:
        prediction: columns cell, regressor, scheme, r2, low, high.
        published: columns cell, regressor, r2, of the single split; may be lacking or have no rows.
        every_prediction: those of all protocols, which the axis has room for.
    """
    columns = ["cell", "regressor", "scheme", "r2", "low", "high"]
    data = prediction[columns].reset_index(drop=True)
    if published is not None and len(published):
        asked = prediction[["cell", "regressor"]].drop_duplicates()
        printed = published.astype({"r2": float}).merge(asked, on=["cell", "regressor"])
        printed = printed.assign(scheme="thesis", low=np.nan, high=np.nan)
        data = pd.concat([data, printed[columns]], ignore_index=True)
    cells, regressors = cells_of(data), list(dict.fromkeys(data["regressor"]))
    if not cells:
        return style.blank("No predictions."), data
    figure, axes = style.panels(len(cells), height=22 + 11 * len(regressors))
    axes[0].set_xlim(_r2_limits(pd.concat([data, whole(prediction, every_prediction)])))
    axes[0].xaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
    axes[0].set_yticks(range(len(regressors)), labels=regressors)
    axes[0].set_ylim(len(regressors) - 0.5, -0.5)
    for ax, cell in zip(axes, cells, strict=True):
        rows = data[data["cell"] == cell]
        ax.axvline(0, color=style.GREY, lw=0.8)
        for scheme, look in _SCHEMES.items():
            _r2_points(ax, rows[rows["scheme"] == scheme], regressors, look)
        ax.set_title(cell_name(cell))
    figure.supxlabel("R²", fontsize=8)
    present = set(data["scheme"])
    style.legend(figure, [_handle(look) for name, look in _SCHEMES.items() if name in present])
    return figure, data


def _r2_limits(shown: pd.DataFrame) -> tuple[float, float]:
    """From the lowest value, but not far below the floor, to 1, with room for markers."""
    low = shown[["r2", "low"]].astype(float).min(axis=None)
    return limits([max(low, _FLOOR) if low < 0 else 0.0, 1.0])


def _r2_points(
    ax: Axes, rows: pd.DataFrame, regressors: list[str], look: tuple[str, str, float, str]
) -> None:
    colour, marker, offset, words = look
    face, size = ("none", 6) if words == "thesis" else (colour, 4)
    for row in rows.to_dict("records"):
        y = regressors.index(row["regressor"]) + offset
        if pd.isna(row["r2"]):
            _words(ax, 0.03, y, "no value", colour)
            continue
        interval(ax, row["low"], row["high"], y, colour)
        if row["r2"] >= _FLOOR:
            ax.plot(row["r2"], y, marker, color=colour, mfc=face, ms=size, mew=0.8)
            continue
        interval(ax, row["r2"], row["r2"], y, colour)
        _words(ax, 0.06, y, number(row["r2"], 1), colour)


def _words(ax: Axes, x: float, y: float, words: str, colour: str) -> None:
    """Small words at `x` (share of the axis) that hide what is behind them."""
    behind = {"facecolor": "white", "edgecolor": "none", "pad": 0.3}
    place = ax.get_yaxis_transform()
    ax.text(x, y, words, transform=place, va="center", fontsize=7, color=colour, bbox=behind)


def _handle(look: tuple[str, str, float, str]) -> Line2D:
    colour, marker, _, words = look
    handle = Line2D([], [], ls="", marker=marker, color=colour, label=words)
    if words == "thesis":
        handle.set(markerfacecolor="none", markersize=6, markeredgewidth=0.8)
    return handle


@style.style()
def ols_coefficients(
    coefficients: pd.DataFrame, every_coefficients: pd.DataFrame | None = None
) -> style.Drawn:
    """Coefficients of the linear regression with their intervals, a panel for each term.

    Args:
        coefficients: columns cell, term, estimate, low, high. The intercept is left out.
        every_coefficients: those of all protocols, which the axes have room for.
    """
    chosen = ~coefficients["term"].isin(["const", "intercept", "Intercept"])
    data = coefficients.loc[chosen, ["cell", "term", "estimate", "low", "high"]]
    data = data.reset_index(drop=True)
    cells, terms = cells_of(data), list(dict.fromkeys(data["term"]))
    if not terms:
        return style.blank("No coefficients."), data
    every = whole(coefficients, every_coefficients)
    figure, axes = style.panels(len(terms), height=22 + 6 * len(cells), sharex=False)
    axes[0].set_yticks(range(len(cells)), labels=[cell_name(cell) for cell in cells])
    axes[0].set_ylim(len(cells) - 0.5, -0.5)
    for ax, term in zip(axes, terms, strict=True):
        ax.axvline(0, color=style.GREY, lw=0.8)
        shown = every.loc[every["term"] == term, ["estimate", "low", "high"]]
        ax.set_xlim(limits([0.0, *shown.to_numpy(dtype=float).ravel()]))
        rows = data[data["term"] == term].dropna(subset=["estimate"])
        for row in rows.to_dict("records"):
            y, colour = cells.index(row["cell"]), style.CELL_COLOURS.get(row["cell"], "#0072B2")
            interval(ax, row["low"], row["high"], y, colour, wide=1.5)
            face = colour if row["low"] > 0 or row["high"] < 0 else "white"
            ax.plot(row["estimate"], y, "o", color=colour, mfc=face, ms=5)
        ax.set_title(textwrap.fill(property_name(term), 30))
        ax.locator_params(axis="x", nbins=4)
        ax.tick_params(labelbottom=True)
        if rows.empty:
            style.note(ax, "not estimated")
    figure.supxlabel("coefficient and its confidence interval", fontsize=8)
    return figure, data

"""Figures of the regressions: how well accuracy is predicted, and by which terms."""

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sparsernn.report import style
from sparsernn.report.words import cell_name, property_name

__all__ = ["ols_coefficients", "prediction_r2"]

_FLOOR = -1.0  # R² is unbounded below: what is lower is drawn here, its value written beside
# Colour, marker, offset from the regressor's line, words.
_SCHEMES = {
    "cross_validation": ("#0072B2", "o", -0.28, "cross-validation"),
    "thesis_split": ("#D55E00", "s", 0.0, "single split"),
    "published": ("black", "D", 0.28, "published"),
}


@style.style()
def prediction_r2(prediction: pd.DataFrame, published: pd.DataFrame) -> style.Drawn:
    """R² of each regressor on held-out networks, by scheme and cell.

    Args:
        prediction: columns cell, regressor, scheme, r2, low, high.
        published: columns cell, regressor, r2, of the single split; may have no rows.
    """
    columns = ["cell", "regressor", "scheme", "r2", "low", "high"]
    asked = prediction[["cell", "regressor"]].drop_duplicates()
    printed = published.astype({"r2": float}).merge(asked, on=["cell", "regressor"])
    printed = printed.assign(scheme="published", low=np.nan, high=np.nan)
    data = pd.concat([prediction[columns], printed[columns]], ignore_index=True)
    cells, regressors = style.cells_of(data), list(dict.fromkeys(data["regressor"]))
    if not cells:
        return style.blank("No predictions."), data
    figure, axes = style.panels(len(cells), height=22 + 11 * len(regressors))
    for ax, cell in zip(axes, cells, strict=True):
        rows = data[data["cell"] == cell]
        ax.axvline(0, color=style.GREY, lw=0.8)
        for scheme, look in _SCHEMES.items():
            _r2_points(ax, rows[rows["scheme"] == scheme], regressors, look)
        ax.set_title(cell_name(cell))
    low = data[["r2", "low"]].min(axis=None)
    left = _FLOOR - 0.12 if low < _FLOOR else min(-0.1, low - 0.05) if low < 0 else -0.1
    axes[0].set_xlim(left, 1.02)
    axes[0].set_yticks(range(len(regressors)), labels=regressors)
    axes[0].set_ylim(len(regressors) - 0.5, -0.5)
    figure.supxlabel("R²", fontsize=8)
    present = set(data["scheme"])
    style.legend(figure, [_handle(look) for name, look in _SCHEMES.items() if name in present])
    return figure, data


def _r2_points(
    ax: Axes, rows: pd.DataFrame, regressors: list[str], look: tuple[str, str, float, str]
) -> None:
    colour, marker, offset, words = look
    face, size = ("none", 6) if words == "published" else (colour, 4)
    for row in rows.to_dict("records"):
        y = regressors.index(row["regressor"]) + offset
        if pd.isna(row["r2"]):
            _words(ax, 0.03, y, "no value", colour)
            continue
        if pd.notna(row["low"]):
            ax.plot([max(row["low"], 2 * _FLOOR), row["high"]], [y, y], color=colour, lw=1)
        if row["r2"] >= _FLOOR:
            ax.plot(row["r2"], y, marker, color=colour, mfc=face, ms=size, mew=0.8)
            continue
        ax.plot(_FLOOR, y, "<", color=colour)
        _words(ax, 0.09, y, style.number(row["r2"], 1), colour)


def _words(ax: Axes, x: float, y: float, words: str, colour: str) -> None:
    """Small words at `x` (share of the axis) that hide what is behind them."""
    behind = {"facecolor": "white", "edgecolor": "none", "pad": 0.3}
    place = ax.get_yaxis_transform()
    ax.text(x, y, words, transform=place, va="center", fontsize=7, color=colour, bbox=behind)


def _handle(look: tuple[str, str, float, str]) -> Line2D:
    colour, marker, _, words = look
    handle = Line2D([], [], ls="", marker=marker, color=colour, label=words)
    if words == "published":
        handle.set(markerfacecolor="none", markersize=6, markeredgewidth=0.8)
    return handle


@style.style()
def ols_coefficients(coefficients: pd.DataFrame) -> style.Drawn:
    """Coefficients of the linear regression with their intervals, a panel for each term.

    Args:
        coefficients: columns cell, term, estimate, low, high. The intercept is left out.
    """
    chosen = ~coefficients["term"].isin(["const", "intercept", "Intercept"])
    data = coefficients.loc[chosen, ["cell", "term", "estimate", "low", "high"]]
    data = data.reset_index(drop=True)
    cells, terms = style.cells_of(data), list(dict.fromkeys(data["term"]))
    if not terms:
        return style.blank("No coefficients."), data
    figure, axes = style.panels(len(terms), height=22 + 6 * len(cells), sharex=False)
    for ax, term in zip(axes, terms, strict=True):
        ax.axvline(0, color=style.GREY, lw=0.8)
        rows = data[data["term"] == term]
        for row in rows.dropna(subset=["estimate"]).to_dict("records"):
            y, colour = cells.index(row["cell"]), style.CELL_COLOURS.get(row["cell"], "#0072B2")
            ax.plot([row["low"], row["high"]], [y, y], color=colour, lw=1.5)
            face = colour if row["low"] > 0 or row["high"] < 0 else "white"
            ax.plot(row["estimate"], y, "o", color=colour, mfc=face, ms=5)
        ax.set_title(textwrap.fill(property_name(term), 30))
        ax.locator_params(axis="x", nbins=4)
        ax.tick_params(labelbottom=True)
        if rows["estimate"].isna().all():
            style.note(ax, "not estimated")
    axes[0].set_yticks(range(len(cells)), labels=[cell_name(cell) for cell in cells])
    axes[0].set_ylim(len(cells) - 0.5, -0.5)
    figure.supxlabel("coefficient and its confidence interval", fontsize=8)
    return figure, data

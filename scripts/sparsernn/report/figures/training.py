"""Figures of the data set and of the dense networks' training."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import StrMethodFormatter

from sparsernn.data.strings import labels_of
from sparsernn.report import style
from sparsernn.report.axes import accuracy_axis, whole
from sparsernn.report.bands import band, over_seeds
from sparsernn.report.words import cell_name, cells_of

__all__ = ["dataset_counts", "dataset_lengths", "dataset_letters", "dense_training"]

_SPLITS = {"train": "#0072B2", "test": "#E69F00"}
_MAX_GRAMMARS = 20  # bars
_MAX_COLUMNS = 4  # of panels


@style.style()
def dataset_counts(strings: pd.DataFrame) -> style.Drawn:
    """Numbers of strings by class and by grammar, in the training and the test set.

    Of more than 20 grammars the smallest are drawn as one.

    Args:
        strings: columns string, split and, where they are known, valid or label, and grammar.
    """
    labels = _labels(strings)
    ranks = {label: i for i, label in enumerate(_ordered(labels))}
    labelled = strings.assign(label=_few(labels), rank=labels.map(ranks))
    groups = ["label"]
    if "grammar" in strings:
        labelled["grammar"] = _few(strings["grammar"])
        groups += ["grammar"] if strings["grammar"].nunique() > 2 else []
    labelled = labelled.sort_values(["rank", *groups[1:]], kind="stable")
    data = pd.concat(
        labelled.rename(columns={group: "name"})
        .groupby(["name", "split"], sort=False)
        .size()
        .reset_index(name="strings")
        .assign(group=group)
        for group in groups
    )[["group", "name", "split", "strings"]].reset_index(drop=True)
    if data.empty:
        return style.blank("No strings."), data
    sizes = [data.loc[data["group"] == group, "name"].nunique() for group in groups]
    figure = Figure(figsize=(style.WIDTH, (22 + 14 * len(groups) + 7 * sum(sizes)) * style.MM))
    figure.set_layout_engine("constrained")
    column = figure.subplots(len(groups), 1, height_ratios=[n + 1 for n in sizes], squeeze=False)
    for ax, group in zip(column[:, 0], groups, strict=True):
        rows = data[data["group"] == group]
        _stacked(ax, rows.pivot(index="name", columns="split", values="strings").fillna(0), rows)
        style.whole_ticks(ax.xaxis)
        ax.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    column[-1, 0].set_xlabel("strings")
    present = [split for split in _SPLITS if split in set(data["split"])]
    style.legend(figure, [_swatch(_SPLITS[split], split) for split in present])
    return figure, data


def _labels(strings: pd.DataFrame) -> pd.Series:
    """The class of each string, in words; the same for all where they have none."""
    labels = labels_of(strings)
    return strings["string"].map(lambda _: "strings") if labels is None else labels


def _ordered(labels: pd.Series) -> list[str]:
    """The classes in order: valid before invalid, others by name."""
    return sorted(set(labels), key=lambda label: (label == "invalid", label))


def _few(grammars: pd.Series) -> pd.Series:
    """Replace the rarest of many grammars by one name, as each grammar has a bar."""
    counts = grammars.value_counts()
    if len(counts) <= _MAX_GRAMMARS:
        return grammars
    frequent = counts.index[: _MAX_GRAMMARS - 1]
    others = f"{len(counts) - len(frequent):,} others"
    return grammars.where(grammars.isin(frequent), others)


def _stacked(ax: Axes, counts: pd.DataFrame, rows: pd.DataFrame) -> None:
    """Draw stacked bars of the splits, with the number in each part and the sum behind it."""
    names = list(dict.fromkeys(rows["name"]))
    counts = counts.loc[names]
    total = counts.sum(axis=1).to_numpy()
    left = np.zeros(len(names))
    for split in (split for split in _SPLITS if split in counts):
        widths = counts[split].to_numpy()
        ax.barh(names, widths, left=left, color=_SPLITS[split], height=0.7)
        for y, (start, width) in enumerate(zip(left, widths, strict=True)):
            if width > 0.09 * total.max():  # wide enough for its number
                colour = "white" if split == "train" else "black"
                middle = start + width / 2
                ax.text(middle, y, f"{width:,.0f}", ha="center", va="center", color=colour)
        left += widths
    for y, value in enumerate(total):
        ax.text(value, y, f"  {value:,.0f}", va="center", color=style.GREY)
    ax.set_xlim(0, 1.12 * total.max())
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)


def _swatch(colour: str, label: str) -> Line2D:
    return Line2D([], [], color=colour, linewidth=6, label=label)


@style.style()
def dataset_lengths(strings: pd.DataFrame) -> style.Drawn:
    """Histograms of the strings' lengths: all, training and test set, valid and invalid.

    Args:
        strings: columns string, split and, where they are known, valid or label.
    """
    lengths = strings["string"].str.len()
    every = range(int(lengths.min()), int(lengths.max()) + 1) if len(strings) else range(0)
    data = _by_subset(strings.assign(length=lengths), "length", every, "strings")
    if data.empty:
        return style.blank("No strings."), data
    figure, shown = _subset_panels(data, "strings")
    for ax, rows, colour in shown:
        edges = np.append(rows["length"], rows["length"].max() + 1) - 0.5
        ax.stairs(rows["strings"], edges, fill=True, color=colour)
        style.whole_ticks(ax.xaxis)
    figure.supxlabel("length (letters)", fontsize=8)
    return figure, data


@style.style()
def dataset_letters(strings: pd.DataFrame) -> style.Drawn:
    """How often each letter occurs: all strings, training and test set, valid and invalid.

    Args:
        strings: columns string, split and, where they are known, valid or label.
    """
    spelt = strings.assign(letter=strings["string"].map(list)).explode("letter")
    every = sorted(spelt["letter"].dropna().unique())
    data = _by_subset(spelt.dropna(subset=["letter"]), "letter", every, "letters")
    if data.empty:
        return style.blank("No strings."), data
    figure, shown = _subset_panels(data, "letters")
    for ax, rows, colour in shown:
        ax.bar(rows["letter"], rows["letters"], color=colour, width=0.8)
        ax.grid(axis="x", visible=False)
        ax.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    figure.supxlabel("letter", fontsize=8)
    return figure, data


def _by_subset(frame: pd.DataFrame, key: str, every: Iterable[object], what: str) -> pd.DataFrame:
    """How often each value of `key` occurs, by subset (all, train, test) and label."""
    subsets = {"all": pd.Series(True, index=frame.index)}
    subsets |= {split: frame["split"] == split for split in _SPLITS}
    found = _labels(frame)
    if found.nunique() > _MAX_COLUMNS:
        found = found.map(lambda _: "all classes")
    labels = _ordered(found)
    return pd.DataFrame(
        [
            (subset, label, value, int(count))
            for subset, chosen in subsets.items()
            for label in labels
            if chosen.any()
            for value, count in frame.loc[chosen & (found == label), key]
            .value_counts()
            .reindex(every, fill_value=0)
            .items()
        ],
        columns=["subset", "label", key, what],
    )


def _subset_panels(
    data: pd.DataFrame, what: str
) -> tuple[Figure, list[tuple[Axes, pd.DataFrame, str]]]:
    """A row of panels for each subset, a column for each label; the rows and colour of each."""
    groups = list(data.groupby(["subset", "label"], sort=False))
    figure, axes = style.panels(
        len(groups), height=42, columns=data["label"].nunique(), sharey="row"
    )
    shown = []
    for ax, ((subset, label), rows) in zip(axes, groups, strict=True):
        ax.set_title(f"{subset}, {label} (n = {rows[what].sum():,})")
        style.whole_ticks(ax.yaxis)
        if rows[what].sum() == 0:
            style.note(ax, "no strings")
        shown.append((ax, rows, _SPLITS.get(str(subset), style.GREY)))
    figure.supylabel(what, fontsize=8)
    return figure, shown


@style.style()
def dense_training(history: pd.DataFrame, every_history: pd.DataFrame | None = None) -> style.Drawn:
    """Training and test accuracy of the dense networks by epoch.

    Args:
        history: columns cell, seed, epoch, train_acc, test_acc.
        every_history: that of all protocols, which the axis has room for.
    """
    tidy = history.melt(["cell", "seed", "epoch"], ["train_acc", "test_acc"], "split", "accuracy")
    tidy["split"] = tidy["split"].str.removesuffix("_acc")
    data = over_seeds(tidy, ["cell", "split", "epoch"], "accuracy")
    cells = cells_of(history)
    if not cells:
        return style.blank("No dense networks."), data
    figure, axes = style.panels(len(cells), height=62)
    every = whole(history, every_history)
    accuracy_axis(axes[0], [*every["test_acc"], *every["train_acc"]])
    for ax, cell in zip(axes, cells, strict=True):
        rows = data[data["cell"] == cell]
        for split, points in rows.groupby("split", sort=False):
            dashes, colour = _curve(cell, str(split))
            band(ax, points["epoch"], points, style.GREY if split == "train" else colour)
            marker = "." if len(points) < 10 else None  # a single epoch has no line
            ax.plot(points["epoch"], points["median"], dashes, color=colour, marker=marker, lw=1)
        ax.set_title(cell_name(cell))
        style.whole_ticks(ax.xaxis)
        if rows.empty:
            style.note(ax, "diverged in the first epoch")
    figure.supxlabel("epoch", fontsize=8)
    figure.supylabel("accuracy", fontsize=8)
    handles = [Line2D([], [], color=style.GREY, ls="-", label="test")]
    style.legend(figure, [*handles, Line2D([], [], color="black", ls="--", label="train")])
    return figure, data


def _curve(cell: str, split: str) -> tuple[str, str]:
    """Line style and colour: the test set in the cell's colour, the training set in black."""
    return ("--", "black") if split == "train" else ("-", style.CELL_COLOURS.get(cell, "#0072B2"))

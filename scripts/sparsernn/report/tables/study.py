"""The tables of the study: each a function of tidy tables that returns one, to be read by people.

A row of a result has its keys, a value, low and high (its interval or range, where it has one) and
published (the thesis's value, where it gives one). `write` makes a CSV file of it in full, and
Markdown and LaTeX with rounded numbers.
"""

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from sparsernn.analysis.regain import NEVER
from sparsernn.files.tables import write_csv
from sparsernn.files.whole import write_text
from sparsernn.report.style import cells_of, number
from sparsernn.report.tables.formats import FORMATS
from sparsernn.report.tables.regain import epochs_to_regain, safe_percent
from sparsernn.report.words import cell_name, family_name, property_name, target_name

__all__ = [
    "TABLES",
    "Table",
    "dataset",
    "dense_networks",
    "feature_importance",
    "parameters",
    "pearson",
    "pruning_accuracy",
    "r2",
    "write",
]

_WORDS = {
    "r2": "R²",
    "bayesian_ridge": "Bayesian ridge",
    "adaboost": "AdaBoost",
    "test_acc": "test accuracy",
    "train_acc": "training accuracy",
    "random": "random mask",
    "weights": "recurrent weights",
    "only_node_edge": "only nodes and edges",
    "without_node_edge": "without nodes and edges",
    "only_var": "only variances",
    "one_shot": "one-shot",
    "pruned": "right after pruning",
}


def dataset(strings: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """Numbers of strings by label and split, and their sums.

    Args:
        strings: columns valid, split.
        published: columns label, split, strings.

    Returns:
        Columns label, split, value, published.
    """
    labels = strings["valid"].map({1: "valid", 0: "invalid"}).rename("label")
    ours = strings.groupby([labels, "split"]).size().rename("value").reset_index()
    theirs = published.rename(columns={"strings": "published"})
    table = ours.merge(theirs, how="left", on=["label", "split"])
    for key in ("label", "split"):
        other = "split" if key == "label" else "label"
        sums = table.groupby(other)[["value", "published"]].sum(min_count=1).reset_index()
        table = pd.concat([table, sums.assign(**{key: "all"})], ignore_index=True)
    rank = {name: i for i, name in enumerate(["valid", "invalid", "train", "test", "all"])}
    return table.sort_values(["label", "split"], key=lambda names: names.map(rank))


def dense_networks(networks: pd.DataFrame) -> pd.DataFrame:
    """Accuracy and size of the dense networks: median and range over seeds.

    Args:
        networks: columns cell, train_acc, test_acc, parameters, weights.

    Returns:
        Columns quantity, cell, value, low, high.
    """
    quantities = ["test_acc", "train_acc", "parameters", "weights"]
    long = networks.melt("cell", quantities, var_name="quantity", value_name="number")
    return _spread(long, ["quantity", "cell"], "number")


def pruning_accuracy(history: pd.DataFrame, published: pd.DataFrame, target: str) -> pd.DataFrame:
    """Test accuracy right after pruning: median and range over seeds.

    Args:
        history: of pruning; columns cell, schedule, target, percent, epoch, test_acc.
        published: columns cell, target, percent, accuracy; of the one-shot schedule.
        target: which weights were pruned.

    Returns:
        Columns schedule, percent, cell, value, low, high, published.
    """
    after = history[(history["target"] == target) & (history["epoch"] == 0)]
    after = after[after["percent"] > 0]  # a control retrains without pruning
    ours = _spread(after, ["schedule", "percent", "cell"], "test_acc")
    theirs = published[published["target"] == target].assign(schedule="one_shot")
    theirs = theirs.rename(columns={"accuracy": "published"}).drop(columns="target")
    percents = {"percent": float}  # a table without rows has no types
    keys = ["schedule", "percent", "cell"]
    return ours.astype(percents).merge(theirs.astype(percents), how="left", on=keys)


def pearson(correlations: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """Pearson's r of test accuracy with each property, with its confidence interval.

    Args:
        correlations: columns cell, property, r, low, high.
        published: columns cell, property, r.

    Returns:
        Columns property, cell, value, low, high, published.
    """
    return _beside(correlations, published, ["property", "cell"], "r")


def r2(prediction: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """R² of each regressor on graphs held out, with its interval.

    Args:
        prediction: columns cell, regressor, scheme, r2, low, high.
        published: columns cell, regressor, r2; of the thesis's split.

    Returns:
        Columns scheme, regressor, cell, value, low, high, published.
    """
    theirs = published.assign(scheme="thesis_split")
    table = _beside(prediction, theirs, ["scheme", "regressor", "cell"], "r2")
    return table.sort_values("scheme", ascending=False, kind="stable")


def feature_importance(
    scores: pd.DataFrame,
    importances: pd.DataFrame,
    published_scores: pd.DataFrame,
    published_importances: pd.DataFrame,
    cell: str,
) -> pd.DataFrame:
    """R² of a random forest on sets of features, and what it relies on: range over its draws.

    Args:
        scores: columns cell, regressor, features, r2, seeds_low, seeds_high.
        importances: columns cell, features, property, importance, seeds_low, seeds_high.
        published_scores: columns cell, features, r2.
        published_importances: columns cell, features, property, importance.
        cell: whose networks are predicted.

    Returns:
        Columns property (`r2` in the rows of R²), features, value, low, high, published.
    """
    forest = scores[scores["regressor"] == "random_forest"].assign(property="r2")
    draws = {"seeds_low": "low", "seeds_high": "high"}
    keys = ["property", "features", "cell"]
    fitted = _beside(
        forest.drop(columns=["low", "high"], errors="ignore").rename(columns=draws),
        published_scores.assign(property="r2"),
        keys,
        "r2",
    )
    relied = _beside(importances.rename(columns=draws), published_importances, keys, "importance")
    table = pd.concat([fitted, relied], ignore_index=True)
    return table[table["cell"] == cell].drop(columns="cell")


def parameters(dense: pd.DataFrame, pruning: pd.DataFrame, sparse: pd.DataFrame) -> pd.DataFrame:
    """Parameters that exist, of dense, pruned and sparse networks: median and range.

    Args:
        dense: columns cell, parameters.
        pruning: columns cell, target, percent, parameters.
        sparse: columns cell, family, parameters.

    Returns:
        Columns network, cell, value, low, high.
    """
    pruning = pruning[pruning["percent"] > 0]  # a control retrains without pruning
    pruned = pruning["target"].map(target_name) + pruning["percent"].map(", {:g} %".format)
    named = [
        dense.assign(network="dense"),
        pruning.assign(network=pruned),
        sparse.assign(network=sparse["family"].map(family_name)),
    ]
    return _spread(pd.concat(named), ["network", "cell"], "parameters")


def _spread(frame: pd.DataFrame, keys: list[str], column: str) -> pd.DataFrame:
    """Median and range of a column, in the order in which the keys appear."""
    groups = frame.dropna(subset=[column]).groupby(keys, sort=False)[column]
    return groups.agg(value="median", low="min", high="max").reset_index()


def _beside(ours: pd.DataFrame, theirs: pd.DataFrame, keys: list[str], column: str) -> pd.DataFrame:
    """Our values with their intervals, and the published ones beside them."""
    named = ours.rename(columns={column: "value"})[[*keys, "value", "low", "high"]]
    printed = theirs.rename(columns={column: "published"})[[*keys, "published"]]
    return named.merge(printed, how="left", on=keys)


@dataclass(frozen=True)
class Table:
    """A kind of table.

    Args:
        make: from tidy tables to the result.
        title: heading; may hold the fields `{target}` and `{cell}`.
        caption: what the values are, what the brackets mean.
        rows: key columns that lead a row.
        columns: the key column that is spread over the columns.
        digits: decimals of numbers below 100; larger ones are printed whole.
    """

    make: Callable[..., pd.DataFrame]
    title: str
    caption: str
    rows: tuple[str, ...]
    columns: str
    digits: int


_PUBLISHED = "in parentheses, the published thesis's value, where it gives one"
_RANGE = "median [range] over seeds"
TABLES: Mapping[str, Table] = MappingProxyType(
    {
        "dataset": Table(
            dataset,
            "Strings by class and split",
            f"Number of strings; {_PUBLISHED}.",
            ("label",),
            "split",
            0,
        ),
        "dense_networks": Table(
            dense_networks,
            "Dense networks",
            "Accuracy (share of strings classified correctly) after the last epoch, number of "
            f"parameters, and of the recurrent weights among them: {_RANGE}.",
            ("quantity",),
            "cell",
            3,
        ),
        "pruning_accuracy": Table(
            pruning_accuracy,
            "Accuracy right after pruning {target}",
            "Test accuracy before any retraining, by percentage of those weights removed: "
            f"{_RANGE}; {_PUBLISHED}.",
            ("schedule", "percent"),
            "cell",
            3,
        ),
        "epochs_to_regain": Table(
            epochs_to_regain,
            "Epochs to regain accuracy after pruning {target}",
            "Epochs of retraining until test accuracy meets a rule: the dense network's but for so "
            f"much, or a fixed accuracy or more. {_RANGE[0].upper()}{_RANGE[1:]}, where never is "
            "later than every epoch; then, if they differ in it, how many of the seeds regained "
            "it. 0: right after pruning, without retraining.",
            ("rule", "schedule", "percent"),
            "cell",
            0,
        ),
        "safe_percent": Table(
            safe_percent,
            "Percentage that can be pruned safely",
            "The largest percentage of the target's weights at which, as at every smaller one, "
            "test accuracy meets a rule: the dense network's but for so much, or a fixed accuracy "
            f"or more. Right after pruning, and at the end of retraining: {_RANGE}.",
            ("rule", "measured", "target", "schedule"),
            "cell",
            0,
        ),
        "pearson": Table(
            pearson,
            "Correlation of graph properties with accuracy",
            f"Pearson's r with test accuracy over graphs [confidence interval]; {_PUBLISHED}.",
            ("property",),
            "cell",
            2,
        ),
        "r2": Table(
            r2,
            "Accuracy predicted from the graph's properties",
            "R² on graphs held out: of the thesis's split [bootstrap interval over those graphs], "
            f"of cross-validation the median [spread over its repeats]; {_PUBLISHED}.",
            ("scheme", "regressor"),
            "cell",
            2,
        ),
        "feature_importance": Table(
            feature_importance,
            "{cell}: what a random forest relies on",
            "R² on the thesis's split (median draw) and importance of each property (mean) of a "
            f"random forest on four sets of features [range over its draws]; {_PUBLISHED}.",
            ("property",),
            "features",
            2,
        ),
        "parameters": Table(
            parameters,
            "Number of parameters",
            "Parameters that exist, of dense networks, of pruned ones (by target and percentage "
            "of its weights removed) and of sparse ones by family: median [range].",
            ("network",),
            "cell",
            0,
        ),
    }
)


def heading(kind: str, protocol: str | None, target: str = "both", cell: str = "") -> str:
    """The title of one table; the arguments are those of `write`."""
    title = TABLES[kind].title.format(target=target_name(target), cell=cell_name(cell))
    return f"{title} (protocol: {protocol})" if protocol else title


def write(
    table: pd.DataFrame,
    kind: str,
    paths: Mapping[str, str | os.PathLike[str]],
    *,
    protocol: str | None = None,
    target: str = "both",
    cell: str = "",
) -> None:
    """Write a table as CSV (in full), Markdown, LaTeX and HTML (rounded, laid out to be read).

    The LaTeX file is a bare `tabular` with the rules of booktabs, title and caption in comments.

    Args:
        table: what the kind's function returned.
        kind: a key of `TABLES`.
        paths: of the files, by csv, md, tex and html.
        protocol: named behind the title where the table belongs to one.
        target: which weights were pruned, for the title.
        cell: whose networks are predicted, for the title.
    """
    layout, title = TABLES[kind], heading(kind, protocol, target=target, cell=cell)
    lines = _lines(table, layout)
    write_csv(table.replace(math.inf, NEVER), paths["csv"])
    for ending, typeset in FORMATS.items():
        write_text(typeset(title, layout.caption, lines, len(layout.rows)), paths[ending])


def _lines(table: pd.DataFrame, layout: Table) -> list[list[str]]:
    """The words of each cell, the heading first: keys, then an entry for each column."""
    across = list(dict.fromkeys(table[layout.columns]))
    if layout.columns == "cell":
        across = cells_of(table)
    entries: dict[tuple[object, ...], dict[object, str]] = {}
    for row in table.to_dict("records"):
        key = tuple(row[name] for name in layout.rows)
        entries.setdefault(key, {})[row[layout.columns]] = _entry(row, layout.digits)
    head = [*layout.rows, *(_word(layout.columns, name) for name in across)]
    body = [
        [_word(name, value) for name, value in zip(layout.rows, key, strict=True)]
        + [found.get(name, "") for name in across]
        for key, found in entries.items()
    ]
    return [head, *body]


def _entry(row: Mapping[str, float], digits: int) -> str:
    """`0.57 [0.46, 0.66] (0.57)` or `2 [0, never] 3/5`, as far as the values are there."""

    def shown(value: float) -> str:
        if math.isinf(value):
            return NEVER
        if value >= 100:
            return f"{value:,.0f}"
        return number(value, digits) if digits else f"{value:g}"  # a median may be a half

    words = "–" if pd.isna(row["value"]) else shown(row["value"])
    if pd.notna(row.get("low")) and row["low"] != row["high"]:  # no range of a single seed
        words += f" [{shown(row['low'])}, {shown(row['high'])}]"
    if 0 < row.get("regained", 0) < row["seeds"]:
        words += f" {row['regained']}/{row['seeds']}"
    return words if pd.isna(row.get("published")) else f"{words} ({shown(row['published'])})"


def _word(key: str, value: object) -> str:
    """What a key's value is called."""
    if key == "percent":
        return f"{value:g} %"
    name = str(value)
    names = {"cell": cell_name, "property": property_name, "target": target_name}
    return _WORDS.get(name) or names.get(key, lambda word: word.replace("_", " "))(name)

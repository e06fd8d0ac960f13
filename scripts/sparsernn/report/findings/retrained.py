"""After retraining: does it matter which weights were kept?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.report.finding import Finding, span
from sparsernn.report.words import cell_name

ORDER = 20
INPUTS = {
    "retraining": "analysis/retraining",
    "pruning": "pruning/networks",
}
_LEAST = 5  # seeds: of fewer, no difference is a finding
_ARMS = {
    "random_matched": "random masks with as many weights in every layer and gate",
    "random": "random masks",
    "started_anew": "the same masks with new weights",
    "small_dense": "a small dense network of as many weights",
    "retrained": "the dense network, trained on as long",
}


def retrained(tables: Mapping[str, pd.DataFrame]) -> Finding | None:
    """Magnitude pruning against its controls, after retraining."""
    rows = tables["retraining"]
    rows = rows[(rows["response"] == "test_acc") & (rows["pairs"] > 0)]
    controls = [arm for arm in ("random_matched", "random") if arm in set(rows["reference"])]
    if not controls or rows["pairs"].max() < _LEAST:
        return None
    main = rows[rows["reference"] == controls[0]]
    epochs = int(tables["pruning"]["epochs"].max())
    trained = f"{epochs} epoch{'s' * (epochs != 1)}"
    same = main[main["verdict"].isin(["equivalent", "both"])]
    better = main[(main["p_adjusted"] <= 0.05) & (main["mean"] > 0)]
    worse = main[(main["p_adjusted"] <= 0.05) & (main["mean"] < 0)]
    percents = span(main["percent"], unit=" %")
    return Finding(
        answer=f"After {trained} of retraining at {percents}, the weights that magnitude "
        f"keeps are worth {_points(main['mean'])} of accuracy more than {_ARMS[controls[0]]}: "
        f"within half a point in {len(same)} of {len(main)} comparisons, better beyond doubt in "
        f"{len(better)}, worse in {len(worse)}.",
        evidence=f"{int(main['pairs'].max())} seeds of each cell and protocol, compared in pairs "
        "that start from the same dense network. Intervals are bootstrap intervals over seeds; "
        "within half a point: both one-sided tests at 5 % (TOST). Beyond doubt: the sign-flip "
        "test, adjusted for all comparisons of a cell and protocol (Holm), which needs at least "
        "six seeds.",
        beside=" ".join(_control(rows, arm) for arm in _others(rows, controls)),
        confounds="Retraining is as long for all arms, so those that start from new weights have "
        "been trained for less in all. A small dense network has fewer units.",
        thesis="It retrained only networks pruned by magnitude, so it can't tell whether the "
        "choice of weights matters.",
        unknown="Other percentages, longer retraining, other tasks.",
        header=["compared with", "cell, protocol", "percent", "difference in points", "verdict"],
        rows=[_row(row) for row in rows.to_dict("records") if row["reference"] != "dense"],
        claims=("C113", "C114"),
    )


def _others(rows: pd.DataFrame, controls: list[str]) -> list[str]:
    return [arm for arm in _ARMS if arm in set(rows["reference"]) and arm != controls[0]]


def _control(rows: pd.DataFrame, arm: str) -> str:
    found = rows[rows["reference"] == arm]
    return f"Against {_ARMS[arm]}: {_points(found['mean'])} (pruned minus control)."


def _points(values: pd.Series) -> str:
    return span(100 * values, 1, " points")


def _row(row: dict[str, object]) -> list[str]:
    mean, low, high = (100 * float(str(row[name])) for name in ("mean", "low", "high"))
    ends = span([low, high], 1)
    return [
        _ARMS.get(str(row["reference"]), str(row["reference"])),
        f"{cell_name(str(row['cell']))}, {row['protocol']}",
        f"{row['percent']:g}",
        span([mean], 1) + ("" if ends == "–" else f" ({ends})"),
        str(row["verdict"]) if row["verdict"] == row["verdict"] else "–",
    ]

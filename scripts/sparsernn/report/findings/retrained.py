"""After retraining: does magnitude pruning still beat random masks?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.report.compared import is_sure, outcome, outcomes, points, verdict
from sparsernn.report.finding import Finding, counted, ends, span, with_ends
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
    pruned = tables["pruning"]
    epochs = int(pruned.loc[pruned["schedule"] == "one_shot", "epochs"].max())
    trained = f"{epochs} epoch{'s' * (epochs != 1)}"
    dense = rows[rows["reference"] == "dense"]
    return Finding(
        question="After retraining, does magnitude pruning still beat random masks?",
        answer=f"{verdict(main)} After {trained} of retraining, magnitude is {_ahead(main)}",
        detail=f"Pruned by {span(main['percent'], unit=' %')}; at random means "
        f"{_ARMS[controls[0]]}. Magnitude is {outcomes(main)}. Cells whose seeds differ much from "
        "each other can be ahead by some points and still be undecided.",
        evidence=f"{int(main['pairs'].max())} seeds of each cell and protocol, compared in pairs "
        "that start from the same dense network. Intervals are of Student's t over seeds. "
        "Significant: paired t-test, adjusted for all comparisons of a cell and protocol (Holm); "
        "within half a point: both one-sided t-tests at 5 %. Intervals are not adjusted, so one "
        "that leaves 0 out can be undecided; arms that are equal in every pair have none.",
        beside=" ".join(
            [
                *([f"Against the network before pruning: {_told(dense)}."] if len(dense) else []),
                *(_control(rows, arm) for arm in _others(rows, controls)),
            ]
        ),
        confounds="Retraining is as long for all arms, so those that start from new weights have "
        "been trained for less in all. A small dense network has fewer units.",
        thesis="It retrained only networks pruned by magnitude, and found that they recover. "
        f"{_recovered(dense)}Whether the choice of weights matters it can't tell.",
        unknown="Other percentages, longer retraining, other tasks.",
        header=["compared with", "cell, protocol", "percent", "difference in points", "outcome"],
        rows=[_row(row) for row in rows.to_dict("records")],
        claims=("C113", "C114"),
    )


def _others(rows: pd.DataFrame, controls: list[str]) -> list[str]:
    return [arm for arm in _ARMS if arm in set(rows["reference"]) and arm != controls[0]]


def _control(rows: pd.DataFrame, arm: str) -> str:
    return f"Against {_ARMS[arm]}: {_told(rows[rows['reference'] == arm])}."


def _told(rows: pd.DataFrame) -> str:
    return f"{points(rows['mean'])}, {outcomes(rows)}"


def _ahead(rows: pd.DataFrame) -> str:
    """In how many comparisons random masks are significantly behind, or ahead, or undecided."""
    sure, open_ = rows[is_sure(rows)], rows[rows["verdict"] == "undecided"]
    ahead, behind = sure[sure["mean"] > 0], sure[sure["mean"] < 0]
    by = f" (by {points(ahead['mean'])})" if len(ahead) else ""
    less = f", behind in {len(behind)} ({points(behind['mean'])})" if len(behind) else ""
    rest = f"; {len(open_)} are undecided ({points(open_['mean'])})" if len(open_) else ""
    return (
        f"significantly ahead of random masks in {len(ahead)} of "
        f"{counted(len(rows), 'comparison')}{by}{less}{rest}."
    )


def _recovered(dense: pd.DataFrame) -> str:
    return f"Here, against the network before pruning, they are {outcomes(dense)}. " * bool(
        len(dense)
    )


def _row(row: dict) -> list[str]:
    mean, low, high = (100 * float(row[name]) for name in ("mean", "low", "high"))
    arm = str(row["reference"])
    return [
        "the network before pruning" if arm == "dense" else _ARMS.get(arm, arm),
        f"{cell_name(str(row['cell']))}, {row['protocol']}",
        f"{row['percent']:g}",
        with_ends(span([mean], 1), ends(low, high, 1)),
        outcome(row),
    ]

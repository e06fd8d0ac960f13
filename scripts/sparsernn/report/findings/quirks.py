"""What does each field do in which two protocols differ?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.report.compared import for_other_measures
from sparsernn.report.finding import Finding, ends, p_text, span, with_ends
from sparsernn.report.words import cell_name, field_name

ORDER = 60
INPUTS = {"effects": "analysis/effects"}
_RESPONSE = "late_test_acc"
_MEASURES = ("test_loss", "error_area")
_LEVEL = 0.05
_INERT = {
    "gate_masks": ("rnn_tanh", "rnn_relu"),  # they have one gate
    "vertex_order": ("rnn_tanh", "rnn_relu", "lstm", "gru"),  # it only sorts the units of a layer
}


def quirks(tables: Mapping[str, pd.DataFrame]) -> Finding | None:
    """The main effects of a design of protocols on accuracy."""
    every = tables["effects"]
    every = every[every["kind"] == "main"]
    rows = every[every["response"] == _RESPONSE]
    rows = rows[rows["estimate"].notna()]
    if rows.empty:
        return None
    sure = _sure(rows)
    untested = rows["p_adjusted"].isna().all()
    return Finding(
        question="Which differences between the two protocols matter?",
        answer=_answer(rows),
        detail=f"{_detail(rows)} {for_other_measures(every, _MEASURES)}".strip(),
        evidence=f"{int(rows['graphs'].max())} graphs, each trained in all combinations of a "
        "factorial design or a fraction of it, so effects are differences within a graph and "
        "start: accuracy over the last five epochs at the field's high level, as in the thesis's "
        "code, minus that at its low level. Intervals are over graphs "
        "(Student's t); significant: adjusted for all fields of a cell (Holm)."
        + (" Here the graphs are too few for a test." if untested else ""),
        beside=_controls(rows),
        confounds="In a fraction of resolution IV an effect of a field is free of those of pairs "
        "of fields, but not of those of three.",
        thesis="Its code has the high level of every field, and its text the low one. It does not "
        "say that they differ. "
        + (
            "With such effects the results of its code are not what its text would give."
            if sure.any()
            else "Whether that changes its results can't be told from these effects."
        ),
        unknown="Effects of three fields together.",
        tests="effects",
        header=["field", "cell", "effect in points", "p, adjusted"],
        rows=[_row(row) for row in rows.to_dict("records")],
    )


def _answer(rows: pd.DataFrame) -> str:
    sure = rows[_sure(rows)]
    if sure.empty:
        return (
            "None of the fields that were varied changes accuracy significantly: effects are "
            f"{span(100 * rows['estimate'], 1, ' points')}."
        )
    largest = _by_size(sure).iloc[0]
    lower = "lower" if largest["estimate"] < 0 else "higher"
    return (
        f"Most of all the {field_name(largest['effect'])}: the published choice makes the accuracy "
        f"of {cell_name(largest['cell'])} {_points(abs(largest['estimate']))} {lower} than the "
        f"corrected one. {len(sure)} of {len(rows)} effects, each of one field in one cell, are "
        f"significant, of {span(100 * sure['estimate'].abs(), 1, ' points')}."
    )


def _detail(rows: pd.DataFrame) -> str:
    """The significant effects by name, and how large the others are."""
    sure = _sure(rows)
    if not sure.any():
        return ""
    named = [
        f"the {field_name(row['effect'])} in {cell_name(row['cell'])} ({_points(row['estimate'])})"
        for row in _by_size(rows[sure]).to_dict("records")
    ]
    others = 100 * rows.loc[~sure, "estimate"]
    rest = f"; the others are {span(others, 1, ' points')}" if len(others) else ""
    return f"Significant are {', '.join(named)}{rest}."


def _sure(rows: pd.DataFrame) -> pd.Series:
    return rows["p_adjusted"] <= _LEVEL


def _by_size(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.loc[rows["estimate"].abs().sort_values(ascending=False).index]


def _points(value: float) -> str:
    return span([100 * value], 1, " points")


def _controls(rows: pd.DataFrame) -> str:
    """Fields that can't do anything in a cell: an effect of theirs is an error of the method."""
    inert = rows[[row["cell"] in _INERT.get(row["effect"], ()) for row in rows.to_dict("records")]]
    about = (
        "gate_masks says how a mask is repeated over the gates, and plain RNNs have one; "
        "vertex_order only sorts units. So neither should do anything there"
    )
    if inert.empty:
        return f"{about}; neither was varied."
    wrong = inert[_sure(inert)]
    found = span(100 * inert["estimate"], 1, " points")
    if wrong.empty:
        return f"{about}, and neither does significantly ({found})."
    named = ", ".join(
        f"the {field_name(row['effect'])} in {cell_name(row['cell'])}"
        for row in wrong.to_dict("records")
    )
    return f"{about}, but there is an effect of {named} ({found}): an error of the method."


def _row(row: Mapping[str, object]) -> list[str]:
    estimate, low, high = (100 * float(str(row[name])) for name in ("estimate", "low", "high"))
    return [
        f"{field_name(str(row['effect']))} ({row['effect']})",
        cell_name(str(row["cell"])),
        with_ends(span([estimate], 2), ends(low, high, 2)),
        p_text(float(str(row["p_adjusted"]))),
    ]

"""What does each field do in which two protocols differ?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.report.finding import Finding, span
from sparsernn.report.words import cell_name

ORDER = 60
INPUTS = {"effects": "analysis/effects"}
_RESPONSE = "late_test_acc"


def quirks(tables: Mapping[str, pd.DataFrame]) -> Finding | None:
    """The main effects of a design of protocols on accuracy."""
    rows = tables["effects"]
    rows = rows[(rows["response"] == _RESPONSE) & (rows["kind"] == "main")]
    rows = rows[rows["estimate"].notna()]
    if rows.empty:
        return None
    sure = rows[rows["p_adjusted"] <= 0.05]
    largest = rows.loc[rows["estimate"].abs().groupby(rows["cell"]).idxmax()]
    named = ", ".join(
        f"{row['effect']} in {cell_name(row['cell'])} "
        f"({span([100 * row['estimate']], 1, ' points')})"
        for row in largest.to_dict("records")
    )
    return Finding(
        answer=f"Of the fields in which the protocols differ, the largest effects on accuracy are "
        f"{named}; {len(sure)} of {len(rows)} effects differ from 0 beyond doubt.",
        evidence=f"{int(rows['graphs'].max())} graphs, each trained in all combinations of a "
        "factorial design or a fraction of it, so effects are differences within a graph and "
        "start. Intervals are over graphs (Student's t); beyond doubt: adjusted for all fields of "
        "a cell (Holm).",
        beside="gate_masks repeats a mask over gates, and RNN-Tanh has one gate; vertex_order "
        "only sorts units: an effect of either would be an error of the method.",
        confounds="In a fraction of resolution IV an effect of a field is free of those of pairs "
        "of fields, but not of those of three.",
        thesis="Its code has the high level of every field, and its text the low one.",
        unknown="Effects of three fields together.",
        header=["field", "cell", "effect in points", "p, adjusted"],
        rows=[_row(row) for row in rows.to_dict("records")],
    )


def _row(row: Mapping[str, object]) -> list[str]:
    estimate, low, high = (100 * float(str(row[name])) for name in ("estimate", "low", "high"))
    p = float(str(row["p_adjusted"]))
    return [
        str(row["effect"]),
        cell_name(str(row["cell"])),
        f"{span([estimate], 2)} ({span([low, high], 2)})",
        "< 0.001" if p < 0.001 else f"{p:.3f}",
    ]

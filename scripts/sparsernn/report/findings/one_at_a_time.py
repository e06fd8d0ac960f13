"""What does a field do alone, starting from each of two protocols?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.report.compared import for_other_measures
from sparsernn.report.finding import Finding, ends, p_text, span, with_ends
from sparsernn.report.words import cell_name, field_name

ORDER = 61
INPUTS = {"effects": "analysis/effects"}
_RESPONSE = "late_test_acc"
_MEASURES = ("test_loss", "error_area")


def one_at_a_time(tables: Mapping[str, pd.DataFrame]) -> Finding | None:
    """The effects of fields that were changed one at a time."""
    every = tables["effects"]
    every = every[every["kind"] == "alone"]
    rows = every[every["response"] == _RESPONSE]
    rows = rows[rows["estimate"].notna()].sort_values(["effect", "cell"], kind="stable")
    if rows.empty:
        return None
    return Finding(
        question="Does one difference between the two protocols change the accuracy by itself?",
        answer=_answer(rows),
        detail=for_other_measures(every, _MEASURES),
        evidence=f"{int(rows['graphs'].max())} graphs, each trained under a protocol, and under "
        "the same protocol with one field of the other (a change); effects are differences within "
        "a graph and start. Intervals are over graphs (Student's t). P values are adjusted for the "
        "fields of a cell (Holm).",
        beside="The protocol as it is, on the same graphs from the same starts.",
        confounds="Where fields are chosen because their effects were large in other networks, "
        "part of that size is chance; networks of another root seed are free of it.",
        thesis="Its code has all of one protocol's values, and its text the other's.",
        unknown="What fields do together that do nothing alone.",
        tests="effects",
        header=["field", "cell", "changed", "effect in points", "p, adjusted"],
        rows=[_row(row) for row in rows.to_dict("records")],
    )


def _answer(rows: pd.DataFrame) -> str:
    sure, both = _sure(rows), _from_both(rows)
    counts = f"{len(sure)} of {len(rows)} changes of one field in one cell are significant"
    if sure.empty:
        return f"Not shown: {counts}."
    sizes = span(100 * sure["estimate"].abs(), 1, " points")
    if both.empty:
        return f"Yes, but none does in both protocols: {counts}, by {sizes}."
    fields = "; ".join(
        f"changing the {field_name(str(field))} alone changes it by {_by_design(rows, own)} "
        f"({', '.join(map(cell_name, own['cell']))})"
        for field, own in both.groupby("effect", sort=False)
    )
    return f"Yes: {fields}. In all, {counts}, by {sizes}."


def _by_design(rows: pd.DataFrame, cases: pd.DataFrame) -> str:
    """The effects of a field in some cells, from each of the protocols."""
    own = rows.merge(cases[["effect", "cell"]], on=["effect", "cell"])
    return ", ".join(
        f"{span(100 * part['estimate'], 1, ' points')} {str(design).replace('_', ' ')}"
        for design, part in own.groupby("design", sort=False)
    )


def _from_both(rows: pd.DataFrame) -> pd.DataFrame:
    """The fields and cells with a significant change from each protocol."""
    counts = _sure(rows).groupby(["effect", "cell"])["design"].nunique()
    return counts[counts == max(2, rows["design"].nunique())].reset_index()


def _sure(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["p_adjusted"] <= 0.05]


def _row(row: Mapping[str, object]) -> list[str]:
    estimate, low, high = (100 * float(str(row[name])) for name in ("estimate", "low", "high"))
    return [
        f"{field_name(str(row['effect']))} ({row['effect']})",
        cell_name(str(row["cell"])),
        str(row["design"]).replace("_", " "),
        with_ends(span([estimate], 2), ends(low, high, 2)),
        p_text(float(str(row["p_adjusted"]))),
    ]

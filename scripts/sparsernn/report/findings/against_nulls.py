"""Does a graph's own structure make a better network than a random graph like it?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.plugins import display_name
from sparsernn.report.compared import (
    for_other_measures,
    is_sure,
    outcome,
    outcomes,
    points,
    verdict,
)
from sparsernn.report.finding import Finding, ends, span, with_ends
from sparsernn.report.words import cell_name, family_name

ORDER = 50
INPUTS = {"nulls": "analysis/nulls"}
_RESPONSE = "late_test_acc"
_AREA = "error_area"
_LEVEL = 0.05
_LEAST = 5  # graphs: of fewer, no difference is a finding
_RANDOM = "gnm"  # a family that is random already


def against_nulls(tables: Mapping[str, pd.DataFrame]) -> Finding | None:
    """Graphs against random graphs that keep their layers, or their degrees."""
    every = tables["nulls"]
    rows = every[(every["response"] == _RESPONSE) & (every["pairs"] > 0)]
    others = every[(every["original"] == "all") & (every["pairs"] > 0)]
    pooled, families = rows[rows["original"] == "all"], rows[rows["original"] != "all"]
    if pooled.empty or pooled["clusters"].max() < _LEAST:
        return None
    return Finding(
        question="Is a graph of these families better than a random graph like it?",
        answer=f"{verdict(pooled)} The accuracy on a graph minus that on random graphs like it is "
        f"{points(pooled['mean'])}: {outcomes(pooled)}.{_sooner(others)}",
        detail=" ".join(
            part
            for part in (
                _by_null(pooled),
                for_other_measures(others, ["test_loss", _AREA]),
                _within(families),
            )
            if part
        ),
        evidence=f"{int(pooled['clusters'].max())} graphs, each against the mean of its random "
        "copies. The accuracy is the mean of the last five epochs. Intervals are of Student's t "
        "over graphs; significant: sign-flip test, adjusted for all null models of a cell and "
        "protocol (Holm); within half a point: both one-sided tests at 5 %. Intervals are not "
        "adjusted, so one that leaves 0 out can be undecided.",
        beside=_control(families),
        confounds="Random graphs that keep the degrees may have other layers, and so another depth "
        "and another number of parameters; those that keep the layers have the same.",
        thesis="It has no such control, so its correlations can't tell structure from size.",
        unknown="Structure that neither null model destroys, such as the layers themselves. What "
        "is undecided may be as large as its interval.",
        tests="nulls",
        header=["family", "cell, protocol", "null model", "difference in points", "outcome"],
        rows=[_row(row) for row in [*pooled.to_dict("records"), *families.to_dict("records")]],
    )


def _sooner(rows: pd.DataFrame) -> str:
    """Where graphs differ significantly in how soon they learn; empty where they don't."""
    sure = rows[(rows["response"] == _AREA) & is_sure(rows)]
    counts = {"later": int((sure["mean"] > 0).sum()), "sooner": int((sure["mean"] < 0).sum())}
    told = [f"{word} in {count}" for word, count in counts.items() if count]
    return (
        f" Their networks learn significantly {', '.join(told)} (area under the error curve)."
        * bool(told)
    )


def _by_null(pooled: pd.DataFrame) -> str:
    """For each null model, graph minus copies, and how sure that is."""
    return " ".join(
        f"With {display_name('nulls', str(null))}: {points(rows['mean'])}, {outcomes(rows)}."
        for null, rows in pooled.groupby("reference", sort=False)
    )


def _within(families: pd.DataFrame) -> str:
    """What can be said of single families."""
    if not _can_be_sure(families):
        return (
            f"Within single families there are too few graphs ({span(families['clusters'])}) for "
            "any difference to be significant; their rows describe these graphs only."
        )
    return (
        f"Within single families, {int(is_sure(families).sum())} of {len(families)} differences "
        "are significant."
    )


def _can_be_sure(rows: pd.DataFrame) -> bool:
    """Whether the least p of a sign-flip test is small enough, adjusted for the null models."""
    tests = rows["reference"].nunique()
    return bool((tests * 2.0 ** (1 - rows["clusters"]) <= _LEVEL).any())


def _control(families: pd.DataFrame) -> str:
    """What the graphs that are random already say of the method."""
    known = families[families["original"] == _RANDOM]
    about = f"Graphs of the family {family_name(_RANDOM)} are random already"
    if known.empty:
        return f"{about}, and would say whether the method errs; there are none here."
    wrong = int(is_sure(known).sum())
    found = points(known["mean"])
    if not _can_be_sure(known):
        return f"{about}: they differ by {found}, and are too few for a test of the method."
    if not wrong:
        return f"{about}: they differ by {found}, in no comparison significantly, as it should be."
    return f"{about}, yet differ significantly in {wrong} of {len(known)} comparisons ({found})."


def _row(row: dict) -> list[str]:
    mean, low, high = (100 * float(str(row[name])) for name in ("mean", "low", "high"))
    family = str(row["original"])
    return [
        "all" if family == "all" else family_name(family),
        f"{cell_name(str(row['cell']))}, {row['protocol']}",
        display_name("nulls", str(row["reference"])),
        with_ends(span([mean], 1), ends(low, high, 1)),
        outcome(row),
    ]

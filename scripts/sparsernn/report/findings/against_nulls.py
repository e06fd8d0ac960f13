"""Does a graph's own structure make a better network than a random graph like it?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.plugins import display_name
from sparsernn.report.finding import Finding, span
from sparsernn.report.words import cell_name, family_name

ORDER = 50
INPUTS = {"nulls": "analysis/nulls"}
_RESPONSE = "late_test_acc"
_LEAST = 5  # graphs: of fewer, no difference is a finding


def against_nulls(tables: Mapping[str, pd.DataFrame]) -> Finding | None:
    """Graphs against random graphs that keep their layers, or their degrees."""
    rows = tables["nulls"]
    rows = rows[(rows["response"] == _RESPONSE) & (rows["pairs"] > 0)]
    pooled, families = rows[rows["original"] == "all"], rows[rows["original"] != "all"]
    if pooled.empty or pooled["clusters"].max() < _LEAST:
        return None
    same = pooled[pooled["verdict"].isin(["equivalent", "both"])]
    apart = pooled[pooled["p_adjusted"] <= 0.05]
    within = families[families["p_adjusted"] <= 0.05]
    return Finding(
        answer=f"Against random graphs that keep its layers, or its degrees, a graph's accuracy "
        f"differs by {span(100 * pooled['mean'], 1, ' points')} in the mean: beyond doubt in "
        f"{len(apart)} of {len(pooled)} comparisons, within half a point in {len(same)}. Of single "
        f"families, {len(within)} of {len(families)} comparisons differ beyond doubt.",
        evidence=f"{int(pooled['clusters'].max())} graphs, each against the mean of its random "
        "copies. The accuracy is the mean of the last five epochs. Intervals are bootstrap "
        "intervals over graphs; beyond doubt: sign-flip test, adjusted (Holm); within half a "
        "point: both one-sided tests at 5 %.",
        beside="Graphs of the family G(n, M) are random already: a difference there would be an "
        "error of the method.",
        confounds="Random graphs that keep the degrees may have other layers and so another number "
        "of parameters; those that keep the layers have the same.",
        thesis="It has no such control, so its correlations can't tell structure from size.",
        unknown="Structure that neither null model destroys, such as the layers themselves.",
        header=["family", "cell, protocol", "null model", "difference in points", "verdict"],
        rows=[_row(row) for row in [*pooled.to_dict("records"), *families.to_dict("records")]],
    )


def _row(row: Mapping[str, object]) -> list[str]:
    mean, low, high = (100 * float(str(row[name])) for name in ("mean", "low", "high"))
    ends = span([low, high], 1)
    family = str(row["original"])
    return [
        "all" if family == "all" else family_name(family),
        f"{cell_name(str(row['cell']))}, {row['protocol']}",
        display_name("nulls", str(row["reference"])),
        span([mean], 1) + ("" if ends == "–" else f" ({ends})"),
        str(row["verdict"]) if row["verdict"] == row["verdict"] else "–",
    ]

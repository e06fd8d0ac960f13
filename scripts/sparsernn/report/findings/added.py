"""Which property of a graph says more than family, size, degree and sources do?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.report.finding import Finding, span
from sparsernn.report.words import cell_name, property_name

ORDER = 40
INPUTS = {"partial": "analysis/partial", "correlations": "analysis/correlations"}
_RESPONSE = "test_loss"
_SHOWN = 3


def added(tables: Mapping[str, pd.DataFrame]) -> Finding | None:
    """Partial correlations, beside the pooled ones of the thesis."""
    rows = tables["partial"]
    rows = rows[(rows["response"] == _RESPONSE) & (rows["family"] == "all") & rows["r"].notna()]
    if rows.empty:
        return None
    sure = rows[rows["p_adjusted"] <= 0.05]
    pooled = tables["correlations"]
    clear = pooled[pooled["p_adjusted"] <= 0.05]
    cases = rows.groupby(["protocol", "cell"], sort=False)
    return Finding(
        answer=f"Given its family, size, edges, sources and number of parameters, {len(sure)} of "
        f"{len(rows)} correlations of a graph's properties with the loss are left beyond doubt, "
        f"the largest of {rows['r'].abs().max():.2f}; without these controls {len(clear)} of "
        f"{len(pooled)} correlations with accuracy are.",
        evidence=f"{int(rows['n'].max())} graphs, the mean over their networks. Beyond doubt: "
        "permuted within families, adjusted for all properties of a cell and protocol "
        "(Benjamini–Hochberg, 5 %). Of properties that are functions of each other, one is tested.",
        beside="A correlation pooled over families mixes what differs between families with what "
        "differs within them.",
        confounds="Size is controlled linearly; a curved effect of it would be left in the rest.",
        thesis="It reports pooled correlations of up to 0.7, from one network a graph. It does not "
        "control for family and size, so it can't tell what they mean.",
        unknown="Properties that these graphs hardly vary in.",
        header=["cell, protocol", "tested", "beyond doubt", "largest partial correlations"],
        rows=[_row(case, group) for case, group in cases],
        claims=("C158", "C164", "C171", "C172"),
    )


def _row(case: tuple[str, str], group: pd.DataFrame) -> list[str]:
    protocol, cell = case
    largest = group.loc[group["r"].abs().sort_values(ascending=False).index].head(_SHOWN)
    named = [
        f"{property_name(row['property'])} {span([row['r']], 2)} "
        f"({span([row['low'], row['high']], 2)})"
        for row in largest.to_dict("records")
    ]
    sure = int((group["p_adjusted"] <= 0.05).sum())
    return [f"{cell_name(cell)}, {protocol}", str(len(group)), str(sure), "; ".join(named)]

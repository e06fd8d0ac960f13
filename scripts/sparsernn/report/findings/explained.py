"""How much of a network's success does its graph explain, and by what?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.report.finding import Finding, listed, share, span
from sparsernn.report.words import cell_name

ORDER = 30
INPUTS = {
    "ceiling": "analysis/ceiling",
    "variance": "analysis/variance",
    "nested": "analysis/nested",
}
_RESPONSE = "test_loss"
_PARTS = {
    "family": "family",
    "nodes": "size",
    "degree": "mean degree",
    "source_nodes": "sources",
    "graph": "the rest of the graph",
    "start": "the start",
}


def explained(tables: Mapping[str, pd.DataFrame]) -> Finding | None:
    """The ceiling of R², what explains the variance, and what properties add."""
    ceiling, variance, nested = (_of(tables[name]) for name in INPUTS)
    known = ceiling[ceiling["estimate"].notna()]
    if known.empty:
        return None
    case = ["protocol", "cell"]
    parts = variance.pivot_table(index=case, columns="part", values="estimate")
    rest = variance[variance["part"] == "graph"].set_index(case)
    scores = nested[nested["features"] == "all properties"].set_index(case)
    gains = scores[scores["difference_low"] > 0]
    graphs, starts = int(known["graphs"].max()), span(known["starts"], 1)
    return Finding(
        answer=f"A graph explains {span(100 * known['estimate'], unit=' %')} of the variance of "
        f"one network's loss ({_by_cell(known)}); the rest is the start, so no R² of single "
        f"networks can pass it. What a graph is beside its family, size, degree and sources "
        f"explains {span(100 * rest['estimate'], unit=' %')}.",
        evidence=f"{graphs} graphs, {starts} starts of each, with their own initial weights and "
        "order of strings. ICC(1) of the log-loss on the test set, with its exact F interval; "
        "shares of the variance by a mixed model, each part what those before it leave, with "
        "bootstrap intervals over graphs.",
        beside=f"Predicting from all properties of a graph rather than from family, size, edges "
        f"and sources changes R² by {span(scores['difference'], 2)}, a gain beyond doubt in "
        f"{len(gains)} of {len(scores)} cases (nested cross-validation, corrected resampled "
        "intervals; the response is the mean over starts).",
        confounds="Where sizes differ, the number of parameters does too, and size stands for it.",
        thesis="It reports R² up to 0.9 on 20 held-out graphs and one start each. A value above "
        "the ceiling can only be luck of the split, or a response that was averaged.",
        unknown="Whether longer training, another optimiser or a harder task leaves the graph more "
        "to explain.",
        header=["cell, protocol", "the graph in all (ICC)", *_PARTS.values(), "R², all properties"],
        rows=[_row(row, parts, scores) for row in known.to_dict("records")],
        claims=("C178", "C182", "C184", "C189"),
    )


def _of(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["response"] == _RESPONSE]


def _by_cell(known: pd.DataFrame) -> str:
    groups = known.groupby("cell", sort=False)["estimate"]
    return listed({str(cell): span(100 * values, unit=" %") for cell, values in groups})


def _row(row: Mapping[str, object], parts: pd.DataFrame, scores: pd.DataFrame) -> list[str]:
    case = (str(row["protocol"]), str(row["cell"]))
    estimate, low, high = (float(str(row[name])) for name in ("estimate", "low", "high"))
    found = parts.loc[case] if case in parts.index else pd.Series(dtype=float)
    r2 = scores.loc[case] if case in scores.index else None
    interval = "–" if r2 is None else f"{r2['r2']:.2f} ({span([r2['low'], r2['high']], 2)})"
    return [
        f"{cell_name(case[1])}, {case[0]}",
        f"{share(estimate)} ({span([100 * low, 100 * high])})",
        *(share(float(found.get(part, float("nan")))) for part in _PARTS),
        interval,
    ]

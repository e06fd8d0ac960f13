"""How much of a network's success does its graph explain, and by what?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.analysis.ceiling import LOG_LOSS
from sparsernn.report.finding import Finding, counted, ends, listed, number, share, span, with_ends
from sparsernn.report.words import cell_name, response_name

ORDER = 30
INPUTS = {
    "ceiling": "analysis/ceiling",
    "variance": "analysis/variance",
    "nested": "analysis/nested",
}
_RESPONSE = "test_loss"
_CASE = ["protocol", "cell"]
_ENDS = ("wide_low", "wide_high")
_PARTS = {
    "family": "family",
    "nodes": "size",
    "degree": "mean degree",
    "source_nodes": "sources",
    "graph": "the rest of the graph",
    "start": "the start",
}
_ALL, _BOTH = "all properties", "family and all properties"
_AREA = "error_area"
_WHOLE = 1e-6  # a harmonic mean is rounded
_THESIS = 0.88  # the largest R² that the thesis reports


def explained(tables: Mapping[str, pd.DataFrame]) -> Finding | None:
    """The ceiling of R², what explains the variance, and R² beside its ceiling and its baseline."""
    ceiling, variance, nested = (_of(tables[name]) for name in INPUTS)
    known = ceiling[ceiling["estimate"].notna()]
    if known.empty:
        return None
    parts = variance.pivot_table(index=_CASE, columns="part", values="estimate")
    scores = nested.set_index([*_CASE, "features"])
    reach = _reach(known)
    graphs, starts = int(known["graphs"].max()), _starts(known["starts"])
    return Finding(
        question="How much of a network's success does its graph explain?",
        answer="Which graph a network has explains an estimated "
        f"{span(100 * known['estimate'], unit=' %')} of the variance of its loss"
        f"{reach}{_of_area(tables['ceiling'])}. The rest is chance.",
        brief=span(100 * known["estimate"], unit=" %"),
        detail=f"By cell: {_by_cell(known)}. Chance is the initial weights and the order of the "
        f"strings. {_of_others(tables['ceiling'])}{_by_what(parts, known)}",
        evidence=f"{graphs} graphs, {starts} starts of each, with their own initial weights and "
        "order of strings. The loss is the cross-entropy on the test set. The share that a graph "
        "explains at all is ICC(1): no R² of single networks can pass it. Its interval is at "
        "either end the wider of a bootstrap over graphs and the exact one of normal values. The "
        "mean over a graph's starts has less chance in it, so the ceiling of its R², in the table, "
        "is higher. Shares of "
        "family, size and so on are of a mixed model, each what those before it leave; as another "
        "estimate, they need not add up to the ICC, and where its interval begins at 0 they say "
        "little.",
        beside=_beside(scores),
        confounds="Where sizes differ, the number of parameters does too, and size stands for it.",
        thesis=_thesis(tables["ceiling"]),
        unknown="Whether longer training, another optimiser or a harder task leaves the graph more "
        "to explain.",
        header=[
            "cell, protocol",
            "the graph in all (ICC)",
            *_PARTS.values(),
            "R²: family, size, edges, sources",
            "R²: all properties",
            "ceiling of R², estimated",
            "R² ÷ ceiling",
        ],
        rows=[_row(row, parts, scores) for row in known.to_dict("records")],
        claims=("C178", "C182", "C184", "C189"),
    )


def _reach(known: pd.DataFrame) -> str:
    """From where to where the intervals go; nothing where the graphs are too few for any."""
    ends = 100 * known[list(_ENDS)].stack().dropna()
    return f" (intervals from {span(ends, unit=' %')})" if len(ends) else ""


def _starts(means: pd.Series) -> str:
    """Starts of a graph: a whole number, unless some have fewer."""
    return span(means, 0 if (means - means.round()).abs().max() < _WHOLE else 1)


def _of(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["response"] == _RESPONSE]


def _of_others(ceiling: pd.DataFrame) -> str:
    """The same for the logarithm, in which other networks weigh more."""
    known = ceiling[(ceiling["response"] == LOG_LOSS) & ceiling["estimate"].notna()]
    if known.empty:
        return ""
    return (
        "A few networks with large losses weigh most in the variance of the loss. In that of "
        f"{response_name(LOG_LOSS)} they don't: of that, the graph explains "
        f"{span(100 * known['estimate'], unit=' %')}. "
    )


def _of_area(ceiling: pd.DataFrame) -> str:
    """The same for how soon a network learns, rather than how far it gets."""
    known = ceiling[(ceiling["response"] == _AREA) & ceiling["estimate"].notna()]
    if known.empty:
        return ""
    shares = span(100 * known["estimate"], unit=" %")
    return f", and {shares} of that of how soon it learns (area under the error curve)"


def _by_cell(known: pd.DataFrame) -> str:
    groups = known.groupby("cell", sort=False)["estimate"]
    return listed({str(cell): span(100 * values, unit=" %") for cell, values in groups})


def _by_what(parts: pd.DataFrame, known: pd.DataFrame) -> str:
    """By what a graph explains it, where its share is shown to be above 0."""
    if "graph" not in parts:
        return "The graphs are too few to say by what."
    shown = known.set_index(_CASE)[_ENDS[0]] > 0
    parts = parts[shown.reindex(parts.index, fill_value=False)]
    if parts.empty:
        return "No share of the graph is shown to be above 0, so there is nothing to divide."
    first = parts.reindex(columns=list(_PARTS)[:-2]).sum(axis=1)
    return (
        "Where the graph's share is shown to be above 0, its family, size, mean degree and number "
        "of sources together explain "
        f"{span(100 * first, unit=' %')}, and everything else about it "
        f"{span(100 * parts['graph'], unit=' %')}."
    )


def _beside(scores: pd.DataFrame) -> str:
    """R² of all properties beside its ceiling and that of family, size, edges and sources."""
    every, base, both = (
        scores[scores.index.get_level_values("features") == name]
        for name in (_ALL, "baseline", _BOTH)
    )
    if every["r2"].isna().all():
        return "The graphs are too few for an R² on graphs that the fit has not seen."
    cases = counted(int(both["difference"].notna().sum()), "case")
    gains = both[both["difference_low"] > 0]
    losses = both[both["difference_high"] < 0]
    return (
        f"On graphs not seen, all properties together predict the mean over starts with an R² of "
        f"{span(every['r2'], 2)}{_of_ceiling(every)}; family, size, edges and sources alone reach "
        f"{span(base['r2'], 2)}. All properties added to these change R² by "
        f"{span(both['difference'], 2)}: the interval is above 0 in {len(gains)} of {cases}, below "
        f"in {len(losses)} (nested "
        "cross-validation, corrected resampled intervals over folds)."
    )


def _of_ceiling(every: pd.DataFrame) -> str:
    ceiling = f"its ceiling is {span(every['ceiling'], 2)}"
    if (every["r2"] <= 0).any() or every["ratio"].isna().any():
        return f" ({ceiling})"
    return f", which is {span(every['ratio'], 2)} of what is possible ({ceiling})"


def _thesis(ceiling: pd.DataFrame) -> str:
    """The thesis's R² are of accuracy, so it is the ceiling of accuracy that counts."""
    rows = ceiling[(ceiling["response"] == "test_acc") & ceiling[_ENDS[1]].notna()]
    said = f"It reports R² of up to {_THESIS} for accuracy, on 20 held-out graphs of one start each"
    if rows.empty:
        return f"{said}. The ceiling of accuracy isn't known here, so it can't be told."
    reach = span(rows[list(_ENDS)].stack(), 2)
    if rows[_ENDS[1]].max() < _THESIS:
        return (
            f"{said}. The ceilings of accuracy on the graphs and the task of this study are lower "
            f"(intervals {reach}): here a value like that would be luck of the split."
        )
    return f"{said}. Ceilings of accuracy here ({reach}) leave room for that, so it can't be told."


def _row(row: Mapping[str, object], parts: pd.DataFrame, scores: pd.DataFrame) -> list[str]:
    case = (str(row["protocol"]), str(row["cell"]))
    low, high = (100 * float(str(row[name])) for name in _ENDS)
    found = parts.loc[case] if case in parts.index else pd.Series(dtype=float)
    base, every = (
        scores.loc[(*case, name)] if (*case, name) in scores.index else pd.Series(dtype=float)
        for name in ("baseline", _ALL)
    )
    return [
        f"{cell_name(case[1])}, {case[0]}",
        with_ends(share(float(str(row["estimate"]))), ends(low, high)),
        *(share(number(found, part)) for part in _PARTS),
        _score(base),
        _score(every),
        _score(every, "ceiling", "ceiling_low", "ceiling_high"),
        span([number(every, "ratio")], 2),
    ]


def _score(row: pd.Series, value: str = "r2", low: str = "low", high: str = "high") -> str:
    interval = ends(number(row, low), number(row, high), 2)
    return with_ends(span([number(row, value)], 2), interval)

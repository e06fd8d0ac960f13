"""Which property of a graph says more than family, size, degree and sources do?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.report.compared import for_other_measures
from sparsernn.report.finding import Finding, counted, ends, span, with_ends
from sparsernn.report.words import cell_name, property_name

ORDER = 40
INPUTS = {"partial": "analysis/partial", "correlations": "analysis/correlations"}
_RESPONSE = "test_loss"
_MEASURES = ("error_area",)
_SHOWN = 3
_CELLS = {True: "these combinations", False: "families"}
_LEVEL = 0.05
_EQUAL = "family, vertices, edges, sources and parameters"
_FEW = 0.2  # the share of significant correlations up to which hardly any is


def added(tables: Mapping[str, pd.DataFrame]) -> Finding | None:
    """Partial correlations and their equivalence tests, beside the pooled ones of the thesis."""
    every = tables["partial"]
    every = every[(every["family"] == "all") & every["r"].notna()]
    rows = every[every["response"] == _RESPONSE]
    if rows.empty:
        return None
    pooled = tables["correlations"]
    pooled = pooled[pooled["r"].notna() & pooled["property"].isin(set(rows["property"]))]
    clear = pooled[pooled["p_adjusted"] <= _LEVEL]
    margin = rows["margin"].iloc[0]
    return Finding(
        question="Does any property of a graph matter beyond its family and size?",
        answer=_answer(rows, margin),
        brief=f"{int(_sure(rows).sum())} of {len(rows)}",
        detail=f"Held equal {_controls(rows)}. {_significant(rows)}The largest correlation is "
        f"{rows['r'].abs().max():.2f} with these controls. {for_other_measures(every, _MEASURES)}",
        evidence=f"{int(rows['n'].max())} graphs, the mean over their networks. Intervals are "
        f"Fisher's, over graphs. Significant: permuted within {_CELLS[_by_cells(rows)]}, adjusted "
        "for all properties of a cell and protocol (Benjamini–Hochberg, 5 %). Below the margin: "
        f"both one-sided tests at 5 %, each by itself.{_power(rows, margin)} {_represented(rows)}",
        beside=_pooled(pooled, clear),
        confounds=_confounds(rows),
        thesis=_thesis(rows, pooled, clear),
        unknown="Properties that these graphs hardly vary in.",
        tests="partial",
        header=[
            "cell, protocol",
            "tested",
            "significant",
            f"|r| below {margin:g}",
            "r: significant*, largest",
        ],
        rows=[_row(case, group) for case, group in rows.groupby(["protocol", "cell"], sort=False)],
        claims=("C158", "C164", "C171", "C172"),
    )


def _by_cells(rows: pd.DataFrame) -> bool:
    """Whether each combination of family, size, edges and sources has several graphs."""
    return bool(rows["within"].astype(str).str.contains(",").any())


def _controls(rows: pd.DataFrame) -> str:
    if _by_cells(rows):
        return (
            "are family, size, edges and sources, each combination by itself, and by linear "
            "regression the logarithm of the number of parameters"
        )
    squares = "squares of size and edges, " if _curved(rows) else ""
    own = ", and what size does in each family by itself" if squares else ""
    return (
        f"by linear regression are family, size, edges, sources, {squares}the logarithm of the "
        f"number of parameters{own}"
    )


def _curved(rows: pd.DataFrame) -> bool:
    """Whether squares of the size are among the controls."""
    return bool((rows["curves"].astype(str) == "True").all())


def _confounds(rows: pd.DataFrame) -> str:
    if _by_cells(rows):
        return "Properties that differ only between these combinations can't be told from them."
    if _curved(rows):
        return "Of the size, linear and square effects are controlled; others would be left."
    return "Size is controlled linearly; a curved effect of it would be left in the rest."


def _answer(rows: pd.DataFrame, margin: float) -> str:
    sure, small = int((_sure(rows) & ~_small(rows)).sum()), int(_small(rows).sum())
    undecided = int((~_sure(rows) & ~_small(rows)).sum())
    many = "Some do" if sure > _FEW * len(rows) else "Hardly any"
    return (
        f"{many if sure else 'None is shown to'}. With {_EQUAL} held equal, {sure} of {len(rows)} "
        f"correlations with the loss are significant{_up_to(rows)}; |r| is shown to be below "
        f"{margin:g} for {small}, and {undecided} are undecided."
    )


def _pooled(pooled: pd.DataFrame, clear: pd.DataFrame) -> str:
    if pooled.empty:
        return "There are no correlations without these controls."
    return (
        f"Without these controls, {len(clear)} of {len(pooled)} correlations of the same "
        f"properties with the accuracy are significant, the largest is "
        f"{pooled['r'].abs().max():.2f}. They mix what differs between families with what differs "
        "within them."
    )


def _up_to(rows: pd.DataFrame) -> str:
    sure = rows.loc[_sure(rows) & ~_small(rows), "r"].abs()
    return f" (|r| up to {sure.max():.2f})" if len(sure) else ""


def _significant(rows: pd.DataFrame) -> str:
    """The properties with a significant correlation, in how many cases, and which way it goes."""
    sure = rows[_sure(rows)]
    if sure.empty:
        return ""
    named = ", ".join(
        f"{property_name(str(name))} (r {span(own['r'], 2)} in {counted(len(own), 'case')})"
        for name, own in sure.groupby("property", sort=False)
    )
    return (
        f"Significant are those of {named}; where r is above 0, networks with more of it have a "
        "larger loss. "
    )


def _sure(rows: pd.DataFrame) -> pd.Series:
    return rows["p_adjusted"] <= _LEVEL


def _small(rows: pd.DataFrame) -> pd.Series:
    return rows["p_equivalence"] <= _LEVEL


def _power(rows: pd.DataFrame, margin: float) -> str:
    """Whether the graphs are too few for any correlation to be shown to be small."""
    widest = ((rows["high"] - rows["low"]) / 2).min()
    few = not _small(rows).any() and widest > margin
    return " So few graphs can't show that any is below it." if few else ""


def _represented(rows: pd.DataFrame) -> str:
    """The properties that others stand for, as functions of these."""
    others = rows[rows["stands_for"].fillna("") != ""].drop_duplicates("property")
    if others.empty:
        return ""
    named = [
        f"{property_name(row['property'])} for "
        + " and ".join(map(property_name, row["stands_for"].split(", ")))
        for row in others.to_dict("records")
    ]
    return (
        "Of properties that are functions of each other, one stands for the others: "
        f"{'; '.join(named)}."
    )


def _thesis(rows: pd.DataFrame, pooled: pd.DataFrame, clear: pd.DataFrame) -> str:
    said = "It reports pooled correlations of up to 0.74, from one network a graph"
    if pooled.empty:
        return f"{said}. There are none of this study."
    if clear.empty:
        return f"{said}. On these graphs the pooled ones are not significant either."
    if not _sure(rows).any():
        return (
            f"{said}. Such correlations are here too, but none is significant under these controls."
        )
    return f"{said}. Those that are significant under these controls have a star in the table."


def _row(case: tuple[str, str], group: pd.DataFrame) -> list[str]:
    protocol, cell = case
    ranked = group.loc[group["r"].abs().sort_values(ascending=False).index]
    sure = ranked[_sure(ranked)]
    shown = pd.concat([sure, ranked.drop(sure.index).head(max(0, _SHOWN - len(sure)))])
    named = [
        f"{property_name(row['property'])}{'*' * (row['p_adjusted'] <= _LEVEL)} "
        + with_ends(span([row["r"]], 2), ends(row["low"], row["high"], 2))
        for row in shown.to_dict("records")
    ]
    counts = [len(group), int(_sure(group).sum()), int(_small(group).sum())]
    return [f"{cell_name(cell)}, {protocol}", *map(str, counts), "; ".join(named)]

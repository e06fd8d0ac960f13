"""Do properties of a graph predict networks of families that the fit has not seen?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.report.finding import Finding, counted, span
from sparsernn.report.words import cell_name, family_name

ORDER = 38
INPUTS = {"families": "analysis/unseen_families", "nested": "analysis/nested"}
_CASE = ["protocol", "cell"]
_MARGIN = 0.05  # of the variance: how much more is better
_FEW = 2  # cells that an answer names one by one
_SETS = {"baseline": "size, edges and sources", "all properties": "all properties"}


def new_families(tables: Mapping[str, pd.DataFrame]) -> Finding | None:
    """R² on the graphs of one family, by a fit to the others, beside that on graphs not seen."""
    rows = tables["families"]
    rows = rows[rows["r2"].notna()]
    whole = rows[rows["family"] == "all"]
    if whole.empty:
        return None
    every, base = (whole[whole["features"] == name] for name in ("all properties", "baseline"))
    each = rows[(rows["family"] != "all") & (rows["features"] == "all properties")]
    worse = each[each["r2"] < 0]
    return Finding(
        question="Do a graph's properties predict networks on families of graphs not seen before?",
        answer="Better than size, edges and sources alone, by 5 % of the variance or more, in "
        f"{_better(every, base)}: all properties together predict the loss with an R² of "
        f"{_r2(every)}; those three with {_r2(base)}.",
        brief=_better(every, base),
        detail=f"In {len(worse)} of {len(each)} cases (a family left out, in a cell and protocol) "
        "all properties predict worse than the mean loss of the other families does.",
        evidence=f"{int(whole['graphs'].max())} graphs of {each['family'].nunique()} families, the "
        "mean over their networks. Each family is predicted by a ridge regression that was fitted "
        "to the others; the ranges are those of cells and protocols. An R² below 0 is worse than "
        "the mean of the others, and counts as no better than that mean. There is no interval: "
        "families are few, and no sample of all that there might be.",
        beside=_beside(tables["nested"]),
        confounds="A family that differs in its mean alone lowers this R², and so does one whose "
        "sizes or degrees lie outside those of the others.",
        thesis="It predicts graphs of two families by a fit that has seen both. So it can't be "
        "told whether its regressors know more than the family.",
        unknown="Families that are less alike than these.",
        header=["cell, protocol", "family left out", *(f"R²: {words}" for words in _SETS.values())],
        rows=_rows(rows),
    )


def _better(every: pd.DataFrame, base: pd.DataFrame) -> str:
    """In how many cases all properties predict clearly better than a few do, and than the mean."""
    both = every.merge(base, on=_CASE, suffixes=("", "_base"))
    better = int((both["r2"] >= both["r2_base"].clip(lower=0) + _MARGIN).sum())
    return f"{better} of {counted(len(both), 'case')}"


def _r2(rows: pd.DataFrame) -> str:
    """By cell where these are few, or else from the least to the largest."""
    if len(rows) > _FEW or rows["cell"].duplicated().any() or rows["r2"].nunique() < _FEW:
        low = "below −1 to " if (rows["r2"] < -1).any() else ""
        return low + (span([rows["r2"].max()], 2) if low else span(rows["r2"], 2))
    each = zip(rows["r2"], rows["cell"].astype(str), strict=True)
    return " and ".join(f"{span([r2], 2)} in {cell_name(cell)}" for r2, cell in each)


def _beside(nested: pd.DataFrame) -> str:
    """The same on graphs of families that the fit has seen, and the ceiling."""
    known = nested[(nested["features"] == "all properties") & nested["r2"].notna()]
    if known.empty:
        return "There are too few graphs for the R² on new graphs of families that were seen."
    ceiling = (
        f"its ceiling is {span(known['ceiling'], 2)}"
        if known["ceiling"].notna().any()
        else "with one network a graph its ceiling isn't known"
    )
    return (
        "On new graphs of families that the fit has seen, all properties reach "
        f"{span(known['r2'], 2)}; {ceiling}."
    )


def _rows(rows: pd.DataFrame) -> list[list[str]]:
    wide = rows.pivot_table(
        index=[*_CASE, "family"], columns="features", values="r2", sort=False
    ).reindex(columns=list(_SETS))
    return [
        [
            f"{cell_name(cell)}, {protocol}",
            "each in turn" if family == "all" else family_name(family),
            *(span([value], 2) for value in values),
        ]
        for (protocol, cell, family), values in zip(wide.index, wide.to_numpy(), strict=True)
    ]

"""Which networks get beyond what needs no network, and what decides how well those do?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.report.finding import (
    Finding,
    counted,
    ends,
    listed,
    number,
    p_text,
    share,
    span,
    with_ends,
)
from sparsernn.report.words import baseline_name, cell_name

ORDER = 35
INPUTS = {"hurdle": "analysis/hurdle", "baselines": "analysis/baselines"}
_SURE = 0.05
_CASE = ["protocol", "cell"]
_TERMS = {
    "family": "family",
    "log_nodes": "size",
    "degree": "mean degree",
    "source_nodes": "sources",
    "family:log_nodes": "family × size",
    "family:degree": "family × mean degree",
    "family:source_nodes": "family × sources",
    "graph": "the rest of the graph",
}


def hurdle(tables: Mapping[str, pd.DataFrame]) -> Finding | None:
    """How many networks pass each trivial baseline, and what goes with passing the highest."""
    rows = _without_ties(tables["hurdle"])
    whether, well = rows[rows["part"] == "whether"], rows[rows["part"] == "how well"]
    sizes = whether.drop_duplicates([*_CASE, "baseline"])
    if sizes.empty or not sizes["networks"].sum():
        return None
    highest = sizes[sizes["level"] == sizes["level"].max()]
    level = float(highest["level"].max())
    last = whether[whether["level"] == level]
    return Finding(
        question="Do networks on graphs learn more than simple rules know, and what decides it?",
        answer=_answer(highest, _more_than(tables["baselines"], level)),
        brief=f"{_passed(highest)} beat the best rule",
        detail=f"{_by_cell(highest)}That is an accuracy above {share(level, 1)}, a point more than "
        f"that reaches; the accuracy is {_of_epochs(rows)}. "
        f"{_decides(last)} {_how_well(well)}",
        evidence=f"{counted(int(highest['networks'].sum()), 'network')} on "
        f"{int(highest['graphs'].max())} graphs. Two models, because networks that never do "
        "better can't share a scale with those that differ by a few errors: logistic "
        "regression of whether a network passes, whose tests and intervals allow for networks of "
        "one graph being alike; and a mixed model of the log-odds of the error of those that do, "
        "with the graph as a random effect. Significant: adjusted for all terms of a cell and "
        "protocol (Holm); the rest of the graph by its likelihood ratio.",
        beside=_lower(sizes, level),
        confounds="Size, degree and sources also change the number of parameters. Where the terms "
        "separate the networks that pass from the others, coefficients are shrunk and have no "
        "interval.",
        thesis="It reports one accuracy a graph and correlates it as it is, so networks that did "
        "not train and networks that trained well are on one scale; what decides on which of the "
        "two a network is can't be told from it.",
        unknown="Whether networks that do not pass would do so with more epochs.",
        tests="hurdle",
        header=["cell, protocol", "pass", "passing: log-odds per SD of log(size)", *_WELL],
        rows=[_row(case, last, well) for case in highest[_CASE].itertuples(index=False)],
    )


def _of_epochs(rows: pd.DataFrame) -> str:
    late = "late_test_acc" in set(rows["response"])
    return "the mean of the last five epochs" if late else "that after the last epoch"


_WELL = (
    "error: log-odds per SD of log(size)",
    "error: what is significant",
    "share of the graph beyond these",
)


def _without_ties(rows: pd.DataFrame) -> pd.DataFrame:
    """The table with one of the baselines that are equally good and the best: that of the fits."""
    best = rows.loc[rows["level"] == rows["level"].max(), "baseline"].unique()
    return rows[~rows["baseline"].isin(best[:-1])]


def _passed(sizes: pd.DataFrame) -> str:
    passed, all_of_them = int(sizes["trained"].sum()), int(sizes["networks"].sum())
    if passed == all_of_them:
        return f"all {all_of_them:,} networks"
    if not passed:
        return f"none of {all_of_them:,} networks"
    return f"{passed:,} of {all_of_them:,} networks"


def _answer(highest: pd.DataFrame, more: tuple[str, float] | None) -> str:
    """How many networks pass the highest baseline that any can, after one that none can."""
    known = f"{baseline_name(more[0])} is right for {share(more[1], 1)}; " if more else ""
    said = (
        f"{known}{_passed(highest)} {_do(highest)} at least a point better than "
        f"{baseline_name(str(highest['baseline'].iloc[0]))}."
    )
    return said[0].upper() + said[1:]


def _do(sizes: pd.DataFrame) -> str:
    return "does" if sizes["trained"].sum() < 2 else "do"


def _more_than(baselines: pd.DataFrame, level: float) -> tuple[str, float] | None:
    """The best of those that do nearly all of the task, so that no network can pass them."""
    done = baselines[baselines["accuracy"] > level]
    if done.empty:
        return None
    best = done.loc[done["accuracy"].idxmax()]
    return str(best["baseline"]), float(best["accuracy"])


def _by_cell(sizes: pd.DataFrame) -> str:
    """How many of each cell, where cells differ."""
    cells = sizes.groupby("cell", sort=False)[["trained", "networks"]].sum()
    if (cells["trained"] / cells["networks"]).nunique() < 2:
        return ""
    counts = {str(cell): f"{row['trained']:,}" for cell, row in cells.iterrows()}
    return f"By cell: {listed(counts)}. "


def _decides(rows: pd.DataFrame) -> str:
    """What whether a network passes depends on."""
    tested = rows[rows["p_value"].notna()]
    if tested.empty:
        return "Too few are on one side of that to say what decides it."
    said = _in_cells(tested, rows) + _named(
        tested,
        "whether a network does depends on {}.",
        "none of {} affects significantly whether a network does.",
    )
    return said[0].upper() + said[1:]


def _in_cells(tested: pd.DataFrame, rows: pd.DataFrame) -> str:
    """The cells that a test was possible in, and that it was not in the others."""
    cells = list(dict.fromkeys(map(cell_name, tested["cell"].astype(str))))
    if len(cells) == rows["cell"].nunique():
        return ""
    return f"In {', '.join(cells)} (in other cells it could not be tested), "


def _how_well(rows: pd.DataFrame) -> str:
    tested = rows[rows["p_value"].notna()]
    if tested[tested["term"] != "graph"].empty:
        return "What decides how well those do can't be told."
    return _named(
        tested,
        "Among those that do, the error depends on {}.",
        "Among those that do, none of {} affects the error significantly.",
    )


def _named(tested: pd.DataFrame, some: str, none: str) -> str:
    """A sentence with the terms that count, and in how many cases, or with those that don't."""
    found = []
    for term, words in _TERMS.items():
        group = tested[tested["term"] == term]
        count = int(_sure(group).sum())
        if count:
            found.append(f"{words} (significant in {count} of {counted(len(group), 'case')})")
    names = [words for term, words in _TERMS.items() if term in set(tested["term"])]
    return some.format(", ".join(found)) if found else none.format(", ".join(names))


def _sure(rows: pd.DataFrame) -> pd.Series:
    """The rest of the graph has one test of its own, and no adjusted p."""
    return rows["p_adjusted"].fillna(rows["p_value"]) <= _SURE


def _lower(sizes: pd.DataFrame, level: float) -> str:
    """How many networks pass the baselines below the highest."""
    said = [
        f"{baseline_name(str(name))} ({share(float(group['level'].max()), 1)}): "
        f"{int(group['trained'].sum()):,}"
        for name, group in sizes[sizes["level"] < level].groupby("baseline", sort=False)
    ]
    total = int(sizes[sizes["level"] == level]["networks"].sum())
    if not said:
        return f"Nothing that knows less is below it. Networks in all: {total:,}."
    return (
        f"How many of {total:,} networks are better than simpler rules (above the accuracy in "
        f"brackets): {'; '.join(said)}."
    )


def _row(case: tuple[str, str], whether: pd.DataFrame, well: pd.DataFrame) -> list[str]:
    protocol, cell = case
    first, second = (
        rows[(rows["protocol"] == protocol) & (rows["cell"] == cell)].set_index("term")
        for rows in (whether, well)
    )
    sizes = first.iloc[0]
    tested = second[second["p_value"].notna()]
    names = [_TERMS[term] for term in tested.index[_sure(tested)] if term in _TERMS]
    rest = second.loc["graph"] if "graph" in second.index else pd.Series(dtype=float)
    return [
        f"{cell_name(cell)}, {protocol}",
        f"{int(sizes['trained'])} of {int(sizes['networks'])}",
        _size(first),
        _size(second),
        ", ".join(names) or ("none" if len(tested) else "–"),
        _rest(rest),
    ]


def _size(rows: pd.DataFrame) -> str:
    """The effect of one standard deviation of the logarithm of the size."""
    if "log_nodes" not in rows.index:
        return "–"
    row = rows.loc["log_nodes"]
    interval = ends(number(row, "low"), number(row, "high"), 2)
    return with_ends(span([number(row, "effect")], 2), interval)


def _rest(row: pd.Series) -> str:
    """Its share of the variance that is left, and p."""
    p = number(row, "p_value")
    if p_text(p) == "–":
        return "–"
    found = share(number(row, "share")) if p <= _SURE else "not significant"
    return f"{found} (p {p_text(p)})"

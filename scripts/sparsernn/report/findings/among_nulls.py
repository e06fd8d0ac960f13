"""Does a graph of one's own make another network than random graphs that are like it?"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sparsernn.analysis.among_nulls import ALL_CELLS
from sparsernn.plugins import display_name
from sparsernn.report.compared import is_sure
from sparsernn.report.finding import Finding, counted, ends, p_text, span, with_ends
from sparsernn.report.reached import Measure, measure
from sparsernn.report.words import cell_name

ORDER = 45
INPUTS = {"among": "analysis/among_nulls", "networks": "analysis/networks"}
_LEVEL = 0.05
_HEADER = ["null model", "cell, protocol", "difference{}", "in SDs", "p", "p adjusted"]
_HEADER += ["random graphs needed"]


def among_nulls(tables: Mapping[str, pd.DataFrame]) -> Finding | None:
    """Each graph among the random graphs of each null model."""
    rows, success = tables["among"], measure(tables["networks"])
    rows = rows[(rows["response"] == success.column) & rows["p_value"].notna()]
    if rows.empty:
        return None
    graphs = list(dict.fromkeys(rows["graph"].astype(str)))
    named = (
        graphs[0].removesuffix(".graphml").removesuffix(".csv")
        if len(graphs) == 1
        else f"{len(graphs)} graphs"
    )
    nulls, starts = span(rows["nulls"]), int(rows["starts"].max())
    pooled, single = rows[rows["cell"] == ALL_CELLS], rows[rows["cell"] != ALL_CELLS]
    parts = [part for part in (pooled, single) if len(part)]
    return Finding(
        question="Does a network on a given graph differ from networks on random graphs like it?",
        answer=f"The {'mean ' * bool(len(pooled))}{success.name} of {_of(parts[0])} on {named} is "
        f"{_by_protocol(parts[0])}."
        + (
            " There are too few random graphs for any difference to be significant."
            if _too_few(rows)
            else ""
        ),
        brief=_by_protocol(parts[0]),
        detail="".join(
            f"With all cells together it differs by {_by_null(of_protocol, success)} "
            f"(protocol: {protocol}). "
            for protocol, of_protocol in pooled.groupby("protocol", sort=False)
        )
        + f"In single cells it differs by {_by_null(single, success)}: significantly in "
        f"{_sure(single)}{_ways(single)}.",
        evidence=f"{nulls} random graphs of each null model, with {counted(starts, 'network')} "
        "of each graph in a cell and protocol. The "
        f"{success.name} is {success.when}. p is "
        "the share of all graphs, the random ones and the graph itself, that are at least as far "
        "from their mean as the graph. A difference is that from the mean of the random graphs, "
        "and SDs are theirs. Significant: at most 0.05, adjusted for all comparisons of "
        "a protocol (Benjamini and Hochberg), those of all cells together by themselves. "
        + " ".join(map(_reach, parts)),
        beside=" ".join(map(_by_chance, parts)),
        confounds="What a null model doesn't keep differs all at once: one of the same size may "
        "have other degrees, other paths and other inputs to what is read out. Comparisons of one "
        "graph share its networks, so that they tend to agree.",
        thesis="It has no graph that is given, and no null models.",
        unknown=_power(rows),
        header=[each.format(f" in {success.unit}" * bool(success.unit)) for each in _HEADER],
        rows=[_row(row, success, len(graphs) > 1) for row in rows.to_dict("records")],
    )


def _by_protocol(rows: pd.DataFrame) -> str:
    """The same for each protocol, by name where there are several that differ in it."""
    told = {
        str(protocol): _by_model(of_protocol)
        for protocol, of_protocol in rows.groupby("protocol", sort=False)
    }
    if len(set(told.values())) == 1:
        return next(iter(told.values()))
    return "; ".join(f"{words} (protocol: {protocol})" for protocol, words in told.items())


def _by_model(rows: pd.DataFrame) -> str:
    """With which null models there are significant differences, and which way they lead."""
    found: dict[str, dict[str, str]] = {}
    counts = rows.assign(sure=is_sure(rows), lower=rows["difference"] < 0)
    for null, of_null in counts.groupby("null", sort=False):
        sure = of_null[of_null["sure"]]
        for word, some in {"lower": sure[sure["lower"]], "higher": sure[~sure["lower"]]}.items():
            if len(some):
                part = "" if len(some) == len(of_null) else f" in {len(some)} of {len(of_null)}"
                name = display_name("nulls", str(null))
                found.setdefault(word, {})[name] = part
    models = rows["null"].nunique()
    told = [
        f"significantly {word} than on random graphs " + _models(parts, models)
        for word, parts in found.items()
    ]
    apart = counts.groupby("null")["sure"].any()
    if open_ := int((~apart).sum()):
        others = "the other null model" if open_ == 1 else f"the other {open_} null models"
        told.append(f"not shown to differ from {others if told else 'any null model'}")
    return " and ".join(told)


def _models(parts: Mapping[str, str], models: int) -> str:
    """Null models, each with the part of its comparisons where that is not all."""
    if len(parts) == models > 1 and not any(parts.values()):
        return "of both null models" if models == 2 else f"of all {models} null models"
    return f"({'; '.join(f'{name}{part}' for name, part in parts.items())})"


def _too_few(rows: pd.DataFrame) -> bool:
    return bool((rows["together"] > rows["tests"]).all())


def _sure(rows: pd.DataFrame) -> str:
    return f"{int(is_sure(rows).sum())} of {counted(len(rows), 'comparison')}"


def _ways(rows: pd.DataFrame) -> str:
    """How many of the significant differences lead down, and how many up."""
    sure = rows.loc[is_sure(rows), "difference"]
    counts = {"lower": int((sure < 0).sum()), "higher": int((sure > 0).sum())}
    told = [f"{word} in {count}" for word, count in counts.items() if count]
    return f" ({', '.join(told)})" if told else ""


def _by_chance(rows: pd.DataFrame) -> str:
    """How many small p there are, and would be if the graph were one of its random graphs."""
    return (
        f"Of {counted(len(rows), 'comparison')} of {_of(rows)}, {_LEVEL * len(rows):.1f} would "
        "have a p of at most 0.05 by chance, before adjusting, if the graph were one of its random "
        f"graphs; {int((rows['p_value'] <= _LEVEL).sum())} have."
    )


def _of(rows: pd.DataFrame) -> str:
    return "all cells together" if (rows["cell"] == ALL_CELLS).all() else "single cells"


def _by_null(rows: pd.DataFrame, success: Measure) -> str:
    """For each null model the differences, and how many of them are significant."""
    return "; by ".join(
        f"{_ends(of_null['difference'], success)} with {display_name('nulls', str(null))} "
        f"(significant in {int(is_sure(of_null).sum())} of {len(of_null)})"
        for null, of_null in rows.groupby("null", sort=False)
    )


def _ends(differences: pd.Series, success: Measure) -> str:
    return span(success.scale * differences, success.digits, f" {success.unit}".rstrip())


def _reach(rows: pd.DataFrame) -> str:
    """What the number of null graphs allows to find at all."""
    together, tests = int(rows["together"].max()), int(rows["tests"].max())
    alone = int(rows["alone"].max())
    one = f"a single clear difference would need {alone} random graphs of its null model."
    if together <= 1:
        return (
            f"Of {_of(rows)}, one comparison alone can be significant with so many random graphs."
        )
    if together > tests:
        return f"Of {_of(rows)}, none can be significant with so few random graphs; {one}"
    return (
        f"Of {_of(rows)}, a comparison can be significant with so many random graphs only if "
        f"{together} of the {tests} are as clear as possible; {one}"
    )


def _power(rows: pd.DataFrame) -> str:
    """How many null graphs the differences would need that are not significant."""
    unsure = rows[~is_sure(rows)]
    if unsure.empty:
        return "Which part of its structure makes the difference."
    enough = unsure["for_power"].dropna()
    never = len(unsure) - len(enough)
    needed = (
        f"{len(enough)} would be found with a probability of 0.8, each by itself, with "
        f"{span(enough)} random graphs. "
        if len(enough)
        else ""
    )
    few = (
        f"For {never} no number of random graphs is enough with so few starts: they are too small "
        "beside what random graphs differ by among themselves."
        if never
        else ""
    )
    count = counted(len(unsure), "difference")
    verb = "is" if len(unsure) == 1 else "are"
    return f"Of the {count} that {verb} not significant: {needed}{few}".strip()


def _row(row: dict, success: Measure, several: bool) -> list[str]:
    mean, low, high = (success.scale * float(row[name]) for name in ("difference", "low", "high"))
    null = display_name("nulls", str(row["null"]))
    needed = row["for_power"]
    if row["p_adjusted"] <= _LEVEL:
        more = "–"
    else:
        more = "never enough" if np.isnan(needed) else f"{needed:,.0f}"
    return [
        f"{row['graph']}: {null}" if several else null,
        f"{'all cells' if row['cell'] == ALL_CELLS else cell_name(str(row['cell']))}, "
        f"{row['protocol']}",
        with_ends(span([mean], success.digits), ends(low, high, success.digits)),
        span([float(row["sds"])], 1),
        p_text(float(row["p_value"])),
        p_text(float(row["p_adjusted"])),
        more,
    ]

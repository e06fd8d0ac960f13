"""Which networks get beyond what needs no network, and what decides how well those do?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.analysis.cases import CASE, originals
from sparsernn.analysis.settings import Settings, responses_of
from sparsernn.analysis.structure import Hurdle, how_well, whether_trained

INPUTS = {"networks": "analysis/networks", "baselines": "analysis/baselines"}
NEEDS = "graphs"
_MARGIN = 0.01
_EXAMPLES = ["strings", "sequences", "symbols"]  # what an accuracy is a share of, by the task
_EFFECT = ["effect", "low", "high"]
_COLUMNS = [*CASE, "response", "baseline", "level", "part", "term", "graphs", "networks"]
_COLUMNS += ["trained", "freedom", "statistic", "p_value", "p_adjusted", *_EFFECT, "share", "note"]


def hurdle(tables: Mapping[str, pd.DataFrame], settings: Settings) -> pd.DataFrame:
    """Whether networks pass each trivial baseline, and the error of those that pass the highest.

    A baseline that does the task, all but one string in a hundred, is no hurdle.

    Returns:
        One row a protocol, cell, response, baseline, part and term: level (the accuracy that is to
        be passed); of the part "whether", the tests of `sparsernn.analysis.structure`'s
        `whether_trained`; of the part "how well", those of its `how_well`. There the term "graph"
        is what else differs between graphs, with its share of the variance left; it is tested by
        the likelihood ratio at the boundary. effect: of a number, the change of the log-odds for
        one standard deviation, with its interval; of a factor, the range over its levels.
    """
    networks = originals(tables["networks"])
    responses = responses_of(networks, ("late_test_acc",)) or responses_of(networks, ("test_acc",))
    hurdles = _hurdles(tables["baselines"], settings.confidence)
    found = [
        _whether(networks, responses, passed).assign(baseline=name, level=_level(passed))
        for name, passed in hurdles.items()
    ]
    for name, passed in list(hurdles.items())[-1:]:
        best = _how_well(networks, responses, passed)
        found.append(best.assign(baseline=name, level=_level(passed)))
    filled = [table for table in found if len(table)]
    whole = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()
    return whole.reindex(columns=_COLUMNS)


def _hurdles(baselines: pd.DataFrame, confidence: float) -> dict[str, Hurdle]:
    """By the name of a baseline, from the lowest to the highest."""
    tested = baselines.filter(items=_EXAMPLES).iloc[:, 0]
    known = baselines.assign(examples=tested).sort_values("accuracy", kind="stable")
    return {
        str(row["baseline"]): Hurdle(
            float(row["accuracy"]), int(row["examples"]), _MARGIN, confidence
        )
        for row in known.to_dict("records")
        if row["accuracy"] < 1 - 2 * _MARGIN
    }


def _level(passed: Hurdle) -> float:
    return passed.baseline + passed.margin


def _whether(networks: pd.DataFrame, responses: list[str], passed: Hurdle) -> pd.DataFrame:
    coefficients, tests = whether_trained(networks, responses, passed)
    return _with_effects(tests, coefficients).assign(part="whether")


def _how_well(networks: pd.DataFrame, responses: list[str], passed: Hurdle) -> pd.DataFrame:
    coefficients, tests, variances = how_well(networks, responses, passed)
    key = [*CASE, "response"]
    sizes = variances[[*key, "graphs", "networks"]]
    terms = _with_effects(tests, coefficients).merge(sizes, on=key)
    graph = variances.rename(columns={"likelihood_ratio": "statistic"}).assign(term="graph")
    both = pd.concat([part for part in (terms, graph) if len(part)] or [terms], ignore_index=True)
    return both.assign(part="how well", trained=both["networks"])


def _with_effects(tests: pd.DataFrame, coefficients: pd.DataFrame) -> pd.DataFrame:
    """Add the effect of each term that is no interaction."""
    named = coefficients.assign(
        factor=coefficients["term"].str.contains("[", regex=False),
        term=coefficients["term"].str.replace(r"\[[^]]*\]$", "", regex=True),
    )
    key = [*CASE, "response", "term"]
    rows = [
        dict(zip(key, values, strict=True)) | _effect(columns)
        for values, columns in named.groupby(key, sort=False)
        if ":" not in values[-1]
    ]
    return tests.merge(pd.DataFrame(rows, columns=[*key, *_EFFECT]), on=key, how="left")


def _effect(columns: pd.DataFrame) -> dict[str, float]:
    """The coefficient of a number with its interval, or the range over the levels of a factor."""
    if not columns["factor"].any():
        return dict(zip(_EFFECT, columns[["estimate", "low", "high"]].iloc[0], strict=True))
    levels = [*columns["estimate"], -columns["estimate"].sum(skipna=False)]  # they sum to 0
    return {"effect": max(levels) - min(levels)}

"""A study that was run again with another root seed: which of its results come back?"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sparsernn.data.datasets import TEXT
from sparsernn.files.tables import read_csv
from sparsernn.report.finding import Finding, counted, ends, p_text, span, with_ends
from sparsernn.report.words import (
    cell_name,
    family_name,
    field_name,
    property_name,
    response_name,
)

__all__ = ["TESTS", "Tests", "both_times", "came_back", "repeated"]

_LEVEL = 0.05
_NAMED = 2  # results that a sentence has room to name
_ICC = "analysis/ceiling.csv"
_RUNS = ("first", "second")
_FIELDS = {"kind": ["main", "alone"]}
_LATE = {"response": ["late_test_acc"]}


class Tests(NamedTuple):
    """The tests of one table of the analysis.

    Attributes:
        words: what they test.
        keys: the columns that name a test, beside the cell and, where there is one, the protocol.
        value: the column of the effect.
        only: values that a row must have to be told of.
    """

    words: str
    keys: Sequence[str]
    value: str
    only: Mapping[str, Sequence[str]]


TESTS: Mapping[str, Tests] = {
    "hurdle": Tests("term", ["part", "baseline", "term"], "effect", {}),
    "partial": Tests(
        "correlation", ["property"], "r", {"family": ["all"], "response": ["test_loss"]}
    ),
    "correlations": Tests("correlation, without controls", ["property"], "r", {}),
    "nulls": Tests("null model", ["original", "reference"], "mean", _LATE),
    "effects": Tests("effect", ["design", "effect"], "estimate", _LATE | _FIELDS),
}
"""By the table's name in a study's folder `analysis`."""


def both_times(first: pd.DataFrame, second: pd.DataFrame, tests: Tests) -> pd.DataFrame:
    """The tests that both studies made, side by side.

    Args:
        first: a table of the analysis: the columns of `tests`, and p_value, p_adjusted or both.
        second: the same table of the study that was run again.
        tests: what to compare.

    Returns:
        One row a test: its keys, value and p of either study (value_first, p_first, ...), and
        outcome: "both" (significant in both, with effects of one sign), "opposite" (of two),
        "first" (in the first only), "second" or "neither".
    """
    keys = [key for key in ("protocol", "cell", *tests.keys) if key in first]
    parts = [_tested(table, tests)[[*keys, "value", "p"]] for table in (first, second)]
    rows = parts[0].merge(parts[1], on=keys, suffixes=("_first", "_second"))
    one, two = (rows[f"p_{name}"] <= _LEVEL for name in ("first", "second"))
    opposite = rows["value_first"] * rows["value_second"] < 0
    rows["outcome"] = "neither"
    for name, which in {
        "first": one & ~two,
        "second": two & ~one,
        "both": one & two & ~opposite,
        "opposite": one & two & opposite,
    }.items():
        rows.loc[which, "outcome"] = name
    return rows


def _tested(table: pd.DataFrame, tests: Tests) -> pd.DataFrame:
    for column, value in tests.only.items():
        table = table[table[column].isin(value)]
    p = table["p_adjusted"] if "p_adjusted" in table else table["p_value"]
    if "p_value" in table:
        p = p.fillna(table["p_value"])
    tested = table.assign(p=p, value=table[tests.value])
    return tested[tested["p"].notna()]


def repeated(first: Path, second: Path) -> Finding:
    """What came back of a study.

    Args:
        first: the results of a study.
        second: those of the same study with another root seed.
    """
    found = {
        name: both_times(*tables, tests)
        for name, tests in TESTS.items()
        if (tables := _tables(first, second, name))
    }
    outcomes = pd.concat([table["outcome"] for table in found.values()] or [pd.Series(dtype=str)])
    return Finding(
        question="Do results come back with another root seed?",
        answer=_answer(outcomes.value_counts()),
        brief=_brief(outcomes.value_counts()),
        detail="The table has all tests that are significant in either run."
        + _estimates(first, second),
        evidence="The same study was run twice: strings, graphs and starts are all different; the "
        "rest is the same. Tests are those of its other findings, with their adjusted p-values. "
        "Tests of one term against several baselines are of nearly the same networks, and so "
        "nearly one test.",
        beside="An effect at the edge of significance comes back in about half of such runs. That "
        "it does not is no proof that it was wrong.",
        confounds="Nothing but chance differs between the two.",
        thesis="It ran everything once.",
        unknown="Studies other than this one.",
        header=["tested", "cell, protocol", "first: effect", "p", "again: effect", "p"],
        rows=[row for name, table in found.items() for row in _rows(TESTS[name], table)],
    )


def came_back(first: Path, second: Path, table: str) -> str:
    """A sentence on the tests of one table that were significant at first; empty if none was.

    Args:
        first: the results of a study.
        second: those of the same study with another root seed.
        table: a name of `TESTS`.
    """
    tables = _tables(first, second, table)
    if tables is None:
        return ""
    tests = TESTS[table]
    rows = both_times(*tables, tests)
    if "baseline" in rows:
        highest = tables[0].loc[tables[0]["level"] == tables[0]["level"].max(), "baseline"]
        rows = rows[rows["baseline"] == highest.iloc[-1]]
    sure = rows[rows["outcome"].isin(["both", "opposite", "first"])]
    lost = sure[sure["outcome"] != "both"]
    if sure.empty:
        return ""
    named = ", ".join(
        f"{_word(tests.keys[-1], str(row[tests.keys[-1]]))} in {cell_name(str(row['cell']))}"
        for row in lost.to_dict("records")
    )
    not_back = f" (not: {named})" if 0 < len(lost) <= _NAMED else ""
    return (
        f"With another root seed, {len(sure) - len(lost)} of "
        f"{counted(len(sure), f'significant {tests.words}')} came back{not_back}."
    )


def _estimates(first: Path, second: Path) -> str:
    """How many ICCs differ by more than their intervals; empty where a run has none."""
    if not ((first / _ICC).exists() and (second / _ICC).exists()):
        return ""
    one, two = (read_csv(folder / _ICC, text=TEXT) for folder in (first, second))
    both = one.merge(two, on=["protocol", "cell", "response"], suffixes=("_first", "_second"))
    both = both[both["estimate_first"].notna() & both["estimate_second"].notna()]
    if both.empty:
        return ""
    low, high, low_again, high_again = (
        both[f"wide_{end}_{run}"] for run in _RUNS for end in ("low", "high")
    )
    apart = both[(low > high_again) | (low_again > high)]
    named = "; ".join(
        f"{response_name(row['response'])} in {cell_name(row['cell'])}, "
        + ", then ".join(_estimate(row, run) for run in _RUNS)
        for row in apart.to_dict("records")
    )
    return (
        f" Of {counted(len(both), 'share')} of the variance that graphs explain (ICC), "
        f"{len(apart)} differ so that their intervals leave each other out"
        f"{f': {named}' if named else ''}."
    )


def _estimate(row: dict, run: str) -> str:
    low, high = (row[f"wide_{end}_{run}"] for end in ("low", "high"))
    return with_ends(span([row[f"estimate_{run}"]], 2), ends(low, high, 2))


def _tables(first: Path, second: Path, name: str) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    one, two = (folder / "analysis" / f"{name}.csv" for folder in (first, second))
    return (
        (read_csv(one, text=TEXT), read_csv(two, text=TEXT))
        if one.exists() and two.exists()
        else None
    )


def _brief(counts: pd.Series) -> str:
    both, once = int(counts.get("both", 0)), int(counts.get("second", 0))
    was = both + int(counts.get("first", 0)) + int(counts.get("opposite", 0))
    first = f"{both} of {was} came back" if was else "none significant at first"
    return f"{first}, {once or 'none'} in the second run alone"


def _answer(counts: pd.Series) -> str:
    def of(name: str) -> int:
        return int(counts.get(name, 0))

    if counts.empty:
        return "The two runs have no tests in common."
    significant = of("first") + of("both") + of("opposite")
    was = "was" if significant == 1 else "were"
    tested = f"Of {counted(int(counts.sum()), 'test')} that both runs made"
    if not significant:
        return (
            f"{tested}, none was significant at first, so none could come back; the second run has "
            f"{of('second')}."
        )
    return (
        f"{tested}, {significant} {was} significant at first. Of these, {of('both')} came back, "
        f"{of('first')} did not, and {of('opposite')} came back with the opposite sign; "
        f"{of('second') or 'none'} {'was' if of('second') == 1 else 'were'} significant in the "
        "second run alone."
    )


def _rows(tests: Tests, table: pd.DataFrame) -> list[list[str]]:
    told = table[table["outcome"] != "neither"]
    return [
        [
            f"{tests.words}: {', '.join(_word(key, str(row[key])) for key in tests.keys)}",
            ", ".join(
                [cell_name(str(row["cell"])), *([row["protocol"]] if "protocol" in row else [])]
            ),
            span([float(row["value_first"])], 3),
            p_text(float(row["p_first"])),
            span([float(row["value_second"])], 3),
            p_text(float(row["p_second"])),
        ]
        for row in told.to_dict("records")
    ]


def _word(key: str, value: str) -> str:
    if key == "property":
        return property_name(value)
    if key == "effect":
        return field_name(value)
    if key == "original" and value != "all":
        return family_name(value)
    return value.replace("_", " ").replace("log nodes", "size")

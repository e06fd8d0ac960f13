"""Two-level designs, factorial or one field at a time: how much each switch changes a response.

Every run sets each field to its low (−1) or high (+1) level, and trains the same graphs from the
same starts. A fraction of all combinations confounds effects; `aliases` names which. Where one
field is changed at a time, an effect is the difference to the run in which all are low.
"""

import math
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from sparsernn.analysis.cases import GRAPH, blank, counted, is_constant, observations, require
from sparsernn.analysis.designs import levels
from sparsernn.analysis.intervals import FEW, mean_interval
from sparsernn.analysis.resampling import adjust_within
from sparsernn.errors import InputError

__all__ = ["aliases", "factorial_design", "factorial_effects", "resolution"]

_EFFECT = ["graphs", "pairs", "dropped", "estimate", "low", "high"]
_EFFECT += ["p_value", "p_adjusted", "note"]


def factorial_design(fields: Sequence[str], runs: int, least_resolution: int = 3) -> pd.DataFrame:
    """A full factorial, or a regular fraction 2^(k−p) of it.

    Args:
        fields: names of the k fields, the first of which vary freely.
        runs: number of runs, 2^k or a number that `sparsernn.analysis.designs` has for k.
        least_resolution: the least resolution that will do. With III, main effects are free of
            each other; with IV, also of two-field interactions; with V, those of each other too.

    Returns:
        One row a run, one column a field, of −1 and +1.

    Raises:
        InputError: no such design, or one of lower resolution.

    Example:
        >>> design = factorial_design(["a", "b", "c"], 4)
        >>> design.to_numpy().tolist()
        [[-1, -1, 1], [1, -1, -1], [-1, 1, -1], [1, 1, 1]]
        >>> resolution(design)
        3
    """
    design = pd.DataFrame(levels(fields, runs), columns=list(fields))
    if resolution(design) < least_resolution:
        raise InputError(
            f"{len(fields)} fields in {runs} runs have resolution {resolution(design)}; expected "
            f"at least {least_resolution}. Take more runs or fewer fields."
        )
    return design


def resolution(design: pd.DataFrame) -> int | float:
    """The least number of columns whose product is constant; infinite for a full factorial.

    Args:
        design: one row a run, one column a field, of −1 and +1.
    """
    levels = design.to_numpy()
    for size in range(1, levels.shape[1] + 1):
        for chosen in combinations(range(levels.shape[1]), size):
            if np.ptp(levels[:, chosen].prod(axis=1)) == 0:
                return size
    return math.inf


def aliases(design: pd.DataFrame) -> dict[str, list[str]]:
    """Main effects and two-field interactions, grouped by what the design cannot separate.

    Args:
        design: one row a run, one column a field, of −1 and +1.

    Returns:
        By the first effect of each group, the others, with a minus sign where they have the
        opposite sign. Main effects come first. Interactions are written a:b.

    Example:
        >>> aliases(factorial_design(["a", "b", "c"], 4))
        {'a': ['b:c'], 'b': ['a:c'], 'c': ['a:b']}
    """
    found: dict[tuple[int, ...], tuple[str, list[str]]] = {}
    for name, column in _effects(design).items():
        key, opposite = tuple(column), tuple(-column)
        if key in found:
            found[key][1].append(name)
        elif opposite in found:
            found[opposite][1].append(f"-{name}")
        else:
            found[key] = (name, [])
    return dict(found.values())


def _effects(design: pd.DataFrame) -> dict[str, np.ndarray]:
    """The columns of the main effects and, in a factorial, of the two-field interactions."""
    columns = {str(name): design[name].to_numpy() for name in design}
    if not _is_factorial(design):
        return columns
    pairs = {f"{a}:{b}": columns[a] * columns[b] for a, b in combinations(columns, 2)}
    return columns | pairs


def _is_factorial(design: pd.DataFrame) -> bool:
    """Whether the fields vary independently of each other: in a factorial, or a fraction of one."""
    columns = np.column_stack([np.ones(len(design), int), design.to_numpy()])
    return np.array_equal(columns.T @ columns, len(design) * np.eye(columns.shape[1]))


def factorial_effects(
    table: pd.DataFrame,
    responses: Sequence[str],
    fields: Sequence[str],
    *,
    confidence: float = 0.95,
    start: str = "seed",
    by: Sequence[str] = ("cell",),
) -> pd.DataFrame:
    """What each field does to a response: its mean at the high level minus that at the low level.

    Within a graph and start, only the runs differ. So each gives one estimate of every effect; they
    are averaged by graph, and graphs are the sample.

    Args:
        table: one row a network: family, graph, status, and fields of −1 and +1.
        responses: names of columns.
        fields: names of columns.
        confidence: coverage of the intervals.
        start: the column that tells the starts of a graph apart.
        by: columns within which effects are estimated separately.

    Returns:
        One row a value of `by`, response and effect: kind ("main", "interaction", or "alone" where
        one field is changed at a time), aliases (what else the estimate contains, among two-field
        interactions), graphs, pairs (of graph and start), dropped (pairs that lack runs), estimate,
        low and high (Student's t over graphs),
        p_value (t), p_adjusted (Holm, over the effects of one kind), note.

    Raises:
        InputError: a column is missing, or a field has other levels than −1 and +1.
    """
    require(table, fields, "the table of networks")
    design, rows = _design(table, fields), []
    named, main = aliases(design), "main" if _is_factorial(design) else "alone"
    for case, networks in observations(table, responses, [*GRAPH, start, *fields], by):
        values, dropped = _by_pair(networks, design, list(named), start)
        for effect, others in named.items():
            kind = "interaction" if effect not in fields else main
            about = case | {"effect": effect, "kind": kind, "aliases": ", ".join(others)}
            found = _effect(values[effect], confidence)
            rows.append(about | found | {"pairs": len(values), "dropped": dropped})
    columns = [*by, "response", "effect", "kind", "aliases", *_EFFECT]
    return adjust_within(pd.DataFrame(rows, columns=columns), [*by, "response", "kind"], "holm")


def _design(table: pd.DataFrame, fields: Sequence[str]) -> pd.DataFrame:
    """The runs that occur, also those of which no network counts."""
    design = table[list(fields)].drop_duplicates().reset_index(drop=True)
    other = ~design.isin([-1, 1]).all()
    if other.any():
        raise InputError(f"{', '.join(design.columns[other])} has levels other than -1 and 1.")
    return design.astype(int)


def _by_pair(
    networks: pd.DataFrame, design: pd.DataFrame, effects: list[str], start: str
) -> tuple[pd.DataFrame, int]:
    """Each effect in each pair of graph and start, and how many pairs lack a run.

    Least squares of the response on all effects, which in a whole design are differences of means.
    """
    fields, rows, dropped = list(design), {}, 0
    for pair, runs in networks.groupby([*GRAPH, start], sort=True):
        if runs.duplicated(fields).any():
            raise InputError(f"{pair} has a run twice; expected one network each.")
        if len(runs) < len(design):
            dropped += 1
            continue
        columns = _effects(runs[fields].astype(int))
        x = np.column_stack([np.ones(len(runs)), *(columns[name] for name in effects)])
        rows[pair] = 2 * np.linalg.lstsq(x, runs["y"].to_numpy(), rcond=None)[0][1:]
    index = pd.MultiIndex.from_tuples(list(rows), names=[*GRAPH, start]) if rows else None
    return pd.DataFrame(list(rows.values()), index=index, columns=effects), dropped


def _effect(values: pd.Series, confidence: float) -> dict[str, Any]:
    if not len(values):
        return blank(_EFFECT) | {"graphs": 0, "note": "no graph and start with all runs"}
    graphs = values.groupby(level=GRAPH).mean().to_numpy()
    row = blank(_EFFECT) | {"graphs": len(graphs), "estimate": graphs.mean()}
    if np.abs(graphs).max() < 1e-12:
        return row | {"estimate": 0.0, "p_value": 1.0, "note": "no difference in any pair"}
    if len(graphs) < FEW or is_constant(graphs):
        many = "the effect is the same in all graphs"
        few = f"{counted(len(graphs))}, at least {FEW} needed for an interval"
        return row | {"note": few if len(graphs) < FEW else many}
    row["low"], row["high"] = mean_interval(graphs, confidence)
    return row | {"p_value": stats.ttest_1samp(graphs, 0).pvalue}

"""A study as claims see it: its tables, narrowed to one protocol and one schedule of pruning."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from sparsernn.wiring.protocol import CORRECTED, PUBLISHED

__all__ = ["GRID", "NotTestableError", "Study", "Value", "at_epoch", "near_dense"]
__all__ += ["over_seeds", "reached", "share"]

GRID = "the step of percentages"  # what an interval between two percentages is over

_SWEPT = "both"  # the target of a sweep
_SWEPT_AS = (
    "one_shot"  # the schedule that it follows: each percentage starts from the dense network
)
_SCOPES = {"published": PUBLISHED.prune_scope, "corrected": CORRECTED.prune_scope}
_NEAR_DENSE = 0.01  # "near the dense network": at most one point of accuracy below it


class NotTestableError(Exception):
    """The study lacks what a claim is about; the message says what."""


@dataclass(frozen=True)
class Value:
    """What a study finds for a claim.

    Attributes:
        value: a number; infinite where it never happens, NaN where names are found instead.
        low: lower end of the interval; NaN where there is none.
        high: upper end.
        doubt: why the claim is not confirmed even by a value that meets its criterion.
        seeds: range over random states of the regressor, where it draws.
        names: a set of names.
        unsure: the names whose membership in the set the intervals leave open.
        over: what the interval is over.
        draws: the value of each seed, where networks differ by their seed.
    """

    value: float = math.nan
    low: float = math.nan
    high: float = math.nan
    doubt: str = ""
    seeds: tuple[float, float] | None = None
    names: frozenset[str] | None = None
    unsure: frozenset[str] = frozenset()
    over: str = ""
    draws: tuple[float, ...] = ()


class Study:
    """The tables of one protocol, and of one schedule of pruning.

    A study may have some of them only. Claims on what it lacks raise `NotTestableError`.

    Args:
        tables: by name: strings, dense_history, dense, pruning_history, pruning, sweep,
            correlations, feature_sets.
        protocol: rows of this protocol count.
        schedule: of the tables of pruning, rows of this schedule count.
        confidence: coverage of the binomial intervals.
    """

    def __init__(
        self,
        tables: Mapping[str, pd.DataFrame],
        protocol: str,
        schedule: str,
        confidence: float,
    ) -> None:
        chosen = {"protocol": protocol, "schedule": schedule}
        self.confidence = confidence
        self.protocol = protocol
        self.schedule = schedule
        self._tables = dict(tables)
        for name, table in tables.items():
            for key, value in chosen.items():
                if key in table:
                    self._tables[name] = self._tables[name][self._tables[name][key] == value]

    def has(self, table: str) -> bool:
        """Whether a table is given and has rows of this protocol."""
        return table in self._tables and not self._tables[table].empty

    def rows(self, table: str, **where: Any) -> pd.DataFrame:
        """The rows of a table that have the given values; NotTestableError where there are none."""
        if table not in self._tables:
            raise NotTestableError(f"the study has no table {table!r}")
        rows = self._tables[table]
        for key, value in where.items():
            rows = rows[rows[key] == value]
            if rows.empty:
                shown = f"{value:g}" if isinstance(value, float) else value
                raise NotTestableError(f"the study has no {key} {shown}")
        if rows.empty:
            raise NotTestableError(f"the study's table {table!r} has no rows of this protocol")
        return rows

    def dense(self, cell: str, column: str = "test_acc") -> pd.DataFrame:
        """Accuracy of the dense networks: a row a seed, a column an epoch."""
        return _curves(self.rows("dense_history", cell=cell), column)

    def pruned(self, cell: str, target: str, percent: float) -> pd.DataFrame:
        """Accuracy in retraining: a row a seed, a column an epoch (0: right after pruning)."""
        where = {"cell": cell, "target": target, "percent": percent}
        return _curves(self.rows("pruning_history", **where), "test_acc")

    def after_pruning(self, cell: str, target: str, percent: float) -> pd.Series:
        """Accuracy right after pruning, by seed.

        A sweep prunes all recurrent weights of every dense network by many percentages and retrains
        none. Where there is one, it stands beside the networks that are retrained: the same seed
        has the same accuracy in both.
        """
        swept = self._swept(cell, target, percent)
        try:
            return at_epoch(self.pruned(cell, target, percent), 0).combine_first(swept)
        except NotTestableError:
            if swept.empty:
                raise
            return swept

    def _swept(self, cell: str, target: str, percent: float) -> pd.Series:
        """Accuracy in the sweep, by seed: magnitudes are compared within the protocol's scope."""
        scope = _SCOPES.get(self.protocol)
        if target != _SWEPT or self.schedule != _SWEPT_AS or scope is None or not self.has("sweep"):
            return pd.Series(dtype=float)
        where = {"cell": cell, "scope": scope, "criterion": "magnitude", "percent": percent}
        try:
            return self.rows("sweep", **where).set_index("seed")["test_acc"].dropna()
        except NotTestableError:
            return pd.Series(dtype=float)

    def strings(self, split: str = "all", of: float | None = None) -> pd.DataFrame:
        """The strings of a set; NotTestableError if all are not `of` in number."""
        rows = self.rows("strings")
        if of is not None and len(rows) != of:
            raise NotTestableError(f"the study has {len(rows)} strings, the thesis {of:.0f}")
        return rows if split == "all" else rows[rows["split"] == split]

    def length_baseline(self) -> float:
        """Accuracy on the test strings of knowing nothing but how long a string is.

        Each length gets the commoner class among the training strings of that length.
        """
        rows = self.rows("strings")
        length, train = rows["string"].str.len(), rows["split"] == "train"
        valid = rows.loc[train, "valid"].groupby(length[train]).mean() >= 0.5
        test = rows[rows["split"] == "test"]
        if valid.empty or test.empty:
            raise NotTestableError("the study has no training strings or no test strings")
        guessed = length[test.index].map(valid).astype("boolean")
        guessed = guessed.fillna(rows.loc[train, "valid"].mean() >= 0.5)
        return float((guessed == test["valid"].astype(bool)).mean())


def _curves(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    curves = rows.pivot(index="seed", columns="epoch", values=column).dropna(how="all")
    if curves.empty:
        raise NotTestableError("no network of the study has an accuracy here")
    return curves


def at_epoch(curves: pd.DataFrame, epoch: float) -> pd.Series:
    """Accuracy at an epoch, by seed."""
    return reached(curves, epoch)[epoch]


def reached(curves: pd.DataFrame, until: float) -> pd.DataFrame:
    """The networks that were trained for so many epochs."""
    if until not in curves or curves[until].isna().all():
        last = curves.dropna(axis="columns", how="all").columns.max()
        raise NotTestableError(f"networks were trained for {last:.0f} epochs, not {until:.0f}")
    return curves[curves[until].notna()]


def near_dense(study: Study, cell: str) -> pd.Series:
    """The accuracy that counts as near the dense network, by seed."""
    return study.dense(cell).ffill(axis="columns").iloc[:, -1] - _NEAR_DENSE


def over_seeds(values: Sequence[float]) -> Value:
    """Median and range; a single seed has no interval."""
    draws = tuple(map(float, values))
    if len(draws) == 1:
        return Value(draws[0], draws=draws)
    return Value(float(np.median(draws)), min(draws), max(draws), over="seeds", draws=draws)


def share(study: Study, values: pd.Series, split: str) -> Value:
    """An accuracy: range over seeds, or Wilson's interval on the strings where there is one."""
    if len(values) > 1:
        return over_seeds(list(values))
    count = len(study.strings(split))
    test = binomtest(round(values.item() * count), count)
    interval = test.proportion_ci(study.confidence, method="wilson")
    ends = (float(interval.low), float(interval.high))
    return Value(float(values.item()), *ends, over="strings", draws=(float(values.item()),))

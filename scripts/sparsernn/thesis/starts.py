"""Our correlations as the thesis would have found them: from one start of each graph.

Where a graph has several starts, the analysis takes the mean of their accuracies. That removes
noise, so it raises every correlation and R² above those of a study with one start, as the thesis's.
"""

import math

import numpy as np
import pandas as pd

from sparsernn.analysis.cases import is_constant
from sparsernn.thesis.study import NotTestableError, Study

__all__ = ["correlation_of_one_start", "starts"]

_TABLE = "networks"


def starts(study: Study, cell: str) -> int:
    """How many starts our graphs have; 1 where the study's table of networks isn't given."""
    if not study.has(_TABLE):
        return 1
    return int(study.rows(_TABLE, cell=cell)["seed"].nunique())


def correlation_of_one_start(study: Study, cell: str, name: str) -> tuple[float, int]:
    """Pearson's r of a property with accuracy, and the number of graphs.

    With several starts it is the mean of Fisher's z over them, and the smallest number of graphs:
    the starts share their graphs, so they make the error hardly smaller.

    Raises:
        NotTestableError: there is no correlation.
    """
    if starts(study, cell) == 1:
        row = study.rows("correlations", cell=cell, property=name).iloc[0]
        if math.isnan(row["r"]):
            raise NotTestableError(f"no correlation: {row['note']}")
        return float(row["r"]), int(row["n"])
    networks = study.rows(_TABLE, cell=cell)
    fine = networks[(networks["status"] == "ok") & networks["test_acc"].notna()]
    found = [_one(rows[name], rows["test_acc"]) for _, rows in fine.groupby("seed")]
    known = [(z, graphs) for z, graphs in found if math.isfinite(z)]
    if not known:
        raise NotTestableError("no start has enough graphs, or differing accuracies")
    z, graphs = zip(*known, strict=True)
    return math.tanh(float(np.mean(z))), min(graphs)


def _one(values: pd.Series, accuracy: pd.Series) -> tuple[float, int]:
    """Fisher's z of one start, and its number of graphs."""
    x, y = values.to_numpy(dtype=float), accuracy.to_numpy(dtype=float)
    if len(x) < 4 or is_constant(x) or is_constant(y):
        return math.nan, len(x)
    return float(np.arctanh(np.corrcoef(x, y)[0, 1])), len(x)

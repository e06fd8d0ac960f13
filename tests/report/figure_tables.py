"""Tables made up for the figures, and a figure of each kind drawn from them."""

import itertools
from collections.abc import Iterable
from typing import Any

import finding_tables as found
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sparsernn.report.catalogue.figures import FIGURES
from sparsernn.report.drawing import function

CELLS = ("rnn_tanh", "rnn_relu", "lstm", "gru")
FAMILIES = ("barabasi_albert", "watts_strogatz")
PROPERTIES = ("nodes", "source_nodes", "average_shortest_path_length", "closeness_var")
REGRESSORS = ("BayesianRidge", "RandomForest", "AdaBoost")


def frame(columns: str, *rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns.split())


def crossed(**levels: Iterable[Any]) -> pd.DataFrame:
    """A row for each combination of the levels."""
    return pd.DataFrame(itertools.product(*levels.values()), columns=list(levels))


def strings(count: int = 600, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    valid = np.arange(count) % 2 == 0
    decoys = rng.choice([f"m{i}" for i in range(1, 9)], count)
    return pd.DataFrame(
        {
            "string": ["B" + "AST" * (n // 3) for n in 11 + rng.poisson(9, count)],
            "valid": valid.astype(int),
            "grammar": np.where(valid, "reber", decoys),
            "split": np.where(rng.random(count) < 0.25, "test", "train"),
        }
    )


def dense(seeds: int = 3, epochs: int = 50, cells: tuple[str, ...] = CELLS) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    table = crossed(cell=cells, seed=range(seeds), epoch=range(1, epochs + 1))
    pace = 3 + 3 * np.repeat(rng.random(len(cells) * seeds), epochs)
    top = np.where(table["cell"] == "rnn_tanh", 0.937, 1.0)
    value = top * (1 - 0.5 * np.exp(-table["epoch"] / pace))
    test = (value + rng.normal(0, 0.006, len(table))).clip(0, 1)
    return table.assign(train_acc=(value + 0.004).clip(upper=1), test_acc=test)


def networks_dense(seeds: int = 3, cells: tuple[str, ...] = CELLS) -> pd.DataFrame:
    return dense(seeds, cells=cells).groupby(["cell", "seed"], sort=False).tail(1)


def pruning(
    seeds: int = 3,
    cells: tuple[str, ...] = CELLS,
    schedules: tuple[str, ...] = ("one_shot", "iterative"),
    percents: Iterable[int] = range(10, 101, 10),
) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    curves = crossed(cell=cells, seed=range(seeds), schedule=schedules, percent=percents)
    knee = curves["cell"].map({"rnn_tanh": 82, "rnn_relu": 74, "lstm": 72, "gru": 86})
    knee += 8 * (curves["schedule"] == "iterative") + rng.normal(0, 2, len(curves))
    start = 0.5 + 0.5 / (1 + np.exp((curves["percent"] - knee) / 3))
    table = curves.assign(target="both", start=start).merge(crossed(epoch=range(11)), how="cross")
    value = 1 - (1 - table.pop("start")) * np.exp(-table["epoch"] / (0.5 + table["percent"] / 30))
    return table.assign(test_acc=value.where(table["percent"] < 100, 0.5))


def controls() -> pd.DataFrame:
    table = crossed(cell=CELLS, seed=range(3), percent=range(0, 101, 10), epoch=range(11))
    noise = np.random.default_rng(7).random(len(table))
    percent, epoch = table["percent"], table["epoch"]
    schedule = np.where(percent == 0, "retrained", "random")
    retrained = 1 - 0.05 * np.exp(-epoch / 4) - 0.002 * noise
    pruned = 0.5 + 0.5 * np.exp(-percent / 15 + 0.1 * noise) + 0.01 * epoch
    accuracy = retrained.where(percent == 0, pruned)
    return table.assign(schedule=schedule, target="both", test_acc=accuracy)


def published_pruning() -> pd.DataFrame:
    table = crossed(cell=CELLS, target=["both"], percent=[60, 70, 80, 90])
    return table.assign(accuracy=[0.99, 0.95, 0.7, 0.52] * len(CELLS))


def networks(
    count: int = 100, families: tuple[str, ...] = FAMILIES, cells: tuple[str, ...] = CELLS
) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    table = crossed(cell=cells, family=families, graph=range(count), seed=[0])
    size = len(table)
    nodes = rng.integers(10, 51, size)
    sources = (nodes // 10 + rng.integers(0, 3, size)).clip(1)
    test = (0.75 + 0.05 * sources + rng.normal(0, 0.05, size)).clip(0.5, 1)
    test[(table["cell"] == "rnn_relu") & (rng.random(size) < 0.3)] = 0.506
    diverged = (table["cell"] == "rnn_tanh") & (table["graph"] % 25 == 3)
    test[diverged & (table["graph"] % 50 == 3)] = np.nan
    path = 2.5 - nodes / 60 + rng.normal(0, 0.1, size)
    spread = 0.02 / nodes + abs(rng.normal(0, 0.0005, size))
    measured = dict(zip(PROPERTIES, (nodes, sources, path, spread), strict=True))
    return table.assign(status=np.where(diverged, "diverged", "ok"), test_acc=test, **measured)


def properties(count: int = 40, families: tuple[str, ...] = FAMILIES) -> pd.DataFrame:
    table = crossed(family=families, graph=range(count))
    nodes = np.random.default_rng(7).integers(10, 51, len(table))
    return table.assign(
        layers=nodes // 5 + 1, nodes=nodes, edges=3 * nodes, density=3 / (nodes - 1)
    )


def correlations(
    properties: tuple[str, ...] = PROPERTIES, cells: tuple[str, ...] = CELLS
) -> pd.DataFrame:
    table = crossed(cell=cells, property=properties)
    r = np.random.default_rng(4).uniform(-0.9, 0.9, len(table))
    within = {"r_within": r / 2, "low_within": r / 2 - 0.2, "high_within": r / 2 + 0.2}
    return table.assign(r=r, low=r - 0.25, high=r + 0.2, p_adjusted=np.exp(-9 * abs(r)), **within)


def published_r() -> pd.DataFrame:
    return correlations()[["cell", "property", "r"]]


def prediction(cells: tuple[str, ...] = CELLS) -> pd.DataFrame:
    table = crossed(cell=cells, regressor=REGRESSORS, scheme=["thesis_split", "cross_validation"])
    r2 = np.repeat(np.random.default_rng(5).uniform(-0.2, 0.7, len(table) // 2), 2)
    split = table["scheme"] == "thesis_split"
    low, high = (np.where(split, np.nan, r2 + by) for by in (-0.3, 0.15))
    return table.assign(r2=r2 + 0.1 * split, low=low, high=high)


def published_r2() -> pd.DataFrame:
    return crossed(cell=CELLS, regressor=REGRESSORS, r2=[0.5])


def coefficients(
    terms: tuple[str, ...] = PROPERTIES, cells: tuple[str, ...] = CELLS
) -> pd.DataFrame:
    rng = np.random.default_rng(6)
    table = crossed(cell=cells, term=("const", *terms))
    scale = 10.0 ** rng.integers(-4, 4, len(table))
    estimate = rng.normal(0, scale)
    return table.assign(estimate=estimate, low=estimate - scale, high=estimate + scale)


def replay(cells: tuple[str, ...] = CELLS) -> pd.DataFrame:
    rng = np.random.default_rng(8)
    rows = []
    kinds = [("sparse", "watts_strogatz", "", 0)] * 20 + [("dense", "", "", 0)]
    kinds += [("pruned", "", "both", percent) for percent in range(10, 101, 10)]
    for cell, (number, (kind, *rest)) in itertools.product(cells, enumerate(kinds)):
        theirs = float(rng.uniform(0.5, 1))
        status = "missing" if number % 5 == 3 else "ok"
        ours = theirs + float(rng.normal(0, 0.001)) if status == "ok" else np.nan
        rows.append((kind, f"{number}.pt", cell, *rest, theirs, ours, status))
    return frame("kind file cell family target percent theirs ours status", *rows)


def without_rows(inputs: Iterable[Any]) -> list[Any]:
    """The tables among the inputs as if read from a file without rows, and the rest as it is."""
    return [pd.DataFrame(columns=i.columns) if hasattr(i, "columns") else i for i in inputs]


NO_PRUNING, NO_R, NO_R2 = without_rows([published_pruning(), published_r(), published_r2()])
PRUNING = pd.concat([pruning(), controls()])
FEW = PRUNING[PRUNING["percent"].isin((0, 60, 80, 90, 100))]  # where each has a row of panels
INPUTS: dict[str, tuple[Any, ...]] = {
    "dataset_counts": (strings(),),
    "dataset_lengths": (strings(),),
    "dataset_letters": (strings(),),
    "properties_by_family": (properties(),),
    "layers_against_nodes": (properties(),),
    "dense_training": (dense(),),
    "pruning_accuracy": (PRUNING, networks_dense(), "both", published_pruning()),
    "pruning_regain": (FEW, networks_dense(), "both"),
    "retrained_controls": (FEW,),
    "accuracy_by_family": (networks(),),
    "correlation_heatmap": (correlations(), 0.95, published_r()),
    "accuracy_against": (networks(), correlations(), "gru", PROPERTIES, published_r()),
    "prediction_r2": (prediction(), published_r2()),
    "ols_coefficients": (coefficients(),),
    "pruning_sweep": (found.sweep(),),
    "cliffs_by_cell": (found.cliffs(),),
    "explained_variance": (found.variance(),),
    "r2_and_ceiling": (found.nested(),),
    "graphs_against_nulls": (found.nulls(),),
    "graph_among_nulls": (found.null_networks(), found.among_nulls()),
    "design_effects": (found.effects(),),
    "ways_by_nonzeros": (found.of_ways(), found.way_costs(), found.ways(), "gru"),
    "ways_by_cost": (found.of_ways(), found.way_costs(), found.way_seconds(), found.ways(), "gru"),
    "replay_accuracy": (replay(),),
}


def draw(kind: str, *inputs: Any) -> tuple[Figure, pd.DataFrame]:
    """A figure and its data, from full tables unless other inputs are given."""
    return function("figures", FIGURES[kind].module, kind)(*(inputs or INPUTS[kind]))

"""Tables made up for the figures, and a figure of each kind drawn from them."""

import itertools
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sparsernn.report.catalogue.figures import FIGURES
from sparsernn.report.drawing import function

figures = SimpleNamespace(
    **{kind: function("figures", entry.module, kind) for kind, entry in FIGURES.items()}
)
CELLS = ("rnn_tanh", "rnn_relu", "lstm", "gru")
FAMILIES = ("barabasi_albert", "watts_strogatz")
PROPERTIES = ("nodes", "source_nodes", "average_shortest_path_length", "closeness_var")
REGRESSORS = ("BayesianRidge", "RandomForest", "AdaBoost")


def make_strings(count: int = 600, seed: int = 0) -> pd.DataFrame:
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


def make_dense(seeds: int = 3, epochs: int = 50, cells: tuple[str, ...] = CELLS) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    rows = []
    for cell, seed in itertools.product(cells, range(seeds)):
        rise = 1 - 0.5 * np.exp(-np.arange(1, epochs + 1) / (3 + 3 * rng.random()))
        top = 0.937 if cell == "rnn_tanh" else 1.0
        for epoch, value in enumerate(rise * top, start=1):
            test = float(np.clip(value + rng.normal(0, 0.006), 0, 1))
            rows.append((cell, seed, epoch, min(value + 0.004, 1.0), test))
    return pd.DataFrame(rows, columns=["cell", "seed", "epoch", "train_acc", "test_acc"])


def make_networks_dense(seeds: int = 3, cells: tuple[str, ...] = CELLS) -> pd.DataFrame:
    return make_dense(seeds, cells=cells).groupby(["cell", "seed"], sort=False).tail(1)


def make_pruning(
    seeds: int = 3,
    cells: tuple[str, ...] = CELLS,
    schedules: tuple[str, ...] = ("one_shot", "iterative"),
    percents: tuple[float, ...] = (10, 20, 30, 40, 50, 60, 70, 80, 90, 100),
) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    rows = []
    for cell, seed, schedule, percent in itertools.product(
        cells, range(seeds), schedules, percents
    ):
        knee = {"rnn_tanh": 82, "rnn_relu": 74, "lstm": 72, "gru": 86}[cell]
        knee += (8 if schedule == "iterative" else 0) + rng.normal(0, 2)
        start = 0.5 + 0.5 / (1 + np.exp((percent - knee) / 3))
        for epoch in range(11):
            value = 1 - (1 - start) * np.exp(-epoch / (0.5 + percent / 30))
            value = value if percent < 100 else 0.5
            rows.append((cell, seed, schedule, "both", percent, epoch, value))
    names = ["cell", "seed", "schedule", "target", "percent", "epoch", "test_acc"]
    return pd.DataFrame(rows, columns=names)


def make_controls(seeds: int = 3, cells: tuple[str, ...] = CELLS) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    rows = []
    for cell, seed in itertools.product(cells, range(seeds)):
        for epoch in range(11):
            value = float(1 - 0.05 * np.exp(-epoch / 4) - 0.002 * rng.random())
            rows.append((cell, seed, "retrained", "both", 0, epoch, value))
            for percent in range(10, 101, 10):
                value = 0.5 + 0.5 * np.exp(-percent / 15 + 0.1 * rng.random()) + 0.01 * epoch
                rows.append((cell, seed, "random", "both", percent, epoch, value))
    names = ["cell", "seed", "schedule", "target", "percent", "epoch", "test_acc"]
    return pd.DataFrame(rows, columns=names)


def make_published_pruning(cells: tuple[str, ...] = CELLS) -> pd.DataFrame:
    values = itertools.cycle([0.99, 0.95, 0.7, 0.52])
    rows = [(cell, "both", p, next(values)) for cell in cells for p in (60, 70, 80, 90)]
    return pd.DataFrame(rows, columns=["cell", "target", "percent", "accuracy"])


def make_networks(
    count: int = 100, families: tuple[str, ...] = FAMILIES, cells: tuple[str, ...] = CELLS
) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    rows = []
    for cell, family, graph in itertools.product(cells, families, range(count)):
        nodes = int(rng.integers(10, 51))
        sources = max(1, nodes // 10 + int(rng.integers(0, 3)))
        test = float(np.clip(0.75 + 0.05 * sources + rng.normal(0, 0.05), 0.5, 1))
        if cell == "rnn_relu" and rng.random() < 0.3:
            test = 0.506
        status = "diverged" if cell == "rnn_tanh" and graph % 25 == 3 else "ok"
        test = np.nan if status == "diverged" and graph % 50 == 3 else test
        path = 2.5 - nodes / 60 + rng.normal(0, 0.1)
        spread = 0.02 / nodes + abs(rng.normal(0, 0.0005))
        rows.append((cell, family, graph, 0, status, test, nodes, sources, path, spread))
    names = ["cell", "family", "graph", "seed", "status", "test_acc", *PROPERTIES]
    return pd.DataFrame(rows, columns=names)


def make_properties(count: int = 40, families: tuple[str, ...] = FAMILIES) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    nodes = rng.integers(10, 51, count * len(families))
    return pd.DataFrame(
        {
            "family": np.repeat(families, count),
            "graph": np.tile(np.arange(count), len(families)),
            "layers": nodes // 5 + 1,
            "nodes": nodes,
            "edges": 3 * nodes,
            "density": 3 / (nodes - 1),
        }
    )


def make_correlations(
    properties: tuple[str, ...] = PROPERTIES, cells: tuple[str, ...] = CELLS
) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    rows = []
    for cell, name in itertools.product(cells, properties):
        r = float(rng.uniform(-0.9, 0.9))
        rows.append((cell, name, r, r - 0.25, r + 0.2))
    return pd.DataFrame(rows, columns=["cell", "property", "r", "low", "high"])


def make_published_r(cells: tuple[str, ...] = CELLS) -> pd.DataFrame:
    return make_correlations(cells=cells)[["cell", "property", "r"]]


def make_prediction(cells: tuple[str, ...] = CELLS, worst: float = -0.2) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    rows = []
    for cell, name in itertools.product(cells, REGRESSORS):
        r2 = float(rng.uniform(worst, 0.7))
        rows.append((cell, name, "thesis_split", r2 + 0.1, np.nan, np.nan))
        rows.append((cell, name, "cross_validation", r2, r2 - 0.3, r2 + 0.15))
    names = ["cell", "regressor", "scheme", "r2", "low", "high"]
    return pd.DataFrame(rows, columns=names)


def make_published_r2(cells: tuple[str, ...] = CELLS) -> pd.DataFrame:
    rows = [(cell, name, 0.5) for cell in cells for name in REGRESSORS]
    return pd.DataFrame(rows, columns=["cell", "regressor", "r2"])


def make_coefficients(
    terms: tuple[str, ...] = PROPERTIES, cells: tuple[str, ...] = CELLS
) -> pd.DataFrame:
    rng = np.random.default_rng(6)
    rows = []
    for cell, term in itertools.product(cells, ("const", *terms)):
        scale = 10.0 ** rng.integers(-4, 4)
        estimate = float(rng.normal(0, scale))
        rows.append((cell, term, estimate, estimate - scale, estimate + scale))
    return pd.DataFrame(rows, columns=["cell", "term", "estimate", "low", "high"])


def make_replay(cells: tuple[str, ...] = CELLS) -> pd.DataFrame:
    rng = np.random.default_rng(8)
    rows = []
    kinds = [("sparse", "watts_strogatz", "", 0)] * 20 + [("dense", "", "", 0)]
    kinds += [("pruned", "", "both", percent) for percent in range(10, 101, 10)]
    for cell, (number, (kind, *rest)) in itertools.product(cells, enumerate(kinds)):
        theirs = float(rng.uniform(0.5, 1))
        status = "missing" if number % 5 == 3 else "ok"
        ours = theirs + float(rng.normal(0, 0.001)) if status == "ok" else np.nan
        rows.append((kind, f"{number}.pt", cell, *rest, theirs, ours, status))
    names = ["kind", "file", "cell", "family", "target", "percent", "theirs", "ours", "status"]
    return pd.DataFrame(rows, columns=names)


NO_PRUNING = make_published_pruning(())
NO_R = pd.DataFrame(columns=["cell", "property", "r"])
NO_R2 = make_published_r2(())

Draw = Callable[[], tuple[Figure, pd.DataFrame]]
FULL: dict[str, Draw] = {
    "dataset_counts": lambda: figures.dataset_counts(make_strings()),
    "dataset_lengths": lambda: figures.dataset_lengths(make_strings()),
    "dataset_letters": lambda: figures.dataset_letters(make_strings()),
    "properties_by_family": lambda: figures.properties_by_family(make_properties()),
    "layers_against_nodes": lambda: figures.layers_against_nodes(make_properties()),
    "dense_training": lambda: figures.dense_training(make_dense()),
    "pruning_accuracy": lambda: figures.pruning_accuracy(
        pd.concat([make_pruning(), make_controls()]),
        make_networks_dense(),
        make_published_pruning(),
        "both",
    ),
    "pruning_regain": lambda: figures.pruning_regain(
        pd.concat([make_pruning(), make_controls()]), make_networks_dense(), "both"
    ),
    "accuracy_by_family": lambda: figures.accuracy_by_family(make_networks()),
    "correlation_heatmap": lambda: figures.correlation_heatmap(
        make_correlations(), make_published_r()
    ),
    "accuracy_against": lambda: figures.accuracy_against(
        make_networks(), make_correlations(), make_published_r(), "gru", PROPERTIES
    ),
    "prediction_r2": lambda: figures.prediction_r2(make_prediction(), make_published_r2()),
    "ols_coefficients": lambda: figures.ols_coefficients(make_coefficients()),
    "replay_accuracy": lambda: figures.replay_accuracy(make_replay()),
}

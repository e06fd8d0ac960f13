"""Figures: what is drawn is the table beside it, poor tables are survived, bytes never change."""

import itertools
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sparsernn import captions, figures, names
from sparsernn.errors import InputError
from sparsernn.style import cells_of, family_styles

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
            "string": ["B" * n for n in 11 + rng.poisson(9, count)],
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


def make_correlations(
    properties: tuple[str, ...] = PROPERTIES, cells: tuple[str, ...] = CELLS
) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    rows = []
    for cell, name in itertools.product(cells, properties):
        r = float(rng.uniform(-0.9, 0.9))
        rows.append((cell, name, r, r - 0.25, r + 0.2))
    return pd.DataFrame(rows, columns=["cell", "property", "r", "low", "high"])


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
        make_correlations(), make_correlations()[["cell", "property", "r"]]
    ),
    "accuracy_against": lambda: figures.accuracy_against(
        make_networks(), make_correlations(), "source_nodes"
    ),
    "prediction_r2": lambda: figures.prediction_r2(make_prediction(), make_published_r2()),
    "ols_coefficients": lambda: figures.ols_coefficients(make_coefficients()),
    "replay_accuracy": lambda: figures.replay_accuracy(make_replay()),
}


def panel(figure: Figure, title: str) -> Axes:
    """The panel whose title begins so."""
    (found,) = [ax for ax in figure.axes if ax.get_title(loc="left").startswith(title)]
    return found


def points(ax: Axes, **look: str) -> set[tuple[float, float]]:
    """All points of the lines with these properties (color, marker, linestyle)."""
    return {
        (float(x), float(y))
        for line in ax.get_lines()
        if all(getattr(line, f"get_{key}")() == value for key, value in look.items())
        for x, y in zip(*line.get_data(), strict=True)
    }


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for ax in figure.axes for text in ax.texts]


def test_every_kind_has_a_function_a_title_and_a_caption() -> None:
    assert list(figures.FIGURES) == list(captions.KINDS) == list(FULL)
    for kind in captions.KINDS:
        filled = captions.heading(kind, protocol="corrected", target="i2h", property="degree_var")
        assert "{" not in filled.title + filled.caption
        assert filled.section and len(filled.caption) > 80


def test_captions_are_read_without_matplotlib() -> None:
    code = "import sys, sparsernn.captions; sys.exit('matplotlib' in sys.modules)"
    folder = Path(captions.__file__).parents[1]
    assert subprocess.run([sys.executable, "-c", code], cwd=folder).returncode == 0


@pytest.mark.parametrize("kind", FULL)
def test_the_same_tables_give_the_same_bytes(kind: str, tmp_path: Path) -> None:
    written = []
    for name in ("a", "b"):
        figure, _ = FULL[kind]()
        figures.save(figure, tmp_path / f"{name}.pdf")
        figures.save(figure, tmp_path / f"{name}.svg")
        written.append([(tmp_path / f"{name}.{end}").read_bytes() for end in ("pdf", "svg")])
    assert written[0] == written[1]
    assert b"Date" not in written[0][0] and b"Type3" not in written[0][0]


def test_the_style_leaves_the_settings_of_others_alone(tmp_path: Path) -> None:
    import matplotlib

    before = dict(matplotlib.rcParams)
    figures.save(FULL["dense_training"]()[0], tmp_path / "a.png")
    assert dict(matplotlib.rcParams) == before
    assert (
        "matplotlib.pyplot" not in sys.modules or not sys.modules["matplotlib.pyplot"].get_fignums()
    )


def test_saving_under_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a\.bmp.*\.pdf, \.svg or \.png"):
        figures.save(FULL["dense_training"]()[0], tmp_path / "a.bmp")


def test_counts_are_those_of_the_strings() -> None:
    strings = make_strings()
    figure, data = figures.dataset_counts(strings)
    bars = sorted(bar.get_width() for ax in figure.axes for bar in ax.patches)
    assert sorted(data["strings"]) == [width for width in bars if width]
    expected = ((strings["valid"] == 1) & (strings["split"] == "test")).sum()
    found = data[(data["name"] == "valid") & (data["split"] == "test")]["strings"]
    assert found.tolist() == [expected]
    assert data.groupby("group")["strings"].sum().tolist() == [len(strings)] * 2


def test_lengths_are_those_of_the_strings() -> None:
    strings = make_strings()
    _, data = figures.dataset_lengths(strings)
    assert data.groupby("subset")["strings"].sum()["all"] == len(strings)
    rows = data[(data["subset"] == "test") & (data["label"] == "invalid")]
    chosen = strings[(strings["split"] == "test") & (strings["valid"] == 0)]["string"].str.len()
    assert np.repeat(rows["length"], rows["strings"]).tolist() == sorted(chosen)


def test_training_curves_are_the_medians_and_the_seeds() -> None:
    history = make_dense(seeds=3, epochs=8)
    figure, data = figures.dense_training(history)
    for cell in CELLS:
        lines = panel(figure, names.cell_name(cell)).get_lines()
        drawn = sorted(tuple(map(float, line.get_ydata())) for line in lines)
        rows = data[data["cell"] == cell].groupby(["split", "line"])
        assert drawn == sorted(tuple(group["accuracy"]) for _, group in rows)
        assert len(drawn) == 8  # (3 seeds + median) x (train, test)
    lstm = history[history["cell"] == "lstm"]
    rows = data[(data["cell"] == "lstm") & (data["split"] == "test") & (data["line"] == "median")]
    assert rows["accuracy"].tolist() == lstm.groupby("epoch")["test_acc"].median().tolist()


def test_one_seed_is_drawn_once() -> None:
    figure, data = figures.dense_training(make_dense(seeds=1, epochs=4, cells=("gru",)))
    assert len(figure.axes[0].get_lines()) == 2
    assert set(data["line"]) == {"median"}


def test_pruning_accuracy_draws_its_data() -> None:
    figure, data = FULL["pruning_accuracy"]()
    for cell in CELLS:
        ax, rows = panel(figure, names.cell_name(cell)), data[data["cell"] == cell]
        series = {
            name: set(zip(group["percent"], group["median"], strict=True))
            for name, group in rows.groupby("series")
        }
        assert points(ax, color="#0072B2") == series["one_shot"]
        assert points(ax, color="#D55E00") == series["iterative"]
        assert points(ax, color="#009E73", marker="^") == series["random"]
        [level] = [line.get_ydata()[0] for line in ax.get_lines() if line.get_linewidth() == 4]
        assert {(0, level)} == series["retrained"]
        assert points(ax, markerfacecolor="none") == series["published"]
        assert points(ax, marker="D") == series["dense"]
    history = make_pruning()
    chosen = history[(history["epoch"] == 0) & (history["percent"] == 80)]
    chosen = chosen[(chosen["cell"] == "gru") & (chosen["schedule"] == "iterative")]["test_acc"]
    row = data[(data["cell"] == "gru") & (data["series"] == "iterative") & (data["percent"] == 80)]
    found = row[["seeds", "median", "low", "high"]].iloc[0].tolist()
    assert found == [3, chosen.median(), chosen.min(), chosen.max()]


def test_retrained_is_the_accuracy_of_the_last_epoch_whatever_the_target() -> None:
    controls = make_controls()
    history = pd.concat([make_pruning().assign(target="i2h"), controls])
    cut = (history["schedule"] == "retrained") & (history["seed"] == 2) & (history["epoch"] > 3)
    _, data = figures.pruning_accuracy(history[~cut], make_networks_dense(), NO_PRUNING, "i2h")
    assert set(data["series"]) == {"dense", "retrained", "one_shot", "iterative"}
    last = controls[(controls["schedule"] == "retrained") & (controls["epoch"] == 10)]
    expected = last[(last["cell"] == "gru") & (last["seed"] < 2)]["test_acc"]
    row = data[(data["cell"] == "gru") & (data["series"] == "retrained")].iloc[0]
    assert row[["seeds", "low", "high"]].tolist() == [2, expected.min(), expected.max()]


def test_studies_without_controls_have_none_in_the_legend() -> None:
    figure, _ = figures.pruning_accuracy(make_pruning(), make_networks_dense(), NO_PRUNING, "both")
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels == ["one-shot", "iterative", "dense"]


def test_one_epoch_is_a_point_that_can_be_seen() -> None:
    figure, _ = figures.dense_training(make_dense(1, 1, ("gru",)))
    assert {line.get_marker() for line in figure.axes[0].get_lines()} == {"."}
    assert [tick for tick in figure.axes[0].get_xticks() if 0.9 < tick < 1.1] == [1]


def test_published_values_of_other_targets_are_not_drawn() -> None:
    other = make_published_pruning().assign(target="i2h")
    _, data = figures.pruning_accuracy(make_pruning(), make_networks_dense(), other, "both")
    assert "published" not in set(data["series"])


def test_pruning_regain_draws_its_data() -> None:
    figure, data = FULL["pruning_regain"]()
    rows = data[(data["cell"] == "lstm") & (data["series"] == "iterative")]
    drawn = points(panel(figure, "LSTM, iterative"))
    assert drawn == set(zip(rows["epoch"], rows["median"], strict=True))
    assert len(panel(figure, "LSTM, iterative").get_lines()) == rows["percent"].nunique() == 10


def test_families_are_points_and_diverged_ones_are_counted() -> None:
    networks = make_networks()
    figure, data = figures.accuracy_by_family(networks)
    ax = panel(figure, "RNN-Tanh")
    rows = data[(data["cell"] == "rnn_tanh") & (data["family"] == "barabasi_albert")]
    ok, diverged = rows[rows["status"] == "ok"], rows[rows["status"] == "diverged"]
    assert {x for x, _ in points(ax, color="#0072B2")} == set(ok["test_acc"])
    crosses = {x for x, y in points(ax, marker="x") if y < 0.5}
    assert crosses == set(diverged["test_acc"].dropna())
    assert f"100 networks, {len(diverged)} diverged" in texts(figure)
    assert "100 networks" in texts(figure)


def test_scatter_draws_its_data_and_names_r() -> None:
    figure, data = FULL["accuracy_against"]()
    correlations = make_correlations()
    chosen = correlations[correlations["property"] == "source_nodes"].set_index("cell")["r"]
    for cell in CELLS:
        ax, rows = panel(figure, names.cell_name(cell)), data[data["cell"] == cell]
        assert points(ax) == set(zip(rows["source_nodes"], rows["test_acc"], strict=True))
        r = f"r = {chosen[cell]:.2f}".replace("-", "−")
        assert r in ax.get_title(loc="left")


def test_heatmap_writes_r_bold_where_the_interval_excludes_0() -> None:
    table = pd.DataFrame(
        [
            ("lstm", "nodes", 0.5, 0.2, 0.7),
            ("lstm", "edges", -0.1, -0.4, 0.2),
            ("lstm", "layers", np.nan, np.nan, np.nan),
        ],
        columns=["cell", "property", "r", "low", "high"],
    )
    published = pd.DataFrame({"cell": ["lstm"], "property": ["nodes"], "r": [0.44]})
    figure, data = figures.correlation_heatmap(table, published)
    assert texts(figure) == ["0.50", "(0.44)", "−0.10", "–"]
    weights = [text.get_fontweight() for text in figure.axes[0].texts]
    assert weights == ["bold", "normal", "normal", "normal"]
    assert data["excludes_0"].tolist() == [True, False, False]


def test_r2_below_the_axis_is_written() -> None:
    table = make_prediction(("gru",)).assign(r2=0.4, low=0.3, high=0.5)
    table.loc[0, ["r2", "low", "high"]] = [-7.36, -9, -2]
    table.loc[1, ["r2", "low", "high"]] = np.nan
    figure, _ = figures.prediction_r2(table, NO_R2)
    assert texts(figure) == ["no value", "−7.4"]
    assert {x for x, _ in points(figure.axes[0], marker="<")} == {-1.0}
    assert {x for x, _ in points(figure.axes[0], marker="o")} == {0.4}


def test_coefficients_leave_the_intercept_out() -> None:
    figure, data = figures.ols_coefficients(make_coefficients())
    assert set(data["term"]) == set(PROPERTIES)
    rows = data[data["term"] == "nodes"]
    drawn = {x for x, _ in points(panel(figure, "nodes"), marker="o")}
    assert drawn == set(rows["estimate"])


def test_a_network_that_was_not_replayed_is_counted_and_not_drawn() -> None:
    networks = make_replay(("gru",))
    figure, data = figures.replay_accuracy(networks)
    fine = networks[networks["status"] == "ok"]
    assert len(data) == len(fine) < len(networks)
    ax = panel(figure, f"GRU ({len(fine)} of {len(networks)})")
    for kind, marker in {"sparse": "o", "dense": "D", "pruned": "^"}.items():
        rows = fine[fine["kind"] == kind]
        assert points(ax, marker=marker) == set(zip(rows["theirs"], rows["ours"], strict=True))


ONE = ("lstm",)
LONG = (*FAMILIES, "a_family_with_an_uncommonly_long_name_and_$igns_" * 2, "x" * 60)
SPARSE: dict[str, Draw] = {
    "strings of one class": lambda: figures.dataset_lengths(
        make_strings(9).assign(valid=1, split="train")
    ),
    "one grammar": lambda: figures.dataset_counts(make_strings(9).assign(grammar="own")),
    "one string": lambda: figures.dataset_lengths(make_strings(1)),
    "one epoch": lambda: figures.dense_training(make_dense(1, 1, ONE)),
    "all diverged": lambda: figures.dense_training(
        make_dense(1, 1, ONE).assign(train_acc=np.nan, test_acc=np.nan)
    ),
    "one round": lambda: figures.pruning_accuracy(
        make_pruning(1, ONE, ("one_shot",), (50,)), make_networks_dense(1, ONE), NO_PRUNING, "both"
    ),
    "no dense network": lambda: figures.pruning_accuracy(
        make_pruning(1, ONE), make_networks_dense(1, ("gru",)), NO_PRUNING, "both"
    ),
    "iterative only": lambda: figures.pruning_regain(
        make_pruning(1, ONE, ("iterative",), (50,)), make_networks_dense(1, ONE), "both"
    ),
    "one schedule of one cell": lambda: figures.pruning_regain(
        make_pruning(1, CELLS[:2]).query("cell == 'rnn_tanh' or schedule == 'one_shot'"),
        make_networks_dense(1, CELLS[:2]),
        "both",
    ),
    "one network": lambda: figures.accuracy_by_family(make_networks(1, FAMILIES[:1], ONE)),
    "long families": lambda: figures.accuracy_by_family(make_networks(3, LONG, CELLS[:3])),
    "long legend": lambda: figures.accuracy_against(
        make_networks(3, LONG, CELLS[:3]), make_correlations(), "closeness_var"
    ),
    "no accuracy": lambda: figures.accuracy_against(
        make_networks(3).assign(test_acc=np.nan), make_correlations(cells=ONE), "nodes"
    ),
    "no r": lambda: figures.correlation_heatmap(
        make_correlations(cells=ONE).assign(r=np.nan, low=np.nan, high=np.nan), NO_R
    ),
    "cells with other properties": lambda: figures.correlation_heatmap(
        pd.concat([make_correlations(("nodes",), ONE), make_correlations(("edges",), ("gru",))]),
        NO_R,
    ),
    "no R2": lambda: figures.prediction_r2(
        make_prediction(ONE).assign(r2=np.nan, low=np.nan, high=np.nan), make_published_r2()
    ),
    "no interval": lambda: figures.ols_coefficients(
        make_coefficients(("nodes",), ONE).assign(low=np.nan, high=np.nan)
    ),
    "nothing replayed": lambda: figures.replay_accuracy(
        make_replay(CELLS[:3]).assign(status="missing", ours=np.nan)
    ),
    "no estimate": lambda: figures.ols_coefficients(
        make_coefficients(cells=CELLS[1:]).assign(estimate=np.nan, low=np.nan, high=np.nan)
    ),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("case", SPARSE)
def test_poor_tables_are_drawn_without_an_empty_or_hidden_panel(case: str, tmp_path: Path) -> None:
    figure, _ = SPARSE[case]()
    figures.save(figure, tmp_path / "a.png")  # warns where the layout finds no room
    boxes = []
    for ax in figure.axes:
        assert ax.lines or ax.texts or ax.patches or ax.collections or ax.get_images()
        boxes.append(ax.get_window_extent())
    for a, b in itertools.combinations(boxes, 2):
        assert not a.overlaps(b)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kind", FULL)
def test_tables_without_rows_say_so(kind: str, tmp_path: Path) -> None:
    function = figures.FIGURES[kind]
    tables = {
        "dataset_counts": (make_strings(),),
        "dataset_lengths": (make_strings(),),
        "dense_training": (make_dense(),),
        "pruning_accuracy": (make_pruning(), make_networks_dense(), NO_PRUNING),
        "pruning_regain": (make_pruning(), make_networks_dense()),
        "accuracy_by_family": (make_networks(),),
        "correlation_heatmap": (make_correlations(), NO_R),
        "accuracy_against": (make_networks(), make_correlations()),
        "prediction_r2": (make_prediction(), NO_R2),
        "ols_coefficients": (make_coefficients(),),
        "replay_accuracy": (make_replay(),),
    }[kind]
    words = {"accuracy_against": ("nodes",)}.get(kind, ("both",) if "pruning" in kind else ())
    figure, data = function(*(pd.DataFrame(columns=table.columns) for table in tables), *words)
    figures.save(figure, tmp_path / "a.pdf")
    assert data.empty
    assert figure.texts[0].get_text().startswith("No ")


@pytest.mark.parametrize("kind", FULL)
def test_no_text_is_smaller_than_seven_points(kind: str) -> None:
    figure, _ = FULL[kind]()
    sizes = [text.get_fontsize() for text in figure.findobj(lambda o: hasattr(o, "get_fontsize"))]
    assert min(sizes) >= 7
    assert figure.get_size_inches()[0] <= 160 / 25.4 + 1e-9


def test_cells_and_families_keep_their_order_and_colours() -> None:
    frame = pd.DataFrame({"cell": ["gru", "own", "rnn_tanh"]})
    assert cells_of(frame) == ["rnn_tanh", "gru", "own"]
    many = family_styles([*FAMILIES, *(f"f{i:02}" for i in range(40))])
    assert len(set(many.values())) == 42
    assert many["watts_strogatz"] == family_styles(["watts_strogatz"])["watts_strogatz"]

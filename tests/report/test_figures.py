"""Figures: what is drawn is the table beside it, and bytes never change."""

import sys
from collections import Counter
from pathlib import Path

import figure_tables as given
import finding_tables as found
import numpy as np
import pandas as pd
import pytest
from figure_tables import CELLS, FAMILIES, NO_PRUNING, NO_R2, PROPERTIES, draw
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sparsernn.errors import InputError
from sparsernn.report import words as names
from sparsernn.report.style import family_styles, save
from sparsernn.report.words import cells_of


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


def test_the_style_leaves_the_settings_of_others_alone(tmp_path: Path) -> None:
    import matplotlib

    before = dict(matplotlib.rcParams)
    save(draw("dense_training")[0], tmp_path / "a.png")
    assert dict(matplotlib.rcParams) == before
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or not pyplot.get_fignums()


def test_saving_under_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a\.bmp.*\.pdf, \.svg or \.png"):
        save(draw("dense_training")[0], tmp_path / "a.bmp")


def test_counts_are_those_of_the_strings() -> None:
    strings = given.strings()
    figure, data = draw("dataset_counts", strings)
    bars = sorted(bar.get_width() for ax in figure.axes for bar in ax.patches)
    assert sorted(data["strings"]) == [width for width in bars if width]
    found = data.query("name == 'valid' and split == 'test'")["strings"]
    assert found.tolist() == [len(strings.query("valid == 1 and split == 'test'"))]
    assert data.groupby("group")["strings"].sum().tolist() == [len(strings)] * 2


def test_the_smallest_of_many_grammars_are_counted_together() -> None:
    grammars = [f"g{i // 2}" if i < 100 else f"h{i}" for i in range(600)]
    _, data = draw("dataset_counts", given.strings().assign(grammar=grammars))
    by_name = data[data["group"] == "grammar"].groupby("name")["strings"].sum()
    assert len(by_name) == 20
    assert by_name["531 others"] == 600 - 19 * 2


def test_lengths_are_those_of_the_strings() -> None:
    strings = given.strings()
    _, data = draw("dataset_lengths", strings)
    assert data.groupby("subset")["strings"].sum()["all"] == len(strings)
    rows = data[(data["subset"] == "test") & (data["label"] == "invalid")]
    chosen = strings[(strings["split"] == "test") & (strings["valid"] == 0)]["string"].str.len()
    assert np.repeat(rows["length"], rows["strings"]).tolist() == sorted(chosen)


def test_training_curves_are_the_medians_over_seeds() -> None:
    history = given.dense(seeds=3, epochs=8)
    figure, data = draw("dense_training", history)
    for cell in CELLS:
        lines = panel(figure, names.cell_name(cell)).get_lines()
        curves = sorted(tuple(map(float, line.get_ydata())) for line in lines)
        rows = data[data["cell"] == cell].groupby("split")
        assert curves == sorted(tuple(group["median"]) for _, group in rows)
    every = history[history["cell"] == "lstm"].groupby("epoch")["test_acc"]
    rows = data.query("cell == 'lstm' and split == 'test'")
    assert rows["median"].tolist() == every.median().tolist()
    assert rows["low"].tolist() == every.quantile(0.1).tolist()
    assert rows["high"].tolist() == every.quantile(0.9).tolist()


def test_one_epoch_of_one_seed_is_drawn_once_as_a_point_that_can_be_seen() -> None:
    figure, data = draw("dense_training", given.dense(seeds=1, epochs=1, cells=("gru",)))
    assert [line.get_marker() for line in figure.axes[0].get_lines()] == [".", "."]
    assert data["low"].tolist() == data["median"].tolist() == data["high"].tolist()
    assert [tick for tick in figure.axes[0].get_xticks() if 0.9 < tick < 1.1] == [1]


def test_pruning_accuracy_draws_its_data() -> None:
    figure, data = draw("pruning_accuracy")
    for cell in CELLS:
        ax, rows = panel(figure, names.cell_name(cell)), data[data["cell"] == cell]
        series = {
            name: set(zip(group["percent"], group["median"], strict=True))
            for name, group in rows.groupby("series")
        }
        assert points(ax, color="#0072B2") == series["one_shot"]
        assert points(ax, color="#D55E00") == series["iterative"]
        assert points(ax, color="#009E73", marker="^") == series["random"]
        assert {(0, level) for _, level in points(ax, color="#7F3C8D")} == series["retrained"]
        assert points(ax, markerfacecolor="none") == series["thesis"]
        assert points(ax, marker="D") == series["dense"]
    which = "cell == 'gru' and percent == 80 and "
    chosen = given.pruning().query(which + "epoch == 0 and schedule == 'iterative'")["test_acc"]
    found = data.query(which + "series == 'iterative'")[["seeds", "median", "low", "high"]]
    expected = [3, chosen.median(), chosen.quantile(0.1), chosen.quantile(0.9)]
    assert found.values.tolist() == [expected]


def test_retrained_is_the_accuracy_of_the_last_epoch_whatever_the_target() -> None:
    controls = given.controls()
    history = pd.concat([given.pruning().assign(target="i2h"), controls])
    history = history.query("schedule != 'retrained' or seed < 2 or epoch <= 3")
    _, data = draw("pruning_accuracy", history, given.networks_dense(), "i2h", NO_PRUNING)
    assert set(data["series"]) == {"dense", "retrained", "one_shot", "iterative"}
    last = controls.query("schedule == 'retrained' and epoch == 10 and cell == 'gru'")
    expected = last[last["seed"] < 2]["test_acc"]
    row = data.query("cell == 'gru' and series == 'retrained'").iloc[0]
    assert row[["seeds", "median"]].tolist() == [2, expected.median()]


def test_controls_and_published_values_that_are_lacking_are_not_drawn() -> None:
    of_another_target = given.published_pruning().assign(target="i2h")
    tables = given.pruning(), given.networks_dense()
    figure, data = draw("pruning_accuracy", *tables, "both", of_another_target)
    assert set(data["series"]) == {"one_shot", "iterative", "dense"}
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels == ["one-shot", "iterative", "dense"]


def small_panel(figure: Figure, cell: str, percent: int) -> Axes:
    """The panel of a cell and a percentage, where each row of panels is a cell's."""
    title, row = f"{percent} %", ""
    for ax in figure.axes:
        row = ax.get_ylabel() or row
        if (row, ax.get_title(loc="left")) == (names.cell_name(cell), title):
            return ax
    raise AssertionError(f"no panel of {cell} at {title}")


def test_pruning_regain_draws_its_data() -> None:
    figure, data = draw("pruning_regain")
    rows = data.query("cell == 'lstm' and percent == 80")
    ax = small_panel(figure, "lstm", 80)
    for series, colour in {"one_shot": "#0072B2", "iterative": "#D55E00"}.items():
        line = rows[rows["series"] == series]
        assert points(ax, color=colour) == set(zip(line["epoch"], line["median"], strict=True))
        assert len(line) == 11
    assert len(figure.axes) == len(CELLS) * 4
    ends = {(x, y) for band in ax.collections for x, y in band.get_paths()[0].vertices}
    wide = rows[rows["low"] < rows["high"]]
    assert len(wide)  # seeds differ
    assert {(x, y) for name in ("low", "high") for x, y in wide[["epoch", name]].values} <= ends


def test_many_percentages_have_rows_of_panels() -> None:
    history = given.pruning(1, ("lstm", "gru"), ("one_shot",), range(5, 96, 5))
    figure, data = draw("pruning_regain", history, given.networks_dense(1), "both")
    assert len(figure.axes) == 2 * 19
    rows = data.query("cell == 'gru' and percent == 95")
    shown = points(small_panel(figure, "gru", 95), color="#0072B2")
    assert shown == set(zip(rows["epoch"], rows["median"], strict=True))


def test_controls_are_drawn_beside_magnitude_where_both_are() -> None:
    controls = given.controls().query("percent in (0, 50, 90)")
    history = pd.concat([given.pruning(), controls])
    figure, data = draw("retrained_controls", history)
    assert len(figure.axes) == 2 * len(CELLS)
    ax = small_panel(figure, "gru", 90)
    colours = {"one_shot": "#0072B2", "random": "#009E73", "retrained": "#7F3C8D"}
    assert set(data["series"]) == set(colours)
    for series, colour in colours.items():
        rows = data[(data["cell"] == "gru") & (data["series"] == series)]
        rows = rows[rows["percent"] == (0 if series == "retrained" else 90)]
        assert points(ax, color=colour) == set(zip(rows["epoch"], rows["median"], strict=True))
    words = [text.get_text() for text in figure.legends[0].get_texts()]
    assert words == ["smallest weights pruned", "random mask", "nothing pruned, retrained"]


def test_without_controls_there_is_nothing_to_compare() -> None:
    figure, data = draw("retrained_controls", given.pruning())
    assert figure.texts[0].get_text() == "No network was pruned by a control."
    assert data.empty


def test_families_are_points_and_diverged_ones_are_counted() -> None:
    networks = given.networks()
    figure, data = draw("accuracy_by_family", networks)
    ax = panel(figure, "RNN-Tanh")
    rows = data.query("cell == 'rnn_tanh' and family == 'barabasi_albert'")
    ok, diverged = (rows[rows["status"] == status] for status in ("ok", "diverged"))
    assert {x for x, _ in points(ax, color="#0072B2")} == set(ok["test_acc"])
    crosses = {x for x, y in points(ax, marker="x") if y < 0.5}
    assert crosses == set(diverged["test_acc"].dropna())
    assert f"100 networks, {len(diverged)} diverged" in texts(figure)
    assert "100 networks" in texts(figure)


def test_scatter_draws_its_data_and_names_both_r() -> None:
    figure, data = draw("accuracy_against")
    assert set(data["cell"]) == {"gru"}
    correlations = given.correlations().query("cell == 'gru'").set_index("property")["r"]
    for ax, name in zip(figure.axes, PROPERTIES, strict=True):
        assert points(ax) == set(zip(data[name], data["test_acc"], strict=True))
        title = ax.get_title(loc="left")
        assert title.startswith(names.property_name(name))
        r = f"{correlations[name]:.2f}".replace("-", "−")
        assert f"r = {r} [" in title and title.endswith(f"({r})")


def test_letters_are_those_of_the_strings() -> None:
    strings = given.strings()
    _, data = draw("dataset_letters", strings)
    rows = data.query("subset == 'test' and label == 'valid'")
    letters = Counter("".join(strings.query("split == 'test' and valid == 1")["string"]))
    assert dict(zip(rows["letter"], rows["letters"], strict=True)) == letters


def test_graphs_are_points_of_their_family() -> None:
    properties = given.properties()
    figure, data = draw("properties_by_family", properties)
    for name in ("layers", "nodes", "edges", "density"):
        shown = {x for x, _ in points(panel(figure, name), color="#0072B2")}
        assert shown == set(properties.query("family == 'barabasi_albert'")[name])
    assert len(data) == 4 * len(properties)
    figure, _ = draw("layers_against_nodes", properties)
    rows = properties.query("family == 'watts_strogatz'")
    shown = points(panel(figure, "Watts–Strogatz (40 graphs)"))
    assert shown == set(zip(rows["nodes"], rows["layers"], strict=True))


def test_heatmap_writes_r_bold_where_the_adjusted_p_is_small() -> None:
    numbers = {"r": [0.5, -0.4, None], "low": [0.2, -0.6, None], "high": [0.7, -0.1, None]}
    numbers["p_adjusted"] = [0.01, 0.06, None]
    table = pd.DataFrame({"cell": "lstm", "property": ["nodes", "edges", "layers"], **numbers})
    published = pd.DataFrame({"cell": ["lstm"], "property": ["nodes"], "r": [0.44]})
    figure, data = draw("correlation_heatmap", table, 0.95, published)
    assert texts(figure) == ["0.50", "(0.44)", "−0.40", "–"]
    weights = [text.get_fontweight() for text in figure.axes[0].texts]
    assert weights == ["bold", "normal", "normal", "normal"]
    assert data["significant"].tolist() == [True, False, False]
    assert draw("correlation_heatmap", table, 0.9)[1]["significant"].tolist() == [True, True, False]


def test_heatmap_shows_one_of_properties_that_are_functions_of_each_other() -> None:
    same = ("density", "degree_mean", "degree_var", "degree_std", "density_undirected")
    figure, data = draw("correlation_heatmap", given.correlations(same, ("gru",)), 0.95)
    assert data["property"].tolist() == ["density", "degree_var"]
    assert [text.get_text() for text in figure.axes[0].get_yticklabels()] == [
        "density",
        "degree, variance",
    ]


def test_r2_below_the_axis_is_written() -> None:
    table = given.prediction(("gru",)).assign(r2=0.4, low=0.3, high=0.5)
    table.loc[0, ["r2", "low", "high"]] = [-7.36, -9, -2]
    table.loc[1, ["r2", "low", "high"]] = np.nan
    figure, _ = draw("prediction_r2", table, NO_R2)
    assert texts(figure) == ["no value", "−7.4"]
    [left] = {x for x, _ in points(figure.axes[0], marker="<")}
    assert left == figure.axes[0].get_xlim()[0] < -1
    assert {x for x, _ in points(figure.axes[0], marker="o")} == {0.4}


def test_coefficients_leave_the_intercept_out() -> None:
    figure, data = draw("ols_coefficients", given.coefficients())
    assert set(data["term"]) == set(PROPERTIES)
    shown = {x for x, _ in points(panel(figure, "nodes"), marker="o")}
    assert shown == set(data[data["term"] == "nodes"]["estimate"])


def test_cells_and_families_keep_their_order_and_colours() -> None:
    frame = pd.DataFrame({"cell": ["gru", "own", "rnn_tanh"]})
    assert cells_of(frame) == ["rnn_tanh", "gru", "own"]
    many = family_styles([*FAMILIES, *(f"f{i:02}" for i in range(40))])
    assert len(set(many.values())) == 42
    assert many["watts_strogatz"] == family_styles(["watts_strogatz"])["watts_strogatz"]


def test_a_network_that_was_not_replayed_is_counted_and_not_drawn() -> None:
    networks = given.replay(("gru",))
    figure, data = draw("replay_accuracy", networks)
    fine = networks[networks["status"] == "ok"]
    assert len(data) == len(fine) < len(networks)
    ax = panel(figure, f"GRU ({len(fine)} of {len(networks)})")
    for kind, marker in {"sparse": "o", "dense": "D", "pruned": "^"}.items():
        rows = fine[fine["kind"] == kind]
        assert points(ax, marker=marker) == set(zip(rows["theirs"], rows["ours"], strict=True))


def test_a_graph_is_drawn_among_its_null_models_by_what_networks_reach() -> None:
    networks, (*_, among) = found.null_networks(), given.INPUTS["graph_among_nulls"]
    figure, data = draw("graph_among_nulls", networks, among)
    assert "late_test_acc" in data and figure._supxlabel.get_text() == "test accuracy in %"
    ours = networks.rename(columns={"late_test_acc": "late_test_nrmse"}).drop(columns="test_acc")
    errors = among.assign(response="late_test_nrmse")[among["response"] == "late_test_acc"]
    figure, data = draw("graph_among_nulls", ours, errors)
    assert figure._supxlabel.get_text() == "test error (NRMSE)"
    drawn = points(panel(figure, "GRU"), marker="D")
    assert {x for x, _ in drawn} == set(data.query("cell == 'gru' and copy.isna()").iloc[:, -2])


def test_an_interval_that_leaves_the_axis_ends_in_an_arrow() -> None:
    table = given.prediction(("gru",)).assign(r2=0.4, low=-3.0, high=0.5)
    figure, _ = draw("prediction_r2", table, NO_R2)
    ax = figure.axes[0]
    assert len([line for line in ax.get_lines() if line.get_marker() == "<"]) == len(table)
    assert {x for x, _ in points(ax, marker="<")} == {ax.get_xlim()[0]}
    table = given.coefficients(("nodes",), ("gru",)).assign(low=-np.inf, high=np.inf)
    figure, _ = draw("ols_coefficients", table)
    ends = [points(figure.axes[0], marker=marker) for marker in "<>"]
    assert [[x for x, _ in end] for end in ends] == [[x] for x in figure.axes[0].get_xlim()]


def test_r2_has_the_axis_of_all_protocols_down_to_its_floor() -> None:
    nested = found.nested()
    scores = nested.assign(low=nested["r2"] - 0.1)
    lefts = []
    for lower in (0.0, 0.6, 9.0):
        other = scores.assign(low=scores["low"] - lower, protocol="other")
        figure, data = draw("r2_and_ceiling", scores, pd.concat([scores, other]))
        assert len(data) == 6  # two sets of features and the ceiling of two cells
        lefts.append(figure.axes[0].get_xlim()[0])
    assert lefts == pytest.approx([-0.06, -0.25 - 0.06 * 1.25, -0.5 - 0.06 * 1.5])


def test_cliffs_and_safe_shares_have_their_intervals() -> None:
    cliffs = found.cliffs()
    figure, data = draw("cliffs_by_cell", cliffs)
    drawn = [
        {tuple(line.get_xdata()) for line in ax.get_lines() if len(line.get_xdata()) == 2}
        for ax in figure.axes
    ]
    assert drawn == [{(68, 72), (28, 32)}, {(50, 58), (10, 18)}]
    assert {"low", "high", "median_low", "median_high"} <= set(data)
    few = cliffs.assign(low=np.nan, high=np.nan, median_low=np.nan, median_high=np.nan)
    figure, _ = draw("cliffs_by_cell", few)
    assert all(len(line.get_xdata()) == 1 for ax in figure.axes for line in ax.get_lines())

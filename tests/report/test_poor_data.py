"""Figures of poor tables: few rows, no rows, no values, long names."""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from figure_tables import (
    CELLS,
    FAMILIES,
    FULL,
    NO_PRUNING,
    NO_R,
    NO_R2,
    PROPERTIES,
    Draw,
    figures,
    make_coefficients,
    make_correlations,
    make_dense,
    make_networks,
    make_networks_dense,
    make_prediction,
    make_properties,
    make_pruning,
    make_published_r2,
    make_replay,
    make_strings,
)

from sparsernn.report.style import save

ONE = ("lstm",)
NODES = ("nodes",)
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
        make_networks(3, LONG, ONE), make_correlations(), NO_R, "lstm", PROPERTIES[:2]
    ),
    "no accuracy": lambda: figures.accuracy_against(
        make_networks(3).assign(test_acc=np.nan), make_correlations(cells=ONE), NO_R, "gru", NODES
    ),
    "one graph": lambda: figures.properties_by_family(make_properties(1, FAMILIES[:1])),
    "many families": lambda: figures.layers_against_nodes(make_properties(2, LONG)),
    "one letter": lambda: figures.dataset_letters(make_strings(1).assign(string="B")),
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
    save(figure, tmp_path / "a.png")  # warns where the layout finds no room
    boxes = []
    for ax in figure.axes:
        assert ax.lines or ax.texts or ax.patches or ax.collections or ax.get_images()
        boxes.append(ax.get_window_extent())
    for a, b in itertools.combinations(boxes, 2):
        assert not a.overlaps(b)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kind", FULL)
def test_tables_without_rows_say_so(kind: str, tmp_path: Path) -> None:
    function = getattr(figures, kind)
    tables = {
        "dataset_counts": (make_strings(),),
        "dataset_lengths": (make_strings(),),
        "dense_training": (make_dense(),),
        "pruning_accuracy": (make_pruning(), make_networks_dense(), NO_PRUNING),
        "pruning_regain": (make_pruning(), make_networks_dense()),
        "accuracy_by_family": (make_networks(),),
        "correlation_heatmap": (make_correlations(), NO_R),
        "accuracy_against": (make_networks(), make_correlations(), NO_R),
        "dataset_letters": (make_strings(),),
        "properties_by_family": (make_properties(),),
        "layers_against_nodes": (make_properties(),),
        "prediction_r2": (make_prediction(), NO_R2),
        "ols_coefficients": (make_coefficients(),),
        "replay_accuracy": (make_replay(),),
    }[kind]
    words = {"accuracy_against": ("gru", NODES)}.get(kind, ("both",) if "pruning" in kind else ())
    figure, data = function(*(pd.DataFrame(columns=table.columns) for table in tables), *words)
    save(figure, tmp_path / "a.pdf")
    assert data.empty
    assert figure.texts[0].get_text().startswith("No ")

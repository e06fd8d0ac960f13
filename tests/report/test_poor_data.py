"""Figures of poor tables: few rows, no rows, no values, long names."""

import itertools
from pathlib import Path
from typing import Any

import figure_tables as given
import numpy as np
import pandas as pd
import pytest
from figure_tables import CELLS, FAMILIES, INPUTS, NO_PRUNING, NO_R, PROPERTIES, draw

from sparsernn.report.style import save

ONE = ("lstm",)
LONG = (*FAMILIES, "a_family_with_an_uncommonly_long_name_and_$igns_" * 2, "x" * 60)
DENSE, OTHER_DENSE = given.networks_dense(1, ONE), given.networks_dense(1, ("gru",))
R, R2 = given.correlations(cells=ONE), given.prediction(ONE)
OTHER_PROPERTIES = [given.correlations(("nodes",), ONE), given.correlations(("edges",), ("gru",))]
NO_INTERVAL = {"low": np.nan, "high": np.nan}
POOR: dict[str, tuple[Any, ...]] = {
    "strings of one class": ("dataset_lengths", given.strings(9).assign(valid=1, split="train")),
    "one grammar": ("dataset_counts", given.strings(9).assign(grammar="own")),
    "one string": ("dataset_lengths", given.strings(1)),
    "one letter": ("dataset_letters", given.strings(1).assign(string="B")),
    "one epoch": ("dense_training", given.dense(1, 1, ONE)),
    "all diverged": (
        "dense_training",
        given.dense(1, 1, ONE).assign(train_acc=np.nan, test_acc=np.nan),
    ),
    "one round": (
        "pruning_accuracy",
        *(given.pruning(1, ONE, ("one_shot",), [50]), DENSE, "both", NO_PRUNING),
    ),
    "no dense network": (
        "pruning_accuracy",
        *(given.pruning(1, ONE), OTHER_DENSE, "both", NO_PRUNING),
    ),
    "iterative only": (
        "pruning_regain",
        *(given.pruning(1, ONE, ("iterative",), [50]), DENSE, "both"),
    ),
    "one schedule of one cell": (
        "pruning_regain",
        given.pruning(1, CELLS[:2]).query("cell == 'rnn_tanh' or schedule == 'one_shot'"),
        *(given.networks_dense(1, CELLS[:2]), "both"),
    ),
    "many percentages": (
        "pruning_regain",
        *(given.pruning(1, ONE, percents=range(5, 96, 5)), DENSE, "both"),
    ),
    "controls of one percentage": (
        "retrained_controls",
        pd.concat([given.pruning(1), given.controls().query("percent in (0, 50)")]),
    ),
    "one network": ("accuracy_by_family", given.networks(1, FAMILIES[:1], ONE)),
    "long families": ("accuracy_by_family", given.networks(3, LONG, CELLS[:3])),
    "long legend": (
        "accuracy_against",
        *(given.networks(3, LONG, ONE), given.correlations(), "lstm", PROPERTIES[:2]),
    ),
    "no accuracy": (
        "accuracy_against",
        *(given.networks(3).assign(test_acc=np.nan), R, "gru", ("nodes",), NO_R),
    ),
    "one graph": ("properties_by_family", given.properties(1, FAMILIES[:1])),
    "many families": ("layers_against_nodes", given.properties(2, LONG)),
    "no r": ("correlation_heatmap", R.assign(r=np.nan, p_adjusted=np.nan), 0.95, NO_R),
    "cells with other properties": ("correlation_heatmap", pd.concat(OTHER_PROPERTIES), 0.95),
    "no R2": ("prediction_r2", R2.assign(r2=np.nan, **NO_INTERVAL), given.published_r2()),
    "no interval": ("ols_coefficients", given.coefficients(("nodes",), ONE).assign(**NO_INTERVAL)),
    "no estimate": (
        "ols_coefficients",
        given.coefficients(cells=CELLS[1:]).assign(estimate=np.nan, **NO_INTERVAL),
    ),
    "nothing replayed": (
        "replay_accuracy",
        given.replay(CELLS[:3]).assign(status="missing", ours=np.nan),
    ),
}


@pytest.mark.parametrize("case", POOR)
def test_poor_tables_are_drawn_without_an_empty_or_hidden_panel(case: str, tmp_path: Path) -> None:
    figure, _ = draw(*POOR[case])
    save(figure, tmp_path / "a.png")  # warns where the layout finds no room
    boxes = []
    for ax in figure.axes:
        assert ax.lines or ax.texts or ax.patches or ax.collections or ax.get_images()
        boxes.append(ax.get_window_extent())
    for a, b in itertools.combinations(boxes, 2):
        assert not a.overlaps(b)


@pytest.mark.parametrize("kind", INPUTS)
def test_tables_without_rows_say_so(kind: str, tmp_path: Path) -> None:
    figure, data = draw(kind, *given.without_rows(INPUTS[kind]))
    save(figure, tmp_path / "a.pdf")
    assert data.empty
    assert figure.texts[0].get_text().startswith("No ")

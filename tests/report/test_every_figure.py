"""What holds for every figure of the catalogue."""

import inspect
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from figure_tables import INPUTS, draw
from matplotlib.figure import Figure

from sparsernn.files.tables import write_csv
from sparsernn.report.catalogue.figures import FIGURES
from sparsernn.report.drawing import drawn, function
from sparsernn.report.style import save

# What is made worse in another protocol, by argument.
WORSE = {"history": ["test_acc"], "dense": ["test_acc"], "sweep": ["test_acc"]}
WORSE |= {"networks": ["test_acc", "late_test_acc"], "prediction": ["low"], "coefficients": ["low"]}
WORSE |= {"nulls": ["low"]}
WITH_A_LEGEND = ("pruning_accuracy", "prediction_r2")  # where the thesis has a marker of its own


def arguments(kind: str) -> dict[str, Any]:
    """What a figure is drawn from, by name."""
    names = inspect.signature(function("figures", FIGURES[kind].module, kind)).parameters
    return dict(zip(names, INPUTS[kind], strict=False))


def test_every_figure_is_tested() -> None:
    assert set(INPUTS) == set(FIGURES)


class Saved(NamedTuple):
    """A figure that was drawn and saved, its data, and its files by their endings."""

    figure: Figure
    data: pd.DataFrame
    files: dict[str, bytes]


def saved(kind: str) -> Saved:
    figure, data = draw(kind)
    with tempfile.TemporaryDirectory() as folder:
        paths = {ending: Path(folder, f"figure.{ending}") for ending in ("pdf", "svg")}
        for path in paths.values():
            save(figure, path)
        return Saved(figure, data, {name: path.read_bytes() for name, path in paths.items()})


once = cache(saved)
"""The same for all tests that only look, as drawing takes most of a test's time."""


@pytest.mark.parametrize("kind", INPUTS)
def test_the_same_tables_give_the_same_bytes(kind: str) -> None:
    files = once(kind).files
    assert saved(kind).files == files
    assert b"Date" not in files["pdf"] and b"Type3" not in files["pdf"]


@pytest.mark.parametrize("kind", INPUTS)
def test_no_text_is_smaller_than_seven_points(kind: str) -> None:
    figure = once(kind).figure
    texts = figure.findobj(lambda artist: hasattr(artist, "get_fontsize"))
    assert min(text.get_fontsize() for text in texts) >= 7
    assert figure.get_size_inches()[0] <= 160 / 25.4 + 1e-9


@pytest.mark.parametrize("kind", INPUTS)
def test_no_marker_is_cut_at_the_border(kind: str) -> None:
    assert_nothing_cut(once(kind).figure)


def assert_nothing_cut(figure: Figure) -> None:
    """No marker of a figure, laid out as it was saved, lies outside its panel."""
    for ax in figure.axes:
        box = ax.get_window_extent()
        for line in (line for line in ax.get_lines() if line.get_marker() not in ("None", "")):
            places = line.get_transform().transform(line.get_xydata())
            radius = line.get_markersize() / 2 * figure.dpi / 72
            inside = (places >= box.min + radius) & (places <= box.max - radius)
            assert not line.get_clip_on() or inside[np.isfinite(places)].all()


@pytest.mark.parametrize("kind", [kind for kind in FIGURES if "protocol" in FIGURES[kind].each])
def test_the_axes_of_all_protocols_are_the_same(kind: str, tmp_path: Path) -> None:
    paths, options = {}, {}
    for name, value in arguments(kind).items():
        if not isinstance(value, pd.DataFrame):
            options[name] = value
            continue
        paths[name] = str(tmp_path / f"{name}.csv")
        table = value
        if name in FIGURES[kind].inputs:
            worse = [column for column in WORSE.get(name, []) if column in value]
            other = value.assign(**{column: value[column] - 0.3 for column in worse})
            table = pd.concat([value.assign(protocol="a"), other.assign(protocol="b")])
        write_csv(table, paths[name])
    spec = {"module": FIGURES[kind].module, "kind": kind, "options": options}
    limits = []
    for protocol in ("a", "b"):
        figure, _ = drawn("figures", {**spec, "protocol": protocol}, paths)
        save(figure, tmp_path / "a.pdf")
        assert_nothing_cut(figure)
        limits.append([(*ax.get_xlim(), *ax.get_ylim()) for ax in figure.axes])
    assert limits[0] == limits[1]


@pytest.mark.parametrize("kind", INPUTS)
def test_a_caption_says_where_an_axis_is_logarithmic_in_the_error(kind: str) -> None:
    scales = {
        scale for ax in once(kind).figure.axes for scale in (ax.get_xscale(), ax.get_yscale())
    }
    said = "axis of accuracy is logarithmic" in FIGURES[kind].caption
    assert said == ("function" in scales)


@pytest.mark.parametrize("kind", [kind for kind in FIGURES if FIGURES[kind].published])
def test_figures_are_drawn_without_the_thesis_s_values(kind: str, tmp_path: Path) -> None:
    given = arguments(kind)
    draw_it = function("figures", FIGURES[kind].module, kind)
    published, data = given.pop("published"), []
    for lacking in (published.iloc[:0], None):
        figure, table = draw_it(**given, published=lacking)
        save(figure, tmp_path / "a.pdf")
        assert "thesis" not in labels(figure)
        data.append(table)
    assert ("thesis" in labels(once(kind).figure)) == (kind in WITH_A_LEGEND)
    pd.testing.assert_frame_equal(*data)


def labels(figure: Figure) -> set[str]:
    return {text.get_text() for legend in figure.legends for text in legend.get_texts()}


@pytest.mark.parametrize("kind", INPUTS)
def test_the_thesis_s_values_are_called_so_and_only_where_they_are(kind: str) -> None:
    figure, data, _ = once(kind)
    texts = figure.findobj(lambda artist: hasattr(artist, "get_text"))
    words = {text.get_text() for text in texts}
    assert not any("published" in word for word in words)
    assert "published" not in {*data.columns, *data.astype(str).to_numpy().ravel()}
    if kind == "replay_accuracy":  # of the thesis's networks, in the protocol "published"
        return
    assert "published" not in FIGURES[kind].words().caption
    neutral = FIGURES[kind].words(thesis=False).caption
    assert "thesis" not in neutral and "Reber" not in neutral
    assert ("thesis" in FIGURES[kind].words().caption) == bool(FIGURES[kind].published)

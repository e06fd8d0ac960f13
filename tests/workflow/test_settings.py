"""Settings: what is valid, and that descriptions of them agree."""

import copy
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
import yaml
from configurations import ROOT, Config, lines, load, merged, with_yaml
from jsonschema import Draft7Validator

from sparsernn import plugins
from sparsernn.data.datasets import MAX_STRINGS
from sparsernn.errors import InputError
from sparsernn.files.graphml import MAX_VERTICES, OWN
from sparsernn.graphs.property_names import EXTRA_PROPERTIES, PROPERTIES
from sparsernn.thesis.repository import CELLS
from sparsernn.wiring.protocol import Protocol
from sparsernn.workflow.settings import checks, reference
from sparsernn.workflow.settings.allowed import allowed_values, at, entries, json_schema
from sparsernn.workflow.settings.validation import canonical, validate


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "seed: 0",
        "results: results/my-study_2.1",
        "study: Größe und Dichte (2)",
        "{sparse: {training: {clip_norm: null, lr: 1.0e-3}}, dense: {training: {lr: 1}}}",
        "graphs: {families: {barabasi_albert: {count: 0}}}",
        "graphs: {families: {ws: {generator: watts_strogatz, count: 5, n: 20, k: n//4, p: 0}}}",
        "graphs: {families: {ba: {generator: barabasi_albert, count: 5, n: [3, 9], m: 2}}}",
        "graphs: {families: {er: {generator: erdos_renyi, count: 5, n: [3, 9], p: 0.5}}}",
        "pruning: {controls: [], percents: [12.5, 100]}",
        "pruning: {controls: [random], targets: [h2h]}",
        "{custom_protocols: {mine: {base: published, embedding_size: 7}}, protocols: [mine]}",
        "{custom_protocols: {mine: {base: corrected, embedding_size: sources, "
        "largest_survives: true, skips: cells}}}",
        "{custom_protocols: {mine: {base: corrected, edges: recurrence}}, protocols: [mine], "
        "graphs: {families: {barabasi_albert: {nulls: {same_density: 3}}}}}",
        "{custom_protocols: {mine: {base: published, embedding_size: 9, edges: {signs: kind}}}}",
        "analysis: {ols: [true_sinks, density_undirected], regain: {within: 0, thresholds: []}}",
        f"seed: {2**1024 - 1}",
        "graphs: {families: {barabasi_albert: {count: 10000}}}",
    ],
)
def test_valid(text: str) -> None:
    validate(with_yaml(text))


def test_shipped_configurations_are_valid_and_validation_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # with the graph that celegans.yaml says how to get
    graph = tmp_path / "graphs" / "celegans.graphml"
    graph.parent.mkdir()
    nx.write_graphml(nx.DiGraph([(0, 1)]), graph)
    shipped = [path.relative_to(ROOT / "config") for path in (ROOT / "config").rglob("*.yaml")]
    assert len(shipped) > 12
    for path in shipped:
        config = merged(load("config.yaml"), load(str(path)))
        before = copy.deepcopy(config)
        validate(config)
        assert config == before


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_own_files(here: Path) -> None:
    config = with_yaml(
        "{dataset: {strings: own.csv}, graphs: {families: {mine: {generator: graphml, folder: g}}}}"
    )
    strings, folder = lines(config)
    assert strings.startswith("dataset.strings: received 'own.csv'; allowed: the path of a CSV")
    assert folder.startswith(
        "graphs.families.mine.folder: received 'g'; allowed: a folder with *.g"
    )
    assert folder.endswith(f"There is no folder {here / 'g'}.")
    (here / "own.csv").touch()
    (here / "g").mkdir()
    [empty] = lines(config)
    assert empty.endswith(f"There is none in {here / 'g'}.")
    (here / "g" / "a.graphml").touch()
    validate(config)


@pytest.mark.parametrize(
    ("over", "path"),
    [
        ("dataset: {strings: 'res/data/own.csv'}", "res/data/own.csv"),
        ("dataset: {strings: linked.csv}", "res/own.csv"),
        ("graphs: {families: {own: {generator: graphml, folder: res}}}", "res/0.graphml"),
        ("graphs: {families: {own: {generator: graphml, folder: linked}}}", "res/own/0.graphml"),
    ],
)
@pytest.mark.usefixtures("here")
def test_own_files_are_not_among_the_results(over: str, path: str) -> None:
    """Snakemake takes such files for old results, and removes them."""
    for folder in (Path("else"), Path(path).parent):
        folder.mkdir(parents=True)
    Path(path).touch()
    Path("linked").symlink_to("res/own")
    Path("linked.csv").symlink_to("res/own.csv")
    [line] = lines(merged(with_yaml("results: res"), yaml.safe_load(over)))
    assert "; allowed: a path outside of results, res. Snakemake makes, and removes," in line
    validate(merged(with_yaml("results: res2"), yaml.safe_load(over)))


@pytest.mark.parametrize("name", ["a{b}.graphml", "a\nb.graphml", "a}.graphml"])
def test_own_graphs_may_be_above_the_results_but_have_no_braces(here: Path, name: str) -> None:
    config = with_yaml("{results: r, graphs: {families: {own: {generator: graphml, folder: .}}}}")
    (here / "good.graphml").touch()
    validate(config)
    (here / name).touch()
    [line] = lines(config)
    assert line.startswith(f"graphs.families.own.folder: received {f'./{name}'!r}; allowed: a path")


def test_a_checkout_to_replay(here: Path) -> None:
    config = with_yaml("replay: {checkout: thesis}")
    allowed = "allowed: the folder of a checkout of the thesis's repository"
    for needed in ("", "/Implementations/experiments", "/Implementations/dataset/test_data.csv"):
        [line] = lines(config)
        assert f"received 'thesis'; {allowed}" in line
        assert line.endswith(f"There is no {here}/thesis{needed}.")
        (here / f"thesis{needed}").mkdir(parents=True)
    validate(config)
    [empty] = lines(with_yaml("replay: {checkout: ''}"))
    assert empty.startswith(f"replay.checkout: received ''; {allowed}")
    assert empty.endswith("Write null, without quotes.")


def test_own_graphs_are_counted(tmp_path: Path) -> None:
    for index in range(5):
        (tmp_path / f"{index}.graphml").touch()
    off = "{barabasi_albert: {count: 0}, watts_strogatz: {count: 0}, "
    own = f"mine: {{generator: graphml, folder: '{tmp_path}'}}}}"
    rest = "analysis: {prediction: {folds: 3, test_share: 0.4}, ols: [nodes]}"
    [line] = lines(with_yaml(f"{{graphs: {{families: {off}{own}}}, {rest}}}"))
    assert "at least 2 graphs for each fold. There are 5 graphs in all" in line


def test_who_asks_for_no_analysis_needs_no_folds() -> None:
    few = with_yaml("graphs: {families: {barabasi_albert: {count: 2}, watts_strogatz: {count: 0}}}")
    validate(few, analysed=False)
    with pytest.raises(InputError, match="at least 2 graphs for each fold"):
        validate(few)
    wrong = merged(few, {"seed": -1})  # all mistakes at once
    with pytest.raises(InputError, match="at least 2 graphs for each fold"):
        validate(wrong, analysed=False)


def test_one_graph_needs_no_prediction(tmp_path: Path) -> None:
    (tmp_path / "worm.graphml").touch()
    off = "{barabasi_albert: {count: 0}, watts_strogatz: {count: 0}, "
    own = f"{{graphs: {{families: {off}mine: {{generator: graphml, folder: '{tmp_path}'}}}}}}"
    assert "Write prediction: null." in "".join(lines(with_yaml(f"{own}}}")))
    validate(with_yaml(f"{own}, analysis: {{prediction: null}}}}"))


# --- the models, the page, the schema and the library agree ---


def test_every_key_is_described() -> None:
    described = list(entries(json_schema()))
    assert len(described) > 70
    free = (".<name>",)  # a section in which every key is a name
    assert [p for p, s in described if "description" not in s and not p.endswith(free)] == []


def sections(
    config: Config, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Config]]:
    yield path, config
    for name, child in config.items():
        if isinstance(child, dict) and child:
            yield from sections(child, (*path, name))


def test_every_section_is_closed_and_complete() -> None:
    """Of each section of config.yaml: a key more is unknown, a key less is missing."""
    for path, section in sections(load("config.yaml")):
        if path == ("graphs", "families"):
            continue
        config = load("config.yaml")
        changed: Any = reduce(getitem, path, config)
        for key in section:
            value = changed.pop(key)
            missing = f"{'.'.join((*path, key))}: missing"
            assert any(line.startswith(missing) for line in lines(config))
            changed[key] = value
        changed["other"] = 3
        [line] = lines(config)
        assert line.startswith(f"{'.'.join((*path, 'other'))}: unknown key, received 3")


def test_limits_are_those_of_the_library() -> None:
    known = json_schema()
    sizes = at(known, ("graphs", "families", "any", "n"))["anyOf"]
    assert [sizes[0]["maximum"], sizes[1]["items"]["maximum"]] == [MAX_VERTICES] * 2
    assert at(known, ("dataset", "n_valid"))["maximum"] == MAX_STRINGS


def test_every_integer_but_the_seed_has_a_maximum() -> None:
    free = {
        path
        for path, schema in entries(json_schema())
        if schema.get("type") == "integer" and "maximum" not in schema
    }
    assert free == {"seed", "analysis.prediction.folds"}  # folds are of graphs


def test_a_float_for_a_name_is_its_text() -> None:
    family = {"generator": "erdos_renyi", "count": 1, "n": 5, "p": 0.5}
    config = merged(load("config.yaml"), {"graphs": {"families": {float("inf"): family}}})
    validate(config)
    families = canonical(config)["graphs"]["families"]
    assert list(families) == ["barabasi_albert", "inf", "watts_strogatz"]


def test_protocol_fields_are_those_of_the_library() -> None:
    known = at(json_schema(), ("custom_protocols", "mine"))["properties"]
    assert set(known) - {"base"} == {field.name for field in fields(Protocol)}


def test_names_are_those_of_the_library() -> None:
    schema = json_schema()
    for key in ("ols", "figure_properties"):
        known = at(schema, ("analysis", key, 0))["enum"]
        assert sorted(known) == sorted([*PROPERTIES, *EXTRA_PROPERTIES])
    assert at(schema, ("cells", 0))["enum"] == list(plugins.names("cells", first=CELLS))
    assert allowed_values(at(schema, ("cells", 0))).startswith("rnn_tanh, rnn_relu, lstm")
    generators = at(schema, ("graphs", "families", "any", "generator"))["enum"]
    assert generators == [*OWN, *plugins.names("families")]
    assert {"barabasi_albert", "erdos_renyi", "watts_strogatz"} <= set(generators)


def test_a_cell_that_the_fused_engine_lacks_needs_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(checks, "fused_cells", lambda: ("rnn_tanh", "rnn_relu"))
    validate(with_yaml("cells: [rnn_relu]"))
    for engine in ("torch", "fastest"):
        validate(with_yaml(f"engine: {engine}"))
    assert lines(with_yaml("cells: [rnn_relu, gru]")) == [
        "engine: received 'fused'; allowed: torch or fastest, as the fused engine has no kernels "
        "of gru. Write fastest: it leaves the other cells as they are."
    ]


@pytest.mark.parametrize(
    ("file", "content"),
    [("docs/configuration.md", reference.page), ("config/schema.json", reference.schema_file)],
)
def test_generated_files_are_up_to_date(file: str, content: Callable[[], str]) -> None:
    assert (ROOT / file).read_text(encoding="utf-8") == content(), (
        "run: PYTHONPATH=scripts python -m sparsernn.workflow.settings.reference"
    )


def test_the_page_has_a_line_for_every_key() -> None:
    table = [line.split(" | ") for line in reference.page().splitlines() if line.startswith("| `")]
    assert {len(cells) for cells in table} == {4}
    keys = {path for path, _ in entries(json_schema()) if not path.endswith(".<name>")}
    tops = {key for key in keys if any(other.startswith(f"{key}.") for other in keys)}
    assert keys - tops <= {cells[0][3:-1] for cells in table}
    chances = [cells for cells in table if cells[0] == "| `graphs.families.<name>.p`"]
    assert {cells[1] for cells in chances} == {"", "`1.0`"}  # of a generator that is a default


def test_an_editor_accepts_what_is_shipped_and_marks_mistakes() -> None:
    """With config/schema.json, as the first line of each file asks for."""
    Draft7Validator.check_schema(json_schema())
    editor = Draft7Validator(json_schema())
    for path in (ROOT / "config").glob("*.yaml"):
        assert editor.is_valid(load(path.name))
        first, *_ = path.read_text(encoding="utf-8").splitlines()
        assert first == "# yaml-language-server: $schema=schema.json"
    for text in (
        "sed: 3",
        "seed: -1",
        "cells: [gru, gru]",
        "sparse: {training: {lr: 0}}",
        "study: ' x'",
        "graphs: {families: {Small-World: {count: 1}}}",
        "graphs: {families: {er: {generator: erdos_renyi, count: 5, n: 9, p: 0.5, k: 2}}}",
        "graphs: {families: {er: {generator: erdos_renyi, count: 5, n: 9, p: 2}}}",
    ):
        assert not editor.is_valid(yaml.safe_load(text)), text


def test_nothing_heavy_is_imported() -> None:
    heavy = {"torch", "numpy", "pandas", "networkx", "igraph"}
    code = f"import sys, sparsernn.workflow.settings; print({heavy} & set(sys.modules))"
    assert run("-c", code).stdout == "set()\n"


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        env={"PYTHONPATH": str(ROOT / "scripts")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_file_can_be_looked_into_before_snakemake_reads_it(tmp_path: Path) -> None:
    good, bad = ROOT / "config" / "quick.yaml", tmp_path / "own.yaml"
    bad.write_text("__use_yte__: true\nseed: ?1 + 2\n", encoding="utf-8")
    done = run("-m", "sparsernn.workflow.settings.configfiles", good, bad)
    assert done.returncode == 1
    assert done.stdout == f"{good}: plain values, each key once\n"
    assert done.stderr.startswith(f"{bad}, line 1: __use_yte__, with which Snakemake runs")


RECURRENT = "custom_protocols: {mine: {base: corrected, edges: recurrence}}, protocols: [mine"
NULLS = "nulls: {keep_in_out_degrees: 1, keep_layers: 1, lattice: 1, shuffle_weights: 1}"


@pytest.mark.parametrize(
    ("kind", "protocols", "left"),
    [
        ("undirected", "protocols: [corrected", {"keep_in_out_degrees", "shuffle_weights"}),
        (
            "directed",
            "protocols: [corrected",
            {"keep_in_out_degrees", "lattice", "shuffle_weights"},
        ),
        ("undirected", RECURRENT, {"keep_in_out_degrees", "keep_layers"}),
        ("directed", RECURRENT, set()),
        ("matrix", "protocols: [corrected", {"keep_in_out_degrees", "shuffle_weights"}),
        ("matrix", RECURRENT, set()),
        (
            "undirected",
            f"{RECURRENT}, corrected",
            {"keep_in_out_degrees", "keep_layers", "shuffle_weights"},
        ),
    ],
)
def test_null_models_that_graphs_can_t_have_are_refused(
    kind: str, protocols: str, left: set[str], tmp_path: Path
) -> None:
    """Before anything runs: of one's own files, too, as far as their head says it."""
    if kind == "matrix":
        (tmp_path / "own.csv").write_text("0,1\n1,0\n", encoding="utf-8")
    else:
        directed = nx.DiGraph if kind == "directed" else nx.Graph
        nx.write_graphml(nx.path_graph(3, create_using=directed), tmp_path / "own.graphml")
    generator = "csv" if kind == "matrix" else "graphml"
    family = f"{{generator: {generator}, folder: {tmp_path}, {NULLS}}}"
    config = with_yaml(f"{{{protocols}], graphs: {{families: {{own: {family}}}}}}}")
    found = lines(config) if left else []
    assert {line.partition("nulls.")[2].partition(":")[0] for line in found} == left
    assert all("They may have keep_degrees, " in line for line in found)
    for name in left:
        del config["graphs"]["families"]["own"]["nulls"][name]
    validate(config)

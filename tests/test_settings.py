"""Settings: what is valid, what is said of what is not, and that the three descriptions agree."""

import copy
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from sparsernn import plugins, settings
from sparsernn.degrees import degree
from sparsernn.engines import FUSED_CELLS
from sparsernn.errors import InputError
from sparsernn.schema import load_settings
from sparsernn.settings import validate
from sparsernn.settings_page import document

ROOT = Path(__file__).parents[1]
Config = dict[str, Any]


def load(name: str) -> Config:
    return yaml.safe_load((ROOT / "config" / name).read_text(encoding="utf-8"))


def merged(base: Config, over: Config) -> Config:
    """As Snakemake merges: sections key by key, everything else replaced."""
    both = {**base, **over}
    for key, value in over.items():
        if isinstance(value, dict):
            both[key] = merged(base.get(key, {}), value)
    return both


def with_yaml(text: str) -> Config:
    return merged(load("config.yaml"), yaml.safe_load(text))


def lines(config: Any) -> list[str]:
    """The lines of the message about a bad configuration, one for each mistake."""
    with pytest.raises(InputError) as caught:
        validate(config)
    first, *found, last = str(caught.value).splitlines()
    assert str(len(found)) in first
    assert "docs/configuration.md" in last
    return [line.strip() for line in found]


# --- valid ones ---


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "seed: 0",
        "results: results/my-study_2.1",
        "study: Größe und Dichte (2)",
        "sparse: {training: {clip_norm: null, lr: 1.0e-3}}",
        "sparse: {training: {lr: 1}}",
        "graphs: {families: {barabasi_albert: {count: 0}}}",
        "graphs: {families: {ws: {generator: watts_strogatz, count: 5, n: 20, k: n//4, p: 0}}}",
        "graphs: {families: {ba: {generator: barabasi_albert, count: 5, n: [3, 9], m: 2}}}",
        "graphs: {families: {er: {generator: erdos_renyi, count: 5, n: [3, 9], p: 0.5}}}",
        "pruning: {percents: [12.5, 100]}",
        "pruning: {controls: []}",
        "pruning: {controls: [random], targets: [h2h]}",
        "{custom_protocols: {mine: {base: published, embedding_size: 7}}, protocols: [mine]}",
        "{custom_protocols: {mine: {base: corrected, embedding_size: sources, "
        "largest_survives: true, skips: cells}}}",
        "analysis: {ols: [true_sinks, density_undirected]}",
        "analysis: {regain: {within: 0, thresholds: []}}",
    ],
)
def test_valid(text: str) -> None:
    validate(with_yaml(text))


def test_shipped_configurations_are_valid() -> None:
    config = load("config.yaml")
    validate(config)
    for path in (ROOT / "config").glob("*.yaml"):
        if path.name not in ("config.yaml", "schema.yaml"):
            validate(merged(config, load(path.name)))


def test_validate_leaves_the_configuration_as_it_is() -> None:
    config = load("config.yaml")
    validate(config)
    assert config == load("config.yaml")


def test_own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = with_yaml(
        "{dataset: {strings: own.csv}, graphs: {families: {mine: {generator: graphml, folder: g}}}}"
    )
    strings, folder = lines(config)
    assert strings.startswith("dataset.strings: received 'own.csv'; allowed: the path of a CSV")
    assert folder.startswith(
        "graphs.families.mine.folder: received 'g'; allowed: a folder with *.g"
    )
    (tmp_path / "own.csv").touch()
    (tmp_path / "g").mkdir()
    assert lines(config) == [folder]
    (tmp_path / "g" / "a.graphml").touch()
    validate(config)


def test_a_checkout_to_replay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = with_yaml("replay: {checkout: thesis}")
    said = "received 'thesis'; allowed: the folder of a checkout of the thesis's repository"
    for needed in ("", "/Implementations/experiments", "/Implementations/dataset/test_data.csv"):
        [line] = lines(config)
        assert said in line
        assert line.endswith(f"There is no {tmp_path}/thesis{needed}.")
        (tmp_path / f"thesis{needed}").mkdir(parents=True)
    validate(config)
    [empty] = lines(with_yaml("replay: {checkout: ''}"))
    assert empty.startswith("replay.checkout: received ''; allowed: the folder of a checkout")
    assert empty.endswith("Write null, without quotes.")


def test_own_graphs_are_counted(tmp_path: Path) -> None:
    for index in range(5):
        (tmp_path / f"{index}.graphml").touch()
    off = "{barabasi_albert: {count: 0}, watts_strogatz: {count: 0}, "
    own = f"mine: {{generator: graphml, folder: '{tmp_path}'}}}}"
    rest = "analysis: {prediction: {folds: 3, test_share: 0.4}, ols: [nodes]}"
    [line] = lines(with_yaml(f"{{graphs: {{families: {off}{own}}}, {rest}}}"))
    assert line == (
        "analysis.prediction.folds: received 3; allowed: at least 2 graphs for each fold. "
        "There are 5 graphs in all."
    )


# --- the descriptions agree ---


def leaves(schema: Config, path: str = "") -> Iterator[tuple[str, Config]]:
    """The keys of the schema that hold values, not sections."""
    free = [("<name>", child) for child in schema.get("patternProperties", {}).values()]
    children = [*schema.get("properties", {}).items(), *free]
    if not children:
        yield path[1:], schema
    for name, child in children:
        yield from leaves(child, f"{path}.{name}")


def keys(config: Any, path: str = "") -> Iterator[str]:
    free = path in (".graphs.families", ".custom_protocols")
    if not isinstance(config, dict):
        yield path[1:]
        return
    for name, value in config.items():
        yield from keys(value, f"{path}.{'<name>' if free else name}")


def test_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(load("schema.yaml"))
    Draft202012Validator.check_schema(load_settings("schema.yaml"))


def test_every_key_is_described() -> None:
    assert [path for path, leaf in leaves(load("schema.yaml")) if "description" not in leaf] == []


def test_every_section_is_closed_and_complete() -> None:
    open_sections = []

    def visit(schema: Config, path: str) -> None:
        for name, child in schema.get("properties", {}).items():
            visit(child, f"{path}.{name}")
        for child in schema.get("patternProperties", {}).values():
            visit(child, f"{path}.<name>")
        if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
            open_sections.append(path)
        if "properties" in schema and "<name>" not in path:
            assert schema["required"] == list(schema["properties"]), path

    visit(load("schema.yaml"), "")
    assert open_sections == []


def test_schema_and_config_name_the_same_keys() -> None:
    known = {path for path, _ in leaves(load("schema.yaml"))}
    used = set(keys(load("config.yaml")))
    free = ("custom_protocols.", "graphs.families.<name>.")  # what a protocol or generator takes
    assert used <= known
    assert {path for path in known - used if not path.startswith(free)} == set()


def test_protocol_fields_are_those_of_the_library() -> None:
    from sparsernn.wiring import Protocol

    own = load("schema.yaml")["properties"]["custom_protocols"]["patternProperties"]
    [known] = [child["properties"] for child in own.values()]
    assert set(known) - {"base"} == {field.name for field in fields(Protocol)}


def test_properties_are_those_of_the_library() -> None:
    from sparsernn.properties import EXTRA_PROPERTIES, PROPERTIES

    for key in ("ols", "figure_properties"):
        known = settings._at(load_settings("schema.yaml"), ("analysis", key, 0))["enum"]
        assert sorted(known) == sorted([*PROPERTIES, *EXTRA_PROPERTIES])


def test_cells_and_generators_are_those_of_the_library() -> None:
    schema = load_settings("schema.yaml")
    assert settings._at(schema, ("cells", 0))["enum"] == list(
        plugins.names("cells", first=FUSED_CELLS)
    )
    assert CELLS.startswith("rnn_tanh, rnn_relu, lstm")
    generators = settings._at(schema, ("graphs", "families", "any", "generator"))["enum"]
    assert generators == ["graphml", *plugins.names("families")]
    assert {"barabasi_albert", "erdos_renyi", "watts_strogatz"} <= set(generators)


def test_a_cell_that_the_fused_engine_lacks_needs_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "FUSED_CELLS", ("rnn_tanh", "rnn_relu"))
    validate(with_yaml("cells: [rnn_relu]"))
    for engine in ("torch", "fastest"):
        validate(with_yaml(f"engine: {engine}"))
    assert lines(with_yaml("cells: [rnn_relu, gru]")) == [
        "engine: received 'fused'; allowed: torch or fastest, as the fused engine has no kernels "
        "of gru. Write fastest: it leaves the other cells as they are."
    ]


def test_documentation_is_up_to_date() -> None:
    written = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert written == document(), (
        "run: PYTHONPATH=scripts python -m sparsernn.settings_page > docs/configuration.md"
    )


def test_documentation_has_a_row_for_every_key() -> None:
    rows = [row.split(" | ") for row in document().splitlines() if row.startswith("| `")]
    assert {len(row) for row in rows} == {4}
    assert {path for path, _ in leaves(load("schema.yaml"))} <= {row[0][3:-1] for row in rows}
    [lr] = [row for row in rows if row[0] == "| `sparse.training.lr`"]
    assert lr[1:] == ["`0.001`", "a number, above 0", "Learning rate of Adam. |"]


def test_nothing_heavy_is_imported() -> None:
    code = (
        "import sys; import sparsernn.settings; "
        "print(*{'torch', 'numpy', 'pandas', 'networkx', 'igraph'} & set(sys.modules))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(ROOT / "scripts")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == ""


# --- mistakes: the key, the value, what is allowed, and what was meant ---

TRAINING = "epochs, batch_size, lr, clip_norm"
# As messages list them, with any that a reader of docs/studies.md has added.
CELLS = settings.allowed_values(settings._at(load_settings("schema.yaml"), ("cells", 0)))
GENERATORS = settings.allowed_values({"enum": ["graphml", *plugins.names("families")]})
CELL_LIST = f"a list, not empty and without repeats, of {CELLS}"
NAME = "a name of small letters, digits and _, that starts with a letter"
BA = "graphs: {families: {ba: {generator: barabasi_albert, "
WS = "graphs: {families: {ws: {generator: watts_strogatz, "


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # numbers that YAML does not read as such
        (
            "sparse: {training: {lr: 1e-3}}",
            "sparse.training.lr: received '1e-3'; allowed: a number, above 0. "
            "YAML reads 1e-3 as text; write 0.001 or 1.0e-3.",
        ),
        (
            "sparse: {training: {clip_norm: 2.5E3}}",
            "sparse.training.clip_norm: received '2.5E3'; allowed: a number, above 0, or null. "
            "YAML reads 2.5E3 as text; write 2500 or 2.5e+3.",
        ),
        (
            "dense: {training: {clip_norm: 1e1}}",
            "dense.training.clip_norm: received '1e1'; allowed: a number, above 0, or null. "
            "YAML reads 1e1 as text; write 10 or 1.0e+1.",
        ),
        (
            "dataset: {n_valid: 1e3}",
            "dataset.n_valid: received '1e3'; allowed: an integer, at least 1. "
            "YAML reads 1e3 as text; write 1000.",
        ),
        (
            "dataset: {n_valid: '100'}",
            "dataset.n_valid: received '100'; allowed: an integer, at least 1. "
            "Write 100, without quotes.",
        ),
        # wrong types
        (
            "dataset: {n_valid: yes}",
            "dataset.n_valid: received true; allowed: an integer, at least 1. YAML reads yes, no, "
            "on, off, true and false as truth values; write a number.",
        ),
        ("seed: 3.0", "seed: received 3.0; allowed: an integer, at least 0. Write 3."),
        ("seed: 3.5", "seed: received 3.5; allowed: an integer, at least 0."),
        (
            "seed: [3]",
            "seed: received [3]; allowed: an integer, at least 0. Write 3, without brackets.",
        ),
        (
            "seed:",
            "seed: received null; allowed: an integer, at least 0. "
            "An empty value is null; write one, or remove the key.",
        ),
        (
            "dense: {training: {clip_norm: None}}",
            "dense.training.clip_norm: received 'None'; allowed: a number, above 0, or null. "
            "Write null, without quotes.",
        ),
        (
            "study: 2021",
            "study: received 2021; allowed: text, one line of 1 to 80 characters. "
            "Write it in quotes: '2021'.",
        ),
        (
            "cells: gru, lstm",
            f"cells: received 'gru, lstm'; allowed: {CELL_LIST}. Write [gru, lstm].",
        ),
        (
            "sparse: 3",
            "sparse: received 3; allowed: a section with the keys seeds, training. "
            "Write its keys below it, indented.",
        ),
        (
            "custom_protocols: {mine: {base: corrected, largest_survives: 1}}",
            "custom_protocols.mine.largest_survives: received 1; allowed: true or false.",
        ),
        (
            "custom_protocols: {mine: {base: corrected, embedding_size: source}}",
            "custom_protocols.mine.embedding_size: received 'source'; "
            "allowed: an integer, at least 1, or sources.",
        ),
        # ranges and choices
        (
            "sparse: {training: {epochs: 0}}",
            "sparse.training.epochs: received 0; allowed: an integer, at least 1.",
        ),
        (
            "sparse: {training: {lr: .nan}}",
            "sparse.training.lr: received nan; allowed: a number, above 0.",
        ),
        (
            "analysis: {confidence: 95}",
            "analysis.confidence: received 95; allowed: a number, above 0 and below 1.",
        ),
        (
            "cells: [gru, LSTM]",
            f"cells[1]: received 'LSTM'; allowed: {CELLS}. Did you mean 'lstm'?",
        ),
        (
            "cells: [RNN-Tanh]",
            f"cells[0]: received 'RNN-Tanh'; allowed: {CELLS}. Did you mean 'rnn_tanh'?",
        ),
        ("cells: [gru, gru]", f"cells: received ['gru', 'gru']; allowed: {CELL_LIST}."),
        ("cells: []", f"cells: received []; allowed: {CELL_LIST}."),
        (
            "dataset: {decoys: {m3: -1}}",
            "dataset.decoys.m3: received -1; allowed: an integer, at least 0.",
        ),
        (
            BA + "count: 3, n: 20, m: n / 5}}}",
            "graphs.families.ba.m: received 'n / 5'; "
            "allowed: an integer, at least 1, or a share of the vertices such as n // 5.",
        ),
        (
            BA + "count: 3, n: [10], m: 2}}}",
            "graphs.families.ba.n: received [10]; allowed: an integer, at least 2, or a range "
            "[lo, hi] of two.",
        ),
        # unknown and missing keys
        (
            "sparse: {training: {epohs: 4}}",
            f"sparse.training.epohs: unknown key, received 4; allowed: {TRAINING}. "
            "Did you mean 'epochs'?",
        ),
        (
            "graphs: {families: {Small-World: {count: 1}}}",
            f"graphs.families.Small-World: unknown key, received {{count: 1}}; allowed: {NAME}. "
            "Did you mean 'small_world'?",
        ),
        (
            "graphs: {families: {mine: {count: 5, n: 10}}}",
            f"graphs.families.mine.generator: missing; allowed: {GENERATORS}.",
        ),
        (
            WS + "count: 5, n: 10, k: 4}}}",
            "graphs.families.ws.p: missing; allowed: a number, at least 0 and at most 1.",
        ),
        (
            "graphs: {families: {er: {generator: erdos_renyi, count: 5, n: 9, p: 0.5, k: 2}}}",
            "graphs.families.er.k: received 2; allowed: nothing, the generator has no k. "
            "Remove it; if it comes from config.yaml, give your family a name of its own.",
        ),
        (
            "graphs: {families: {barabasi_albert: {p: 0.5}}}",
            "graphs.families.barabasi_albert.p: received 0.5; allowed: nothing, the generator has "
            "no p. Remove it; if it comes from config.yaml, give your family a name of its own.",
        ),
        # keys against each other
        (
            "protocols: [corected]",
            "protocols[0]: received 'corected'; allowed: published, corrected. "
            "Did you mean 'corrected'?",
        ),
        (
            "protocols: [corrected, mine]",
            "protocols[1]: received 'mine'; allowed: published, corrected. "
            "Define it in custom_protocols.",
        ),
        (
            "custom_protocols: {published: {base: corrected}}",
            "custom_protocols.published: received {base: 'corrected'}; "
            "allowed: names other than the built-in protocols'.",
        ),
        (
            BA + "count: 3, n: [20, 10], m: 2}}}",
            "graphs.families.ba.n: received [20, 10]; allowed: [lo, hi] with lo at most hi. "
            "Write [10, 20].",
        ),
        (
            BA + "count: 3, n: [9, 20], m: n // 10}}}",
            "graphs.families.ba.m: received 'n // 10'; allowed: at least 1 and below n. "
            "It is 0 for n = 9.",
        ),
        (
            BA + "count: 3, n: [5, 20], m: 5}}}",
            "graphs.families.ba.m: received 5; allowed: at least 1 and below n. It is 5 for n = 5.",
        ),
        (
            WS + "count: 3, n: [9, 20], k: n // 5, p: 1}}}",
            "graphs.families.ws.k: received 'n // 5'; allowed: at least 2 and below n. "
            "It is 1 for n = 9.",
        ),
        (
            WS + "count: 3, n: 6, k: n // 1, p: 1}}}",
            "graphs.families.ws.k: received 'n // 1'; allowed: at least 2 and below n. "
            "It is 6 for n = 6.",
        ),
        (
            "pruning: {percents: [90, 10.5]}",
            "pruning.percents: received [90, 10.5]; allowed: ascending percentages. "
            "Write [10.5, 90].",
        ),
        (
            "pruning: {controls: random}",
            "pruning.controls: received 'random'; allowed: a list without repeats of retrained "
            "and random, or []. Write [random].",
        ),
        (
            "pruning: {controls: [retraind]}",
            "pruning.controls[0]: received 'retraind'; allowed: retrained or random. "
            "Did you mean 'retrained'?",
        ),
        (
            "dataset: {n_valid: 3}",
            "dataset.n_valid: received 3; allowed: at least 4 strings in all where test_share is "
            "0.25. Training and test set both need strings of both classes.",
        ),
        (
            "dataset: {decoys: {m1: 0, m2: 0, m3: 0, m4: 0, m5: 0, m6: 0, m7: 0, m8: 0}}",
            "dataset.decoys: received {m1: 0, m2: 0, m3: 0, m4: 0, m5: 0, m6: 0, m7: 0, m8: 0}; "
            "allowed: at least 4 strings in all where test_share is 0.25. "
            "Training and test set both need strings of both classes.",
        ),
        (
            "analysis: {prediction: {folds: 101}}",
            "analysis.prediction.folds: received 101; allowed: at least 2 graphs for each fold. "
            "There are 200 graphs in all.",
        ),
        (
            "analysis: {regain: {within: 1.5}}",
            "analysis.regain.within: received 1.5; allowed: a number, at least 0 and at most 1.",
        ),
        (
            "analysis: {regain: {thresholds: [0.92, 95]}}",
            "analysis.regain.thresholds[1]: received 95; allowed: a number, at least 0 "
            "and at most 1.",
        ),
        (
            "analysis: {regain: {thresholds: 0.95}}",
            "analysis.regain.thresholds: received 0.95; allowed: a list without repeats of "
            "accuracies from 0 to 1, or []. Write [0.95].",
        ),
        (
            "analysis: {prediction: {test_share: 0.005}}",
            "analysis.prediction.test_share: received 0.005; allowed: a share that holds out, and "
            "leaves, at least 2 graphs. There are 200 graphs in all.",
        ),
    ],
)
def test_one_mistake(text: str, expected: str) -> None:
    assert lines(with_yaml(text)) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "epochs: 4",
            "sparse.training.epochs or dense.training.epochs or pruning.training.epochs",
        ),
        ("seeds: 4", "'seed' or sparse.seeds or dense.seeds"),
        ("n_vald: 4", "dataset.n_valid"),
        ("dataset: {folds: 4}", "analysis.prediction.folds"),
        ("graphs: {barabasi_albert: {count: 4}}", None),
        ("zzz: 4", None),
    ],
)
def test_keys_from_elsewhere(text: str, expected: str | None) -> None:
    [line] = lines(with_yaml(text))
    assert "unknown key" in line
    if expected is None:
        assert "Did you mean" not in line
    else:
        assert line.endswith(f"Did you mean {expected}?")


@pytest.mark.parametrize(
    "results", ["/x", "..", "../x", "a/../../b", "~/x", "a/", "", "{cell}", "a b", ".hidden"]
)
def test_results_stays_below_the_working_directory(results: str) -> None:
    [line] = lines(with_yaml(f"results: {results!r}"))
    assert line.startswith(f"results: received {results!r}; allowed: a relative path below")


def test_no_graph_at_all() -> None:
    off = "graphs: {families: {barabasi_albert: {count: 0}, watts_strogatz: {count: 0}}}"
    [line] = lines(with_yaml(off))
    assert line.startswith("graphs.families: received {barabasi_albert: ")
    assert line.endswith("; allowed: at least one graph in all.")


def test_too_few_graphs_for_the_regression() -> None:
    few = "{graphs: {families: {barabasi_albert: {count: 3}, watts_strogatz: {count: 3}}}, "
    [line] = lines(
        with_yaml(
            few + "analysis: {prediction: {folds: 3, test_share: 0.3}, ols: [nodes, edges, "
            "layers, diameter, density]}}"
        )
    )
    assert line.startswith("analysis.ols: received ['nodes', ")
    assert "at least 2 fewer properties than graphs. There are 6 graphs in all." in line


def test_missing_sections_are_all_named() -> None:
    found = lines({})
    assert [line.split(":")[0] for line in found] == list(load("config.yaml"))
    assert found[2] == "seed: missing; allowed: an integer, at least 0."


def test_all_mistakes_at_once_of_schema_and_between_keys() -> None:
    found = lines(
        with_yaml(
            "{sed: 3, sparse: {training: {lr: 1e-3, epoch: 3}}, protocols: [publishd], "
            "pruning: {percents: [20, 10]}, cells: gru}"
        )
    )
    assert {line.split(":")[0] for line in found} == {
        "sed",
        "sparse.training.lr",
        "sparse.training.epoch",
        "protocols[0]",
        "pruning.percents",
        "cells",
    }
    assert len(found) == 6


@pytest.mark.parametrize("config", [None, [], 3, "text"])
def test_not_a_configuration(config: Any) -> None:
    [line] = lines(config)
    assert line.startswith("the configuration: received ")


def test_long_values_are_cut() -> None:
    [line] = lines(with_yaml(f"seed: {'x' * 500}"))
    assert len(line) < 150


def test_a_file_can_be_looked_into_before_snakemake_reads_it(tmp_path: Path) -> None:
    good, bad = ROOT / "config" / "quick.yaml", tmp_path / "own.yaml"
    bad.write_text("__use_yte__: true\nseed: ?1 + 2\n", encoding="utf-8")
    command = [sys.executable, "-m", "sparsernn.configfiles", good, bad]
    done = subprocess.run(
        command,
        env={"PYTHONPATH": str(ROOT / "scripts")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == f"{good}: plain values, each key once\n"
    assert done.stderr.startswith(f"{bad}, line 1: __use_yte__, with which Snakemake runs")


# --- nothing but InputError, whatever comes ---

CONFIG = load("config.yaml")
patient = hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 10**9)
    | st.floats()
    | st.dates()
    | st.text(max_size=12)
    | st.sampled_from(
        ["n // 5", "n // 0", "1e-3", "gru", "graphml", "published", "x" * 5000, "\0"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=4,
)


def places(config: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    children = config.items() if isinstance(config, dict) else []
    children = enumerate(config) if isinstance(config, list) else children
    for name, value in children:
        yield (*path, name)
        yield from places(value, (*path, name))


@st.composite
def mutated(draw: st.DrawFn) -> Config:
    config = copy.deepcopy(CONFIG)
    config["custom_protocols"] = {"mine": {"base": "corrected", "skips": "cells"}}
    config["graphs"]["families"]["own"] = {"generator": "graphml", "folder": "nowhere"}
    for _ in range(draw(st.integers(1, 4))):
        *path, last = draw(st.sampled_from(list(places(config)) or [("seed",)]))
        parent: Any = config
        for name in path:
            parent = parent[name]
        change = draw(st.sampled_from(["delete", "replace", "add"]))
        if change == "delete" and (isinstance(parent, list) or last in parent):
            del parent[last]
        elif change == "add" and isinstance(parent, dict):
            parent[draw(st.text(max_size=5) | st.integers() | st.none() | st.booleans())] = draw(
                junk
            )
        else:
            parent[last] = draw(junk)
    return config


@patient
@given(mutated())
def test_only_input_errors(config: Config) -> None:
    try:
        validate(config)
    except InputError as error:
        assert "docs/configuration.md" in str(error)


@patient
@given(junk)
def test_only_input_errors_of_anything(config: Any) -> None:
    with pytest.raises(InputError):
        validate(config)


@patient
@given(st.integers(2, 60), st.integers(0, 40), st.sampled_from(["m", "k"]), st.integers(1, 70))
def test_families_that_pass_fit_every_size(low: int, more: int, name: str, number: int) -> None:
    """The smallest graph decides: checked against all sizes of the range."""
    generator = {"m": "barabasi_albert", "k": "watts_strogatz"}[name]
    least = {"m": 1, "k": 2}[name]
    for value in (number, f"n // {number}"):
        family = {"generator": generator, "count": 9, "n": [low, low + more], name: value}
        config = dict(CONFIG)
        config["graphs"] = {"families": {"x": {**family, **({"p": 1} if name == "k" else {})}}}
        fits = all(least <= degree(value, n) < n for n in range(low, low + more + 1))
        mistakes = settings._Mistakes()
        settings._check_families(config, mistakes)
        assert fits == (not mistakes.lines)

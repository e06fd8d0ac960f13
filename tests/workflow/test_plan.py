"""The plan: what work follows from the settings, and the thesis's figures and tables in it."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from configurations import ROOT, load
from snakemake.iocontainers import Wildcards
from studies import TINY, make_plan, new_study

from sparsernn.report.catalogue.figures import FIGURES
from sparsernn.report.catalogue.tables import TABLES
from sparsernn.wiring.wiring import Wiring
from sparsernn.workflow.products import products


def test_shards_hold_every_graph_once_and_in_order() -> None:
    plan = make_plan()  # 4 graphs of a family, 3 in a shard
    assert list(plan.shards("watts_strogatz")) == [0, 1]
    known = [plan.graphs_of("watts_strogatz", shard) for shard in ("0", "1")]
    assert known == [[(None, 0), (None, 1), (None, 2)], [(None, 3)]]
    folders = [f"{family}/shard{s}" for family in plan.families for s in (0, 1)]
    assert plan.graph_folders() == [f"results/graphs/{folder}" for folder in folders]


def test_the_names_that_readers_see_are_those_of_the_study_s_own_plug_ins() -> None:
    names = make_plan({"cells": ["gru"]}).display_names
    assert names["cells/gru"] == "GRU" and names["cells/lstm"] == "LSTM"  # a thesis's cell
    assert names["families/watts_strogatz"] == "Watts–Strogatz"
    assert names["criteria/random"] == "random mask"
    assert "families/erdos_renyi" not in names


def test_a_leak_is_run_by_torch_where_the_fastest_engine_is_asked_for() -> None:
    leaky = {"base": "corrected", "edges": {"leak": 0.5}}
    changes = {"engine": "fastest", "protocols": ["corrected", "leaky"]}
    plan = make_plan(changes | {"custom_protocols": {"leaky": leaky}, "cells": ["gru"]})
    engines = {
        (protocol, part): plan.network({"protocol": protocol, "cell": "gru", "seed": "0", **more})
        for protocol in plan.protocols
        for part, more in (("sparse", {"family": "watts_strogatz"}), ("dense", {}))
    }
    by_torch = [kind for kind, spec in engines.items() if spec["engine"] == "torch"]
    assert by_torch == [("leaky", "sparse")]  # the leak is one of graphs' edges


def test_the_names_come_in_one_order() -> None:
    """Snakemake would draw all figures again: that of a set differs from process to process."""
    nulls = {"same_density": 1, "keep_layers": 1, "keep_degrees": 1}
    plan = make_plan({"graphs": {"families": {"barabasi_albert": {"nulls": nulls}}}})
    named = [name for name in plan.display_names if name.startswith("nulls/")]
    assert named == sorted(named) and len(named) == 3


def test_more_graphs_are_no_other_settings_of_a_graph() -> None:
    few, many = (
        make_plan({"graphs": {"families": {"watts_strogatz": {"count": n}}}}) for n in (4, 9)
    )
    assert few.family_settings("watts_strogatz") == many.family_settings("watts_strogatz")
    assert "count" not in few.family_settings("watts_strogatz")
    assert few.generators("watts_strogatz") == ["sparsernn/graphs/families/watts_strogatz.py"]


def test_a_family_without_graphs_has_no_work() -> None:
    plan = make_plan({"graphs": {"families": {"barabasi_albert": {"count": 0}}}})
    assert list(plan.families) == ["watts_strogatz"]
    assert plan.jobs()["graphs"] == 2


def test_graphs_of_a_user_are_read_from_the_files_of_the_shard(tmp_path: Path) -> None:
    for name in "abcd":
        (tmp_path / f"{name}.graphml").touch()
    mine = {"generator": "graphml", "folder": str(tmp_path)}
    plan = make_plan({"graphs": {"families": {"mine": mine}}})
    assert plan.user_graphs_of("mine", "1") == [str(tmp_path / "d.graphml")]
    assert plan.user_graphs_of("watts_strogatz", "1") == []
    assert plan.generators("mine") == []
    assert plan.sources(["a.yaml"]) == ["a.yaml", *(str(p) for p in sorted(tmp_path.iterdir()))]


def test_strings_of_a_user_depend_on_nothing_that_is_sampled() -> None:
    assert make_plan().dataset["n_valid"] == 80
    plan = make_plan({"dataset": {"strings": "own.csv"}})
    assert plan.dataset == {"strings": "own.csv", "test_share": 0.25, "derive": None}
    assert plan.user_strings == ["own.csv"]


@pytest.mark.parametrize(
    ("changes", "controls"),
    [
        ({}, {"retrained/both": (0,), "random/both": (50, 100)}),
        ({"controls": []}, {}),
        ({"controls": ["random"]}, {"random/both": (50, 100)}),
        ({"targets": ["i2h"]}, {"retrained/both": (0,)}),  # a random mask is one of all weights
        (
            {"controls": ["mine", "retrained"], "percents": [12.5]},
            {"retrained/both": (0,), "mine/both": (12.5,)},
        ),
    ],
)
def test_ways_to_prune_and_their_controls(
    changes: dict[str, Any], controls: dict[str, Any]
) -> None:
    plan = make_plan({"pruning": changes})
    pruning = plan.config["pruning"]
    schedules = {
        f"{schedule}/{target}": tuple(pruning["percents"])
        for schedule in ("one_shot", "iterative")
        for target in pruning["targets"]
    }
    assert {name: way.percents for name, way in plan.ways.items()} == schedules | controls
    criteria = {"one_shot": "magnitude", "iterative": "magnitude", "retrained": None}
    for planned in plan.ways.values():
        assert planned.criterion == criteria.get(planned.schedule, planned.schedule)
        assert all(isinstance(percent, float) for percent in planned.settings["percents"])
        assert planned.iterative == (planned.schedule == "iterative")


def test_methods_are_ways_to_every_percentage_with_what_they_depend_on() -> None:
    methods = {
        "lottery": {"start": 0, "iterative": True},
        "mine": {
            "criterion": "random",
            "growth": {"rule": "rigl"},
            "training": {"epochs": 40},
            "target": "h2h",
        },
        "slow": {"gradual": {"every": 7}},
    }
    plan = make_plan({"pruning": {"methods": methods, "percents": [50, 90]}})
    added = list(plan.ways.values())[-3:]
    assert [way.name for way in added] == ["lottery/both", "mine/h2h", "slow/both"]
    assert [way.iterative for way in added] == [True, False, False]
    spec, training = plan.way_spec("mine/h2h"), plan.config["pruning"]["training"]
    assert spec["percents"] == [50, 90]
    assert spec["method"] == {"criterion": "random", "growth": {"rule": "rigl"}}
    assert spec["training"] == training | {"epochs": 40}
    assert spec["dense_training"] == plan.config["dense"]["training"]
    files = [
        Path(file).stem for name in ("mine/h2h", "slow/both") for file in plan.ways[name].files
    ]
    assert files == ["random", "rigl", "magnitude", "cubic"]
    others = plan.way_spec("one_shot/both")
    assert "method" not in others and "dense_training" not in others
    assert plan.display_names["criteria/mine"] == "mine"


def test_rates_are_chosen_for_each_way_and_taken_by_its_nearest_percentages() -> None:
    how = {"rates": [0.1, 0.2], "share": 0.1, "percents": [50, 90]}
    pruning = {"schedules": ["one_shot"], "percents": [50, 80, 90, 95], "controls": ["retrained"]}
    ways = {"methods": {"mine": {"start": 0}}, "choose_rate": how}
    plan = make_plan({"pruning": pruning | ways, "protocols": ["corrected"]})
    assert plan.rated("mine/both")["percents"] == [50, 90]
    assert plan.rated("retrained/both")["percents"] == [0]
    network = {"protocol": "corrected", "cell": "gru", "seed": "3", "way": "mine/both"}
    given = plan.way_inputs(Wildcards(fromdict=network))
    assert given["model"] == "results/dense/corrected/gru/seed3/dense.safetensors"
    assert given["rate"] == "results/rates/corrected/gru/seed3/mine/both.csv"
    assert given["dense_rate"] == "results/rates/corrected/gru/seed3/dense.csv"
    assert plan.dense_inputs(network)["rate"] == given["dense_rate"]
    trial = plan.trials(network)
    other = plan.trials(network | {"seed": "4"})
    assert plan.config["seed"] != trial["root"] == other["root"]
    assert trial["validation"]["seed"] != other["validation"]["seed"]
    assert (trial["rates"], trial["seed"]) == ([0.1, 0.2], 3)
    starts = plan.trial_inputs(network)
    assert starts["model"] == "results/rates/corrected/gru/seed3/dense.safetensors"
    assert starts["dense_rate"] == given["dense_rate"]
    jobs = plan.jobs()  # of two cells, and one seed; one-shot, mine and retrained
    assert (jobs["choose_dense_rate"], jobs["train_trial"]) == (2, 2)
    assert jobs["choose_rate"] == 2 * 3 and len(plan.rate_tables()) == 2 + 6
    plain = make_plan({"pruning": {"methods": {"mine": {"start": 0}}}})
    assert not plain.rate_tables() and "rate" not in plain.dense_inputs(network)
    assert "rate" not in plain.way_inputs(network)
    assert "choose_rate" not in plain.jobs()


def test_a_protocol_s_fields_of_pruning_are_apart_from_the_others() -> None:
    mine = {"base": "corrected", "prune_scope": "global", "skips": "cells"}
    plan = make_plan({"protocols": ["mine"], "custom_protocols": {"mine": mine}})
    assert plan.choices("mine", pruning=False) == {"base": "corrected", "skips": "cells"}
    assert plan.choices("mine", pruning=True) == {"base": "corrected", "prune_scope": "global"}
    assert plan.choices("published", pruning=True) == {"base": "published"}
    network = {"protocol": "mine", "cell": "gru", "family": "f"}
    found = plan.network(Wildcards(fromdict=network | {"seed": "3", "shard": "2"}))
    choices = {"base": "corrected", "skips": "cells"}
    assert found == {**network, "choices": choices, "seed": 3, "root": 2021, "engine": "fused"}
    one_side = make_plan({"dataset": {"duplicates": "one_side"}})
    assert one_side.network({"protocol": "corrected", "cell": "gru", "seed": "0"})["one_side"]


def test_copies_of_a_null_model_share_jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a single graph with many null graphs is no job for each of them, nor one for all."""
    monkeypatch.chdir(tmp_path)
    Path("own").mkdir()
    for name in ("a", "b"):
        Path(f"own/{name}.graphml").write_text("<graphml/>", encoding="utf-8")
    nulls = {"keep_layers": 20, "keep_degrees": 2}
    families = {
        "barabasi_albert": {"count": 0},
        "watts_strogatz": {"count": 0},
        "mine": {"generator": "graphml", "folder": "own", "nulls": nulls},
    }
    changes = {"shard_size": 15, "graphs": {"families": families}, "analysis": {"prediction": None}}
    plan = make_plan(changes)
    shards = {family: len(plan.shards(family)) for family in plan.families}
    assert shards == {"mine": 1, "mine_keep_layers": 3, "mine_keep_degrees": 1}
    assert plan.planned()["sparse"] == 2 * 2 * (2 + 40 + 4)
    known = [plan.graphs_of("mine_keep_layers", shard) for shard in ("0", "1", "2")]
    whole = [each for shard in known for each in shard]
    assert whole == [(copy, graph) for copy in range(20) for graph in range(2)]
    assert known[1][0] == (7, 1) and plan.user_graphs_of("mine_keep_layers", "1") == [
        "own/a.graphml",
        "own/b.graphml",
    ]
    assert {"nulls", "among_nulls"} <= set(plan.questions)
    assert not {"partial", "nested", "hurdle"} & set(plan.questions)
    related = ("correlations", "prediction", "ols_coefficients", "feature_sets")
    assert not any(plan.available(f"analysis/{name}") for name in related)
    assert "among_nulls" not in make_plan().questions


def test_the_size_of_dense_networks_is_what_a_wiring_takes() -> None:
    wiring = Wiring.dense("gru", **make_plan({"dense": {"hidden_size": 8}}).dense_size)
    assert wiring.input_size == 50
    assert [len(block.adds_to) for block in wiring.blocks] == [8, 8, 8]


def test_tables_are_listed_by_protocol_cell_and_seed() -> None:
    plan = make_plan({"dense": {"seeds": 2}})
    tables = plan.dense_tables("history")
    assert tables[:3] == [
        f"results/dense/published/{cell}/seed{seed}/dense.history.csv"
        for cell, seed in (("rnn_relu", 0), ("rnn_relu", 1), ("gru", 0))
    ]
    assert plan.jobs() == {
        "graphs": 4,
        "train_sparse": len(plan.sparse_tables("networks")),
        "train_dense": len(tables),
        "prune": len(plan.pruning_tables("networks")),
        "sweep": 0,
    }
    swept = make_plan({"pruning": {"sweep": {"step": 25, "draws": 1}}})
    assert swept.jobs()["sweep"] == len(swept.sweep_tables()) == swept.jobs()["train_dense"]
    rounds = 2 * 2 + 1 + 2  # of schedules and controls
    assert plan.networks() == 2 * 2 * (8 + 2 * (1 + rounds))


def test_the_jobs_of_a_study_of_millions_are_counted_and_not_listed() -> None:
    plan = make_plan({"sparse": {"seeds": 10**12}, "dense": {"seeds": 10**12}})
    assert plan.jobs()["train_sparse"] == 4 * 4 * 10**12


def test_figures_and_tables_are_named_by_protocol_and_options() -> None:
    plan = make_plan({"pruning": {"targets": ["both", "i2h"]}})
    figures = products(plan, FIGURES)
    names = [name for name in figures if "pruning" in name]
    assert names == [
        f"{protocol}/pruning_{kind}_{target}"
        for kind in ("accuracy", "regain")
        for target in ("both", "i2h")
        for protocol in ("published", "corrected")
    ]
    figure = figures["corrected/accuracy_against_gru"]
    tables = {name: f"results/analysis/{name}.csv" for name in ("networks", "correlations")}
    assert figure.inputs == {**tables, "published": "config/published/pearson.csv"}
    assert figure.spec == {
        "module": "graphs",
        "kind": "accuracy_against",
        "options": {"cell": "gru", "properties": ["nodes"]},
        "protocol": "corrected",
    }
    title = "GRU: accuracy against 1 properties of the graphs (protocol:\xa0corrected)"
    assert figure.words.title == title
    assert products(plan, TABLES)["dataset"].layout["columns"] == "split"


def test_the_replay_is_drawn_where_there_is_a_checkout() -> None:
    assert "replay_accuracy" not in products(make_plan(), FIGURES)
    plan = make_plan({"replay": {"checkout": "thesis"}})
    assert list(products(plan, FIGURES))[-1] == "replay_accuracy"
    assert len(plan.replayed) == 3 * 4  # kinds and cells, studied or not
    assert plan.replayed["dense/lstm"] == {"checkout": "thesis", "kind": "dense", "cell": "lstm"}


def test_questions_on_graphs_are_not_asked_of_variants_of_a_design() -> None:
    fields = {"low": "corrected", "high": "published", "fields": ["skips", "readout"], "runs": 4}
    plan = make_plan({"designs": {"quirks": fields}, "protocols": ["quirks"]})
    assert "effects" in plan.questions
    assert not {"hurdle", "partial", "nested", "unseen_families"} & set(plan.questions)
    both = make_plan({"designs": {"quirks": fields}, "protocols": ["corrected", "quirks"]})
    assert {"effects", "hurdle"} < set(both.questions)
    assert both.questions["hurdle"]["baselines"] == both.table("analysis/baselines")


@pytest.mark.parametrize("name", ["tiny", "quick"])
def test_a_dry_run_has_the_planned_jobs(name: str, tmp_path: Path) -> None:
    study = new_study(tmp_path)
    base = TINY if name == "tiny" else load("quick.yaml")
    (tmp_path / "tiny.yaml").write_text(yaml.safe_dump(base), encoding="utf-8")
    plan = make_plan(base=base)
    drawn = {"figure": len(products(plan, FIGURES)), "table": len(products(plan, TABLES))}
    shown = [each.inputs for each in products(plan, FIGURES).values()]
    used = {path for tables in (*shown, *plan.findings.values()) for path in tables.values()}
    used.add(plan.table("analysis/baselines"))
    drawn["analyse"] = len(used & {plan.table(f"analysis/{name}") for name in plan.questions})
    planned = {rule: count for rule, count in (plan.jobs() | drawn).items() if count}
    expected, counted = planned, study.planned()
    assert {rule: counted[rule] for rule in expected} == expected
    once = set(counted) - set(expected) - {"count_missing"}
    assert {counted[rule] for rule in once} == {1}


def test_findings_need_their_own_figures_and_no_others(tmp_path: Path) -> None:
    plan = make_plan()
    shown = [
        product
        for product in products(plan, FIGURES).values()
        if plan.findings.keys() & set(product.entry.findings)
    ]
    counted = new_study(tmp_path).planned("findings")
    assert counted["figure"] == len(shown) > 0 and counted["report_findings"] == 1
    assert not {"predict", "regress", "predict_features", "all_figures", "table"} & set(counted)


def test_the_workflow_is_a_module_of_another_one(tmp_path: Path) -> None:
    study = new_study(tmp_path / "inner")
    text = f"""
module ours:
    snakefile: "{study.folder}/Snakefile"
    config: {dict(make_plan().config)!r}

use rule * from ours as ours_*
"""
    (tmp_path / "Snakefile").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "--dry-run"]
    command += ["results/tables/all.md", "results/figures/all.pdf"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^ours_train_sparse +16$", done.stdout, re.M)


# The index of the thesis's figures and tables

PAGE = (ROOT / "docs" / "thesis-index.md").read_text(encoding="utf-8")
LINES = [line for line in PAGE.splitlines() if line.startswith("|")]


def test_the_index_names_every_figure_and_table_and_only_these() -> None:
    targets = re.findall(r"`(results/[^`]+)`", "\n".join(LINES))
    plan = make_plan({"protocols": ["corrected"]}, base={})
    expected = [f"results/figures/{name}.pdf" for name in products(plan, FIGURES)]
    expected += [f"results/tables/{name}.md" for name in products(plan, TABLES)]
    assert sorted(targets) == sorted([*expected, "results/analysis/claims.csv"])


def test_the_index_has_every_number_of_a_figure_or_table_once() -> None:
    found: dict[str, list[str]] = {"Figure": [], "Table": []}
    for cell in (line.split("|")[1] for line in LINES):
        if match := re.match(r" (Figure|Table)s? ", cell):
            found[match[1]] += re.findall(r"\w\.\d+", cell)
    chapters = {"4": range(2, 6), "6": range(1, 33), "C": range(1, 11)}
    figures = [f"{chapter}.{i}" for chapter, numbers in chapters.items() for i in numbers]
    assert sorted(found["Figure"]) == sorted(figures)
    assert sorted(found["Table"]) == ["4.2", *(f"6.{i}" for i in range(1, 6)), "B.1", "B.2"]


def test_jobs_of_graphs_know_what_edges_are_only_if_they_recur() -> None:
    mine = {"custom_protocols": {"mine": {"base": "corrected", "edges": {"weights": "fixed"}}}}
    for protocols, expected in (
        (["corrected", "published"], {}),
        (["corrected", "mine"], {"edges": "both"}),
        (["mine"], {"edges": "recurrence"}),
    ):
        assert make_plan({**mine, "protocols": protocols}).edges == expected

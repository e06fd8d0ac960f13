"""Small studies of other tasks, from the settings to tables and figures."""

import csv
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from configurations import ROOT, lines, merged, with_yaml
from studies import TRAINING, Config, Study, make_plan, new_study

from sparsernn import plugins
from sparsernn.errors import InputError
from sparsernn.report.catalogue.figures import FIGURES
from sparsernn.report.catalogue.tables import TABLES
from sparsernn.workflow.products import products
from sparsernn.workflow.settings.task_types import task_parameters

SMALL: Config = {
    "protocols": ["corrected"],
    "cells": ["rnn_tanh"],
    "shard_size": 8,
    "dense": {"seeds": 0, "hidden_size": 6, "training": TRAINING},
    "pruning": {"targets": ["both"], "percents": [50], "controls": [], "training": TRAINING},
}
NETWORKS = ("results/sparse/networks.csv", "results/analysis/baselines.csv")


def study_of(folder: Path, dataset: Config, **others: Any) -> Study:
    study = new_study(folder)

    def change(config: Config) -> None:
        config |= SMALL | {"dataset": dataset} | others
        config["graphs"] = {
            "families": {
                "barabasi_albert": {"count": 0},
                "watts_strogatz": {"count": 8, "n": [10, 12]},
            }
        }

    study.configure(change)
    return study


def test_three_classes_of_a_csv(tmp_path: Path) -> None:
    study = study_of(tmp_path, {"strings": "own.csv"})
    rng = np.random.default_rng(0)
    strings = {"".join(rng.choice(list("abc"), rng.integers(2, 8))) for _ in range(150)}
    with (tmp_path / "own.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["string", "label"])
        rows.writerows([string, f"starts with {string[0]}"] for string in sorted(strings))
    shown = ("results/figures/dataset_counts.pdf", "results/tables/dataset.md")
    study.build(*NETWORKS, *shown)
    networks = study.table("sparse/networks")
    assert set(networks["status"]) == {"ok"}
    wrong = networks.filter(like="wrong_starts").sum(axis=1)
    tested = (study.table("data/strings")["split"] == "test").sum()
    assert (1 - wrong / tested).to_numpy() == pytest.approx(networks["test_acc"].to_numpy())
    table = (tmp_path / "results/tables/dataset.md").read_text(encoding="utf-8")
    assert "starts with b" in table


def test_numbers_of_an_npz_with_all_that_a_study_writes(tmp_path: Path) -> None:
    study = study_of(tmp_path, {"task": {"name": "npz_numbers", "file": "own.npz"}})
    rng = np.random.default_rng(0)
    values, lengths = rng.normal(size=(60, 6, 2)), rng.integers(1, 7, 60)
    sums = [one[:n, 0].sum() for one, n in zip(values, lengths, strict=True)]
    np.savez(tmp_path / "own.npz", values=values, lengths=lengths, targets=np.array(sums))
    study.build()
    networks = study.table("sparse/networks")
    assert networks["test_nrmse"].between(0.2, 2).all() and "test_acc" not in networks
    baselines = study.table("analysis/baselines").set_index("baseline")["nrmse"]
    assert baselines["linear in the mean"] < baselines["linear in the length"]
    assert {path.name for path in (tmp_path / "results/data").iterdir() if path.suffix == ".npz"}


def test_ways_at_rates_that_are_chosen_on_classes_of_an_npz(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The recipe of docs/pruning-methods.md, in small."""
    page = (ROOT / "docs/pruning-methods.md").read_text(encoding="utf-8")
    _, saving, configuration, *_ = re.split(r"^```(?:python|yaml)\n", page, flags=re.M)
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    sequences = [rng.normal(size=(steps, 2)) for steps in rng.integers(2, 7, 60)]
    classes = [int(one[0, 0] > 0) for one in sequences]
    exec(saving.partition("```")[0], {"sequences": sequences, "classes": classes})
    rates = {"rates": [0.01, 0.02], "share": 0.2, "percents": [80]}
    small = {
        "results": "results",
        "cells": ["rnn_tanh"],
        "dense": {"seeds": 1, "hidden_size": 6, "training": TRAINING},
        "pruning": {"percents": [50, 80], "controls": [], "choose_rate": rates},
    }
    recipe = merged(yaml.safe_load(configuration.partition("```")[0]), small)
    recipe["pruning"] |= {"methods": {}, "training": TRAINING}
    study = new_study(tmp_path, recipe)
    done = study.run("results/pruning/seconds.csv", "results/pruning/rates.csv", "--verbose")
    assert done.returncode == 0, done.stderr[-4000:]
    # Nothing limits jobs a second, as Snakemake's scheduler would then wake up more and more often.
    assert set(re.findall(r"'_job_count': (\d+)", done.stdout + done.stderr)) == {str(sys.maxsize)}
    rates, costs = study.table("pruning/rates"), study.table("pruning/costs")
    assert rates["percent"].dropna().tolist() == [80, 80] and rates["chosen"].sum() == 2
    chosen = rates.loc[(rates["chosen"] == 1) & (rates["percent"] == 80), "lr"]
    assert costs["percent"].tolist() == [50, 80] and set(costs["first_lr"]) == set(chosen)
    assert (costs["nonzeros"].diff()[1:] < 0).all() and costs["steps"].nunique() == 1
    assert (study.table("pruning/seconds")["seconds"] > 0).all()


def test_next_symbols_by_graphs_that_are_drawn_as_the_recurrence(tmp_path: Path) -> None:
    task = {"name": "an_bn", "count": 80, "length": [2, 40], "p": 0.3}
    cyclic = {"custom_protocols": {"cyclic": {"base": "corrected", "edges": "recurrence"}}}
    study = study_of(tmp_path, {"task": task}, protocols=["cyclic"], **cyclic)
    study.build(*NETWORKS, "results/graphs/properties.csv", "results/figures/dataset_lengths.pdf")
    properties = study.table("graphs/properties")
    assert properties["reciprocity"].eq(1).all() and properties["strong_components"].eq(1).all()
    networks, baselines = study.table("sparse/networks"), study.table("analysis/baselines")
    assert set(networks["status"]) == {"ok"} and networks["test_acc"].between(0, 1).all()
    loss = baselines.set_index("baseline")["loss"]
    assert loss["optimum"] < loss["last symbol"] < networks["test_loss"].min()


# What such studies leave out


def kinds(**task: Any) -> tuple[set[str], set[str]]:
    """The figures and tables of a study of a task."""
    plan = make_plan({"dataset": {"task": task}, "pruning": {"sweep": {"step": 50, "draws": 1}}})
    found = (products(plan, catalogue).values() for catalogue in (FIGURES, TABLES))
    figures, tables = ({product.kind for product in some} for some in found)
    assert not plan.is_thesis and "baselines" in plan.questions
    return figures, tables


def test_a_study_of_classes_by_graphs_alone_has_no_tables(tmp_path: Path) -> None:
    """So that nothing can be the name of one."""
    np.savez(tmp_path / "own.npz", values=np.zeros((8, 3, 1)), targets=[0, 1] * 4)
    task = {"task": {"name": "npz_classes", "file": "own.npz"}}
    study = study_of(tmp_path, task, dense={"seeds": 0}, analysis={"prediction": None})
    planned = study.planned()
    assert planned["all_tables"] == 1 and "table" not in planned


def test_classes_have_all_but_the_thesis_s_claims() -> None:
    figures, tables = kinds(name="parity", count=100, length=[1, 9])
    every = set(FIGURES) - {"replay_accuracy", "graphs_against_nulls", "design_effects"}
    every -= {"explained_variance"}  # of several starts
    every -= {"graph_among_nulls", "ways_by_nonzeros", "ways_by_cost"}  # own graphs, other ways
    assert figures == every and tables == set(TABLES)


def test_figures_of_sequences_of_numbers_are_those_of_networks() -> None:
    figures, tables = kinds(name="digits")
    assert "dense_training" in figures and "dense_networks" in tables
    assert not {"dataset_counts", "dataset_lengths", "dataset_letters"} & figures


def test_networks_that_predict_numbers_have_no_figures_of_accuracy() -> None:
    figures, tables = kinds(name="npz_numbers", file="own.npz")
    assert figures == {"properties_by_family", "layers_against_nodes", "r2_and_ceiling"}
    assert tables == {"parameters"}


def test_captions_say_what_an_accuracy_is_a_share_of() -> None:
    plan = make_plan({"dataset": {"task": {"name": "dyck", "count": 9, "length": [2, 9]}}})
    shown = {product.kind: product.words.caption for product in products(plan, FIGURES).values()}
    assert "(share of symbols predicted correctly)" in shown["dense_training"]
    assert "valid" not in shown["dataset_counts"] and "cliffs_by_cell" not in shown
    whole = {p.kind: p.words.caption for p in products(make_plan(), FIGURES).values()}
    assert "(share of strings classified correctly)" in whole["dense_training"]
    assert "valid and invalid strings" in whole["dataset_counts"]


def test_a_task_s_own_files_are_inputs_and_its_code_counts() -> None:
    task = {"name": "automaton", "count": 9, "length": [1, 9], "file": "a.att", "symbols": "a.sym"}
    plan = make_plan({"dataset": {"task": task}})
    assert plan.user_strings == ["a.att", "a.sym"]
    assert plan.task_files == ["sparsernn/data/tasks/automaton.py"]
    assert plan.question_settings["task"] == "automaton"
    files = {name: plan.question_files(name) for name in ("baselines", "ceiling")}
    assert files["baselines"][1:] == plan.task_files and len(files["ceiling"]) == 1
    assert set(plan.dataset) == {"task", "test_share", "duplicates"}
    assert set(make_plan().dataset) == {
        *("strings", "n_valid", "decoys", "min_length", "test_share", "derive"),
    }


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ("{name: parit}", "dataset.task.name: received 'parit'; .* Did you mean 'parity'?"),
        ("{count: 9}", "dataset.task.name: missing; allowed: an_bn, "),
        ("parity", "received 'parity'; allowed: a section with the key name, .* or null"),
        ("{name: parity, length: [1, 9]}", "count: missing; allowed: an integer, at least 4"),
        ("{name: parity, count: 9, length: [9, 1]}", r"allowed: \[lo, hi\] .* Write \[1, 9\]"),
        ("{name: parity, count: 4, length: [1, 9]}", "leaves 2 or more to train and to test"),
        ("{name: parity, count: 9, length: [1, 9], p: 1}", "The task has no p: remove it"),
        ("{name: tomita, count: 9, length: [1, 9], number: 8}", "at least 1 and at most 7"),
        ("{name: npz_classes, file: none.npz}", "received 'none.npz'; .* No such file in"),
    ],
)
def test_a_mistake_in_a_task_s_settings_is_one_line(task: str, message: str) -> None:
    [line] = lines(with_yaml(f"dataset: {{task: {task}}}"))
    assert re.search(message, line)


def test_a_task_takes_the_place_of_a_file_of_strings() -> None:
    task = "{name: digits}, strings: own.csv, derive: {parity: S}"
    found = lines(with_yaml(f"dataset: {{task: {task}}}"))
    assert [line.partition(":")[0] for line in found] == ["dataset.strings", "dataset.derive"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "def mine(rng): ...\n",
            "INPUTS and TARGETS are None and None; expected one of these pairs",
        ),
        ("def mine(count): ...\n", r"mine\(count\): expected rng last of its parameters"),
        ("def mine(count, p, rng): ...\n", "PARAMETERS describes nothing; expected p"),
        (
            "def mine(count, rng): ...\nBASELINES = mine\n",
            "BASELINES is not a dictionary whose keys are different texts; expected BASELINES = {",
        ),
        (
            "def mine(count, rng): ...\nBASELINES: dict = {1: len}\n",
            "BASELINES is not a dictionary whose keys are different texts",
        ),
        (
            "def mine(count, rng): ...\nBASELINES = {'length': len}\n",
            "BASELINES: 'length' is the name of a baseline that tasks have anyway; expected",
        ),
        (
            "def mine(count, rng): ...\nBASELINES = {'': len}\n",
            "BASELINES: '' is empty, too long or not printable",
        ),
        (
            "def mine(count, rng): ...\nMETRICS = {'loss': len}\n",
            "METRICS: 'loss' is measured anyway; expected another name",
        ),
        (
            "def mine(count, rng): ...\nMETRICS = {'F1 score': len}\n",
            "METRICS: 'F1 score' can't be the name of a column; expected another name",
        ),
    ],
)
def test_a_task_s_file_that_is_wrong_is_said_before_anything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    known = 'INPUTS = "letters"\nTARGETS = "classes"\n' if "count" in text else ""
    (tmp_path / "data/tasks").mkdir(parents=True)
    (tmp_path / "data/tasks/mine.py").write_text(known + text)
    monkeypatch.setattr(plugins, "_PACKAGE", tmp_path)
    plugins.statements.cache_clear()
    with pytest.raises(InputError, match=rf"tasks/mine\.py: .*{message}"):
        task_parameters("mine")
    plugins.statements.cache_clear()


def test_every_task_has_what_its_folder_asks_for() -> None:
    shown = [plugins.load("tasks", name).NAME for name in plugins.names("tasks")]
    for name in plugins.names("tasks"):
        task_parameters(name)
        assert plugins.load("tasks", name).__doc__ and plugins.function("tasks", name).__doc__
    assert len(set(shown)) == len(shown) - 1  # own sequences, for classes and for numbers

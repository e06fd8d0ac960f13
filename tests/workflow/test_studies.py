"""docs/studies.md followed by the letter: its files written, its commands run, its promises kept.

Only the scale is smaller: a second configuration is laid over those of the page.
"""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest
import torch
import yaml
from pypdf import PdfReader
from studies import ROOT, TINY, TRAINING, new_study

from sparsernn.networks.checkpoints import load_checkpoint

PAGE = ROOT / "docs" / "studies.md"
BLOCK = re.compile(
    r"(?:^`(?P<path>[\w/.]+)`"
    r"(?:, (?P<where>above|below|in the place of) `(?P<line>[^`\n]+)`)?:\n\n)?"
    r"^```(?P<language>\w+)\n(?P<text>.*?)^```$",
    re.M | re.S,
)
SMALL: dict[str, Any] = {
    "shard_size": 8,
    "dataset": TINY["dataset"],
    "sparse": {"training": TRAINING},
    "dense": {"hidden_size": 8, "training": TRAINING},
    "pruning": TINY["pruning"] | {"schedules": ["one_shot"], "percents": [90], "controls": []},
    "analysis": {
        "regressor_draws": 1,
        "prediction": {"test_share": 0.25, "folds": 2, "repeats": 1},
    },
}


class Step(NamedTuple):
    """A block of the page, with the heading that it stands under."""

    heading: str
    path: str | None
    where: str | None
    line: str | None
    language: str
    text: str


def steps() -> list[Step]:
    text = PAGE.read_text(encoding="utf-8")
    headings = [(match.start(), match[1]) for match in re.finditer(r"^#+ (.*)$", text, re.M)]
    return [
        Step([name for start, name in headings if start < block.start()][-1], *block.groups())
        for block in BLOCK.finditer(text)
    ]


def write(folder: Path, step: Step) -> None:
    """Do what a reader does with a block that a file's name stands before."""
    assert step.path is not None
    file = folder / step.path
    if step.where is None:
        assert not file.exists(), f"{step.path} is there already"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(step.text, encoding="utf-8")
        return
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    places = [i for i, line in enumerate(lines) if line.strip() == step.line]
    assert len(places) == 1, f"{step.path} has {len(places)} lines {step.line!r}"
    start = places[0] + (step.where == "below")
    end = places[0] + (step.where != "above")
    lines[start:end] = [step.text]
    file.write_text("".join(lines), encoding="utf-8")


def shrink(folder: Path, config: str) -> None:
    """Lay a small scale over a configuration of the page: fewer graphs, strings and epochs."""
    own = yaml.safe_load((folder / config).read_text(encoding="utf-8"))
    families = own.get("graphs", {}).get("families", {})
    drawn = [name for name, family in families.items() if family.get("count")]
    counts: dict[str, Any] = {name: {"count": 4 if len(drawn) > 1 else 8} for name in drawn}
    for name, family in families.items():
        if nulls := family.get("nulls"):
            few = {null: min(copies, 3 if copies > 3 else 1) for null, copies in nulls.items()}
            counts.setdefault(name, {})["nulls"] = few
    small = yaml.safe_load(yaml.safe_dump(SMALL)) | {"graphs": {"families": counts}}
    if "controls" in own.get("pruning", {}):
        small["pruning"]["controls"] = own["pruning"]["controls"]
    if own.get("analysis", {}).get("prediction", {}) is None:
        small["analysis"]["prediction"] = None
    (folder / "small.yaml").write_text(yaml.safe_dump(small), encoding="utf-8")


def run(folder: Path, command: str) -> str:
    """A command of the page, as written but for the scale and the cores; what it said."""
    match = re.search(r"--configfile (\S+)$", command)
    if match:
        shrink(folder, match[1])
        command = command.replace("--cores all", "--cores 2") + " small.yaml"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stderr[-4000:]}"
    return done.stdout + done.stderr


class Followed(NamedTuple):
    """The folder of a reader who has done all, and what each command said, by heading."""

    folder: Path
    said: dict[str, list[str]]

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.folder / "results" / name)

    def made(self, heading: str) -> Counter[str]:
        """Jobs by rule of the last command under a heading."""
        return Counter(re.findall(r"^(?:local)?rule (\w+):", self.said[heading][-1], re.M))


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Followed:
    folder = new_study(tmp_path_factory.mktemp("reader")).folder
    (folder / "docs").mkdir()
    shutil.copy(ROOT / "docs" / "configuration.md", folder / "docs")
    said: dict[str, list[str]] = {}
    for step in steps():
        if step.path is not None:
            write(folder, step)
            continue
        assert step.language == "sh", f"a block under {step.heading!r} has no file's name before it"
        for command in step.text.splitlines():
            said.setdefault(step.heading, []).append(run(folder, command))
    return Followed(folder, said)


FAMILIES = {"watts_strogatz", "erdos_renyi", "modules"}


def test_the_page_has_a_block_of_each_kind() -> None:
    """So that a change of its layout can't leave nothing to be followed."""
    found = steps()
    fences = re.findall(r"^```\w+$", PAGE.read_text(encoding="utf-8"), re.M)
    assert len(found) == len(fences)
    assert {step.where for step in found} == {None, "below", "in the place of"}
    folders = ("graphs/families", "graphs/measures", "wiring/cells", "pruning/criteria")
    for folder in ("data/tasks", *folders):
        assert any(f"scripts/sparsernn/{folder}/" in (step.path or "") for step in found)
    assert len({step.heading for step in found if step.path is None}) == 14


def test_a_configuration_makes_a_whole_study(followed: Followed) -> None:
    heading = "A study is a configuration"
    made = {"train_sparse", "train_dense", "prune", "all_figures"}
    assert made <= set(followed.made(heading))
    results = followed.folder / "results" / "small_worlds"
    pages = PdfReader(results / "figures" / "all.pdf").pages
    assert "small worlds" in pages[0].extract_text()
    assert "What was found: small worlds" in (results / "findings.md").read_text(encoding="utf-8")
    assert not (results / "claims.md").exists()  # it is not the thesis's study
    assert "This was a dry-run" in followed.said[heading][0]


def test_what_is_not_needed_is_left_out(followed: Followed) -> None:
    made = followed.made("Use your own strings and graphs")
    assert made["train_sparse"] == 1
    assert not {"train_dense", "prune", "figure"} & set(made)


def test_more_seeds_train_the_new_networks_only(followed: Followed) -> None:
    made = followed.made("Extend it later")
    assert made["train_sparse"] == 2  # families, one new seed
    assert "graphs" not in made
    assert set(followed.table("small_worlds/sparse/networks.csv")["seed"]) == {0, 1}


def test_a_user_s_strings_and_graphs_are_used(followed: Followed) -> None:
    networks = followed.table("mine/sparse/networks.csv")
    assert set(networks["family"]) == {"ladder"}
    assert set(networks["status"]) == {"ok"}
    properties = followed.table("mine/graphs/properties.csv")
    assert properties["nodes"].tolist() == [2 * (4 + number) for number in range(8)]
    assert properties["graph"].tolist() == [f"ladder{number:02}.graphml" for number in range(8)]
    strings = followed.table("mine/data/strings.csv")
    assert set("".join(strings["string"])) == {"a", "b"}


def test_graphs_may_be_the_recurrence(followed: Followed) -> None:
    networks = followed.table("brains/analysis/networks.csv")
    assert set(networks["status"]) == {"ok"} and len(networks) == 2 * 2 * 8
    assert set(networks["cyclic"]) == {1}
    measured = ["in_degree_std", "out_degree_std", "spectral_radius"]
    values = networks.groupby("graph")[measured].nunique()  # of a graph and its null model
    assert (values == [1, 1, 2]).all(axis=None)


def test_reservoirs_stand_beside_trained_networks(followed: Followed) -> None:
    networks = followed.table("reservoirs/sparse/networks.csv").set_index("protocol")
    assert set(networks["status"]) == {"ok"} and len(networks) == 3 * 8
    assert set(networks["graph"]) == {f"net{number}.csv" for number in range(8)}
    assert set(networks.loc[["last_state", "mean_state"], "epochs"]) == {1}


def test_graphs_stand_beside_their_null_models(followed: Followed) -> None:
    properties = followed.table("against_nulls/graphs/properties.csv")
    kept = properties.groupby(["original", "graph"])[["nodes", "edges"]].nunique()
    assert len(properties) == 8 * (1 + 1 + 1) and (kept == 1).all(axis=None)
    assert set(properties.loc[properties["null"] == "keep_layers", "source_nodes"]) == {2}
    compared = followed.table("against_nulls/analysis/nulls.csv")
    assert set(compared["reference"]) == {"keep_layers", "keep_degrees"}
    assert set(followed.table("against_nulls/data/strings.csv")["grammar"]) == {"even", "odd"}
    page = (followed.folder / "results/against_nulls/findings.md").read_text(encoding="utf-8")
    assert "With layers kept" in page and "Claims of the" not in page


def test_one_graph_stands_among_its_null_models(followed: Followed) -> None:
    networks = followed.table("own/sparse/networks.csv")
    assert set(networks["status"]) == {"ok"} and len(networks) == 2 * (1 + 3 * 3)
    assert followed.made("A connectome, and a task of your own")["train_sparse"] == 2 * (1 + 3)
    assert {"wrong_rises", "wrong_falls", "wrong_swings"} <= set(networks)
    among = followed.table("own/analysis/among_nulls.csv").query("response == 'late_test_acc'")
    assert len(among) == 2 * 3 and set(among["nulls"]) == set(among["tests"]) == {3}
    page = (followed.folder / "results/own/findings.md").read_text(encoding="utf-8")
    assert "The accuracy of single cells on worm is not shown to differ from any null" in page
    assert "none can be significant with so few random graphs; a single clear" in page


def test_a_custom_protocol_prunes(followed: Followed) -> None:
    made = followed.said["Choose how to prune"][-1]
    assert "results/pruned/pruning/pooled/gru/seed2/one_shot/both.safetensors" in made


def test_a_new_task_has_networks_of_its_classes_and_longer_strings_to_test(
    followed: Followed,
) -> None:
    strings = followed.table("majority/data/strings.csv")
    assert list(strings) == ["string", "label", "split"]
    counted = strings["string"].map(lambda string: max("abc", key=string.count))
    assert strings["label"].equals(counted) and len(strings) == 2000
    assert strings.loc[strings["split"] == "test", "string"].str.len().min() == 16
    networks = followed.table("majority/sparse/networks.csv")
    assert set(networks["status"]) == {"ok"} and len(networks) == 8
    wrong = networks[["wrong_a", "wrong_b", "wrong_c"]].sum(axis=1)
    assert (1 - wrong / 500).to_numpy() == pytest.approx(networks["test_acc"].to_numpy())
    counts = strings.loc[strings["split"] == "test", "label"].value_counts()
    found = sum(1 - networks[f"wrong_{label}"] / count for label, count in counts.items()) / 3
    assert networks["test_balanced_accuracy"].to_numpy() == pytest.approx(found.to_numpy())
    baselines = followed.table("majority/analysis/baselines.csv")
    assert baselines.set_index("baseline").loc["one class", "balanced_accuracy"] == 1 / 3
    assert {"one class", "same string", "letter counts"} <= set(baselines["baseline"])
    reached = baselines.set_index("baseline")["accuracy"]
    assert reached["one class"] < reached["most frequent of the last five"] < 0.9
    settings = (followed.folder / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert "| `dataset.task.letters` |" in settings and "letters. For majority. |" in settings


def test_a_new_family_has_graphs_networks_and_a_place_in_figures(followed: Followed) -> None:
    made = followed.made("A graph family")
    assert (made["graphs"], made["train_sparse"]) == (1, 2)  # of the family, two seeds
    properties = followed.table("small_worlds/graphs/properties.csv")
    assert properties["family"].value_counts().to_dict() == dict.fromkeys(FAMILIES, 4)
    networks = followed.table("small_worlds/sparse/networks.csv")
    assert set(networks["family"]) == FAMILIES
    assert set(networks["status"]) == {"ok"}
    figure = followed.table("small_worlds/figures/corrected/accuracy_by_family.csv")
    assert set(figure["family"]) == FAMILIES
    settings = (followed.folder / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert "| `graphs.families.<name>.groups` |" in settings
    assert "joined. For modular. |" in settings


def test_a_new_property_is_measured_and_correlated_and_trains_nothing(followed: Followed) -> None:
    made = followed.made("A property")
    assert made["properties"] == 1
    assert not {"graphs", "train_sparse", "train_dense", "prune"} & set(made)
    properties = followed.table("small_worlds/graphs/properties.csv").set_index("family")
    clustering = properties["clustering"].groupby("family").mean()
    assert clustering["watts_strogatz"] > clustering["erdos_renyi"]
    for name, column in {
        "analysis/correlations": "property",
        "figures/corrected/correlation_heatmap": "property",
        "analysis/ols_coefficients": "term",
    }.items():
        assert "clustering" in set(followed.table(f"small_worlds/{name}.csv")[column])


def test_a_new_criterion_prunes_what_it_scores_lowest(followed: Followed) -> None:
    results = followed.folder / "results" / "pruned"
    pruned = "pruning/corrected/gru/seed0/largest/both.safetensors"
    [before], [after] = (
        load_checkpoint(results / path)["networks"]
        for path in ("dense/corrected/gru/seed0/dense.safetensors", pruned)
    )
    for layer in range(2):
        parts = [f"recurrent.blocks.{layer}.{{}}_{kind}" for kind in ("ih", "hh")]
        masks = torch.cat([after["state_dict"][at.format("mask")].flatten() for at in parts])
        values = torch.cat([before["state_dict"][at.format("weight")].flatten() for at in parts])
        assert masks.float().mean() == pytest.approx(0.1, abs=0.01)
        assert values[masks].abs().max() < values[~masks].abs().min()
    planned = followed.said["A pruning criterion"][-1]
    for control in ("random", "largest"):
        assert f"results/pruned/pruning/pooled/gru/seed2/{control}/both.safetensors" in planned
    settings = (followed.folder / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert (
        "small_dense, random, random_matched, grasp, largest, movement, snip or synflow" in settings
    )


def test_a_new_cell_is_trained_by_torch_and_the_others_stay(followed: Followed) -> None:
    made = followed.made("A cell")
    assert made["train_sparse"] == 3 * 2  # families, seeds; of the new cell only
    networks = followed.table("small_worlds/sparse/networks.csv")
    assert networks["cell"].value_counts().to_dict() == {"gru": 24, "mgu": 24}
    assert set(networks["status"]) == {"ok"}
    results = followed.folder / "results" / "small_worlds"
    for cell, engine in {"gru": "fused", "mgu": "torch"}.items():
        shard = f"sparse/corrected/{cell}/modules/seed1/shard0.safetensors"
        assert load_checkpoint(results / shard)["settings"]["engine"] == engine
    page = PdfReader(results / "figures" / "corrected" / "correlation_heatmap.pdf").pages[0]
    assert "MGU" in page.extract_text()


COMPARE = """
import networkx as nx, torch
from sparsernn.networks.recurrent import SparseRNN
found = []
for engine in ("torch", "fused"):
    generator = torch.Generator().manual_seed(1)
    rnn = SparseRNN.from_graph(nx.path_graph(5), "mgu", 3, generator=generator, engine=engine)
    output, _ = rnn(torch.randn(6, 4, 3, generator=generator))
    found.append([output, *torch.autograd.grad(output.square().sum(), list(rnn.parameters()))])
torch.testing.assert_close(*found)
print("equal", len(found[1]))
"""


def test_kernels_of_a_new_cell_are_two_functions_of_its_file(followed: Followed) -> None:
    environment = os.environ | {"PYTHONPATH": str(followed.folder / "scripts")}
    command = [sys.executable, "-c", COMPARE]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    assert done.stdout.startswith("equal")

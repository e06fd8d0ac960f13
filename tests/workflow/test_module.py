"""The workflow as a module of another one: in a folder below it, with a user's files."""

import shutil
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import networkx as nx
import pandas as pd
import pytest
from configurations import Config
from studies import PARTS, ROOT, TRAINING, Study, make_plan

STUDY = {
    "study": "mine",
    "protocols": ["corrected"],
    "cells": ["rnn_relu"],
    "dataset": {"strings": "words.csv"},
    "graphs": {
        "families": {
            "barabasi_albert": {"count": 0},
            "watts_strogatz": {"count": 0},
            "drawn": {"generator": "graphml", "folder": "drawn"},
        }
    },
    "sparse": {"training": TRAINING},
    "dense": {"seeds": 0},
    "analysis": {"prediction": {"test_share": 0.5, "folds": 2, "repeats": 1}, "ols": ["nodes"]},
}
SNAKEFILE = """
rule mine:
    input: "{folder}results/findings.md"
    output: "{folder}mine.md"
    shell: "cp {{input}} {{output}}"


module sparsernn:
    snakefile: "workflow/Snakefile"
{options}

use rule * from sparsernn{renamed}
"""


class Importing(Study):
    """A workflow that imports ours, and has no configuration file."""

    def command(self, *arguments: str, cores: int = 2) -> list[str]:
        return super().command(*arguments, cores=cores)[:-2]

    def importing(
        self, prefix: str | None, renamed: str = " as rnn_*", config: Config | None = STUDY
    ) -> None:
        """Write the importing workflow, with the lines of its module that are not None."""
        options = {"config": config, "prefix": prefix}
        lines = [f"    {name}: {value!r}" for name, value in options.items() if value is not None]
        folder = f"{prefix}/" if prefix else ""
        text = SNAKEFILE.format(options="\n".join(lines), renamed=renamed, folder=folder)
        (self.folder / "Snakefile").write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def importing(tmp_path_factory: pytest.TempPathFactory) -> Importing:
    folder = tmp_path_factory.mktemp("importing")
    for part in [*PARTS, "Snakefile"]:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        (folder / "workflow").mkdir(exist_ok=True)
        copy(ROOT / part, folder / "workflow" / part)
    words = [
        (word, valid) for valid in (0, 1) for word in [f"AB{'BA'[valid] * n}" for n in range(1, 9)]
    ]
    pd.DataFrame(words, columns=["string", "valid"]).to_csv(folder / "words.csv", index=False)
    (folder / "drawn").mkdir()
    for n in range(6, 12):
        nx.write_graphml(nx.cycle_graph(n), folder / "drawn" / f"cycle{n}.graphml")
    return Importing(folder)


def test_with_a_prefix_all_results_are_below_it(importing: Importing) -> None:
    importing.importing("deep/rnn")
    importing.build("deep/rnn/mine.md")
    assert not (importing.folder / "results").exists()
    folder = importing.folder / "deep" / "rnn"
    assert "What was found: mine" in (folder / "mine.md").read_text(encoding="utf-8")
    assert len(pd.read_csv(folder / "results" / "sparse" / "networks.csv")) == 6
    planned = importing.planned("rnn_all")
    assert planned["rnn_all_figures"] == 1 and "rnn_train_sparse" not in planned
    assert importing.planned() == {}, "the first rule of the outer workflow is its default"


def test_its_figures_are_in_the_report_of_the_workflow_that_imports_it(
    importing: Importing,
) -> None:
    importing.importing("deep/rnn")
    importing.build("deep/rnn/mine.md", "--report", "report.html")
    assert "mine" in (importing.folder / "report.html").read_text(encoding="utf-8")


def test_rules_that_are_fetched_without_the_library_are_refused(tmp_path: Path) -> None:
    serving = partial(SimpleHTTPRequestHandler, directory=str(ROOT))
    with ThreadingHTTPServer(("127.0.0.1", 0), serving) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        text = (
            f'module sparsernn:\n    snakefile: "{address}/Snakefile"\n\nuse rule * from sparsernn'
        )
        (tmp_path / "Snakefile").write_text(text, encoding="utf-8")
        said = Importing(tmp_path).refusal("--dry-run")
        server.shutdown()
    assert f"{address}: no folder of this machine; expected a checkout" in said


def test_an_edited_result_below_a_prefix_is_noticed(importing: Importing) -> None:
    importing.importing("deep/rnn")
    edited = importing.folder / "deep/rnn/results/sparse/networks.csv"
    before = edited.read_text(encoding="utf-8")
    edited.write_text(before.replace("ok", "fine"), encoding="utf-8")
    assert "deep/rnn/results/sparse/networks.csv" in importing.refusal("deep/rnn/mine.md")
    edited.write_text(before, encoding="utf-8")


def test_without_a_prefix_they_are_where_the_configuration_says(importing: Importing) -> None:
    importing.importing(None)
    planned = importing.planned("mine.md")
    assert planned["mine"] == 1 and planned["rnn_train_sparse"] == 1


@pytest.mark.parametrize("prefix", [None, "deep/plain"])
def test_rules_may_have_their_own_names(importing: Importing, prefix: str | None) -> None:
    importing.importing(prefix, renamed="")
    planned = importing.planned(f"{prefix}/mine.md" if prefix else "mine.md")
    assert planned["mine"] == 1 and planned["train_sparse"] == 1


@pytest.mark.parametrize("prefix", [None, "deep/thesis"])
def test_without_a_configuration_it_is_the_thesis_s_study(
    importing: Importing, prefix: str | None
) -> None:
    importing.importing(prefix, config=None)
    made = "results/graphs/properties.csv"
    planned = importing.planned(f"{prefix}/{made}" if prefix else made)
    shards = make_plan(base={}).jobs()["graphs"]
    assert planned["rnn_graphs"] == shards > 1


def test_a_wrong_setting_of_a_module_is_named(importing: Importing) -> None:
    importing.importing(None)
    file: Path = importing.folder / "Snakefile"
    file.write_text(
        file.read_text(encoding="utf-8").replace("rnn_relu", "rnn_rely"), encoding="utf-8"
    )
    assert "Did you mean 'rnn_relu'?" in importing.refusal("--dry-run", "mine.md")

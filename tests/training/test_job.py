"""Jobs that train: what they log and resume, and that a limit costs a single network."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd
import pytest
import torch
from conftest import ROOT
from training_jobs import training_job

from sparsernn.graphs.graphml import write_graph
from sparsernn.networks.checkpoints import load_checkpoint
from sparsernn.training.limits import Limits
from sparsernn.training.outcomes import Outcome, load_network
from sparsernn.training.shards import train_dense, train_shard
from sparsernn.wiring.wiring import Wiring

IDENTITY = {"protocol": "corrected", "cell": "gru", "seed": 0}


def test_a_dense_network_is_trained_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    job = training_job(tmp_path)
    caplog.set_level("INFO")
    train_dense(job)
    epochs = [line for line in caplog.messages if line.startswith("dense/gru/0: epoch ")]
    last = pd.read_csv(job.outputs.history).iloc[-1]
    assert len(epochs) == last["epoch"] == 2
    assert epochs[1] == (
        f"dense/gru/0: epoch 2/2, train loss {last['train_loss']:.4f}, accuracy "
        f"{last['train_acc']:.4f}; test {last['test_loss']:.4f}, {last['test_acc']:.4f}"
    )
    assert "dense/gru/0: ok " in caplog.messages
    row = pd.read_csv(job.outputs.networks).iloc[0]
    test = job.examples[1]
    wrong = row[[f"wrong_{grammar}" for grammar in set(test.grammars)]]
    assert wrong.sum() == round((1 - last["test_acc"]) * len(test)) > 0
    before = job.outputs.models.read_bytes()
    caplog.clear()
    train_dense(job)
    [line] = caplog.messages
    assert "is kept from an earlier run: " in line
    assert job.outputs.models.read_bytes() == before


def test_only_changed_graphs_are_trained(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    graphs = tmp_path / "graphs"
    job = training_job(tmp_path, inputs={"graphs": graphs}, family="own")
    caplog.set_level("INFO")
    for number in (2, 10):
        write_graph(nx.path_graph(4), graphs / f"{number}.graphml")
    train_shard(job)
    first = pd.read_csv(job.outputs.networks)
    assert first["graph"].tolist() == [2, 10]
    assert first.loc[0, "test_loss"] != first.loc[1, "test_loss"]  # alike, but of another seed
    write_graph(nx.cycle_graph(5), graphs / "10.graphml")
    write_graph(nx.path_graph(4), graphs / "3.graphml")
    caplog.clear()
    train_shard(job)
    again = pd.read_csv(job.outputs.networks)
    assert again["graph"].tolist() == [2, 3, 10]
    assert again.loc[0].equals(first.loc[0])
    assert sum("is trained and kept: " in line for line in caplog.messages) == 2


ALONE = """
import sys, torch
from pathlib import Path
from sparsernn.pruning.rounds import prune_in_rounds
from sparsernn.training.arithmetic import fix_arithmetic
from sparsernn.training.shards import train_dense
from training_jobs import training_job

fix_arithmetic()
dense, pruned = (Path(sys.argv[1], name) for name in ("dense", "pruned"))
train_dense(training_job(dense))
where = {"schedule": "one_shot", "target": "both", "percents": [50], "iterative": False}
how = {"criterion": "magnitude", "start": "trained"}
prune_in_rounds(training_job(pruned, inputs={"model": dense / "job.safetensors"}, **where, **how))
print(torch.get_num_threads(), torch.are_deterministic_algorithms_enabled())
print(float(torch.tensor([1e-39]) * 1), "torch._dynamo" in sys.modules)
"""


def test_a_process_that_trains_fixes_its_arithmetic_and_imports_no_compiler(tmp_path: Path) -> None:
    """One thread, the same numbers in each run, none too small to be fast; and PyTorch's compiler
    would take longer to import than a small network to train."""
    command = [sys.executable, "-c", ALONE, str(tmp_path)]
    path = os.pathsep.join([str(ROOT / "scripts"), str(ROOT / "tests")])
    said = subprocess.check_output(command, env=os.environ | {"PYTHONPATH": path}, text=True)
    assert said.split() == ["1", "True", "0.0", "False"]


def trained(folder: Path, size: int = 6, limits: Limits | None = None, epochs: int = 2) -> Outcome:
    settings: dict[str, Any] = {"batch_size": 8, "lr": 0.01, "clip_norm": None, "epochs": epochs}
    job = training_job(folder, limits, training=settings)
    return job.train_new("mine", IDENTITY, lambda: Wiring.dense("gru", 4, size, 2))


def test_a_network_that_takes_too_long_is_a_row(tmp_path: Path) -> None:
    entry = trained(tmp_path, epochs=10**6, limits=Limits(minutes=0.02))
    assert entry["status"] == "out_of_time"
    assert "took more than 0.02 minutes in epoch" in entry["reason"]
    assert 1 <= len(entry["history"]) < 10**6
    assert entry["weights"] > 0
    # It has the weights of its last whole epoch.
    same = trained(tmp_path, epochs=len(entry["history"]))
    for name, value in same["state_dict"].items():
        assert torch.equal(value, entry["state_dict"][name])


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux limits memory")
def test_a_network_that_takes_too_much_memory_is_a_row(tmp_path: Path) -> None:
    entry = trained(tmp_path, size=4000, limits=Limits(megabytes=64))
    assert (entry["status"], entry["parameters"]) == ("out_of_memory", 0)
    assert entry["reason"] == "memory ran out before training"
    following = trained(tmp_path, limits=Limits(megabytes=512))
    assert following["status"] == "ok"
    job = training_job(tmp_path)
    job.run(lambda finished: [finished.once("key", lambda: entry)])
    assert load_checkpoint(job.outputs.models)["networks"][0]["status"] == "out_of_memory"
    assert load_network(job.outputs.models, "gru")[1] is None
    [row] = pd.read_csv(job.outputs.networks).to_dict("records")
    assert (row["status"], row["parameters"]) == ("out_of_memory", 0)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux limits memory")
def test_compiling_is_no_part_of_what_a_network_takes(tmp_path: Path) -> None:
    # Apart, as compilers and BLAS end the process that lacks memory.
    code = "from test_job import *\nprint(trained(Path.cwd(), limits=Limits(megabytes=8)))"
    path = os.pathsep.join(str(ROOT / folder) for folder in ("scripts", "tests", "tests/training"))
    environment = os.environ | {"PYTHONPATH": path, "NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", code]
    output = subprocess.check_output(command, env=environment, cwd=tmp_path, text=True)
    assert "'status': 'ok'" in output

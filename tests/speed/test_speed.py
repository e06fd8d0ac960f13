"""A network is timed on every engine that can run it, from memory or from a file."""

import copy
import math
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pytest
import torch
from conftest import ROOT
from torch import nn
from torch.nn.utils import prune

from sparsernn import InputError, RecurrentEdges, SparseRNN, how_fast, save
from sparsernn.speed.how_fast import Speed, Speeds
from sparsernn.speed.saved import open_network
from sparsernn.speed.timing import in_turn, median, ratio

FUSED, TORCH = 'sparsernn, engine="fused"', 'sparsernn, engine="torch"'
INFERENCE = "sparsernn, for inference"


def pruned() -> nn.LSTM:
    lstm = nn.LSTM(6, 8, 2, batch_first=True)
    for name in ("weight_ih_l0", "weight_hh_l0", "weight_ih_l1", "weight_hh_l1"):
        prune.random_unstructured(lstm, name, 0.75)
    return lstm


def engines(speeds: Speeds) -> list[tuple[str, float]]:
    own = [speed for speed in speeds.each if speed.engine not in ("ONNX Runtime", "OpenVINO")]
    return [(speed.engine, speed.weights) for speed in own]


def test_a_pruned_network_is_timed_as_it_is_and_dense() -> None:
    speeds = how_fast(pruned(), steps=3, batch=2, rounds=1)
    share = pytest.approx(0.25, abs=0.01)
    ours = [(FUSED, share), (INFERENCE, share), (FUSED, 1), (INFERENCE, 1)]
    assert engines(speeds) == [("torch.nn", 1), (TORCH, share), *ours]
    assert speeds.each[0].run_ratio == speeds.each[0].train_ratio == 1
    assert all(speed.run > 0 for speed in speeds.each)
    assert all((speed.train > 0) != (speed.engine == INFERENCE) for speed in speeds.each[:6])


def test_the_network_stays_as_it_is() -> None:
    rnn = SparseRNN.from_graph(nx.path_graph(4), "gru", 3).eval()
    before = copy.deepcopy(rnn.state_dict())
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    assert engines(how_fast(rnn, 3, 2, rounds=1)) == [(TORCH, 1), (FUSED, 1), (INFERENCE, 1)]
    assert rnn.engine == "fused" and not rnn.training and torch.get_num_threads() == threads
    assert all(torch.equal(before[name], value) for name, value in rnn.state_dict().items())
    assert all(parameter.grad is None for parameter in rnn.parameters())
    assert torch.equal(torch.get_rng_state(), state)


def test_what_no_engine_trains_is_run_alone() -> None:
    edges = RecurrentEdges(weights="fixed", leak=0.5)
    graph = nx.DiGraph()
    graph.add_weighted_edges_from((i, j, 0.5) for i in range(2) for j in range(2))
    reservoir = SparseRNN.from_graph(graph, "rnn_tanh", 3, edges=edges, engine="torch")
    reservoir.requires_grad_(False)
    speeds = how_fast(reservoir, 3, 2, rounds=1)
    assert engines(speeds) == [(TORCH, 1)] and math.isnan(speeds.each[0].train)
    assert "To run it, take" in str(speeds) and "To train it" not in str(speeds)


def test_it_says_what_is_fastest() -> None:
    each = (
        Speed("slow", 1, 0.02, 0.05, 1, 1),
        Speed("pruned", 0.1, 0.01, 0.01, 2, 5),
        Speed("runner", 1, 0.005, math.nan, 4, math.nan),
    )
    lines = str(Speeds("a network", each)).splitlines()
    assert lines[0] == "a network" and lines[3].split() == ["pruned", "10%", "10", "2", "10", "5"]
    assert lines[-2] == "To run it, take runner: 4 times as fast as slow."
    assert lines[-1] == "To train it, take pruned: 5 times as fast as slow."


def test_functions_are_called_in_turn_and_the_first_call_counts_nothing() -> None:
    calls: list[str] = []
    times = in_turn([lambda: calls.append("a"), lambda: calls.append("b")], 2)
    changes = [here for here, before in zip(calls, [None, *calls], strict=False) if here != before]
    assert calls[:2] == ["a", "b"] and changes == ["a", "b"] * 3
    assert [len(each) for each in times] == [2, 2] and median(lambda: None, 1) > 0
    assert ratio([2, 4, 9], [1, 2, 3]) == 2


@pytest.mark.parametrize("number", [0, 1.5, True])
def test_a_wrong_number_is_named(number: float) -> None:
    with pytest.raises(InputError, match=r"batch is .*; expected a whole number above 0"):
        how_fast(nn.GRU(2, 3), batch=number)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [nn.RNN, nn.GRU, nn.LSTM])
@pytest.mark.parametrize("how", [{}, {"bias": False}, {"bidirectional": True, "num_layers": 2}])
def test_a_state_dict_is_opened(
    kind: type[nn.RNNBase], how: dict[str, int], tmp_path: Path
) -> None:
    module, path = kind(5, 7, **how), tmp_path / "weights.pt"
    prune.random_unstructured(module, "weight_hh_l0", 0.5)
    torch.save(nn.ModuleDict({"rnn": module, "out": nn.Linear(7, 2)}).state_dict(), path)
    inputs = torch.randn(4, 2, 5)
    opened = open_network(path)(inputs)[0]
    assert torch.allclose(opened, module(inputs)[0], atol=1e-6)
    assert torch.equal(opened, open_network(path, "rnn")(inputs)[0])


def test_other_files_are_refused(tmp_path: Path) -> None:
    def refused(content: object, part: str | None = None) -> str:
        torch.save(content, tmp_path / "it.pt")
        with pytest.raises(InputError) as error:
            open_network(tmp_path / "it.pt", part)
        return str(error.value)

    assert "torch.save(module.state_dict(), path)" in refused(nn.LSTM(2, 3))
    assert "expected a state dict" in refused([1, 2])
    assert "holds no weight_ih_l0" in refused(nn.Linear(2, 3).state_dict())
    two = nn.ModuleDict({"a": nn.GRU(2, 3), "b": nn.GRU(2, 3)}).state_dict()
    assert "holds the recurrent modules a, b; expected one of them, named by --part" in refused(two)
    assert "holds the recurrent modules a, b" in refused(two, "c")
    assert "without projections" in refused(nn.LSTM(2, 4, proj_size=3).state_dict())
    assert "not those of an nn.RNN" in refused({"weight_ih_l0": torch.ones(6, 2)})
    with pytest.raises(InputError, match="no such file"):
        open_network(tmp_path / "absent.pt")


def test_the_command_prints_the_table(tmp_path: Path) -> None:
    save(SparseRNN.from_graph(nx.path_graph(4), "gru", 3), tmp_path / "rnn.safetensors")

    def command(name: str) -> subprocess.CompletedProcess[str]:
        words = ["-m", "sparsernn.speed", name, "--steps", "3", "--batch", "1", "--rounds", "1"]
        return subprocess.run(
            [sys.executable, *words],
            cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT / "scripts"), "HOME": str(Path.home())},
            capture_output=True,
            text=True,
            check=False,
        )

    done = command("rnn.safetensors")
    assert done.returncode == 0 and FUSED in done.stdout, done.stderr
    done = command("absent.safetensors")
    assert done.returncode == 1 and done.stderr.startswith("absent.safetensors: no such file")


def test_a_network_with_hooks_is_timed_without_inference() -> None:
    rnn = SparseRNN.from_graph(nx.path_graph(4), "gru", 3)
    rnn.blocks[0].register_forward_hook(lambda *_: None)
    assert engines(how_fast(rnn, 3, 2, rounds=1)) == [(TORCH, 1), (FUSED, 1)]

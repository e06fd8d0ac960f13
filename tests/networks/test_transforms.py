"""Threads, memory, and PyTorch's ways of transforming modules: right numbers, or a refusal."""

import gc
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
import torch
from conftest import ROOT
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from sparsernn import InputError, SequenceClassifier, SparseRNN, Wiring

GRAPH = nx.connected_watts_strogatz_graph(12, 4, 0.5, seed=1)


def made(cell: str = "lstm", engine: Any = "fused") -> SparseRNN:
    generator = torch.Generator().manual_seed(0)
    return SparseRNN.from_graph(GRAPH, cell, 3, generator=generator, engine=engine)


INPUTS = torch.randn(5, 4, 3, generator=torch.Generator().manual_seed(1))


def test_many_threads_get_what_each_would_get_alone() -> None:
    rnn = made()
    batches = [torch.randn(5 + k, 4, 3) for k in range(6)]
    parameters = list(made().parameters())

    def run(network: SparseRNN, inputs: Tensor) -> list[Tensor]:
        own = list(network.parameters())
        output = network(inputs)[0]
        return [output.detach(), *torch.autograd.grad(output.square().sum(), own)]

    expected = [run(made(), inputs) for inputs in batches]
    wrong: list[str] = []

    def work(number: int) -> None:
        for i in range(60):
            k = (number + i) % len(batches)
            try:
                found = run(rnn, batches[k])  # the first use is by all at once
                if not all(map(torch.equal, found, expected[k])):
                    wrong.append("other numbers")
            except Exception as error:
                wrong.append(repr(error))

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(interval)
    assert wrong == [] and len(parameters) > 0


def kept() -> int:
    """Bytes of the vectors that forward passes hold at the moment."""
    gc.collect()
    found = [t for t in gc.get_objects() if isinstance(t, Tensor) and t.ndim == 1]
    return sum(t.numel() * t.element_size() for t in found)


@pytest.mark.parametrize("kind", ["features", "letters"])
def test_backward_frees_what_the_forward_pass_kept(kind: str) -> None:
    taken: list[Any] = []
    network: Any
    if kind == "features":
        network = made()
        run: Callable[[], Tensor] = lambda: network(INPUTS)[0].sum()  # noqa: E731
        engine = network.fused(INPUTS)[0]
    else:
        network = SequenceClassifier(Wiring.from_graph(GRAPH, "lstm"))
        codes, lengths = torch.ones(6, 4, dtype=torch.long), [6, 5, 1, 2]
        run = lambda: network(codes, lengths).sum()  # noqa: E731
        engine = network.recurrent.fused()[0]
    give = engine.pool._give
    engine.pool._give = lambda buffer: (taken.append(buffer), give(buffer))
    losses = []
    for _ in range(3):
        losses.append(run())
        before = len(taken)
        losses[-1].backward()  # and the loss is kept
        assert len(taken) == before + 2, "the memory of both ways comes back"
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        losses[-1].backward()


def test_a_graph_that_is_retained_can_be_run_twice() -> None:
    rnn = made()
    loss, parameters = rnn(INPUTS)[0].square().sum(), list(rnn.parameters())
    first = torch.autograd.grad(loss, parameters, retain_graph=True)
    rnn(INPUTS * 2)[0].sum().backward()  # others may run in between
    assert all(map(torch.equal, first, torch.autograd.grad(loss, parameters)))


@pytest.mark.parametrize("reentrant", [False, True])
def test_checkpointing_and_saved_tensors_on_the_cpu_change_nothing(reentrant: bool) -> None:
    rnn = made("gru")
    parameters = list(rnn.parameters())
    inputs = INPUTS.clone().requires_grad_()
    expected = torch.autograd.grad(rnn(inputs)[0].square().sum(), parameters)
    with torch.autograd.graph.save_on_cpu():
        saved = rnn(inputs)[0].square().sum()
    assert all(map(torch.equal, torch.autograd.grad(saved, parameters), expected))
    again = checkpoint(lambda x: rnn(x)[0], inputs, use_reentrant=reentrant).square().sum()
    again.backward()
    for parameter, gradient in zip(parameters, expected, strict=True):
        assert torch.equal(parameter.grad, gradient)


def test_weights_changed_after_the_forward_pass_do_not_change_its_gradient() -> None:
    rnn = made("gru")
    parameters = list(rnn.parameters())
    expected = torch.autograd.grad(rnn(INPUTS)[0].square().sum(), parameters)
    loss = rnn(INPUTS)[0].square().sum()
    with torch.no_grad():
        for parameter in parameters:
            parameter.add_(1)
    assert all(map(torch.equal, torch.autograd.grad(loss, parameters), expected))


def test_other_weights_of_one_call_are_in_force() -> None:
    rnn, plain = made(), made(engine="torch")
    values = {name: value.detach() * 2 for name, value in rnn.named_parameters()}
    found, expected = (torch.func.functional_call(m, values, (INPUTS,)) for m in (rnn, plain))
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-6)


def test_inputs_of_any_strides_and_weights_too() -> None:
    rnn = made()
    expected = rnn(INPUTS)[0]
    for inputs in (
        INPUTS.transpose(0, 1).contiguous().transpose(0, 1),
        torch.stack([INPUTS, INPUTS], 3)[..., 0],
        INPUTS.clone().flip(0).flip(0),
    ):
        assert torch.equal(rnn(inputs)[0], expected)
    alike = INPUTS[:, :1].expand(5, 4, 3)
    assert torch.equal(rnn(alike)[0], rnn(alike.clone())[0])
    for block in rnn.blocks:
        block.weight_hh = nn.Parameter(block.weight_hh.detach().T.contiguous().T)
    assert torch.equal(rnn(INPUTS)[0], expected)


REFUSED: dict[str, Callable[[SparseRNN], Any]] = {
    "torch.export": lambda rnn: torch.export.export(rnn, (INPUTS,)),
    "torch.jit.trace": lambda rnn: torch.jit.trace(rnn, (INPUTS,)),
    "vmap": lambda rnn: torch.func.vmap(lambda x: rnn(x)[0])(torch.stack([INPUTS, INPUTS])),
    "func.grad": lambda rnn: torch.func.grad(lambda x: rnn(x)[0].sum())(INPUTS),
    "jvp": lambda rnn: torch.func.jvp(lambda x: rnn(x)[0], (INPUTS,), (INPUTS,)),
    "forward AD": lambda rnn: _forward_mode(rnn),
    "autocast": lambda rnn: _autocast(rnn),
    "hessian": lambda rnn: torch.autograd.functional.hessian(lambda x: rnn(x)[0].sum(), INPUTS),
    "half": lambda rnn: rnn.half()(INPUTS.half()),
}


def _forward_mode(rnn: SparseRNN) -> Any:
    with torch.autograd.forward_ad.dual_level():
        return rnn(torch.autograd.forward_ad.make_dual(INPUTS, INPUTS))


def _autocast(rnn: SparseRNN) -> Any:
    with torch.autocast("cpu"):
        return rnn(INPUTS)


@pytest.mark.filterwarnings("ignore")  # PyTorch's, of the transformations themselves
@pytest.mark.parametrize("what", REFUSED)
def test_what_the_kernels_have_no_rule_for_is_refused_and_torch_runs_it(what: str) -> None:
    with pytest.raises(InputError, match="engine='torch'"):
        REFUSED[what](made())
    REFUSED[what](made(engine="torch"))


COMPILED = """
import networkx as nx, torch
from sparsernn import SequenceClassifier, SparseRNN, Wiring
graph = nx.connected_watts_strogatz_graph(12, 4, 0.5, seed=1)
rnn = SparseRNN.from_graph(graph, "lstm", 3)
compiled = torch.compile(rnn, backend="aot_eager")
inputs = torch.randn(5, 4, 3)
assert torch.equal(compiled(inputs)[0], rnn(inputs)[0])
expected = torch.autograd.grad(rnn(inputs)[0].sum(), list(rnn.parameters()))
found = torch.autograd.grad(compiled(inputs)[0].sum(), list(rnn.parameters()))
assert all(map(torch.equal, found, expected))
rnn.blocks[0].mask_hh[:] = False
assert torch.equal(compiled(inputs)[0], rnn(inputs)[0])
network = SequenceClassifier(Wiring.from_graph(graph, "gru"))
codes, lengths = torch.ones(6, 4, dtype=torch.long), torch.tensor([6, 5, 1, 2])
compiled = torch.compile(network, backend="aot_eager")
assert torch.equal(compiled(codes, lengths), network(codes, lengths))
print("same")
"""


def test_torch_compile_leaves_the_kernels_alone(tmp_path: Path) -> None:
    environment = {"PYTHONPATH": str(ROOT / "scripts"), "TORCH_LOGS": "-all"}
    done = subprocess.run(
        [sys.executable, "-c", COMPILED],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "same\n", done.stderr[-4000:]
    assert "Exception ignored" not in done.stderr and "Traceback" not in done.stderr


def test_models_on_meta_are_filled_from_a_state_dict() -> None:
    rnn = made()
    with torch.device("meta"):
        empty = SparseRNN.from_graph(GRAPH, "lstm", 3)
    filled = empty.to_empty(device="cpu")
    filled.load_state_dict(rnn.state_dict())
    assert torch.equal(filled(INPUTS)[0], rnn(INPUTS)[0])


def test_an_average_of_models_and_quantised_read_outs_work() -> None:
    rnn = made()
    average = torch.optim.swa_utils.AveragedModel(rnn)
    average.update_parameters(rnn)
    assert torch.equal(average(INPUTS)[0], rnn(INPUTS)[0])
    network = SequenceClassifier(Wiring.from_graph(GRAPH, "gru"))
    codes, lengths = torch.ones(6, 4, dtype=torch.long), [6, 5, 1, 2]
    double = network.double()
    assert double(codes, lengths).dtype == torch.float64


def test_networks_made_and_run_in_inference_mode() -> None:
    expected = made()(INPUTS)[0]
    with torch.inference_mode():
        rnn = made()
        assert torch.equal(rnn(INPUTS)[0], expected)
        rnn.blocks[0].mask_hh[:] = False
        changed = rnn(INPUTS)[0]
    plain = made(engine="torch")
    plain.blocks[0].mask_hh[:] = False
    torch.testing.assert_close(changed, plain(INPUTS)[0], rtol=0, atol=1e-6)
    assert not torch.equal(changed, expected)


def test_data_parallel_training_broadcasts_masks_and_averages_gradients(tmp_path: Path) -> None:
    store = torch.distributed.FileStore(str(tmp_path / "store"), 1)
    torch.distributed.init_process_group("gloo", store=store, rank=0, world_size=1)
    try:
        rnn, alone = made(), made()
        parallel = nn.parallel.DistributedDataParallel(rnn)
        for network in (parallel, alone):
            network(INPUTS)[0].square().sum().backward()
        for one, other in zip(rnn.parameters(), alone.parameters(), strict=True):
            assert torch.equal(one.grad, other.grad)
        rnn.blocks[0].mask_hh[:] = False
        alone.blocks[0].mask_hh[:] = False
        assert torch.equal(parallel(INPUTS)[0], alone(INPUTS)[0])
    finally:
        torch.distributed.destroy_process_group()

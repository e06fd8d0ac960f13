"""Several threads: the same bits for any number of them, and the numbers of one batch."""

import copy
import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from test_large import large
from torch.utils._pytree import tree_leaves

from sparsernn.engine.kernel_plan import make_kernel_plan
from sparsernn.engine.strategy import is_sparse
from sparsernn.engine.workers import PARTS, columns_of
from sparsernn.errors import InputError
from sparsernn.networks.recurrent import SparseRNN
from sparsernn.wiring.wiring import Wiring

LENGTHS = (np.arange(50) * 7 % 9).tolist()


def network(threads: int | None, cell: str = "gru") -> SparseRNN:
    wiring = Wiring.dense(cell, 4, 6, 2)
    rng = np.random.default_rng(0)
    masks = [
        (rng.random(block.mask_ih.shape) < 0.6, rng.random(block.mask_hh.shape) < 0.6)
        for block in wiring.blocks
    ]
    return SparseRNN(wiring.with_masks(masks), torch.Generator().manual_seed(0), threads=threads)


def computed(
    rnn: SparseRNN, batch: int = 50, lengths: list[int] | None = None
) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    inputs = torch.randn(8, batch, 4, generator=generator, requires_grad=True)
    steps = None if lengths is None else torch.tensor(lengths[:batch])
    with torch.no_grad():
        _, state = rnn(inputs, None, steps)
    first = [part.clone().requires_grad_() for part in tree_leaves(state)]
    given = first[0] if torch.is_tensor(state) else tuple(first)
    results = tree_leaves(rnn(inputs, given, steps))
    loss = sum((result * (i + 1)).square().sum() for i, result in enumerate(results))
    return [*results, *torch.autograd.grad(loss, [inputs, *first, *rnn.parameters()])]


def test_a_batch_is_cut_where_no_number_of_threads_says() -> None:
    for batch in (1, 16, 17, 128, 129, 1000):
        parts = columns_of(batch)
        assert len(parts) <= PARTS
        assert [i for part in parts for i in range(batch)[part]] == list(range(batch))
        assert all((part.stop - part.start) % 16 == 0 for part in parts[:-1])


@pytest.mark.parametrize("lengths", [None, LENGTHS])
@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_any_number_gives_the_same_bits(cell: str, lengths: list[int] | None) -> None:
    alone = computed(network(1, cell), lengths=lengths)
    for threads in (2, 3, 20):
        for one, other in zip(
            alone, computed(network(threads, cell), lengths=lengths), strict=True
        ):
            assert torch.equal(one, other)
    whole = computed(network(None, cell), lengths=lengths)
    for one, other in zip(alone, whole, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)


def test_parts_of_large_sparse_networks_may_run_by_other_kernels() -> None:
    wiring = large("lstm")
    assert is_sparse(make_kernel_plan(wiring, False))
    inputs, found = torch.randn(5, 18, 90, generator=torch.Generator().manual_seed(1)), []
    for threads in (None, 1, 2):  # 16 sequences side by side, and 2 one by one
        rnn = SparseRNN(wiring, torch.Generator().manual_seed(0), threads=threads)
        with np.errstate(all="raise"), torch.no_grad():
            quick = tree_leaves(rnn(inputs))
        results = tree_leaves(rnn(inputs))
        loss = sum(result.square().sum() for result in results)
        found.append([*quick, *results, *torch.autograd.grad(loss, list(rnn.parameters()))])
    whole, one, two = found
    assert all(map(torch.equal, one, two))
    for other, part in zip(whole, one, strict=True):
        torch.testing.assert_close(other, part, rtol=1e-4, atol=1e-5)


def test_a_part_that_has_no_step_is_run_with_the_others() -> None:
    lengths = [*[3] * 16, *[0] * 34]
    for one, other in zip(
        computed(network(2), lengths=lengths), computed(network(None), lengths=lengths), strict=True
    ):
        assert torch.equal(one, other)


def test_blocks_that_run_one_by_one_take_threads_too() -> None:
    rnn = network(2)
    seen = []
    rnn.blocks[0].register_forward_hook(lambda *_: seen.append(1))
    for one, other in zip(computed(rnn), computed(network(1)), strict=True):
        torch.testing.assert_close(one, other)
    assert seen and rnn.blocks[0].threads == 2


def test_threads_compute_like_the_one_that_asks() -> None:
    rnn, inputs = network(2, "rnn_relu"), torch.full((1, 40, 4), 1e-40)
    with torch.no_grad():
        for parameter in rnn.parameters():
            parameter.fill_(1 if parameter.dim() == 2 else 0)
    try:
        for flush in (True, False):
            torch.set_flush_denormal(flush)
            output, _ = rnn(inputs)
            assert bool((output == 0).all()) == flush
    finally:
        torch.set_flush_denormal(False)


FORKED = """
import os, torch
from test_threads import computed, network
rnn = network(2)
before = computed(rnn)[0]
child = os.fork()
if child == 0:
    os._exit(0 if torch.equal(computed(rnn)[0], before) else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_process_that_was_forked_has_threads_of_its_own() -> None:
    folders = os.pathsep.join([os.path.dirname(__file__), *sys.path])
    environment = os.environ | {"PYTHONPATH": folders}
    done = subprocess.run(
        [sys.executable, "-c", FORKED],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    assert done.stdout.strip() == "0"


@pytest.mark.parametrize("threads", [0, -1, 1.5, True, "2"])
def test_what_is_no_number_of_threads_is_refused(threads: object) -> None:
    with pytest.raises(InputError, match=r"threads is .*; expected an int above 0"):
        network(threads)  # type: ignore[arg-type]


def test_the_torch_engine_takes_no_threads() -> None:
    with pytest.raises(InputError, match=r"only the fused engine takes.*set_num_threads"):
        SparseRNN(Wiring.dense("gru", 2, 3), engine="torch", threads=2)
    rnn = network(2)
    rnn.engine = "torch"
    with pytest.raises(InputError, match="only the fused engine takes"):
        rnn.threads = 3
    assert rnn.threads == 2 and "threads=2" in repr(rnn)


def test_what_is_kept_of_a_batch_s_form_is_right_for_the_next() -> None:
    rnn, reference = network(None), network(None)
    inputs = torch.randn(8, 20, 4, generator=torch.Generator().manual_seed(2))
    for turn in range(2):
        with torch.no_grad():
            expected = [reference(inputs)[0], reference.slots(inputs)[0]]
        for _ in range(2):
            for grad in (False, True):
                with torch.set_grad_enabled(grad):
                    found = [rnn(inputs)[0], rnn.slots(inputs)[0]]
                assert all(map(torch.equal, expected, found))
                assert all(part.requires_grad == grad for part in found)
        double = copy.deepcopy(rnn).double()(inputs.double())[0]
        torch.testing.assert_close(double.float(), expected[0], rtol=1e-4, atol=1e-5)
        if turn == 0:  # the masks change in place, and so does what is kept
            for each in (rnn, reference := copy.deepcopy(reference)):
                each.blocks[0].mask_hh[:, 0] = False
    assert not torch.equal(expected[0], network(None)(inputs)[0])

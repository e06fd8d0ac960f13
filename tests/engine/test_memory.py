"""Memory that is used again: of batches, and of gradients that nobody holds any more."""

import torch
from test_large import large

from sparsernn.engine.kernel_plan import make_kernel_plan
from sparsernn.engine.memory import Pool
from sparsernn.engine.strategy import is_sparse
from sparsernn.networks.recurrent import SparseRNN


def test_a_buffer_comes_back_when_nothing_refers_to_it() -> None:
    pool = Pool()
    first = pool.take(100, "float32")
    place, view = first.data_ptr(), first[10:]
    del first
    assert not pool.free
    del view
    assert pool.take(90, "float32").data_ptr() == place
    assert pool.take(90, "float64").dtype == torch.float64


def test_it_keeps_a_few_and_clears_what_is_to_be_zero() -> None:
    pool = Pool()
    pool.keep(3)
    lent = [pool.take(8, "float32") for _ in range(5)]
    for each in lent:
        each.fill_(7)
    del lent, each
    assert len(pool.free) == 3
    assert not pool.zeros(8, "float32").any()
    held = pool.take(100, "float32")  # for which one of those that are too small goes
    assert len(pool.free) == 2 and held.numel() == 100


def test_gradients_that_are_held_are_never_written_again() -> None:
    wiring = large("gru")
    assert is_sparse(make_kernel_plan(wiring, False))
    rnn = SparseRNN(wiring, torch.Generator().manual_seed(0))

    def gradient(seed: int) -> list[torch.Tensor]:
        rnn.zero_grad()
        generator = torch.Generator().manual_seed(seed)
        rnn(torch.randn(3, 17, 90, generator=generator))[0].square().sum().backward()
        return [parameter.grad for parameter in rnn.parameters() if parameter.grad is not None]

    held = gradient(0)
    copies = [each.clone() for each in held]
    for seed in (1, 2):
        for each in gradient(seed):
            each.fill_(9)  # also where no weight exists: the next one has to be clear
    assert all(map(torch.equal, held, copies))
    assert all(map(torch.equal, gradient(0), copies))

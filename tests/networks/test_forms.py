"""The forms in which a network takes and gives sequences and states: those of `torch.nn.GRU`."""

from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pack_sequence, pad_packed_sequence

from sparsernn.engine.choice import ENGINES, Engine
from sparsernn.errors import InputError
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.networks.recurrent import SparseRNN
from sparsernn.wiring.wiring import Wiring

GRAPH = nx.connected_watts_strogatz_graph(12, 4, 0.5, seed=1)
LENGTHS = torch.tensor([3, 9, 0, 6])
engines = pytest.mark.parametrize("engine", ENGINES)


def drawn(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(sum(shape)))


def on_graph(engine: Engine, cell: str = "lstm", **options: Any) -> SparseRNN:
    generator = torch.Generator().manual_seed(0)
    return SparseRNN.from_graph(GRAPH, cell, 3, generator=generator, engine=engine, **options)


def assert_close(found: Any, expected: Any) -> None:
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-6)


@engines
def test_lengths_are_each_sequence_by_itself(engine: Engine) -> None:
    rnn, inputs = on_graph(engine), drawn(9, 4, 3)
    _, state = rnn(drawn(2, 4, 3))
    padded = inputs.clone()
    for b, length in enumerate(LENGTHS):
        padded[length:, b] = torch.nan  # nobody reads it
    output, last = rnn(padded, state, lengths=LENGTHS)
    for b, length in enumerate(LENGTHS.tolist()):
        own = tuple(tuple(part[b : b + 1] for part in block) for block in state)
        if length:
            expected, own = rnn(inputs[:length, b : b + 1], own)
            assert_close(output[:length, b], expected[:, 0])
        assert not output[length:, b].any()
        assert_close(tuple(tuple(part[b : b + 1] for part in block) for block in last), own)


@engines
def test_gradients_of_sequences_of_many_lengths_are_those_of_each_by_itself(engine: Engine) -> None:
    rnn, inputs = on_graph(engine).double(), drawn(9, 4, 3).double().requires_grad_()
    _, state = rnn(drawn(2, 4, 3).double())
    leaves = [inputs, *rnn.parameters()]

    def loss(output: Tensor, last: Any) -> Tensor:
        return output.square().sum() + sum((part**3).sum() for block in last for part in block)

    alone: list[Any] = [0] * len(leaves)
    for b, length in enumerate(LENGTHS.tolist()):
        own = tuple(tuple(part[b : b + 1].detach() for part in block) for block in state)
        if length:
            total = loss(*rnn(inputs[:length, b : b + 1], own))
            found = torch.autograd.grad(total, leaves)
            alone = [one + other for one, other in zip(alone, found, strict=True)]
    fixed = tuple(tuple(part.detach() for part in block) for block in state)
    together = torch.autograd.grad(loss(*rnn(inputs, fixed, lengths=LENGTHS)), leaves)
    for one, other in zip(alone, together, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-8, atol=1e-9)


@engines
def test_packed_unbatched_and_batch_first_inputs_come_back_in_their_form(engine: Engine) -> None:
    rnn, inputs = on_graph(engine, "gru"), drawn(9, 4, 3)
    lengths = LENGTHS.clamp(min=1)
    expected, state = rnn(inputs, lengths=lengths)
    packed, packed_state = rnn(pack_padded_sequence(inputs, lengths, enforce_sorted=False))
    assert_close(pad_packed_sequence(packed)[0], expected)
    assert_close(packed_state, state)
    alone, own = rnn(inputs[:, 1])
    assert_close(alone, expected[:, 1])
    assert_close(own, tuple((h[1],) for (h,) in state))
    first = on_graph(engine, "gru", batch_first=True)
    assert_close(first(inputs.transpose(0, 1), lengths=lengths)[0], expected.transpose(0, 1))
    assert_close(first(inputs[:, 1])[0], alone)
    assert rnn(inputs[:, :0])[0].shape == (9, 0, rnn.output_size)


@engines
@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_a_stack_takes_and_gives_torch_s_own_states(engine: Engine, cell: str) -> None:
    wiring = Wiring.dense(cell, 3, 5, 2, bidirectional=True)
    ours = SparseRNN(wiring, engine=engine, batch_first=True)
    twin: Any = getattr(nn, cell.upper())(3, 5, 2, bidirectional=True, batch_first=True)
    for i, block in enumerate(ours.blocks):
        for name, parameter in block.named_parameters():
            own = getattr(twin, f"{name}_l{i // 2}{'_reverse' * (i % 2)}")
            own.data.copy_(parameter.data)
    state: Any = drawn(4, 2, 5) if cell == "gru" else (drawn(4, 2, 5), drawn(4, 2, 5) * 2)
    for given in None, state:
        assert_close(ours(drawn(2, 7, 3), given), twin(drawn(2, 7, 3), given))
    packed = pack_sequence([drawn(2, 3), drawn(7, 3)], enforce_sorted=False)
    (found, last), (expected, theirs) = ours(packed, state), twin(packed, state)
    assert_close((found.data, last), (expected.data, theirs))


@engines
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda state: state[:-1], "a tuple of 6"),
        (lambda state: (*state, state[0]), "a tuple of 8"),
        (lambda state: tuple(block[0] for block in state), "the first a tensor of shape"),
        (lambda state: tuple(block[:1] for block in state), "the first a tuple of 1"),
        (lambda state: tuple((h[:1], c[:1]) for h, c in state), r"of shape \(1, 2\)"),
        (lambda state: torch.zeros(2, 4, 5), r"a tensor of shape \(2, 4, 5\)"),
        (lambda state: 0.0, "a float"),
        (lambda state: (), "a tuple of 0, the first nothing"),
    ],
)
def test_a_state_of_another_form_is_refused(
    engine: Engine, change: Callable[[Any], Any], told: str
) -> None:
    rnn, inputs = on_graph(engine), drawn(9, 4, 3)
    _, state = rnn(inputs)
    with pytest.raises(InputError, match=f"state: .*{told}.*; expected a tuple of 7, for each"):
        rnn(inputs, change(state))


@engines
@pytest.mark.parametrize(
    ("cell", "state"),
    [
        ("gru", torch.zeros(2, 1, 5)),
        ("gru", torch.zeros(1, 4, 5)),
        ("gru", torch.zeros(4, 5)),
        ("gru", (torch.zeros(2, 4, 5),)),
        ("lstm", torch.zeros(2, 4, 5)),
        ("lstm", (torch.zeros(2, 4, 5),)),
        ("lstm", (torch.zeros(2, 4, 5), torch.zeros(2, 4, 6))),
        ("lstm", tuple((torch.zeros(4, 5), torch.zeros(4, 5)) for _ in range(3))),
    ],
)
def test_a_state_of_another_form_than_torch_s_is_refused_by_a_stack(
    engine: Engine, cell: str, state: Any
) -> None:
    rnn = SparseRNN(Wiring.dense(cell, 3, 5, 2), engine=engine)
    with pytest.raises(InputError, match=r"expected .*tensors? of shape \(2, 4, 5\)"):
        rnn(drawn(9, 4, 3), state)


@engines
@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        (drawn(9, 4, 4), r"shape \(9, 4, 4\); this network takes 3 features"),
        (drawn(0, 4, 3), r"shape \(0, 4, 3\).* one step or more"),
        (drawn(9), r"shape \(9,\).*Pass a \(T, B, 3\) tensor"),
        (drawn(2, 9, 4, 3), r"shape \(2, 9, 4, 3\)"),
        (drawn(9, 4, 3).long(), r"of torch.int64 on cpu.*\.to\(torch.float32\)"),
        (drawn(9, 4, 3).double(), r"of torch.float64 on cpu.*\.to\(torch.float32\)"),
        (drawn(9, 4, 3).to(torch.complex64), "of torch.complex64"),
        (drawn(9, 4, 3).to("meta"), "on meta"),
        (drawn(9, 4, 3).to_sparse(), r"sparse tensor.*inputs\.to_dense\(\)"),
        (drawn(9, 4, 3).numpy(), r"a ndarray.*torch\.from_numpy\(inputs\)"),
        (drawn(9, 4, 3).tolist(), "a list.*torch.as_tensor"),
        (pack_sequence([drawn(9, 4)]), "3 features"),
    ],
)
def test_other_inputs_are_refused(engine: Engine, inputs: Any, told: str) -> None:
    with pytest.raises(InputError, match=told):
        on_graph(engine)(inputs)


@engines
@pytest.mark.parametrize(
    ("lengths", "told"),
    [
        ([3, 9, 1], r"shape \(3,\); expected 4 whole numbers from LEAST to 9"),
        ([[3, 9, 1, 2]], r"shape \(1, 4\)"),
        (torch.tensor(3), r"shape \(\)"),
        ([3, 9, 10, 2], "from 2 to 10; expected 4"),
        ([3, 9, -2, 2], "from -2 to 9"),
        (torch.tensor([3.0, 9, 1, 2]), r"torch.float32.*lengths\.long\(\)"),
        (np.array([3.0, 9, 1, 2]), "torch.float64"),
        (torch.tensor([True] * 4), "torch.bool"),
        (["3", "9", "1", "2"], "lengths are"),
        ([3, 9, None, 2], "lengths are"),
    ],
)
def test_lengths_that_do_not_fit_are_refused_alike_by_networks_and_classifiers(
    engine: Engine, lengths: Any, told: str
) -> None:
    with pytest.raises(InputError, match=told.replace("LEAST", "0")):
        on_graph(engine)(drawn(9, 4, 3), lengths=lengths)
    classifier = SequenceClassifier(Wiring.from_graph(GRAPH, "gru"), engine=engine)
    with pytest.raises(InputError, match=told.replace("LEAST", "1")):
        classifier(torch.ones(9, 4, dtype=torch.long), lengths)


@engines
def test_lengths_beside_what_has_its_own_are_refused(engine: Engine) -> None:
    rnn = on_graph(engine)
    with pytest.raises(InputError, match="beside a PackedSequence"):
        rnn(pack_sequence([drawn(9, 3)]), lengths=[9])
    with pytest.raises(InputError, match="one sequence without a batch"):
        rnn(drawn(9, 3), lengths=[9])


@engines
@pytest.mark.parametrize("readout_step", ["last_letter", "last_step"])
def test_a_classifier_takes_codes_and_lengths_of_any_whole_numbers(
    engine: Engine, readout_step: str
) -> None:
    wiring = Wiring.dense("gru", 4, 5, 2, readout_step)  # type: ignore[arg-type]
    classifier = SequenceClassifier(wiring, engine=engine)
    codes, lengths = torch.arange(36).view(9, 4), torch.tensor([9, 3, 1, 5])
    expected = classifier(codes, lengths)
    for one in (codes.int(), codes.byte(), codes.T.contiguous().T):
        for other in (lengths.int(), lengths.tolist(), lengths.numpy(), tuple(lengths.tolist())):
            assert torch.equal(classifier(one, other), expected)
    outside = torch.where(torch.arange(9)[:, None] < lengths, codes, -1)
    if readout_step == "last_letter":
        assert torch.equal(classifier(outside, lengths), expected)
    else:
        with pytest.raises(InputError, match="letter codes from -1 to"):
            classifier(outside, lengths)


@engines
@pytest.mark.parametrize(
    ("codes", "told"),
    [
        (torch.ones(9, 4), r"torch.float32; expected whole numbers from 0 to 127.*codes\.long\(\)"),
        (torch.ones(9, 4, dtype=torch.bool), "torch.bool"),
        (torch.ones(9, dtype=torch.long), r"shape \(9,\)"),
        (torch.ones(9, 0, dtype=torch.long), r"shape \(9, 0\).*one string or more"),
        (torch.full((9, 4), 128), "letter codes from 0 to 128"),
        (np.ones((9, 4), int), r"torch\.from_numpy\(codes\)"),
    ],
)
def test_other_codes_are_refused(engine: Engine, codes: Any, told: str) -> None:
    classifier = SequenceClassifier(Wiring.from_graph(GRAPH, "gru"), engine=engine)
    with pytest.raises(InputError, match=told):
        classifier(codes, torch.tensor([9, 3, 1, 5]))


@engines
def test_dropout_is_between_blocks_and_only_in_training(engine: Engine) -> None:
    wiring = Wiring.dense("gru", 3, 4, 2)
    rnn = SparseRNN(wiring, torch.Generator().manual_seed(0), engine, dropout=0.5)
    plain = SparseRNN(wiring, torch.Generator().manual_seed(0), engine)
    inputs = drawn(9, 4, 3)
    assert torch.equal(rnn.eval()(inputs)[0], plain(inputs)[0])
    torch.manual_seed(1)
    slots, _ = rnn.train().slots(inputs)
    expected, _ = plain.slots(inputs)
    assert_close(slots[:, :, :7], expected[:, :, :7])  # what no other block has read
    assert not torch.isclose(slots[:, :, 7:], expected[:, :, 7:]).any(2).all()
    torch.manual_seed(1)
    heard = nn.functional.dropout(plain.blocks[0](inputs)[0], 0.5)
    assert_close(slots[:, :, 7:], plain.blocks[1](heard)[0])
    with pytest.raises(InputError, match=r"dropout is 1.5; expected a share from 0 to 1"):
        SparseRNN(wiring, dropout=1.5)
    with pytest.warns(UserWarning, match="there is one layer"):
        SparseRNN(Wiring.dense("gru", 3, 4), dropout=0.5)


@engines
def test_without_biases_there_are_none(engine: Engine) -> None:
    rnn = on_graph(engine, "gru", bias=False)
    assert {name.rsplit(".", 1)[1] for name in rnn.state_dict()} == {
        *("weight_ih", "weight_hh", "mask_ih", "mask_hh")
    }
    with_zeros = on_graph(engine, "gru")
    with_zeros.load_state_dict(rnn.state_dict(), strict=False)
    for block in with_zeros.blocks:
        nn.init.zeros_(block.bias_ih)
        nn.init.zeros_(block.bias_hh)
    assert_close(rnn(drawn(9, 4, 3)), with_zeros(drawn(9, 4, 3)))


def test_its_repr_says_what_it_is() -> None:
    rnn = SparseRNN(Wiring.dense("lstm", 3, 5, 2), bias=False, batch_first=True, dropout=0.25)
    rnn.blocks[0].mask_hh[:10] = False
    first = repr(rnn).splitlines()[1].strip()
    assert first == (
        "lstm, 3 -> 5, 10 units in 2 blocks, 310 of 360 weights (14% sparse), bias=False, "
        "batch_first=True, dropout=0.25, engine='fused'"
    )

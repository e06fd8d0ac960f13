"""What people do to PyTorch modules: the idioms that `test_idioms` plays, by name."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations, parametrize, prune

from sparsernn import SparseRNN
from sparsernn import prune as own_prune

Idiom = Callable[[SparseRNN, Any, str, torch.Generator], None]
IDIOMS: dict[str, Idiom] = {}


def idiom(function: Idiom) -> Idiom:
    """One thing to do to a network: to a block of it, and to the weight of a name."""
    IDIOMS[function.__name__] = function
    return function


def drawn_mask(weight: Tensor, generator: torch.Generator) -> Tensor:
    return torch.rand(weight.shape, generator=generator) < 0.6


def mask_of(name: str) -> str:
    return name.replace("weight", "mask")


@idiom
def prune_smallest(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    prune.l1_unstructured(block, name, 0.4)


@idiom
def prune_nothing(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    prune.identity(block, name)


@idiom
def prune_rows(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    prune.ln_structured(block, name, 0.5, n=2, dim=0)


@idiom
def prune_bias(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    prune.l1_unstructured(block, name.replace("weight", "bias"), 0.5)


@idiom
def prune_and_remove(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    prune.custom_from_mask(block, name, drawn_mask(getattr(block, name), generator))
    prune.remove(block, name)


@idiom
def prune_ours(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    own_prune(rnn, 0.3)


@idiom
def weight_norm(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    parametrizations.weight_norm(block, name)


@idiom
def spectral_norm(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    torch.manual_seed(0)
    parametrizations.spectral_norm(block, name)


@idiom
def orthogonal(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    torch.manual_seed(0)
    parametrizations.orthogonal(block, name)


class Doubled(nn.Module):
    def forward(self, weight: Tensor) -> Tensor:
        return 2 * weight


@idiom
def own_parametrization(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    parametrize.register_parametrization(block, name, Doubled())


@idiom
def tie(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    for other in rnn.blocks:
        if other is not block and getattr(other, name).shape == getattr(block, name).shape:
            setattr(other, name, getattr(block, name))


@idiom
def delete_and_set_tensor(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    value = getattr(block, name).detach().clone() * 0.5
    delattr(block, name)
    setattr(block, name, value)


@idiom
def set_parameter(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    value = getattr(block, name).detach().clone()
    delattr(block, name)
    block.register_parameter(name, nn.Parameter(-value))


@idiom
def no_bias(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    setattr(block, name.replace("weight", "bias"), None)


@idiom
def freeze(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    getattr(block, name).requires_grad_(False)


@idiom
def load_half(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    state = {key: value * 0.5 for key, value in rnn.state_dict().items() if "weight_hh" in key}
    rnn.load_state_dict(state, strict=False)


@idiom
def load_assigned(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    state = {key: value.clone() for key, value in rnn.state_dict().items()}
    for key, value in state.items():
        if key.endswith("mask_hh"):
            state[key] = value * drawn_mask(value, generator)
    rnn.load_state_dict(state, assign=True)


@idiom
def mask_in_place(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    mask = getattr(block, mask_of(name))
    mask.mul_(drawn_mask(mask, generator))


@idiom
def mask_by_data(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    mask = getattr(block, mask_of(name))
    mask.data.mul_(drawn_mask(mask, generator))


@idiom
def mask_by_numpy(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    getattr(block, mask_of(name)).detach().numpy()[:, ::2] = 0


@idiom
def mask_replaced(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    for _ in range(2):
        mask = getattr(block, mask_of(name))
        setattr(block, mask_of(name), mask * drawn_mask(mask, generator))


@idiom
def mask_grown(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    getattr(block, mask_of(name)).fill_(1)


@idiom
def mask_soft(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    mask = getattr(block, mask_of(name))
    soft = torch.rand(mask.shape, generator=generator, dtype=torch.double)
    setattr(block, mask_of(name), mask * (soft > 0.3) * soft)


@idiom
def mask_learned(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    mask = getattr(block, mask_of(name)).double()
    delattr(block, mask_of(name))
    block.register_parameter(mask_of(name), nn.Parameter(mask))


@idiom
def apply_masks(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    block.apply_masks()


@idiom
def single_and_double(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    rnn.float().double()


@idiom
def hook_before(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    block.register_forward_pre_hook(lambda module, given: (given[0] * 2, *given[1:]))


@idiom
def hook_after(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    block.register_forward_hook(lambda module, given, found: (found[0] + 1, found[1]))


class Scaled(nn.Module):
    """An adapter around a block."""

    def __init__(self, block: nn.Module) -> None:
        super().__init__()
        self.block, self.scale = block, nn.Parameter(torch.tensor(0.7, dtype=torch.double))

    def forward(self, inputs: Tensor, state: Any = None, lengths: Any = None) -> Any:
        outputs, after = self.block(inputs, state, lengths)
        return outputs * self.scale, after


@idiom
def adapter_around(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    for i, own in enumerate(rnn.blocks):
        if own is block:
            rnn.blocks[i] = Scaled(block)


@idiom
def module_inside(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    block.aaa_adapter = nn.LayerNorm(3).double()  # before the weights by name, and unused
    block.register_parameter("extra", nn.Parameter(torch.ones(2)))


@idiom
def gradient_hook(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    getattr(block, name).register_hook(lambda gradient: gradient * 3)


@idiom
def optimiser_step(rnn: SparseRNN, block: Any, name: str, generator: Any) -> None:
    parameters = [p for p in rnn.parameters() if p.requires_grad]
    if parameters:
        for parameter in parameters:
            parameter.grad = torch.full_like(parameter, 0.01)
        torch.optim.SGD(parameters, lr=0.5, weight_decay=0.1).step()
        rnn.zero_grad()

"""Networks in files: plain tensors and values, with the settings that made them, nothing to run."""

import operator
from collections.abc import Mapping
from dataclasses import replace
from os import PathLike
from typing import Any, SupportsIndex, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from sparsernn.engine.choice import Engine
from sparsernn.errors import InputError, brief
from sparsernn.files.tensors import read_tensors, write_tensors
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.networks.recurrent import SparseRNN
from sparsernn.networks.signs import kept_signs, stored
from sparsernn.networks.state_dicts import differences, loaded
from sparsernn.wiring.block import Block, EdgeWeights
from sparsernn.wiring.protocol import ReadoutStep
from sparsernn.wiring.wiring import Wiring

__all__ = [
    "entry_of",
    "load",
    "load_checkpoint",
    "network_entry",
    "restore",
    "save",
    "save_checkpoint",
]

FORMAT = "sparsernn checkpoint 3"  # 1 was a pickle of PyTorch's; 2 knew only classifiers
_KINDS = {
    dict: "a dictionary",
    list: "a list",
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
}
Network: TypeAlias = SparseRNN | SequenceClassifier


def network_entry(network: Network) -> dict[str, Any]:
    """What a file holds of a network: its wiring and options, and its weights and masks.

    Raises:
        InputError: it has other parts than it was built with.
    """
    rnn = network.recurrent if isinstance(network, SequenceClassifier) else network
    wiring, state = _in_force(rnn), network.state_dict()
    frozen = [name for name, parameter in network.named_parameters() if not parameter.requires_grad]
    entry = {
        "wiring": {
            "cell": wiring.cell,
            "input_size": wiring.input_size,
            "vertices": wiring.vertices,
            "readout": torch.tensor(wiring.readout),
            "readout_step": wiring.readout_step,
            "stacked": wiring.stacked,
            "blocks": [
                {
                    "name": block.name,
                    "layer": block.layer,
                    "reverse": block.reverse,
                    "reads": torch.tensor(block.reads),
                    "adds_to": torch.tensor(block.adds_to),
                    **_edge_weights_entry(block),
                }
                for block in wiring.blocks
            ],
        },
        "options": {"batch_first": rnn.batch_first, "dropout": rnn.dropout},
        "frozen": frozen,
        "state_dict": {name: value.detach().cpu() for name, value in state.items()},
    }
    _check_whole(network, wiring, entry)
    return entry


def _in_force(rnn: SparseRNN) -> Wiring:
    """The wiring, of its edges' weights only what still holds: which are fixed, or keep signs."""
    wiring, held = rnn.wiring, {}
    for block, module in zip(wiring.blocks, rnn.blocks, strict=True):
        if block.edge_weights is not None:
            kept = kept_signs(module, "weight_hh")
            trained = getattr(stored(module, "weight_hh"), "requires_grad", True)
            fixed = block.edge_weights.fixed and not trained
            signs = None if kept is None else kept.signs.cpu().numpy()
            held[block.name] = EdgeWeights(None, fixed, signs) if fixed or kept else None
    blocks = tuple(replace(b, edge_weights=held.get(b.name)) for b in wiring.blocks)
    return replace(wiring, blocks=blocks) if held else wiring


def _edge_weights_entry(block: Block) -> dict[str, Any]:
    """What a graph says of a block's units; nothing, as in older files, of other blocks."""
    edges = block.edge_weights or EdgeWeights()
    signs = {} if edges.signs is None else {"signs": torch.tensor(edges.signs)}
    leak = {} if block.leak == 1 else {"leak": float(block.leak)}
    return {**({"fixed": True} if edges.fixed else {}), **signs, **leak}


def _check_whole(network: Network, wiring: Wiring, entry: Mapping[str, Any]) -> None:
    """Refuse a network from whose file another would come back."""
    with torch.device("meta"):
        plain: Network
        if isinstance(network, SequenceClassifier):
            rows = len(network.embedding.weight), network.out.out_features
            linear = isinstance(network.embedding, torch.nn.Linear)
            features = network.embedding.weight.shape[1] if linear else None
            how: dict[str, Any] = {"bias": network.recurrent.bias, "features": features}
            plain = SequenceClassifier(wiring, *rows, engine="torch", **how)
        else:
            plain = SparseRNN(wiring, engine="torch", bias=network.bias)
    problems = differences(entry["state_dict"], plain.state_dict())
    if problems:
        raise InputError(
            f"save: the network is not as it was built: {'; '.join(sorted(problems)[:3])} "
            f"({len(problems)} differences). Make its weights plain first, with "
            "torch.nn.utils.prune.remove or parametrize.remove_parametrizations; or save its "
            "state_dict() with torch.save, and build it in the same way again."
        )


def restore(
    entry: Mapping[str, Any],
    cell: str | None = None,
    where: str = "checkpoint",
    engine: Engine = "fused",
) -> Network:
    """The network of a `network_entry`.

    Args:
        entry: the wiring and the state dict.
        cell: what the network is expected to be; None takes any.
        where: what the entry comes from, for messages.
        engine: what runs the network.

    Raises:
        InputError: the network has another cell, or is not whole.
    """
    try:
        saved, state, options = (
            _part(entry, name, dict) for name in ("wiring", "state_dict", "options")
        )
        if cell is not None and saved.get("cell") != cell:
            raise InputError(
                f"holds a network of cell {brief(saved.get('cell'))}, expected {cell}. "
                "Give the checkpoint of that cell, or delete this one to have it computed again."
            )
        wiring = _wiring(saved, state)
        dropout = _part(options, "dropout", float)
        batch_first = _part(options, "batch_first", bool)
        if not 0 <= dropout <= 1:
            raise _not_whole(f"dropout is {dropout}, expected a share from 0 to 1")
        frozen = _part(entry, "frozen", list)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    network: Network
    if "out.weight" in state:
        network = SequenceClassifier.from_state_dict(wiring, state, where, engine, dropout)
    else:
        bias = any(str(name).endswith(".bias_ih") for name in state)
        own = torch.Generator()  # so that loading draws none of the caller's random numbers

        def made() -> SparseRNN:
            how: dict[str, Any] = {"batch_first": batch_first, "dropout": dropout}
            return SparseRNN(wiring, own, engine, bias=bias, **how)

        network = loaded(made, state, where, f"this {wiring.cell} network")
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(name not in frozen)
    return network


def _wiring(saved: Mapping[str, Any], state: Mapping[str, Any]) -> Wiring:
    """The wiring in a file, each part of it of the kind that `network_entry` writes."""
    blocks = [_block(block, i, state) for i, block in enumerate(_part(saved, "blocks", list))]
    input_size, vertices = (_part(saved, name, int) for name in ("input_size", "vertices"))
    # Arrays of these sizes are allocated, so the tensors in the file must bear them out.
    if "embedding.weight" in state:
        width = _tensor(state, "embedding.weight", None, 2).shape["embedding.bias" not in state]
        if input_size != width:
            raise _not_whole(f"input_size is {brief(input_size)}, the embedding has {width}")
    units = sum(block.size for block in blocks)
    if not 1 <= vertices <= units:
        raise _not_whole(f"vertices is {brief(vertices)}, the blocks have {units} units")
    step = _part(saved, "readout_step", str)
    if step not in get_args(ReadoutStep):
        expected = ", ".join(get_args(ReadoutStep))
        raise _not_whole(f"readout_step is {brief(step)}, expected one of {expected}")
    readout = _tensor(saved, "readout", torch.int64, 1).numpy()
    cell, stacked = _part(saved, "cell", str), _part(saved, "stacked", bool)
    return Wiring(cell, input_size, vertices, tuple(blocks), readout, step, stacked)


def _block(saved: object, number: int, state: Mapping[str, Any]) -> Block:
    if not isinstance(saved, dict):
        raise _not_whole(f"block {number} is {brief(saved)}, expected a dictionary")
    prefix = f"blocks.{number}"
    prefix = f"recurrent.{prefix}" if "out.weight" in state else prefix
    slots = (_tensor(saved, name, torch.int64, 1).numpy() for name in ("reads", "adds_to"))
    names = (f"{prefix}.mask_ih", f"{prefix}.mask_hh")
    mask_ih, mask_hh = (_mask(state, name) for name in names)
    reads, adds_to = slots
    name, layer = _part(saved, "name", str), _part(saved, "layer", int)
    reverse = _part(saved, "reverse", bool)
    leak = _part(saved, "leak", float) if "leak" in saved else 1.0
    if not 0 < leak <= 1:
        raise _not_whole(f"leak is {leak}, expected a number above 0 and up to 1")
    held = _edge_weights(saved)
    return Block(name, layer, reads, adds_to, mask_ih, mask_hh, reverse, held, leak)


def _edge_weights(saved: Mapping[str, Any]) -> EdgeWeights | None:
    """What `_edge_weights_entry` wrote."""
    fixed = "fixed" in saved and _part(saved, "fixed", bool)
    signs = _tensor(saved, "signs", torch.int8, 2).numpy() if "signs" in saved else None
    if signs is not None and not np.isin(signs, (-1, 0, 1)).all():
        raise _not_whole("signs has other numbers than 1, -1 and 0")
    return EdgeWeights(None, fixed, signs) if fixed or signs is not None else None


def _mask(state: Mapping[str, Any], name: str) -> npt.NDArray[np.bool_]:
    """Where a mask in a file lets weights exist; it may hold numbers."""
    mask = _tensor(state, name, None, 2)
    if mask.is_floating_point() and not mask.isfinite().all():
        raise _not_whole(f"{name} has numbers that are not finite")
    return (mask != 0).numpy()


def _part(whole: Mapping[str, Any], name: str, kind: type) -> Any:
    value = whole.get(name)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise _not_whole(f"{name} is {brief(value)}, expected {_KINDS[kind]}")
    return value


def _tensor(whole: Mapping[str, Any], name: str, dtype: torch.dtype | None, rank: int) -> Tensor:
    """A tensor of `rank` dimensions that is not empty; None takes any type."""
    value = whole.get(name)
    expected = f"expected a tensor of {dtype or 'numbers'} in {rank} dimension(s)"
    if not isinstance(value, Tensor):
        raise _not_whole(f"{name} is {brief(value)}, {expected}")
    if dtype not in (None, value.dtype) or value.ndim != rank or not value.numel():
        raise _not_whole(f"{name} is of {value.dtype}, shape {tuple(value.shape)}; {expected}")
    return value


def _not_whole(what: str) -> InputError:
    return InputError(f"not a whole network ({what}). Delete the file to have it computed again.")


def save_checkpoint(path: str | PathLike[str], **content: Any) -> None:
    """Write networks with the settings that made them, as a safetensors file."""
    write_tensors(content, path, FORMAT)


def load_checkpoint(path: str | PathLike[str]) -> dict[str, Any]:
    """Read what `save_checkpoint` wrote.

    Raises:
        InputError: absent, broken, or not ours.
    """
    content = read_tensors(path, FORMAT)
    networks = content.get("networks", [])
    if not isinstance(networks, list) or not all(isinstance(entry, dict) for entry in networks):
        raise InputError(
            f"{path}: its networks are {brief(networks)}, expected a list of dictionaries. "
            "Delete the file to have it computed again."
        )
    return content


def save(network: Network, path: str | PathLike[str]) -> None:
    """Write a network to a safetensors file, from which `load` makes it again.

    The file has the wiring, the weights, the masks in force, and the options; no code.

    Args:
        network: a `SparseRNN` or a `SequenceClassifier`, on any device.
        path: the file.

    Raises:
        InputError: the network has parts that it was not built with, as parametrised weights.

    Example:
        >>> import tempfile, torch
        >>> from sparsernn import SparseRNN, Wiring, load, save
        >>> rnn, inputs = SparseRNN(Wiring.dense("gru", 3, 4)), torch.randn(5, 2, 3)
        >>> path = f"{tempfile.mkdtemp()}/rnn.safetensors"
        >>> save(rnn, path)
        >>> torch.equal(load(path)(inputs)[0], rnn(inputs)[0])
        True
    """
    if not isinstance(network, SparseRNN | SequenceClassifier):
        raise InputError(
            f"save: the network is a {type(network).__name__}; expected a SparseRNN or a "
            "SequenceClassifier. Save its parts, or its state_dict() with torch.save."
        )
    save_checkpoint(path, networks=[network_entry(network)])


def load(
    path: str | PathLike[str],
    engine: Engine = "fused",
    device: torch.device | str = "cpu",
    index: int | None = None,
) -> Network:
    """The network of a file that `save` wrote, or a study. Nothing in the file can run.

    Args:
        path: the file.
        engine: what runs the network; see `SparseRNN`.
        device: where its weights go.
        index: which network of the file, from 0, in the order of the rows in the table beside it; a
            study keeps those of a job in one file. None: the only one.

    Returns:
        The `SparseRNN` or `SequenceClassifier`, in training mode.

    Raises:
        InputError: the file is absent or broken, or holds something else or no such network.

    Example:
        >>> from sparsernn import InputError, load
        >>> try:
        ...     load("no such file")
        ... except InputError as error:
        ...     print(error)
        no such file: no such file. Give the path of a sparsernn checkpoint 3.
    """
    return restore(entry_of(path, index), None, str(path), engine).to(device)


def entry_of(path: str | PathLike[str], index: int | None = None) -> dict[str, Any]:
    """What `load` restores of a file.

    Raises:
        InputError: the file is absent or broken, or holds something else or no such network.
    """
    networks = load_checkpoint(path).get("networks", [])
    if not networks:
        raise InputError(f"{path}: holds no network. Give a file of sparsernn.save, or of a study.")
    last = len(networks) - 1
    if index is None:
        if last:
            raise InputError(
                f"{path}: holds {last + 1} networks; expected one, or an index from 0 to {last}. "
                "Its networks are in the order of the rows of the table beside it."
            )
        index = 0
    if (
        isinstance(index, bool)
        or not isinstance(index, SupportsIndex)
        or not (0 <= operator.index(index) <= last)
    ):
        raise InputError(
            f"{path}: index is {brief(index)}; expected a whole number from 0 to {last}."
        )
    entry: dict[str, Any] = networks[index]
    return entry

"""Who hears whom: the immutable description that every network, kernel and mask comes from.

A time step fills *slots*: first the input features, then one slot for each vertex. A block of units
reads slots of the same step through `mask_ih`, hears itself from the step before through `mask_hh`,
and adds its output to its vertices' slots. Masks are (target, source), rows gate by gate.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

import networkx as nx
import numpy as np

from sparsernn.errors import InputError, brief
from sparsernn.graphs.conversion import as_graph
from sparsernn.graphs.orientation import layers, orient
from sparsernn.plugins import load, names
from sparsernn.wiring.block import Block, BoolArray, IntArray, check_leak
from sparsernn.wiring.masks import by_target
from sparsernn.wiring.protocol import CORRECTED, Protocol, ReadoutStep, RecurrentEdges
from sparsernn.wiring.recurrent_edges import DROPPED, recurrent_block
from sparsernn.wiring.vertices import chosen, listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Block", "Outputs", "Wiring", "gates_of"]

Outputs: TypeAlias = Literal["sinks", "last_layer", "all"] | str | Sequence[Any]


@dataclass(frozen=True, eq=False, repr=False)
class Wiring:
    """A recurrent network without its weights.

    Attributes:
        cell: a name of `sparsernn.wiring.cells`, as gru.
        input_size: number of input features: slots 0 .. input_size - 1.
        vertices: number of vertices: the slots after the inputs.
        blocks: in an order in which each reads only slots that are complete.
        readout: slots that the output is read from.
        readout_step: the time step at which a sequence's output is read.
        stacked: whether its blocks are the layers (and directions) of a `torch.nn.RNN`, `GRU` or
            `LSTM`, as from `dense`; its states then have their form.

    Example:
        >>> import networkx as nx
        >>> from sparsernn import Wiring
        >>> wiring = Wiring.from_graph(nx.path_graph(3), "gru")
        >>> wiring
        Wiring(gru: 50 inputs, 3 vertices in 3 layers, 165 weights, 1 read out)
        >>> [block.mask_ih.shape for block in wiring.blocks]
        [(3, 50), (3, 1), (3, 1)]
    """

    cell: str
    input_size: int
    vertices: int
    blocks: tuple[Block, ...]
    readout: IntArray
    readout_step: ReadoutStep = "last_letter"
    stacked: bool = False

    def __post_init__(self) -> None:
        gates_of(self.cell)  # refuses an unknown one
        _check_counts(input_size=self.input_size, vertices=self.vertices)
        readout = np.array(self.readout, dtype=np.int64)
        readout.flags.writeable = False
        object.__setattr__(self, "readout", readout)
        self._check_slots()
        self._check_blocks()
        self._check_stack()
        check_leak(self.blocks, self.cell)

    def __repr__(self) -> str:
        layers = len({block.layer for block in self.blocks})
        return (
            f"Wiring({self.cell}: {_counted(self.input_size, 'input')}, "
            f"{_counted(self.vertices, 'vertex', 'vertices')} in {_counted(layers, 'layer')}, "
            f"{_counted(self.weights, 'weight')}, {len(self.readout)} read out)"
        )

    def draw(self, ax: "Axes | None" = None) -> "Axes":
        """Draw the layers from left to right, with the edges and what recurs.

        Args:
            ax: where to draw; None makes a figure.

        Returns:
            Where it is drawn; `wiring.draw().figure.savefig("wiring.pdf")` saves it.

        Raises:
            InputError: matplotlib is not installed.
        """
        from sparsernn.wiring.drawing import draw

        return draw(self, ax)

    def __deepcopy__(self, memo: dict[int, object]) -> "Wiring":
        return self  # nothing of it can change

    def _check_slots(self) -> None:
        """Indices from a file may be anything; negative ones would count from the end."""
        reads = [(f"block {brief(block.name)} reads", block.reads) for block in self.blocks]
        adds = [(f"block {brief(block.name)} adds to", block.adds_to) for block in self.blocks]
        reads.append(("the read-out reads", self.readout))
        for first, users in (0, reads), (self.input_size, adds):
            for user, slots in users:
                outside = slots[(slots < first) | (slots >= self.slots)]
                if len(outside):
                    raise InputError(
                        f"wiring, {user} slot {outside[0]}; expected slots from {first} to "
                        f"{self.slots - 1}. Number the inputs first, then the vertices."
                    )

    def _check_blocks(self) -> None:
        complete_after = np.full(self.slots, -1)
        for i, block in enumerate(self.blocks):
            complete_after[block.adds_to] = i
        for i, block in enumerate(self.blocks):
            rows = self.gates * block.size
            shapes = (block.mask_ih.shape, block.mask_hh.shape)
            expected = ((rows, len(block.reads)), (rows, block.size))
            if shapes != expected:
                raise InputError(
                    f"wiring, block {brief(block.name)}: masks of shape {shapes}; a {self.cell} "
                    f"block of {block.size} units that reads {len(block.reads)} slots needs "
                    f"{expected}. Correct the masks, or the slots."
                )
            if np.any(complete_after[block.reads] >= i):
                late = int(block.reads[complete_after[block.reads] >= i][0])
                raise InputError(
                    f"wiring, block {brief(block.name)} reads slot {late} before it is complete. "
                    "Order the blocks so that each reads only what earlier ones wrote."
                )

    def _check_stack(self) -> None:
        """The blocks of a stack are those that `dense` makes, whatever their masks."""
        if not self.stacked:
            return
        sizes = {block.size for block in self.blocks}
        layers, rest = divmod(len(self.blocks), self.directions)
        alike = len(sizes) == 1 and not rest
        if alike:
            slots = _stack_slots(self.input_size, sizes.pop(), layers, self.directions)
            alike = np.array_equal(self.readout, slots[-1].ravel()) and all(
                np.array_equal(block.reads, reads.ravel())
                and np.array_equal(block.adds_to, adds_to)
                and block.reverse == bool(direction)
                and block.leak == 1
                for (reads, layer), blocks in zip(
                    pairwise(slots), _in_parts(self.blocks, self.directions), strict=True
                )
                for direction, (adds_to, block) in enumerate(zip(layer, blocks, strict=True))
            )
        if not alike:
            raise InputError(
                "wiring, stacked: its blocks are not layers of one size, without leaks, each "
                "reading all of the one before. Leave stacked out, or use Wiring.dense."
            )

    @property
    def directions(self) -> int:
        """2 if some blocks run backward in time, else 1."""
        return 2 if any(block.reverse for block in self.blocks) else 1

    @property
    def gates(self) -> int:
        """Rows of weights that a unit has, as 3 of a GRU."""
        return gates_of(self.cell)

    @property
    def slots(self) -> int:
        """Number of slots: input features and vertices."""
        return self.input_size + self.vertices

    @property
    def weights(self) -> int:
        """Number of recurrent-cell weights (i2h and h2h) that exist."""
        return sum(int(b.mask_ih.sum() + b.mask_hh.sum()) for b in self.blocks)

    def with_masks(self, masks: Sequence[tuple[BoolArray, BoolArray]]) -> "Wiring":
        """The same wiring with other masks.

        Args:
            masks: (mask_ih, mask_hh) of each block.
        """
        blocks = tuple(
            replace(block, mask_ih=mask_ih, mask_hh=mask_hh)
            for block, (mask_ih, mask_hh) in zip(self.blocks, masks, strict=True)
        )
        return replace(self, blocks=blocks)

    @classmethod
    def dense(
        cls,
        cell: str,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        readout_step: ReadoutStep = "last_letter",
        bidirectional: bool = False,
    ) -> "Wiring":
        """Stacked fully connected layers, as in `torch.nn.RNN`, `GRU` and `LSTM`.

        Args:
            cell: a name of `sparsernn.wiring.cells`, as gru.
            input_size: number of input features.
            hidden_size: units of each layer.
            num_layers: number of layers.
            readout_step: see `Protocol`.
            bidirectional: whether each layer has a second block that runs backward in time; the
                next layer reads both.
        """
        _check_counts(input_size=input_size, hidden_size=hidden_size, num_layers=num_layers)
        rows, directions = gates_of(cell) * hidden_size, 2 if bidirectional else 1
        slots = _stack_slots(input_size, hidden_size, num_layers, directions)
        blocks = []
        for layer, (reads, vertices) in enumerate(pairwise(slots)):
            masks = np.ones((rows, reads.size), bool), np.ones((rows, hidden_size), bool)
            for direction, adds_to in enumerate(vertices):
                name = f"layer {layer}{' backward' if direction else ''}"
                blocks.append(
                    Block(name, layer, reads.ravel(), adds_to, *masks, reverse=bool(direction))
                )
        units = num_layers * directions * hidden_size
        readout = slots[-1].ravel()
        return cls(cell, input_size, units, tuple(blocks), readout, readout_step, stacked=True)

    @classmethod
    def from_graph(
        cls,
        graph: Any,
        cell: str,
        protocol: Protocol = CORRECTED,
        outputs: Outputs | None = None,
    ) -> "Wiring":
        """The network whose vertices are those of a graph.

        Each vertex is a unit; edges are input weights between layers; within a layer every unit
        hears every other from the step before; the sources read all input features. Or, by the
        protocol's `edges`, they are the recurrent weights of one block: see `RecurrentEdges`.

        Args:
            graph: connected, undirected or directed acyclic (any, if edges are the recurrence): a
                networkx or igraph graph, an adjacency matrix, or a list of edges (see
                `graphs.as_graph`). Vertices whose names are whole numbers are numbered in ascending
                order, others in the order of the graph (see `graphs.vertex_names`): so an
                undirected graph whose vertices have other names may give another network.
            cell: a name of `sparsernn.wiring.cells`, as gru.
            protocol: the choices that the graph leaves open.
            outputs: the vertices that are read out: "sinks" (those without successors),
                "last_layer", "all", or a list of vertices, in its order; None: as the protocol
                says. If edges are the recurrence: see `RecurrentEdges`.

        Raises:
            InputError: unknown cell, or a graph that no network can be built on; outputs that are
                not vertices of the graph.
        """
        gates = gates_of(cell)  # refuses an unknown cell before the graph is looked at
        size = protocol.embedding_size
        if size != "sources":
            _check_counts(input_size=size)
        edges = protocol.edges
        if isinstance(edges, RecurrentEdges):
            edges = edges if outputs is None else replace(edges, outputs=outputs)
            return cls._recurrent(graph, cell, edges, protocol)
        graph = as_graph(graph)
        dag = orient(graph)
        by_layer = layers(dag, protocol.vertex_order)
        input_size = len(by_layer[0]) if size == "sources" else size
        adjacency = nx.to_numpy_array(dag, nodelist=range(len(dag)), dtype=bool)
        split = _skip_cells if protocol.skips == "cells" else _summed
        blocks = tuple(
            _graph_block(group, adjacency, input_size, gates, protocol.gate_masks)
            for group in split(by_layer, adjacency)
        )
        wanted = protocol.readout if outputs is None else outputs
        readout = np.array(_read_out(graph, dag, by_layer, wanted)) + input_size
        return cls(cell, input_size, len(dag), blocks, readout, protocol.readout_step)

    @classmethod
    def _recurrent(
        cls, graph: Any, cell: str, edges: RecurrentEdges, protocol: Protocol
    ) -> "Wiring":
        """The network of one block whose recurrence is a graph."""
        if protocol.embedding_size == "sources":
            raise InputError(
                "embedding_size is 'sources', but edges are the recurrence, and the graph may have "
                "no sources; expected a whole number. Give input_size, or embedding_size."
            )
        unused = edges.weights == "drawn" and edges.signs != "weights"
        graph = as_graph(graph, DROPPED if unused else None)
        block = recurrent_block(graph, edges, protocol.embedding_size, gates_of(cell))
        readout = np.array(chosen(graph, edges.outputs, "outputs")) + protocol.embedding_size
        sizes = protocol.embedding_size, block.size
        return cls(cell, *sizes, (block,), readout, protocol.readout_step)


def _counted(number: int, one: str, several: str = "") -> str:
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def _check_counts(**counts: Any) -> None:
    """Refuse what are not whole numbers from 1 on."""
    for name, value in counts.items():
        if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < 1:
            raise InputError(
                f"wiring: {name} is {brief(value)}; expected a whole number, 1 or more."
            )


def _stack_slots(input_size: int, size: int, layers: int, directions: int) -> list[IntArray]:
    """The slots of the inputs, and then of each layer's (directions, size) units."""
    vertices = input_size + np.arange(layers * directions * size)
    return [np.arange(input_size), *vertices.reshape(layers, directions, size)]


def _in_parts(blocks: Sequence[Block], count: int) -> list[Sequence[Block]]:
    return [blocks[i : i + count] for i in range(0, len(blocks), count)]


def _read_out(
    graph: nx.Graph, dag: nx.DiGraph, by_layer: list[list[int]], outputs: Outputs
) -> list[int]:
    """The numbers of the vertices that are read out."""
    if isinstance(outputs, str):
        sinks = [v for v in range(len(dag)) if dag.out_degree(v) == 0]
        known = {"sinks": sinks, "last_layer": by_layer[-1], "all": list(range(len(dag)))}
        if outputs not in known:
            raise InputError(
                f"outputs is {outputs!r}; expected {', '.join(known)}, or a list of vertices."
            )
        return known[outputs]
    return listed(graph, outputs, "outputs")


class _Group(NamedTuple):
    """Vertices that become a block, and the vertices they read; None: the input features."""

    name: str
    layer: int
    targets: list[int]
    sources: list[int] | None


def _summed(by_layer: list[list[int]], adjacency: BoolArray) -> Iterator[_Group]:
    for layer, targets in enumerate(by_layer):
        earlier = [v for vertices in by_layer[:layer] for v in vertices]
        heard = [v for v in earlier if adjacency[v, targets].any()]
        yield _Group(f"layer {layer}", layer, targets, heard if layer else None)


def _skip_cells(by_layer: list[list[int]], adjacency: BoolArray) -> Iterator[_Group]:
    for layer, targets in enumerate(by_layer):
        yield _Group(f"layer {layer}", layer, targets, by_layer[layer - 1] if layer else None)
        for number, sources in enumerate(by_layer[: max(layer - 1, 0)]):
            if adjacency[np.ix_(sources, targets)].any():
                yield _Group(f"layer {layer} from layer {number}", layer, targets, sources)


def _graph_block(
    group: _Group, adjacency: BoolArray, input_size: int, gates: int, gate_masks: str
) -> Block:
    name, layer, targets, sources = group
    rows = gates * len(targets)
    adds_to, mask_hh = np.array(targets) + input_size, np.ones((rows, len(targets)), bool)
    if sources is None:
        mask_ih = np.ones((rows, input_size), bool)
        return Block(name, layer, np.arange(input_size), adds_to, mask_ih, mask_hh)
    edges = by_target(adjacency, sources, targets)
    tiled = gate_masks == "tiled"
    mask_ih = np.tile(edges, (gates, 1)) if tiled else np.repeat(edges, gates, axis=0)
    return Block(name, layer, np.array(sources) + input_size, adds_to, mask_ih, mask_hh)


def gates_of(cell: str) -> int:
    """Rows of weights that a unit of a cell has.

    Raises:
        InputError: unknown cell, or one whose file doesn't say it.

    Example:
        >>> gates_of("gru")
        3
    """
    known = names("cells")
    if cell not in known:
        meant = str(getattr(cell, "__name__", cell)).lower()
        hint = f" Did you mean {meant!r}?" if meant in known else ""
        raise InputError(f"cell is {brief(cell)}; expected one of {', '.join(known)}.{hint}")
    gates = getattr(load("cells", cell), "GATES", None)
    if gates is None:
        raise InputError(f"cells/{cell}.py: has no GATES. Say how many rows of weights a unit has.")
    return gates

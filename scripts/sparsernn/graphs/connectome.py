"""The nervous system of the worm Caenorhabditis elegans as a graph, from the package `cect`.

    PYTHONPATH=scripts python -m sparsernn.graphs.connectome graphs/celegans.graphml

pip downloads the package's wheel, 14 MB, of which one table and some lists of names are read. The
package is not installed, and none of its code runs: what it needs contradicts what this project
needs.

References:
    J. G. White, E. Southgate, J. N. Thomson and S. Brenner, The structure of the nervous system of
    the nematode Caenorhabditis elegans, Phil. Trans. R. Soc. B 314, 1986 (the animal); L. R.
    Varshney et al., Structural properties of the Caenorhabditis elegans neuronal network, PLoS
    Computational Biology 7, 2011 (synapses counted); S. J. Cook et al., Whole-animal connectomes
    of both Caenorhabditis elegans sexes, Nature 571, 2019 (kinds of neurons); OpenWorm's
    ConnectomeToolbox, https://github.com/openworm/ConnectomeToolbox, MIT licence (the package).
"""

import ast
import csv
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import networkx as nx

from sparsernn.errors import InputError, cause
from sparsernn.graphs.graphml import write_graph

__all__ = ["KINDS", "connectome", "download", "kinds_of_neurons", "read_wheel"]

PACKAGE = "cect==0.3.5"
_SYNAPSES = "cect/data/aconnectome_white_1986_whole.csv"
_CELLS = "cect/Cells.py"
_LISTS = {
    "sensory": [f"SENSORY_NEURONS_{number}_COOK" for number in range(1, 7)],
    "inter": [
        *(f"INTERNEURONS_{number}_COOK" for number in range(1, 5)),
        "INTERNEURONS_LINK_TO_PHARYNX_COOK",
        "PHARYNGEAL_INTERNEURONS",
    ],
    "motor": [
        "HEAD_MOTORNEURONS_COOK",
        "SUBLATERAL_MOTORNEURONS_COOK",
        "VENTRAL_CORD_MOTORNEURONS",
        "HSN_MOTORNEURONS",
        "VC_HERM_MOTORNEURONS",
        "PHARYNGEAL_MOTORNEURONS",
    ],
    "polymodal": ["PHARYNGEAL_POLYMODAL_NEURONS"],
}
KINDS = ("sensory", "inter", "motor")
"""Kinds of neurons, each an attribute of a vertex; a few of the pharynx are of none of them."""


def download(folder: Path) -> Path:
    """Let pip download the package's wheel.

    Args:
        folder: where to.

    Raises:
        InputError: pip can't.
    """
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", PACKAGE]
    done = subprocess.run(
        [*command, "--dest", str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode or not (found := list(folder.glob("cect-*.whl"))):
        said = (done.stderr.strip().splitlines() or ["no wheel came"])[-1]
        raise InputError(
            f"pip download {PACKAGE}: {said} Expected the package's wheel. Check the connection, "
            "or give the path of a wheel that you have as a second argument."
        )
    return found[0]


def read_wheel(path: Path) -> nx.DiGraph:
    """The graph of the connectome, from the package's wheel.

    Raises:
        InputError: the file is absent, or is not that wheel.
    """
    try:
        with zipfile.ZipFile(path) as wheel:
            table, cells = (wheel.read(name).decode() for name in (_SYNAPSES, _CELLS))
        return connectome(
            csv.DictReader(table.splitlines(), delimiter="\t"), kinds_of_neurons(cells)
        )
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, SyntaxError) as error:
        raise InputError(
            f"{path}: not the wheel of {PACKAGE} ({cause(error)}). Download it by pip download "
            f"--no-deps {PACKAGE}."
        ) from None


def kinds_of_neurons(source: str) -> dict[str, str]:
    """The kind of each neuron, from lists of names in a module's source; nothing of it runs.

    Raises:
        KeyError: it lacks a list.

    Example:
        >>> source = "".join(f"{name} = ['{name}']\\n" for each in _LISTS.values() for name in each)
        >>> kinds_of_neurons(source)["HSN_MOTORNEURONS"]
        'motor'
    """
    lists = {
        node.targets[0].id: node.value
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    return {
        name: kind
        for kind, named in _LISTS.items()
        for each in named
        for name in ast.literal_eval(lists[each])
    }


def connectome(synapses: Iterable[Mapping[str, str]], kinds: Mapping[str, str]) -> nx.DiGraph:
    """A directed graph of neurons, in the order of their names.

    A chemical synapse leads from one neuron to the other, an electrical one both ways. The weight
    of an edge is the number of synapses. Cells that are no neurons, such as muscles, are left out.

    Args:
        synapses: columns pre, post, type ("chemical" or "electrical") and synapses, their number;
            an electrical one stands once, or both ways with the same number.
        kinds: the kind of each neuron, which becomes its attributes `kind`, and `sensory`, `inter`
            and `motor`, each true or false.

    Example:
        >>> both = {"pre": "ASHL", "post": "VA1", "type": "electrical", "synapses": "2"}
        >>> one = {"pre": "ASHL", "post": "VA1", "type": "chemical", "synapses": "3"}
        >>> graph = connectome([both, one], {"ASHL": "sensory", "VA1": "motor"})
        >>> list(graph.edges(data="weight")), graph.nodes["VA1"]["motor"]
        ([('ASHL', 'VA1', 5), ('VA1', 'ASHL', 2)], True)
    """
    counts: dict[str, dict[tuple[str, str], int]] = {"chemical": {}, "electrical": {}}
    for row in synapses:
        pre, post, number = row["pre"], row["post"], int(row["synapses"])
        if pre in kinds and post in kinds:
            electrical = row["type"] == "electrical"
            for pair in [(pre, post), (post, pre)] if electrical else [(pre, post)]:
                counts[row["type"]][pair] = number
    pairs = sorted({pair for of_type in counts.values() for pair in of_type})
    graph = nx.DiGraph()
    for name in sorted({name for pair in pairs for name in pair}):
        graph.add_node(name, kind=kinds[name], **{kind: kinds[name] == kind for kind in KINDS})
    for pair in pairs:
        graph.add_edge(*pair, weight=sum(of_type.get(pair, 0) for of_type in counts.values()))
    return graph


def main(target: str, wheel: str | None = None) -> None:
    """Write the connectome to a GraphML file.

    Args:
        target: its path.
        wheel: the package's wheel, if it is there already.
    """
    with tempfile.TemporaryDirectory() as folder:
        graph = read_wheel(Path(wheel) if wheel else download(Path(folder)))
    write_graph(graph, target)
    print(f"{target}: {len(graph)} neurons, {graph.number_of_edges()} edges")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:3])
    except InputError as problem:
        sys.exit(str(problem))

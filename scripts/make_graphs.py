"""A shard of a family of graphs, each a GraphML file."""

from pathlib import Path
from typing import Any

from sparsernn.files.graphml import other_files
from sparsernn.graphs.graphml import file_name, read_graph, write_graph
from sparsernn.graphs.orientation import orient
from sparsernn.graphs.random import generate
from sparsernn.graphs.variants import variant
from sparsernn.plugins import function
from sparsernn.seeds import numpy_generator
from sparsernn.workflow.jobs import job, log


@job
def main(snakemake: Any) -> None:
    spec, own = snakemake.params.spec, list(snakemake.input)
    folder = Path(snakemake.output.graphs)
    edges = spec.get("edges", "feedforward")
    for position, index in enumerate(spec["graphs"]):
        identity = Path(own[position]).name if own else index
        if own:
            graph = read_graph(own[position], recurrent=edges != "feedforward")
        else:
            rng = numpy_generator(spec["seed"], f"graph/{spec['original']}/{index}")
            graph = generate(variant(spec["settings"], index), rng, edges == "recurrence")
        if spec["null"]:
            rng = numpy_generator(spec["seed"], f"graph/{spec['family']}/{identity}")
            graph = function("nulls", spec["null"])(graph, rng)
        if edges == "both":
            orient(graph)  # refuses what only a recurrence can be
        write_graph(graph, folder / file_name(identity))
        log(f"graph {identity}: {len(graph)} vertices, {graph.number_of_edges()} edges")
    if own:
        first = Path(own[0])
        left = other_files(str(first.parent), first.suffix[1:].lower())
        log(f"not read, as their names don't end in {first.suffix}: {', '.join(left) or 'none'}")

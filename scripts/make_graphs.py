"""A shard of a family of graphs, each a GraphML file."""

from pathlib import Path
from typing import Any

from sparsernn.graphs.graphml import read_graph, write_graph
from sparsernn.graphs.random import generate
from sparsernn.seeds import numpy_generator
from sparsernn.workflow.jobs import job, log


@job
def main(snakemake: Any) -> None:
    spec = snakemake.params.spec
    own = list(snakemake.input)
    for position, index in enumerate(spec["graphs"]):
        rng = numpy_generator(spec["seed"], f"graph/{spec['family']}/{index}")
        graph = read_graph(own[position]) if own else generate(spec["settings"], rng)
        write_graph(graph, Path(snakemake.output.graphs) / f"{index}.graphml")
        log(f"graph {index}: {len(graph)} vertices, {graph.number_of_edges()} edges")

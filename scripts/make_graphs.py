"""A shard of a family of graphs, each a GraphML file."""

from pathlib import Path
from typing import Any

from sparsernn.files.graphml import other_files
from sparsernn.graphs.graphml import file_name, read_graph, write_graph
from sparsernn.graphs.null_models import draw_null
from sparsernn.graphs.orientation import orient
from sparsernn.graphs.random import generate
from sparsernn.graphs.variants import variant
from sparsernn.seeds import numpy_generator
from sparsernn.workflow.jobs import job, log


@job
def main(snakemake: Any) -> None:
    spec, folder = snakemake.params.spec, Path(snakemake.output.graphs)
    edges, wanted = spec.get("edges", "feedforward"), sorted({index for _, index in spec["graphs"]})
    own = dict(zip(wanted, snakemake.input, strict=True)) if snakemake.input else {}
    for copy, index in spec["graphs"]:
        identity = Path(own[index]).name if own else index
        if own:
            graph = read_graph(own[index], recurrent=edges != "feedforward")
        else:
            rng = numpy_generator(spec["seed"], f"graph/{spec['original']}/{index}")
            graph = generate(variant(spec["settings"], index), rng, edges == "recurrence")
        if spec["null"]:
            rng = numpy_generator(spec["seed"], f"graph/{spec['family']}_{copy}/{identity}")
            graph = draw_null(graph, spec["null"], rng, edges)
        if edges == "both":
            orient(graph)  # refuses what only a recurrence can be
        target = folder if copy is None else folder / str(copy)
        write_graph(graph, target / file_name(identity))
        log(f"graph {identity}: {len(graph)} vertices, {graph.number_of_edges()} edges")
    if own:
        first = Path(own[wanted[0]])
        left = other_files(str(first.parent), first.suffix[1:].lower())
        log(f"not read, as their names don't end in {first.suffix}: {', '.join(left) or 'none'}")

"""What each kind of figure is called and how it is read, without drawing anything.

Light to import: a workflow reads titles and captions here; the functions of the same names are in
`sparsernn.report.figures`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sparsernn.report.words import cell_name, target_name

__all__ = ["KINDS", "Kind", "heading"]


@dataclass(frozen=True)
class Kind:
    """A kind of figure.

    Args:
        section: the part of the document that it belongs to.
        title: heading; may hold the fields `{target}`, `{cell}` and `{count}`.
        caption: what is shown, in which units, and what a line, a marker, an interval means.
    """

    section: str
    title: str
    caption: str


def heading(
    kind: str,
    protocol: str | None = None,
    target: str = "both",
    cell: str = "",
    properties: Sequence[str] = (),
) -> Kind:
    """The section, title and caption of one figure, its fields filled in.

    Args:
        kind: a key of `KINDS`.
        protocol: named behind the title where the figure belongs to one.
        target: which weights were pruned (`both`, `i2h`, `h2h`).
        cell: whose networks are shown, where they are those of one cell.
        properties: columns of the graph properties shown.

    Example:
        >>> heading("pruning_accuracy", protocol="corrected", target="i2h").title
        'Accuracy right after pruning input-to-hidden weights (protocol:\\xa0corrected)'
    """
    words = {"target": target_name(target), "cell": cell_name(cell)}
    words["count"] = str(len(properties))
    template = KINDS[kind]
    title = template.title.format(**words)
    return Kind(
        template.section,
        # A no-break space: a line that ended in "(protocol:" would read badly.
        f"{title} (protocol:\N{NO-BREAK SPACE}{protocol})" if protocol else title,
        template.caption.format(**words),
    )


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "dataset_counts": Kind(
            "Data set",
            "Strings by class and grammar",
            "Number of strings in the training and the test set. Top: valid strings (of the "
            "Reber grammar) and invalid ones. Bottom: by the grammar that a string comes from, "
            "where there are more than two; the number is that of both sets together.",
        ),
        "dataset_lengths": Kind(
            "Data set",
            "Lengths of the strings",
            "Number of strings of each length (letters, the first and the last included), for all "
            "strings, the training set and the test set, valid and invalid. n: number of strings.",
        ),
        "dataset_letters": Kind(
            "Data set",
            "Letters of the strings",
            "How often each letter occurs, in all strings, the training set and the test set, "
            "valid and invalid. n: number of letters.",
        ),
        "properties_by_family": Kind(
            "Graphs",
            "Properties of the graphs by family",
            "Layers, nodes, edges and density (edges over n(n − 1), with n nodes) of each random "
            "graph. A point is a graph, moved up or down only to be seen. Boxes, where there are "
            "at least five graphs: median, quartiles and the furthest points within 1.5 "
            "interquartile ranges of the box.",
        ),
        "layers_against_nodes": Kind(
            "Graphs",
            "Layers against nodes",
            "Number of layers of each graph, made acyclic, against its number of nodes (vertices). "
            "A point is a graph; darker where several lie on each other.",
        ),
        "dense_training": Kind(
            "Dense networks",
            "Training of the dense networks",
            "Accuracy (share of strings classified correctly): on the training set as training "
            "goes through it (dashed), and on the test set after each epoch (solid). Thick lines: "
            "the median over seeds, at each epoch over those that reached it; thin lines: the "
            "single seeds, where there are several.",
        ),
        "pruning_accuracy": Kind(
            "Pruning",
            "Accuracy right after pruning {target}",
            "Test accuracy (share of strings classified correctly) directly after pruning "
            "{target}, before any retraining, against the percentage of those weights removed. "
            "One-shot: each percentage is pruned from the trained dense network; iterative: from "
            "the network pruned and retrained at the percentage before. Filled markers: median "
            "over seeds; band: their range, where there are several. The diamond at 0 % and the "
            "thin line: the dense network. Controls, where there are any: random mask, pruned as "
            "one-shot, but as many weights drawn at random; broad pale line, the dense network "
            "trained on for as long as a round retrains, with nothing pruned (median over seeds). "
            "Hollow circles: values of the published thesis, where there are any.",
        ),
        "pruning_regain": Kind(
            "Pruning",
            "Accuracy regained after pruning {target}",
            "Test accuracy (share of strings classified correctly) against the epoch of "
            "retraining after pruning {target}; epoch 0 is right after pruning. One line for each "
            "percentage of weights removed (colour; the number where a line begins, if there is "
            "room): the median over seeds, at each epoch over those that reached it; band: their "
            "range, where there are several. Dashed: the dense network (median over seeds).",
        ),
        "accuracy_by_family": Kind(
            "Sparse networks",
            "Accuracy of the sparse networks by family of graphs",
            "Test accuracy (share of strings classified correctly) of each network whose wiring "
            "is a random graph. A point is a network, moved up or down only to be seen; a cross "
            "is one that diverged, or was given up at a limit, after its last recorded epoch. "
            "Boxes, where there are at least five others: median, quartiles and the furthest "
            "points within 1.5 interquartile ranges of the box. On the left, the numbers of all "
            "networks and of those; they have no point where no epoch was completed.",
        ),
        "correlation_heatmap": Kind(
            "Sparse networks",
            "Correlation of graph properties with accuracy",
            "Pearson's r between a property of the graph and the test accuracy of the network "
            "wired by it, over graphs. Bold: the confidence interval excludes 0. Small, in "
            "parentheses: r in the published thesis, where given. A dash: r is not defined (too "
            "few graphs, or a constant).",
        ),
        "accuracy_against": Kind(
            "Sparse networks",
            "{cell}: accuracy against {count} properties of the graphs",
            "Test accuracy (share of strings classified correctly) of the sparse {cell} networks "
            "against properties of their graphs. A point is a network that did not diverge, its "
            "colour and shape the family of its graph. Above each panel: Pearson's r over graphs "
            "(means over seeds) with its confidence interval; in parentheses, r in the published "
            "thesis, where given.",
        ),
        "prediction_r2": Kind(
            "Prediction",
            "Accuracy predicted from the graph's properties",
            "Coefficient of determination R² of regressors that predict a network's test accuracy "
            "from the properties of its graph, on graphs held out (the mean over seeds counts). "
            "Circles: cross-validation, median and spread over its repeats; squares: the single "
            "split of the thesis, with a bootstrap interval over the graphs held out, where they "
            "are at least 10; hollow diamonds: that split's value in the published thesis, where "
            "given. At 0 (line) a regressor is no better than the mean accuracy. Triangles, with "
            "their value: R² further to the left than the axis.",
        ),
        "ols_coefficients": Kind(
            "Prediction",
            "Coefficients of the linear regression",
            "Coefficient of each term in an ordinary least-squares regression of test accuracy, "
            "with its confidence interval, by cell. Each panel has its own scale. An interval "
            "that excludes 0 (line) is drawn with a filled marker, one that includes it with a "
            "hollow one.",
        ),
        "replay_accuracy": Kind(
            "Replay",
            "The thesis's saved networks: our accuracy against its own",
            "Test accuracy (share of strings classified correctly) of networks from the thesis's "
            "repository, loaded into the published protocol and evaluated on its own test "
            "strings, against the accuracy in its own tables. Sparse and dense: its checkpoints; "
            "pruned: its dense checkpoints, pruned again by us, without retraining. On the line "
            "both are equal. In parentheses: number of networks shown, of those that the thesis "
            "has.",
        ),
    }
)

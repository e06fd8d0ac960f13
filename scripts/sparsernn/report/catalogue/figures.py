"""The figures of the study: titles and captions, and what each is drawn from.

In the order of the document. The function of a figure has its name, in the module named here; to
add a figure, add both.
"""

from collections.abc import Mapping
from types import MappingProxyType

from sparsernn.report.catalogue.entries import FigureEntry

__all__ = ["FIGURES", "SHOWN"]

_LOG_ERROR = (
    "The axis of accuracy is logarithmic in the share of errors. Half of the smallest error (at "
    "least 1/12500) is added to each, so that 1, no errors, has a place too."
)
_OF_WAYS = {
    "networks": "pruning/networks",
    "costs": "pruning/costs",
    "ways": "analysis/ways",
}
_BAND = "Band: from the 10 % to the 90 % quantile of the seeds, where there are several."

FIGURES: Mapping[str, FigureEntry] = MappingProxyType(
    {
        "dataset_counts": FigureEntry(
            module="training",
            section="Data set",
            title="Strings by class and grammar",
            caption="Number of strings in the training and the test set. Top: valid and "
            "invalid strings. Bottom: by the grammar that a string comes "
            "from, where there are more than two; the number is that of both sets together.",
            inputs={"strings": "data/strings"},
        ),
        "dataset_lengths": FigureEntry(
            module="training",
            section="Data set",
            title="Lengths of the strings",
            caption="Number of strings of each length (letters, the first and the last "
            "included), for all strings, the training set and the test set, valid and invalid. n: "
            "number of strings.",
            inputs={"strings": "data/strings"},
        ),
        "dataset_letters": FigureEntry(
            module="training",
            section="Data set",
            title="Letters of the strings",
            caption="How often each letter occurs, in all strings, the training set and the test "
            "set, valid and invalid. n: number of letters.",
            inputs={"strings": "data/strings"},
        ),
        "properties_by_family": FigureEntry(
            module="graphs",
            section="Graphs",
            title="Properties of the graphs by family",
            caption="Layers, nodes, edges and density (edges over n(n − 1), with n nodes) of "
            "each random graph. A point is a graph, moved up or down so that it can be seen. "
            "Boxes, where there are at least five graphs: median, quartiles and the furthest "
            "points within 1.5 interquartile ranges of the box.",
            inputs={"properties": "graphs/properties"},
        ),
        "layers_against_nodes": FigureEntry(
            module="graphs",
            section="Graphs",
            title="Layers against nodes",
            caption="Number of layers of each graph, made acyclic, against its number of nodes "
            "(vertices). A point is a graph; darker where several lie on each other.",
            inputs={"properties": "graphs/properties"},
        ),
        "dense_training": FigureEntry(
            module="training",
            section="Dense networks",
            title="Training of the dense networks",
            caption="Accuracy (share of strings classified correctly): on the training set as "
            "training goes through it (dashed), and on the test set after each epoch (solid). "
            f"Lines: the median over seeds, at each epoch over those that reached it. {_BAND} "
            f"{_LOG_ERROR}",
            inputs={"history": "dense/history"},
            accuracy=True,
            each=("protocol",),
        ),
        "pruning_accuracy": FigureEntry(
            module="pruning",
            section="Pruning",
            title="Accuracy right after pruning {target}",
            caption="Test accuracy (share of strings classified correctly) directly after "
            "pruning {target}, before any retraining, against the percentage of those weights "
            "removed. One-shot: each percentage is pruned from the trained dense network; "
            "iterative: from the network pruned and retrained at the percentage before. Filled "
            f"markers: median over seeds. {_BAND} The diamond at 0 % and the thin grey line: the "
            "dense network. Controls, where there are any: random mask, pruned as one-shot, but as "
            "many weights drawn at random; line of dashes and dots, the dense network trained on "
            "for as long as a round retrains, with nothing pruned (median over seeds). "
            f"{_LOG_ERROR}",
            inputs={"history": "pruning/history", "dense": "dense/networks"},
            published={"published": "accuracy_after_pruning"},
            thesis="Hollow circles: the thesis's values.",
            accuracy=True,
            each=("protocol", "target"),
        ),
        "pruning_regain": FigureEntry(
            module="retraining",
            section="Pruning",
            title="Accuracy regained after pruning {target}",
            caption="Test accuracy (share of strings classified correctly) against the epoch of "
            "retraining after pruning {target}; epoch 0 is right after pruning. A panel for each "
            "cell (row) and each percentage of weights removed. Lines: the median over seeds, at "
            f"each epoch over those that reached it. {_BAND} Thin dashed line: the dense network "
            f"(median over seeds). {_LOG_ERROR}",
            inputs={"history": "pruning/history", "dense": "dense/networks"},
            accuracy=True,
            each=("protocol", "target"),
        ),
        "retrained_controls": FigureEntry(
            module="retraining",
            section="Pruning",
            title="Does it matter which weights are pruned, once networks are retrained?",
            caption="Test accuracy (share of strings classified correctly) against the epoch of "
            "retraining, with the smallest weights pruned at once, with as many weights pruned "
            "that another criterion chooses (random mask: drawn at random), and with nothing "
            "pruned. Epoch 0 is right after pruning. A panel for each cell (row) and each "
            "percentage of weights removed; with nothing pruned, the line is the same in all "
            "panels of a cell. Lines: the median over seeds, at each epoch over those that "
            f"reached it. {_BAND} {_LOG_ERROR}",
            inputs={"history": "pruning/history"},
            findings=("retrained",),
            accuracy=True,
            each=("protocol",),
        ),
        "accuracy_by_family": FigureEntry(
            module="graphs",
            section="Sparse networks",
            title="Accuracy of the sparse networks by family of graphs",
            caption="Test accuracy (share of strings classified correctly) of each network whose "
            "wiring is a random graph. A point is a network, moved up or down so that it can be "
            "seen; a cross is one that diverged, or was given up at a limit, after its last "
            "recorded epoch. Boxes, where there are at least five others: median, quartiles and "
            "the furthest points within 1.5 interquartile ranges of the box. On the left, the "
            "numbers of all networks and of those; they have no point where no epoch was "
            "completed. "
            f"{_LOG_ERROR}",
            inputs={"networks": "analysis/networks"},
            accuracy=True,
            each=("protocol",),
        ),
        "correlation_heatmap": FigureEntry(
            module="graphs",
            section="Sparse networks",
            title="Correlation of graph properties with accuracy",
            caption="Pearson's r between a property of the graph and the test accuracy of the "
            "network wired by it, over graphs. Bold: significantly different from 0 (p adjusted "
            "for the number of properties, Benjamini and Hochberg, is below 1 minus the "
            "confidence of the study). A dash: r is not defined (too few graphs, or a constant). "
            "Of properties that are functions of each other only one is shown: the mean degree "
            "and the undirected density are twice the density, and standard deviations are roots "
            "of variances.",
            inputs={"correlations": "analysis/correlations"},
            published={"published": "pearson"},
            thesis="Small, in parentheses: r in the thesis, where given.",
            each=("protocol",),
            settings={"confidence": "confidence"},
        ),
        "accuracy_against": FigureEntry(
            module="graphs",
            section="Sparse networks",
            title="{cell}: accuracy against {count} properties of the graphs",
            caption="Test accuracy (share of strings classified correctly) of the sparse {cell} "
            "networks against properties of their graphs. A point is a network that did not "
            "diverge, its colour and shape the family of its graph. Above each panel: Pearson's r "
            "over graphs (means over seeds) with its confidence interval; it is that of the "
            f"accuracy itself. {_LOG_ERROR}",
            inputs={"networks": "analysis/networks", "correlations": "analysis/correlations"},
            published={"published": "pearson"},
            thesis="In parentheses: r in the thesis, where given.",
            each=("protocol", "cell"),
            settings={"properties": "figure_properties"},
        ),
        "prediction_r2": FigureEntry(
            module="prediction",
            section="Prediction",
            title="Accuracy predicted from the graph's properties",
            caption="Coefficient of determination R² of regressors that predict a network's test "
            "accuracy from the properties of its graph, on graphs held out (the mean over seeds "
            "counts). Circles: cross-validation; bar: bootstrap over graphs. Squares: a single "
            "split into graphs to fit and graphs held out; bar: bootstrap over the graphs held "
            "out, where they are at least 10. At 0 (line) a regressor is no better than the mean "
            "accuracy. Triangles at the border: a bar, or a value with its number, goes on beyond "
            "the axis.",
            inputs={"prediction": "analysis/prediction"},
            published={"published": "r2"},
            thesis="Hollow diamonds: the value of the single split in the thesis, where given.",
            each=("protocol",),
        ),
        "ols_coefficients": FigureEntry(
            module="prediction",
            section="Prediction",
            title="Coefficients of the linear regression",
            caption="Coefficient of each term in an ordinary least-squares regression of test "
            "accuracy, with its confidence interval, by cell. Each panel has its own scale. An "
            "interval that excludes 0 (line) is drawn with a filled marker, one that includes it "
            "with a hollow one.",
            inputs={"coefficients": "analysis/ols_coefficients"},
            each=("protocol",),
        ),
        "pruning_sweep": FigureEntry(
            module="contrasts",
            section="Pruning",
            title="Pruned without retraining: smallest weights against random ones",
            caption="Test accuracy right after pruning the trained dense networks, against the "
            "percentage of recurrent weights removed. The smallest weights go, compared within "
            "each layer or over all layers; or random ones, as many in each layer, matrix and gate "
            "as the smallest would be. Lines: median over seeds (of random masks, the mean of a "
            "seed's masks first); bands: 10 to 90 % of the seeds. "
            f"{_LOG_ERROR}",
            inputs={"sweep": "pruning/sweep"},
            findings=("cliff",),
            accuracy=True,
            each=("protocol",),
        ),
        "cliffs_by_cell": FigureEntry(
            module="contrasts",
            section="Pruning",
            title="Where pruning without retraining costs",
            caption="Left: the percentage of recurrent weights at which the accuracy falls to the "
            "middle between the trained network's and that with none of these weights left; mean "
            "over seeds, with its interval of Student's t. Right: the largest percentage up to "
            "which every smaller one costs at most a point of accuracy; median over seeds, with "
            "the interval between two of them in order, where there are six seeds or more.",
            inputs={"cliffs": "analysis/cliffs"},
            findings=("cliff",),
            each=("protocol",),
        ),
        "ways_by_nonzeros": FigureEntry(
            module="ways",
            section="Pruning",
            title="{cell}: ways to a sparse network, at equal numbers of non-zeros",
            caption="Test accuracy against the numbers in a network's file that are not zero: of "
            "the embedding, the recurrent part and the read-out. They fall to the right. Each "
            "panel has one kind of way; its lines are medians over seeds. Grey, in all panels the "
            "same: the smallest weights of each layer are pruned after training, with the band "
            "from the 10 % to the 90 % quantile of its seeds. Dotted: the network that is not "
            f"pruned, trained on as long. {_LOG_ERROR}",
            inputs=_OF_WAYS,
            findings=("ways",),
            accuracy=True,
            each=("protocol", "cell"),
        ),
        "ways_by_cost": FigureEntry(
            module="ways",
            section="Pruning",
            title="{cell}: what ways to a sparse network cost",
            caption="Test accuracy against the processor time of all trainings that a way needs, "
            "that of the dense network too, and against their multiply-adds (three for each weight "
            "that exists, at each step of a sequence). A point is the median over the seeds of a "
            f"way. Those with names are better than all that are cheaper. {_LOG_ERROR}",
            inputs={**_OF_WAYS, "seconds": "pruning/seconds"},
            findings=("ways",),
            accuracy=True,
            each=("protocol", "cell"),
        ),
        "explained_variance": FigureEntry(
            module="explained",
            section="Sparse networks",
            title="What explains how well a network on a graph learns",
            caption="Shares of the variance of a network's test loss after the last epoch, and of "
            "the area under its error curve. Each part is what those to the left of it leave: the "
            "family of the graph, its number of vertices, its mean degree, its number of sources, "
            "what else differs between graphs, and the start (initial weights and order of the "
            "strings), which no property of a graph can explain.",
            inputs={"variance": "analysis/variance"},
            findings=("explained",),
            each=("protocol",),
        ),
        "r2_and_ceiling": FigureEntry(
            module="explained",
            section="Prediction",
            title="R² of the loss beside its ceiling",
            caption="How well the test loss of a graph's networks (mean over starts) is predicted "
            "on graphs that the regressor has not seen, from family, size, edges and sources, and "
            "from all properties: nested cross-validation, with corrected resampled intervals. "
            "Black line: the largest R² that any property of the graph could reach, as "
            "estimated from the differences between starts; unknown with one start; grey: its "
            "interval. Arrows: intervals that leave the axis.",
            inputs={"nested": "analysis/nested"},
            findings=("explained",),
            each=("protocol",),
        ),
        "graphs_against_nulls": FigureEntry(
            module="contrasts",
            section="Sparse networks",
            title="Graphs against random graphs like them",
            caption="Accuracy (mean of the last five epochs) of networks on graphs minus that of "
            "networks on random graphs that keep the layers of every vertex, or the degree of "
            "every vertex; each graph against the mean of its random copies. Mean over graphs with "
            "its interval of Student's t; filled where it differs from 0 after adjusting for all "
            "comparisons of a cell.",
            inputs={"nulls": "analysis/nulls"},
            findings=("against_nulls",),
            each=("protocol",),
        ),
        "graph_among_nulls": FigureEntry(
            module="among_nulls",
            section="Sparse networks",
            title="A graph among random graphs like it",
            caption="Accuracy, or what the axis names instead (mean of the last five epochs; of "
            "trainings of fewer than ten, that after the last; a metric of the task's file after "
            "the last), of networks on a given graph (diamond), and on each random graph of its "
            "null models "
            "(dots, spread over a row so that they can be told apart); means over starts. The "
            "diamond is filled where the graph differs from the null model after "
            "adjusting for all comparisons.",
            inputs={"networks": "analysis/networks", "among": "analysis/among_nulls"},
            findings=("among_nulls",),
            each=("protocol",),
        ),
        "design_effects": FigureEntry(
            module="contrasts",
            section="Sparse networks",
            title="What each field of the protocols does",
            caption="Mean change in accuracy (mean of the last five epochs) when a field is "
            "changed from its value in the protocol that the study's configuration calls `low` to "
            "that in the one it calls `high`, averaged over "
            "the other fields where they vary too, on the same graphs and starts. One at a time: "
            "from the protocol that is named to the other one. Interval over "
            "graphs (Student's t); filled where it differs from 0 after adjusting for all fields "
            "of a cell.",
            inputs={"effects": "analysis/effects"},
            findings=("quirks", "one_at_a_time"),
        ),
        "replay_accuracy": FigureEntry(
            module="replay",
            section="Replay",
            title="The thesis's saved networks: our accuracy against its own",
            caption="Test accuracy (share of strings classified correctly) of networks from the "
            "thesis's repository, loaded into the published protocol and evaluated on its own "
            "test strings, against the accuracy in its own tables. Sparse and dense: its "
            "checkpoints; pruned: its dense checkpoints, pruned again by us, without retraining. "
            "On the line both are equal. In parentheses: number of networks shown, of those that "
            "the thesis has.",
            inputs={"networks": "replay/networks"},
        ),
    }
)

SHOWN = (
    "dense_training",
    "pruning_accuracy_both",
    "pruning_regain_both",
    "retrained_controls",
    "accuracy_by_family",
    "correlation_heatmap",
    "prediction_r2",
)
"""The figures that the documentation shows, of each protocol."""

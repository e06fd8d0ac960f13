"""The tables of the study: titles and captions, layout, and what each is made from.

The function of a table has its name, in the module named here; to add a table, add both.
"""

from collections.abc import Mapping
from types import MappingProxyType

from sparsernn.report.catalogue.entries import TableEntry

__all__ = ["TABLES"]

_THESIS = "In parentheses: the thesis's own value, where it gives one."
_RANGE = "median [range] over seeds"

TABLES: Mapping[str, TableEntry] = MappingProxyType(
    {
        "dataset": TableEntry(
            module="dataset",
            title="Strings by class and split",
            caption="Number of strings by class and split.",
            thesis=_THESIS,
            inputs={"strings": "data/strings"},
            published={"published": "dataset"},
            rows=("label",),
            columns="split",
            digits=0,
        ),
        "dense_networks": TableEntry(
            module="networks",
            title="Dense networks",
            caption="Accuracy (share of strings classified correctly) after the last epoch, "
            f"number of parameters, and of the recurrent weights among them: {_RANGE}.",
            inputs={"networks": "dense/networks"},
            accuracy=True,
            each=("protocol",),
            rows=("quantity",),
            digits=3,
        ),
        "pruning_accuracy": TableEntry(
            module="pruning",
            title="Accuracy right after pruning {target}",
            caption="Test accuracy before any retraining, by percentage of those weights "
            f"removed: {_RANGE}. Without any input-to-hidden weight (100 %) a network "
            "reads no letter: the most that it can know is how long a string is.",
            thesis=_THESIS,
            inputs={"history": "pruning/history"},
            published={"published": "accuracy_after_pruning"},
            accuracy=True,
            each=("protocol", "target"),
            rows=("schedule", "percent"),
            digits=3,
        ),
        "epochs_to_regain": TableEntry(
            module="pruning",
            title="Epochs to regain accuracy after pruning {target}",
            caption="Epochs of retraining until test accuracy meets a rule: the dense network's "
            f"but for so much, or a fixed accuracy or more. {_RANGE[0].upper()}{_RANGE[1:]}, where "
            "never is later than every epoch; then, if they differ in it, how many of the seeds "
            "regained it. 0: right after pruning, without retraining.",
            inputs={"regain": "analysis/regain"},
            each=("protocol", "target"),
            rows=("rule", "schedule", "percent"),
            digits=0,
        ),
        "safe_percent": TableEntry(
            module="pruning",
            title="Percentage that can be pruned safely",
            caption="The largest percentage of the target's weights at which, as at every "
            "smaller one, test accuracy meets a rule: the dense network's but for so much, or a "
            f"fixed accuracy or more. Right after pruning, and at the end of retraining: {_RANGE}.",
            inputs={"percents": "analysis/safe_percent"},
            each=("protocol",),
            rows=("rule", "measured", "target", "schedule"),
            digits=0,
        ),
        "pearson": TableEntry(
            module="prediction",
            title="Correlation of graph properties with accuracy",
            caption="Pearson's r with test accuracy over graphs [confidence interval]: of all, and "
            "within families, with the mean of a graph's family taken from both.",
            thesis=_THESIS,
            inputs={"correlations": "analysis/correlations"},
            published={"published": "pearson"},
            each=("protocol",),
            rows=("graphs", "property"),
            digits=2,
        ),
        "r2": TableEntry(
            module="prediction",
            title="Accuracy predicted from the graph's properties",
            caption="R² on graphs held out: of the thesis's split [bootstrap interval over those "
            "graphs], of cross-validation the median over its repeats [bootstrap interval over "
            "all graphs]. Where graphs have several starts, the ceiling is the largest R² that any "
            "property of a graph could reach for the mean over them [bootstrap over graphs].",
            thesis=_THESIS,
            inputs={"prediction": "analysis/prediction"},
            published={"published": "r2"},
            each=("protocol",),
            rows=("scheme", "regressor"),
            digits=2,
        ),
        "feature_importance": TableEntry(
            module="prediction",
            title="{cell}: what a random forest relies on",
            caption="R² on the thesis's split (median draw) and importance of each property "
            "(mean) of a random forest on four sets of features [range over its draws].",
            thesis=_THESIS,
            inputs={
                "scores": "analysis/feature_sets",
                "importances": "analysis/feature_importance",
            },
            published={
                "published_scores": "feature_sets",
                "published_importances": "feature_importance",
            },
            each=("protocol", "cell"),
            rows=("property",),
            columns="features",
            digits=2,
        ),
        "parameters": TableEntry(
            module="networks",
            title="Number of parameters",
            caption="Parameters that exist, of dense networks, of pruned ones (by target and "
            "percentage of its weights removed) and of sparse ones by family: median [range].",
            inputs={
                "dense": "dense/networks",
                "pruning": "pruning/networks",
                "sparse": "sparse/networks",
            },
            each=("protocol",),
            rows=("network",),
            digits=0,
        ),
    }
)

"""Tables of the networks: accuracy and size."""

import pandas as pd

from sparsernn.report.tables.values import over_seeds
from sparsernn.report.words import family_name, target_name

__all__ = ["dense_networks", "parameters"]


def dense_networks(networks: pd.DataFrame) -> pd.DataFrame:
    """Accuracy and size of the dense networks: median and range over seeds.

    Args:
        networks: columns cell, train_acc, test_acc, parameters, weights.

    Returns:
        Columns quantity, cell, value, low, high.
    """
    quantities = ["test_acc", "train_acc", "parameters", "weights"]
    long = networks.melt("cell", quantities, var_name="quantity", value_name="number")
    return over_seeds(long, ["quantity", "cell"], "number")


def parameters(dense: pd.DataFrame, pruning: pd.DataFrame, sparse: pd.DataFrame) -> pd.DataFrame:
    """Parameters that exist, of dense, pruned and sparse networks: median and range.

    Args:
        dense: columns cell, parameters.
        pruning: columns cell, target, percent, parameters.
        sparse: columns cell, family, parameters.

    Returns:
        Columns network, cell, value, low, high.
    """
    pruning = pruning[pruning["percent"] > 0]  # a control retrains without pruning
    pruned = pruning["target"].map(target_name) + pruning["percent"].map(", {:g} %".format)
    named = [
        dense.assign(network="dense"),
        pruning.assign(network=pruned),
        sparse.assign(network=sparse["family"].map(family_name)),
    ]
    return over_seeds(pd.concat(named), ["network", "cell"], "parameters")

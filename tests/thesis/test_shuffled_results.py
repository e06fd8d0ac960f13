"""Wrong results are found wrong: the thesis's values confirm its claims, shuffled ones do not."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sparsernn.analysis.correlation import correlations
from sparsernn.graphs.properties import PROPERTIES
from sparsernn.thesis.claims import judge, read_claims
from sparsernn.thesis.repository import CELLS

PUBLISHED = Path(__file__).parents[2] / "config" / "published"
KEYS = {"protocol": "published", "seed": 0, "schedule": "one_shot"}


@pytest.fixture(scope="module")
def claims() -> pd.DataFrame:
    return read_claims(PUBLISHED / "claims.csv")


@pytest.fixture(scope="module")
def pruned() -> pd.DataFrame:
    """The published accuracies right after pruning."""
    table = pd.read_csv(PUBLISHED / "accuracy_after_pruning.csv")
    return table.rename(columns={"accuracy": "test_acc"}).assign(epoch=0, **KEYS)


@pytest.fixture(scope="module")
def networks() -> pd.DataFrame:
    """Networks on 200 graphs, for each cell as near its published correlations as can be."""
    rng = np.random.default_rng(0)
    printed = pd.read_csv(PUBLISHED / "pearson.csv").pivot(
        index="cell", columns="property", values="r"
    )
    accuracies = stats.zscore(rng.normal(size=(200, len(CELLS))))
    tables = []
    for accuracy, cell in zip(accuracies.T, CELLS, strict=True):
        table = pd.DataFrame({name: rng.normal(size=200) for name in PROPERTIES})
        for name, r in printed.loc[cell].items():
            noise = rng.normal(size=200)
            noise = stats.zscore(noise - accuracy * (noise @ accuracy) / (accuracy @ accuracy))
            table[name] = r * accuracy + np.sqrt(1 - r**2) * noise
        tables.append(table.assign(cell=cell, graph=range(200), test_acc=accuracy))
    which = {"protocol": "published", "family": "f", "seed": 0, "status": "ok"}
    return pd.concat(tables, ignore_index=True).assign(**which)


def counts(claims: pd.DataFrame, **tables: pd.DataFrame) -> dict[str, int]:
    """Verdicts on the claims that the tables let one test."""
    rng = np.random.default_rng(0)
    strings = pd.DataFrame({"string": "BE", "valid": rng.integers(2, size=6250), "split": "test"})
    empty = {name: pd.DataFrame(columns=[*KEYS, "cell"]) for name in ("dense", "dense_history")}
    result = judge(claims, {"strings": strings, **empty, **tables}, "published")
    return result["verdict"].value_counts().to_dict()


def test_published_accuracies_after_pruning_confirm_the_claims_and_shuffled_ones_do_not(
    claims: pd.DataFrame, pruned: pd.DataFrame
) -> None:
    asked = claims[claims["measure"].isin(["accuracy", "drop"])]
    right = counts(asked, pruning_history=pruned)
    assert right["replicated"] >= 20
    assert right.get("not replicated", 0) == 1  # C071, which fails on the thesis's own values too
    rng = np.random.default_rng(1)
    wrong = pruned.assign(test_acc=rng.permutation(pruned["test_acc"]))
    found = counts(asked, pruning_history=wrong)
    assert found["not testable"] == right["not testable"]
    assert found["not replicated"] > 10 > found["replicated"]


def test_accuracies_permuted_among_graphs_refute_the_correlations(
    claims: pd.DataFrame, networks: pd.DataFrame
) -> None:
    asked = claims[claims["measure"].isin(["correlation", "essential", "shared_essentials"])]
    assert len(asked) == 54
    right = counts(asked, correlations=correlations(networks, PROPERTIES, 0.95))
    assert right == {"replicated": 53, "not replicated": 1}  # C172, refuted by the printed table
    rng = np.random.default_rng(1)
    accuracy = networks.groupby("cell")["test_acc"].transform(
        lambda values: rng.permutation(values)
    )
    wrong = networks.assign(test_acc=accuracy)
    found = counts(asked, correlations=correlations(wrong, PROPERTIES, 0.95))
    assert found["not replicated"] > 40
    assert found.get("replicated", 0) <= 3

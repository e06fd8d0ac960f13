"""The thesis's own networks, strings and accuracies come back from its files."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sparsernn.dataset import Strings
from sparsernn.grammar import DECOYS, REBER
from sparsernn.network import SequenceClassifier
from sparsernn.replay import from_published, read_pickled_graph, read_published_weights
from sparsernn.training import evaluate
from sparsernn.wiring import CELLS, PUBLISHED, Wiring


@pytest.fixture(scope="module")
def experiments(thesis: Path) -> Path:
    return thesis / "Implementations" / "experiments"


@pytest.fixture(scope="module")
def strings(thesis: Path) -> Strings:
    return Strings.encode(pd.read_csv(thesis / "Implementations" / "dataset" / "test_data.csv"))


def sparse_networks(experiments: Path, cell: str) -> dict[str, tuple[Wiring, dict]]:
    """Wiring and renamed weights of each saved network of a cell, by name."""
    networks = {}
    for path in sorted((experiments / "state_dicts" / "structure" / cell.upper()).glob("*.pt")):
        graph_file = experiments / "graphs" / cell.upper() / f"{path.stem}.gpickle"
        wiring = Wiring.from_graph(read_pickled_graph(graph_file), cell, PUBLISHED)
        networks[path.stem] = wiring, from_published(read_published_weights(path), wiring)
    return networks


@pytest.fixture(scope="module")
def sparse_differences(experiments: Path, strings: Strings) -> pd.Series:
    """Accuracy here less the published one, of each sparse network."""
    differences = {}
    for cell in CELLS:
        table = pd.read_csv(experiments / "results" / "structure" / f"{cell}.csv")
        table.index = table["graph"] + "_" + table["graph_nr"].astype(str)
        for name, (wiring, weights) in sparse_networks(experiments, cell).items():
            network = SequenceClassifier.from_state_dict(wiring, weights, name)
            _, accuracy = evaluate(network, strings, batch_size=128)
            differences[f"{cell}/{name}"] = accuracy - table.loc[name, "test_acc"]
    return pd.Series(differences)


@pytest.mark.parametrize("cell", CELLS)
def test_sparse_masks_are_the_saved_ones(experiments: Path, cell: str) -> None:
    networks = sparse_networks(experiments, cell)
    assert len(networks) == 6
    for name, (wiring, weights) in networks.items():
        for i, block in enumerate(wiring.blocks):
            prefix = f"recurrent.blocks.{i}"
            for kind, mask in (("ih", block.mask_ih), ("hh", block.mask_hh)):
                saved = weights[f"{prefix}.mask_{kind}"].numpy()
                assert np.array_equal(saved, mask), f"{name}, {block.name}, {kind}"


def test_sparse_networks_give_the_published_accuracy(sparse_differences: pd.Series) -> None:
    size = sparse_differences.abs()
    assert len(size) == 24
    assert size.median() <= 0.001
    assert size.max() <= 0.012, sparse_differences.sort_values().to_string()


@pytest.mark.parametrize("cell", CELLS)
def test_dense_networks_give_the_published_accuracy(
    experiments: Path, strings: Strings, cell: str
) -> None:
    wiring = Wiring.dense(cell, 50, 50, 3, "last_step")
    weights = read_published_weights(experiments / "state_dicts" / "prune" / f"{cell}.pt")
    network = SequenceClassifier.from_state_dict(wiring, from_published(weights, wiring))
    history = pd.read_csv(experiments / "results" / "prune" / f"{cell}.csv")
    published = history.loc[history["prune"] == 0, "test_acc"].iloc[-1]
    _, accuracy = evaluate(network, strings, batch_size=32)
    assert accuracy == pytest.approx(published, abs=0.001)


def test_the_thesis_strings_are_of_these_nine_grammars(thesis: Path) -> None:
    frame = pd.read_csv(thesis / "Implementations" / "dataset" / "reber_sequences.csv")
    assert frame["string"].map(REBER.accepts).equals(frame["valid"] == 1)
    invalid = iter(frame.loc[frame["valid"] == 0, "string"])
    counts = {"m1": 1500, "m2": 1500, "m3": 500, "m4": 2000}
    counts |= {"m5": 2000, "m6": 2000, "m7": 1500, "m8": 1500}
    for name, count in counts.items():
        assert all(DECOYS[name].accepts(next(invalid)) for _ in range(count)), name
    assert next(invalid, None) is None
    assert (frame["string"].str.len() == 11).sum() == 216

"""The thesis's own networks, strings and accuracies come back from its files."""

from pathlib import Path

import pandas as pd
import pytest

from sparsernn.data.grammars import DECOYS, REBER
from sparsernn.thesis.replay import replay
from sparsernn.thesis.repository import CELLS

PARTS = [(kind, cell) for kind in ("sparse", "dense") for cell in CELLS]
PARTS += [("pruned", "rnn_tanh"), ("pruned", "gru")]  # the others take long, and are no different


@pytest.fixture(scope="module")
def replayed(thesis: Path) -> pd.DataFrame:
    """The thesis's networks that are at hand; where they fit, so do their masks."""
    networks = pd.concat([replay(thesis, *part) for part in PARTS], ignore_index=True)
    found = networks[networks["status"] != "missing"]
    assert set(found["status"]) == {"ok"}, found["reason"].tolist()
    assert (found["kind"] == "sparse").sum() >= 26
    return found.assign(size=found["difference"].abs())


@pytest.mark.parametrize(
    ("kind", "counts", "median", "largest"),
    [
        ("sparse", dict.fromkeys(CELLS, 6), 0.001, 0.012),
        ("dense", dict.fromkeys(CELLS, 1), 0.001, 0.001),
        ("pruned", dict.fromkeys(["rnn_tanh", "gru"], 3 * 10), 0.0002, 0.012),
    ],
)
def test_networks_give_the_published_accuracy(
    replayed: pd.DataFrame, kind: str, counts: dict[str, int], median: float, largest: float
) -> None:
    networks = replayed[replayed["kind"] == kind]
    assert all((networks["cell"] == cell).sum() >= count for cell, count in counts.items())
    assert networks["size"].median() <= median
    assert networks["size"].max() <= largest, networks.sort_values("size").to_string()


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

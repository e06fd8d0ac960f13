"""The data set: what is made, what is read of a user's own, and how it becomes batches."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sparsernn.data.datasets import make_strings, read_splits, read_strings
from sparsernn.data.grammars import DECOYS, REBER
from sparsernn.data.strings import ALPHABET_SIZE, Strings

THESIS_DECOYS = {"m1": 1500, "m2": 1500, "m3": 500, "m4": 2000}
THESIS_DECOYS |= {"m5": 2000, "m6": 2000, "m7": 1500, "m8": 1500}
FEW = {"m1": 30, "m5": 20}


def make(seed: int = 0, test_share: float = 0.25) -> pd.DataFrame:
    return make_strings(50, FEW, 11, test_share, np.random.default_rng(seed))


@pytest.fixture(scope="module")
def full() -> pd.DataFrame:
    return make_strings(12_500, THESIS_DECOYS, 11, 0.25, np.random.default_rng(2021))


def test_the_full_set_has_the_thesis_counts(full: pd.DataFrame) -> None:
    assert list(full.columns) == ["string", "valid", "grammar", "split"]
    assert len(full) == 25_000
    assert full["grammar"].value_counts().to_dict() == {"reber": 12_500, **THESIS_DECOYS}
    assert full["valid"].equals((full["grammar"] == "reber").astype("int64"))
    assert (full["split"] == "test").sum() == 6_250


def test_the_full_set_has_the_thesis_lengths(full: pd.DataFrame) -> None:
    lengths = full["string"].str.len()
    assert lengths.min() == 11
    assert (lengths == 11).sum() == 216  # all there are: 24 of each grammar
    assert lengths.mean() == pytest.approx(21.2, abs=0.15)
    assert lengths.mode().iloc[0] in (21, 22, 23)
    assert (lengths == 22).sum() == pytest.approx(2112, abs=150)
    assert 45 <= lengths.max() <= 70


def test_each_string_is_of_its_grammar_and_distinct_in_it(full: pd.DataFrame) -> None:
    assert not full.duplicated(["string", "grammar"]).any()
    assert set(full.loc[full.duplicated("string", keep=False), "grammar"]) == {"m6", "m7"}
    for name, group in full.groupby("grammar"):
        grammar = REBER if name == "reber" else DECOYS[name]
        assert group["string"].map(grammar.accepts).all()
    assert full["string"].map(REBER.accepts).equals(full["valid"] == 1)


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5])
def test_the_split_is_exact_random_and_seeded(share: float) -> None:
    frame = make(test_share=share)
    test = round(100 * share)
    assert frame["split"].value_counts().to_dict() == {"train": 100 - test, "test": test}
    assert frame.equals(make(test_share=share))
    assert not frame["split"].equals(make(seed=1, test_share=share)["split"])
    # The test set is drawn, not a block of rows.
    assert (frame["split"] != frame["split"].shift()).sum() > 10


def test_no_grammar_is_touched_by_the_number_of_another() -> None:
    counts = {"m1": 10, "m4": 10}
    few = make_strings(20, counts, 11, 0.5, np.random.default_rng(0))
    more = make_strings(50, {"m4": 10, "m1": 30}, 11, 0.5, np.random.default_rng(0))
    for name, count in {"reber": 20, **counts}.items():
        ours, theirs = (f.loc[f["grammar"] == name, "string"].tolist() for f in (few, more))
        assert ours == theirs[:count]


GOOD = "string,valid\n" + "".join(f"{'AB'[i % 2] * (1 + i)},{i % 2}\n" for i in range(20))


def read(folder: Path, text: str) -> pd.DataFrame:
    (folder / "own.csv").write_text(text, encoding="utf-8")
    return read_strings(folder / "own.csv", 0.5, np.random.default_rng(0))


def test_an_own_file_is_split_and_named(tmp_path: Path) -> None:
    frame = read(tmp_path, GOOD)
    assert list(frame.columns) == ["string", "valid", "grammar", "split"]
    assert set(frame["grammar"]) == {"own"}
    assert (frame["split"] == "test").sum() == 10
    assert frame["valid"].tolist() == [0, 1] * 10


def test_a_user_s_split_and_grammars_stay_and_numbers_are_names(tmp_path: Path) -> None:
    text = "grammar,split,valid,string\n01,train,1,X\n2,train,0,Y\n,test,1,NA\na,test,0,null\n"
    assert read(tmp_path, text)[["grammar", "split", "valid", "string"]].to_numpy().tolist() == [
        ["01", "train", 1, "X"],
        ["2", "train", 0, "Y"],
        ["own", "test", 1, "NA"],
        ["a", "test", 0, "null"],
    ]


def test_a_made_set_reads_back_the_same(tmp_path: Path) -> None:
    frame = make()
    again = read(tmp_path, frame.to_csv(index=False))
    pd.testing.assert_frame_equal(again, frame, check_dtype=False)


def test_a_data_set_of_numbers_is_read_as_text(tmp_path: Path) -> None:
    text = "string,valid,grammar,split\n007,1,1,train\n12,0,1,train\n1e5,1,2,test\n"
    (tmp_path / "strings.csv").write_text(text)
    train, test = read_splits(tmp_path / "strings.csv")
    assert (train.lengths.tolist(), test.lengths.tolist()) == ([3, 2], [3])
    assert bytes(train.codes[0]) == b"007" and train.labels.tolist() == [1, 0]


def encode(*texts: str) -> Strings:
    return Strings.encode(pd.DataFrame({"string": texts, "valid": [1] * len(texts)}))


def test_letters_are_their_ascii_codes_padded_with_zero() -> None:
    strings = encode("BTE", "B", "~")
    assert strings.codes.tolist() == [[66, 84, 69], [66, 0, 0], [126, 0, 0]]
    assert strings.lengths.tolist() == [3, 1, 1]
    assert strings.codes.max() < ALPHABET_SIZE


def test_the_parts_of_a_split() -> None:
    frame = make()
    train, test = Strings.splits(frame)
    assert (len(train), len(test)) == (75, 25)
    assert test.labels.tolist() == frame.loc[frame["split"] == "test", "valid"].tolist()


def test_batches_hold_each_string_once_padded_to_their_own_longest() -> None:
    strings = encode("AAAA", "B", "CC", "DD", "E")
    batches = list(strings.batches(2))
    assert [batch.inputs.shape for batch in batches] == [(4, 2), (2, 2), (1, 1)]
    assert batches[0].inputs.T.tolist() == [[65] * 4, [66, 0, 0, 0]]
    assert [batch.lengths.tolist() for batch in batches] == [[4, 1], [2, 2], [1]]


def test_shuffled_batches_keep_string_length_and_label_together() -> None:
    strings, _ = Strings.splits(make())
    seen = []
    for batch in strings.batches(8, np.random.default_rng(0)):
        for codes, length, label in zip(batch.inputs.T, batch.lengths, batch.targets, strict=True):
            assert (codes != 0).sum() == length
            seen.append((bytes(codes[:length].astype(np.uint8)), int(label)))
    arrays = zip(strings.codes, strings.lengths, strings.labels, strict=True)
    ordered = [(bytes(codes[:length]), int(label)) for codes, length, label in arrays]
    assert seen != ordered
    assert sorted(seen) == sorted(ordered)

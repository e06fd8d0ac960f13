"""Tables that are kept: several runs make one table, from which all that follows is made again."""

from pathlib import Path

import pandas as pd
import pytest
import yaml
from configurations import ROOT, load, merged

from sparsernn.errors import InputError
from sparsernn.files.tables import read_csv, write_csv
from sparsernn.workflow.kept import keep
from sparsernn.workflow.kept import merged as merged_tables
from sparsernn.workflow.settings.validation import validate

HONEST = sorted((ROOT / "config" / "honest").glob("*.yaml"))


def networks(seeds: range, accuracy: float) -> pd.DataFrame:
    rows = [(cell, seed, accuracy) for seed in seeds for cell in ("gru", "lstm")]
    frame = pd.DataFrame(rows, columns=["cell", "seed", "test_acc"])
    return frame.assign(protocol="corrected", status="ok")


def test_rows_of_the_same_network_are_replaced_and_others_added(tmp_path: Path) -> None:
    for seeds, accuracy in ((range(3), 0.5), (range(2, 4), 0.75)):
        write_csv(networks(seeds, accuracy), tmp_path / "results/dense/networks.csv")
        counts = keep(tmp_path / "results", tmp_path / "kept")
    assert counts == {"dense/networks": 8}
    table = read_csv(tmp_path / "kept/dense/networks.csv")
    assert table["seed"].tolist() == [0, 1, 2, 3] * 2
    assert table["test_acc"].tolist() == [0.5, 0.5, 0.75, 0.75] * 2


def test_of_an_unfinished_run_the_jobs_tables_are_kept(tmp_path: Path) -> None:
    rows = networks(range(2), 0.5)
    for cell, of_cell in rows.groupby("cell"):
        write_csv(of_cell, tmp_path / f"results/dense/corrected/{cell}/dense.networks.csv")
        write_csv(of_cell, tmp_path / f"results/pruning/corrected/{cell}/seed0/sweep.csv")
    counts = keep(tmp_path / "results", tmp_path / "kept")
    assert counts == {"dense/networks": 4, "pruning/sweep": 4}


def test_a_folder_without_tables_is_a_message(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no tables of networks or graphs"):
        keep(tmp_path / "resluts", tmp_path / "kept")


def test_what_jobs_cost_is_kept_by_job(tmp_path: Path) -> None:
    for seed, seconds in ((0, 100.0), (1, 50.0), (1, 70.0)):
        log = tmp_path / f"results/dense/corrected/gru/seed{seed}/dense.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(f"core-seconds: {seconds}, start-up 2.0\n", encoding="utf-8")
        write_csv(networks(range(seed + 1), 0.5), tmp_path / "results/dense/networks.csv")
        keep(tmp_path / "results", tmp_path / "kept")
        log.unlink()
    costs = read_csv(tmp_path / "kept/costs.csv")
    assert costs["core_seconds"].tolist() == [100, 70]
    assert costs["job"].tolist() == [f"dense/corrected/gru/seed{seed}/dense.log" for seed in (0, 1)]


def test_the_order_of_runs_does_not_matter() -> None:
    first, second = networks(range(2), 0.5), networks(range(2, 4), 0.5)
    both = [merged_tables(merged_tables(None, a), b) for a, b in ((first, second), (second, first))]
    pd.testing.assert_frame_equal(*both)


def test_every_part_of_the_honest_study_is_a_valid_configuration() -> None:
    assert len(HONEST) >= 7
    for path in HONEST:
        config = yaml.safe_load(path.read_text(encoding="utf-8"))
        validate(merged(load("config.yaml"), config))
        assert config["results"] == f"results/honest/{path.stem}"


def test_the_part_that_is_run_again_differs_in_its_seed_alone() -> None:
    once, again = (
        yaml.safe_load((ROOT / "config" / "honest" / f"{name}.yaml").read_text(encoding="utf-8"))
        for name in ("parity", "parity_again")
    )
    assert again.pop("seed") == 1 and "seed" not in once
    for config in (once, again):
        del config["study"], config["results"]
    assert once == again

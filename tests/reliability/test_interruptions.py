"""Studies that are killed, edited, or held up by limits: nothing is lost, and it is said what is.

`kills.py` does the same at random, many times.
"""

import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from studies import TRAINING, Study, jobs_of, new_study

SHARD = "results/sparse/corrected/gru/watts_strogatz/seed0/shard0"
TABLE = "results/sparse/networks.csv"
PROPERTIES = "results/graphs/properties.csv"  # sooner there


def tiny(epochs: int = 1, **changes: Any) -> Callable[[dict[str, Any]], None]:
    """One cell and protocol, and one family of eight graphs in two shards."""

    def change(config: dict[str, Any]) -> None:
        config |= {"cells": ["gru"], "protocols": ["corrected"], "shard_size": 4, **changes}
        families = config["graphs"]["families"]
        families["barabasi_albert"]["count"] = 0
        families["watts_strogatz"]["count"] = 8
        config["sparse"] = {"training": {"epochs": epochs, "batch_size": 16}}

    return change


@pytest.fixture
def study(tmp_path: Path) -> Study:
    study = new_study(tmp_path)
    study.configure(tiny())
    return study


def test_a_killed_shard_goes_on_at_the_network_it_was_training(study: Study) -> None:
    study.configure(tiny(epochs=60))
    kept = study.folder / SHARD.replace("shard0", ".shard0.safetensors.kept")
    process = study.start(f"{SHARD}.networks.csv", start_new_session=True)
    while not list(kept.glob("*.safetensors")) and process.poll() is None:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    done = len(list(kept.glob("*.safetensors")))
    assert 1 <= done < 4
    study.build(f"{SHARD}.networks.csv")
    log = (study.folder / f"{SHARD}.log").read_text(encoding="utf-8")
    assert len(re.findall("kept from an earlier run", log)) == done
    assert len(re.findall("trained and kept", log)) == 4 - done
    [left] = kept.glob("*.safetensors")
    assert left.samefile(study.folder / f"{SHARD}.safetensors")


def test_settings_that_changed_before_a_kill_are_not_forgotten(study: Study) -> None:
    dense = "results/dense/corrected/gru/seed0/dense.safetensors"
    study.build(dense)
    study.configure(tiny(dense={"hidden_size": 9, "training": TRAINING}))
    with study.start(dense) as process:
        while not (jobs := jobs_of(process.pid)):
            assert process.poll() is None
            time.sleep(0.02)
        os.kill(jobs[0], signal.SIGKILL)  # before its script has begun
    assert process.returncode != 0
    assert study.planned(dense) == {"train_dense": 1}


def test_an_edited_result_is_named_and_made_again_when_deleted(study: Study) -> None:
    study.build(PROPERTIES)
    table = study.folder / PROPERTIES
    before = table.read_bytes()
    table.write_bytes(before[: len(before) // 2])
    said = study.refusal(PROPERTIES)
    assert f"  rm -r {PROPERTIES} && snakemake {PROPERTIES} …\n" in said  # by its own name
    assert "rm results/graphs/.properties.csv" in said
    table.unlink()
    study.build(PROPERTIES)
    assert table.read_bytes() == before


def test_an_edited_graph_that_is_to_stay_is_trained_anew(study: Study) -> None:
    study.build(TABLE)
    graphs = "results/graphs/watts_strogatz/shard1"
    graph = study.folder / graphs / "5.graphml"
    graph.write_text(graph.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    [paths] = re.findall(r"^  rm (?!-r)(.*)$", study.refusal(TABLE), re.M)
    for path in paths.split():
        (study.folder / path).unlink()
    assert study.planned(TABLE)["train_sparse"] == 1


@pytest.fixture
def small_disk(study: Study) -> Iterator[Path]:
    """The study's results on a disk of their own, of 100 kB."""
    disk = study.results()
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=100k", "tmpfs", str(disk)]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True).returncode != 0:
        pytest.skip("mounts a small disk, as root on Linux")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_a_full_disk_is_a_message_and_with_space_the_study_goes_on(
    study: Study, small_disk: Path
) -> None:
    assert "No space left on device. Mend this" in study.refusal(TABLE)
    assert list(small_disk.rglob("*.partial")) == []
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    study.build(TABLE)


def leave_lock(study: Study, host: str = socket.gethostname()) -> None:
    """What a Snakemake that was killed on a host leaves."""
    locks = study.folder / ".snakemake" / "locks"
    locks.mkdir(parents=True)
    (locks / "0.output.lock").write_text(f"{PROPERTIES}\n", encoding="utf-8")
    (locks.parent / "runs.lock").write_text(f"{host}\n", encoding="utf-8")


def test_the_lock_of_a_killed_run_holds_up_nothing(study: Study) -> None:
    leave_lock(study)
    study.build(PROPERTIES)


def test_the_lock_of_a_run_that_goes_on_holds(study: Study) -> None:
    leave_lock(study)
    with open(study.folder / ".snakemake" / "runs.lock", "a", encoding="utf-8") as other:
        fcntl.flock(other, fcntl.LOCK_SH)
        assert "cannot be locked" in study.refusal(PROPERTIES)


def test_the_lock_of_another_host_is_left_to_the_user(study: Study) -> None:
    leave_lock(study, host="elsewhere")
    assert "--unlock" in study.refusal(PROPERTIES)


def test_a_limit_costs_single_networks_and_a_wider_one_brings_them_back(study: Study) -> None:
    correlations = "results/analysis/correlations.csv"
    limits: dict[str, Any] = {"network_minutes": 1e-6, "missing_share": 0.5}
    study.configure(tiny(limits=limits))
    said = study.refusal(correlations)
    assert "8 of 8 networks are missing" in said and "limits: missing_share" in said
    assert "8 of 8 sparse/corrected/gru/watts_strogatz (ran out of time)" in said
    table = pd.read_csv(study.folder / TABLE)
    assert set(table["status"]) == {"out_of_time"}
    study.configure(tiny(limits={**limits, "missing_share": 1}))
    study.build(correlations)
    study.configure(tiny())
    study.build(correlations)
    assert set(pd.read_csv(study.folder / TABLE)["status"]) == {"ok"}
    # What was not given up is not trained again.
    study.configure(tiny(limits={"network_minutes": 9}))
    study.build(f"{SHARD}.networks.csv")
    log = (study.folder / f"{SHARD}.log").read_text(encoding="utf-8")
    assert log.count("kept from an earlier run") == 4 and "trained and kept" not in log

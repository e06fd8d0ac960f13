"""What an earlier run of a job has trained is not trained again; limits cost one network."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
import torch
from conftest import ROOT, tiny_strings

from sparsernn.analysis.missing import check_missing, count_missing, described
from sparsernn.errors import InputError
from sparsernn.networks.checkpoints import load_checkpoint, save_checkpoint
from sparsernn.training.limits import Limits
from sparsernn.training.loop import Run
from sparsernn.training.outcomes import Record, load_network, record, train_new, write_records
from sparsernn.training.resume import Kept, work_key
from sparsernn.wiring.wiring import Wiring

SPEC = {
    "root": 1,
    "cell": "gru",
    "engine": "fused",
    "training": {"epochs": 2, "batch_size": 8, "lr": 0.01, "clip_norm": None},
}
IDENTITY = {"protocol": "corrected", "cell": "gru", "family": "own", "graph": 0, "seed": 0}


def silent(line: str) -> None:
    """Say nothing."""


def dense(size: int = 6) -> Wiring:
    return Wiring.dense("gru", input_size=4, hidden_size=size, num_layers=2)


def trained(size: int = 6, limits: Limits | None = None, **training: Any) -> Record:
    spec: dict[str, Any] = SPEC | {"training": {**SPEC["training"], **training}}  # type: ignore
    strings = (tiny_strings(), tiny_strings(seed=1))
    say = silent
    return train_new("mine", IDENTITY, lambda: dense(size), strings, spec, limits or Limits(), say)


def test_a_network_is_kept_at_once(tmp_path: Path) -> None:
    models = tmp_path / "shard0.safetensors"
    kept = Kept(models, Limits(), silent)
    assert kept.get("one") is None
    kept.keep("one", trained())
    again = Kept(models, Limits(), silent)  # the job was killed, and starts again
    entry = again.get("one")
    assert entry and entry["status"] == "ok"
    assert again.get("two") is None


def finished(folder: Path, *records: Record) -> SimpleNamespace:
    """A job with networks of the keys 0, 1 …; its output."""
    output = SimpleNamespace(**{n: folder / n for n in ("models", "networks", "history")})
    kept = Kept(output.models, Limits(), silent)
    entries = [kept.keep(str(number), entry) for number, entry in enumerate(records)]
    write_records(entries, SPEC, output)
    kept.finish()
    return output


def test_a_finished_job_keeps_a_second_name_of_its_models_and_nothing_else(tmp_path: Path) -> None:
    output = finished(tmp_path, entry := trained())
    [left] = Kept(output.models, Limits(), silent).folder.iterdir()
    assert left.samefile(output.models)
    output.models.unlink()  # as Snakemake does before the job runs again, or when it was killed
    again = Kept(output.models, Limits(), silent).get("0")
    assert again and again["history"] == entry["history"]
    finished(tmp_path, trained(), trained())
    assert len(list(left.parent.iterdir())) == 1


def test_without_hard_links_there_is_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*paths: Path) -> None:
        raise OSError("no links here")

    monkeypatch.setattr("os.link", refuse)
    output = finished(tmp_path, trained())
    output.models.unlink()
    assert Kept(output.models, Limits(), silent).get("0")


def test_models_that_were_edited_are_not_kept(tmp_path: Path) -> None:
    output = finished(tmp_path, trained())
    other = finished(tmp_path / "other", trained(epochs=1))
    output.models.write_bytes(other.models.read_bytes())  # in place: under both names
    assert Kept(output.models, Limits(), silent).get("0") is None


def test_a_file_does_not_tell_what_was_kept_and_what_was_just_trained(tmp_path: Path) -> None:
    fresh = finished(tmp_path / "fresh", trained(), trained(epochs=1)).models
    kept = Kept(fresh, Limits(), silent)
    first, second = kept.get("0"), kept.get("1")
    assert first and second
    for mixed in ([first, second], [first, trained(epochs=1)], [trained(), second]):
        again = finished(tmp_path / "again", *mixed).models
        assert again.read_bytes() == fresh.read_bytes()


@pytest.mark.parametrize("content", [b"", b"no checkpoint", b"PK\x03\x04 cut off"])
def test_what_cannot_be_read_is_trained_anew(tmp_path: Path, content: bytes) -> None:
    models, said = tmp_path / "shard0.safetensors", []
    kept = Kept(models, Limits(), silent)
    kept.keep("one", trained())
    next(kept.folder.iterdir()).write_bytes(content)
    assert Kept(models, Limits(), said.append).get("one") is None
    [line] = said
    assert "of no use" in line


def test_what_was_given_up_is_tried_again_under_other_limits_only(tmp_path: Path) -> None:
    models, limits = tmp_path / "shard0.safetensors", Limits(minutes=0.001)
    Kept(models, limits, silent).keep("one", record(IDENTITY, None, Run(status="out_of_time")))
    assert Kept(models, limits, silent).get("one") is not None
    assert Kept(models, Limits(minutes=1), silent).get("one") is None
    Kept(models, limits, silent).keep("two", record(IDENTITY, None, Run(status="diverged")))
    assert Kept(models, Limits(minutes=1), silent).get("two") is not None


@pytest.mark.parametrize("part", ["identity", "status", "history", "key"])
def test_an_entry_that_is_not_whole_is_trained_anew(tmp_path: Path, part: str) -> None:
    entry = {**record(IDENTITY, None, Run(status="diverged")), "key": "one"}
    del entry[part]
    kept = Kept(tmp_path / "shard0.safetensors", Limits(), silent)
    save_checkpoint(tmp_path / ".shard0.safetensors.kept" / "one.safetensors", networks=[entry])
    assert kept.get("one") is None


def test_a_piece_of_work_has_a_key_of_its_settings_and_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_text("a")
    (tmp_path / "b").write_text("b")
    spec = {"epochs": 1, "lr": 0.1}
    key = work_key(spec, [tmp_path / "a"])
    assert key == work_key(dict(reversed(spec.items())), [tmp_path / "a"])
    assert key != work_key(spec | {"lr": 0.2}, [tmp_path / "a"])
    assert key != work_key(spec, [tmp_path / "b"])
    (tmp_path / "b").write_text("a")
    monkeypatch.setattr("sparsernn.training.resume.versions", lambda names: {"torch": "another"})
    assert key != work_key(spec, [tmp_path / "a"]), "what computes it counts"
    monkeypatch.undo()
    assert key == work_key(spec, [tmp_path / "b"]), "content counts, not the name"


def test_a_network_that_takes_too_long_is_a_row(tmp_path: Path) -> None:
    entry = trained(epochs=10**6, limits=Limits(minutes=0.02))
    assert entry["status"] == "out_of_time"
    assert "took more than 0.02 minutes in epoch" in entry["reason"]
    assert 1 <= len(entry["history"]) < 10**6
    assert entry["weights"] > 0
    # It has the weights of its last whole epoch.
    same = trained(epochs=len(entry["history"]))
    for name, value in same["state_dict"].items():
        assert torch.equal(value, entry["state_dict"][name])


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux limits memory")
def test_a_network_that_takes_too_much_memory_is_a_row(tmp_path: Path) -> None:
    entry = trained(size=4000, limits=Limits(megabytes=64))
    assert (entry["status"], entry["parameters"]) == ("out_of_memory", 0)
    assert entry["reason"] == "memory ran out before training"
    assert trained(limits=Limits(megabytes=512))["status"] == "ok"  # and the next one goes on
    output = SimpleNamespace(**{n: tmp_path / n for n in ("models", "networks", "history")})
    write_records([entry], SPEC, output)
    assert load_checkpoint(output.models)["networks"][0]["status"] == "out_of_memory"
    assert load_network(output.models, "gru")[1] is None
    [row] = pd.read_csv(output.networks).to_dict("records")
    assert (row["status"], row["parameters"]) == ("out_of_memory", 0)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux limits memory")
def test_compiling_is_no_part_of_what_a_network_takes(tmp_path: Path) -> None:
    # Apart, as compilers and BLAS end the process that lacks memory.
    code = "from test_resume import Limits, trained; print(trained(limits=Limits(megabytes=8)))"
    path = os.pathsep.join(str(ROOT / folder) for folder in ("scripts", "tests", "tests/training"))
    environment = os.environ | {"PYTHONPATH": path, "NUMBA_CACHE_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    assert "'status': 'ok'" in done.stdout


def networks(*statuses: str) -> pd.DataFrame:
    rows = [
        {**IDENTITY, "graph": i, "status": s, "reason": "" if s == "ok" else f"because {s}"}
        for i, s in enumerate(statuses)
    ]
    return pd.DataFrame(rows)


def test_missing_networks_are_counted_where_they_are() -> None:
    table = networks("ok", "diverged", "ok", "out_of_time")
    [row] = count_missing(table, "sparse").to_dict("records")
    assert (row["part"], row["group"]) == ("sparse", "own")
    assert (row["networks"], row["missing"]) == (4, 2)
    assert (row["diverged"], row["out_of_time"], row["out_of_memory"]) == (1, 1, 0)
    said = described(count_missing(table, "sparse"))
    assert said.startswith("2 of 4 networks are missing: 2 of 4 sparse/corrected/gru/own")
    assert "diverged, ran out of time" in said
    assert described(count_missing(networks("ok"), "dense")) == "None of the 1 networks is missing."


def test_only_past_the_limit_is_it_an_error() -> None:
    table = networks("ok", "diverged", "ok", "ok")
    counts = count_missing(table, "sparse")
    check_missing(counts, table, 0.25)
    with pytest.raises(InputError, match=r"1 of 4 .* At most 20% .*because diverged"):
        check_missing(counts, table, 0.2)

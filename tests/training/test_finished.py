"""Finished networks: what an earlier run of a job has trained is not trained again."""

from functools import partial
from pathlib import Path
from unittest.mock import Mock

import pytest
from training_jobs import training_job

from sparsernn.networks.checkpoints import save_checkpoint
from sparsernn.training.finished import FinishedNetworks, seconds_of_networks, work_key
from sparsernn.training.limits import Limits
from sparsernn.training.loop import Run
from sparsernn.training.outcomes import Outcome, outcome
from sparsernn.wiring.wiring import Wiring

IDENTITY = {"protocol": "corrected", "cell": "gru", "family": "own", "graph": 0, "seed": 0}
LOST = outcome(IDENTITY, None, Run(status="diverged"))


def test_a_network_is_stored_as_soon_as_it_is_trained(tmp_path: Path) -> None:
    models = tmp_path / "shard0.safetensors"
    killed = FinishedNetworks(models, Limits())
    assert killed.find("one") is None
    killed.once("one", lambda: LOST)
    entry = FinishedNetworks(models, Limits()).find("one")
    assert entry and entry["status"] == "diverged"
    assert killed.find("two") is None


def finished(folder: Path, *outcomes: Outcome) -> Path:
    """The models of a job with networks of the keys 0, 1 …"""
    models = folder / "job.safetensors"
    job = FinishedNetworks(models, Limits())
    entries = [job.once(str(n), partial(dict, entry)) for n, entry in enumerate(outcomes)]
    save_checkpoint(models, networks=entries)
    job.close()
    return models


def test_a_finished_job_keeps_a_second_name_of_its_models_and_what_it_took(tmp_path: Path) -> None:
    models = finished(tmp_path, LOST)
    left, took = sorted(FinishedNetworks(models, Limits()).folder.iterdir())
    assert took.name == "core_seconds.txt"
    assert left.samefile(models)
    models.unlink()  # as Snakemake does before the job runs again, or when it was killed
    again = FinishedNetworks(models, Limits()).find("0")
    assert again and again["identity"] == IDENTITY
    finished(tmp_path, LOST, LOST)
    assert len(list(left.parent.iterdir())) == 2


def test_a_log_tells_what_each_network_took_then_too_when_it_is_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    log, keys = tmp_path / "log", ["0" * 64, "1" * 64]
    for models in (tmp_path / "job", tmp_path / "job", tmp_path / "other"):
        caplog.clear()
        job = FinishedNetworks(models, Limits())
        for key in keys:
            job.once(key, lambda: LOST)
        log.write_text("process 1 on here\n" + "\n".join(caplog.messages), encoding="utf-8")
        seconds = seconds_of_networks(log)
        assert set(seconds) == {key[:16] for key in keys} and max(seconds.values()) < 60
    took = tmp_path / ".job.kept" / "core_seconds.txt"
    took.write_text(f"{keys[0]} 7.25\n{keys[1]} 12", encoding="utf-8")  # cut short
    caplog.clear()
    kept = [FinishedNetworks(tmp_path / "job", Limits()).find(key) for key in keys]
    log.write_text("\n".join(caplog.messages), encoding="utf-8")
    assert all(kept) and seconds_of_networks(log) == {"0" * 16: 7.25}


def test_without_hard_links_it_is_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.link", Mock(side_effect=OSError("no links here")))
    models = finished(tmp_path, LOST)
    models.unlink()
    assert FinishedNetworks(models, Limits()).find("0")


def test_models_that_were_edited_are_not_used(tmp_path: Path) -> None:
    models = finished(tmp_path, LOST)
    other = finished(tmp_path / "other", LOST | {"reason": "another"})
    models.write_bytes(other.read_bytes())  # in place: under both names
    assert FinishedNetworks(models, Limits()).find("0") is None


def test_earlier_networks_leave_no_trace(tmp_path: Path) -> None:
    new = partial(training_job(tmp_path / "job").train_new, "mine", IDENTITY)
    trained = [new(partial(Wiring.dense, "gru", 4, size, 2)) for size in (5, 6)]
    fresh = finished(tmp_path / "fresh", *trained)
    earlier = FinishedNetworks(fresh, Limits())
    first, second = earlier.find("0"), earlier.find("1")
    assert first and second
    for mixed in ([first, second], [first, trained[1]], [trained[0], second]):
        again = finished(tmp_path / "again", *mixed)
        assert again.read_bytes() == fresh.read_bytes()


@pytest.mark.parametrize("content", [b"", b"no checkpoint", b"PK\x03\x04 cut off"])
def test_what_cannot_be_read_is_trained_again(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    earlier = FinishedNetworks(tmp_path / "shard0.safetensors", Limits())
    earlier.once("one", lambda: LOST)
    next(earlier.folder.glob("*.safetensors")).write_bytes(content)
    caplog.set_level("INFO")
    assert earlier.find("one") is None
    [line] = caplog.messages
    assert "of no use" in line


def test_what_met_a_limit_is_trained_again_under_other_limits_only(tmp_path: Path) -> None:
    same, other = (FinishedNetworks(tmp_path / "job", Limits(minutes=m)) for m in (0.001, 1))
    same.once("one", lambda: outcome(IDENTITY, None, Run(status="out_of_time")))
    same.once("two", lambda: LOST)
    assert same.find("one") and same.find("two") and other.find("two")
    assert other.find("one") is None


@pytest.mark.parametrize("part", ["identity", "status", "history", "key"])
def test_an_entry_that_is_not_complete_is_trained_again(tmp_path: Path, part: str) -> None:
    earlier = FinishedNetworks(tmp_path / "shard0.safetensors", Limits())
    entry = earlier.once("one", lambda: LOST)
    [file] = earlier.folder.glob("*.safetensors")
    save_checkpoint(file, networks=[{name: entry[name] for name in entry.keys() - {part}}])
    assert earlier.find("one") is None


def test_a_key_is_of_settings_and_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, same, other = (tmp_path / name for name in ("file", "same", "other"))
    for path, text in ((file, "a"), (same, "a"), (other, "b")):
        path.write_text(text)
    spec = {"epochs": 1, "lr": 0.1}
    key = work_key(spec, [file])
    assert key == work_key(dict(reversed(spec.items())), [file])
    assert key == work_key(spec, [same])
    assert key != work_key(spec | {"lr": 0.2}, [file])
    assert key != work_key(spec, [other])
    monkeypatch.setattr("sparsernn.training.finished.versions", lambda names: {"torch": "another"})
    assert key != work_key(spec, [file])

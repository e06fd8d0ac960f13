"""A study on a real SLURM cluster, stopped in every way: its results are those of a local run.

Apart from the other tests: `make test-cluster`, as root, which installs SLURM with apt-get.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
import slurm
from studies import Study, new_study

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(7200)]

T = TypeVar("T")
PROFILE = "profiles/slurm/config.v9+.yaml"
SUBMIT = ["--workflow-profile", "profiles/slurm"]
# The profile is made for a cluster whose scheduler and file system are shared; here they are not.
SUBMIT += ["--slurm-init-seconds-before-status-checks", "5", "--max-status-checks-per-second", "2"]
SUBMIT += ["--local-cores", "2", "--latency-wait", "15"]
SUBMIT += [] if slurm.ACCOUNTING else ["--slurm-status-command", "squeue"]
# What the rules make that are submitted; of those that run where Snakemake does, some.
TARGETS = [f"results/{part}/networks.csv" for part in ("sparse", "dense", "pruning")]
TARGETS += [f"results/analysis/{name}.csv" for name in ("baselines", "prediction", "feature_sets")]
TARGETS += ["results/figures/published/correlation_heatmap.pdf"]
# How docs/cluster.md cancels the jobs of a Snakemake that was killed.
CANCEL = """
squeue --me --noheader --format '%i %j %Z' | awk -v here="$PWD" \
  '$2 ~ /^sparsernn_/ && $3 == here { print $1 }' | xargs --no-run-if-empty scancel
"""


class Run:
    """A Snakemake that runs in the background."""

    def __init__(self, study: Study, process: "subprocess.Popen[bytes]") -> None:
        self.study, self.process, self.began = study, process, time.time()

    def wait(self, seconds: float) -> int:
        return self.process.wait(timeout=seconds)

    def kill(self) -> None:
        """Kill it and what it runs on this machine: its session, of which it is the first."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def until(self, found: Callable[[], T | None], what: str, seconds: float = 1800) -> T:
        """The first value that is found; Snakemake must run on until then."""
        end = time.monotonic() + seconds
        while (value := found()) is None:
            assert self.process.poll() is None, f"ended before {what}:\n{self.said()}"
            assert time.monotonic() < end, f"no {what} in {seconds} s:\n{self.said()}"
            time.sleep(0.3)
        return value

    def said(self) -> str:
        return (self.study.folder / "run.log").read_text(encoding="utf-8")[-6000:]

    def training(self) -> slurm.Job | None:
        """The last job that has trained for an epoch or more: it has most before it."""
        found = [job for job in slurm.jobs() if job.state == "RUNNING" and self._has_epochs(job)]
        return max(found, default=None)

    def _has_epochs(self, job: slurm.Job) -> bool:
        log = sparse_logs(self.study).get(job.what)
        # Not one that an earlier attempt has left.
        return (
            log is not None and log.stat().st_mtime > self.began and ": epoch " in log.read_text()
        )


def sparse_logs(study: Study) -> dict[str, Path]:
    """The log of each training of sparse networks, by what SLURM calls its job."""
    found = {}
    for log in study.results().glob("sparse/*/*/*/seed*/shard*.log"):
        *names, seed, shard = log.relative_to(study.results() / "sparse").parts
        numbers = [seed.removeprefix("seed"), shard.removeprefix("shard").removesuffix(".log")]
        found["_".join(["rule_train_sparse_wildcards", *names, *numbers])] = log
    return found


@contextmanager
def snakemake(study: Study, *arguments: str) -> Iterator[Run]:
    """Snakemake for as long as the block takes, or until it ends."""
    command = [sys.executable, "-m", "snakemake", *TARGETS, *arguments]
    command += ["--configfile", "tiny.yaml"]
    with (study.folder / "run.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=study.folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            # Its own session: a signal to it is one to nothing else.
            start_new_session=True,
            # Also where the tests run in the background, whose processes ignore it.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
    run = Run(study, process)
    try:
        yield run
    finally:
        run.kill()


def configure(study: Study) -> None:
    """Few jobs, and of these trainings of some seconds."""

    def change(config: dict[str, Any]) -> None:
        config |= {"cells": ["gru"], "protocols": ["published"], "shard_size": 2}
        config["dataset"]["n_valid"] = 400
        config["dataset"]["decoys"] |= dict.fromkeys(("m1", "m4", "m6", "m8"), 100)
        config["sparse"] = {"training": {"epochs": 150, "batch_size": 4}}
        config["pruning"] |= {"schedules": ["iterative"], "percents": [50], "controls": []}
        config["analysis"]["regressor_draws"] = 2

    study.configure(change)
    study.edit(PROFILE, "# slurm_partition: main", "slurm_partition: main")
    if slurm.ACCOUNTING:
        study.edit(PROFILE, "# slurm_account: mine", "slurm_account: test")


def interrupt(study: Study) -> None:
    """Ctrl-C: Snakemake cancels its jobs and ends; where it leaves them, they are cleared by hand.

    Snakemake leaves all jobs that it is asking SLURM about at that moment, which is seldom.
    """
    for _ in range(3):
        with snakemake(study, *SUBMIT) as run:
            run.until(run.training, "training")
            os.kill(run.process.pid, signal.SIGINT)
            assert run.wait(900) != 0
        if not active():
            return
        cancel(study)
    pytest.fail("Ctrl-C left jobs three times")


def kill_snakemake(study: Study) -> None:
    """A reboot of the login node leaves the jobs and the lock; both are cleared by hand."""
    with snakemake(study, *SUBMIT) as run:
        run.until(run.training, "training")
        run.kill()
    assert active() != []
    cancel(study)


def cancel(study: Study) -> None:
    """Cancel the study's jobs as docs/cluster.md says."""
    subprocess.run(["sh", "-c", CANCEL], cwd=study.folder, check=True, timeout=60)
    assert active() == []


def kill_node(study: Study) -> slurm.Job:
    """A node dies under a training and comes back; Snakemake carries on to the end."""
    with snakemake(study, *SUBMIT) as run:
        run.until(lambda: {"node1", "node2"} <= trained_on() or None, "training on both nodes")
        hit = run.until(run.training, "training")
        slurm.kill(hit.node)
        run.until(lambda: state(hit) == "NODE_FAIL" or None, "failure that SLURM notices")
        slurm.start()
        assert run.wait(3600) == 0, run.said()
    return hit


def active() -> list[slurm.Job]:
    """The jobs that wait, run or are being cancelled, after a moment for the last."""
    for _ in range(40):
        found = [job for job in slurm.jobs() if job.state in ("PENDING", "RUNNING", "COMPLETING")]
        if all(job.state != "COMPLETING" for job in found):
            break
        time.sleep(0.5)
    return found


def trained_on() -> set[str]:
    """The nodes on which trainings were finished."""
    return {
        job.node
        for job in slurm.jobs()
        if job.what.startswith("rule_train_") and job.state == "COMPLETED"
    }


def overhead(study: Study) -> str:
    """How much longer submitted jobs took than their scripts: what SLURM and the two Snakemakes of
    a job cost, on processors that are shared with a local run of the study.

    A job that was cancelled when its script had ended has a log, but no time of its own.
    """
    logs = sparse_logs(study)
    longer = []
    for job in slurm.jobs():
        if job.what in logs and job.state == "COMPLETED":
            script = re.findall(r"core-seconds: ([\d.]+)", logs[job.what].read_text())[0]
            longer.append(job.seconds - float(script))
    assert longer != []
    mean = sum(longer) / len(longer)
    return f"{len(longer)} jobs took {mean:.1f} s each more than the core-seconds of their scripts"


def state(job: slurm.Job) -> str:
    return next(known.state for known in slurm.jobs() if known.id == job.id)


def results(study: Study) -> dict[str, bytes]:
    """Every result by its path: all but logs, timings and hidden files."""
    paths = (path.relative_to(study.results()) for path in study.results().rglob("*"))
    return {
        str(path): (study.results() / path).read_bytes()
        for path in paths
        if (study.results() / path).is_file()
        and path.parts[0] not in ("logs", "timings")
        and path.suffix != ".log"
        and not any(part.startswith(".") for part in path.parts)
    }


@pytest.fixture(autouse=True)
def terminable() -> Iterator[None]:
    """A test that is told to end (SIGTERM) clears up, as one that is interrupted."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def studies(tmp_path: Path) -> tuple[Study, Study]:
    study = new_study(tmp_path / "submitted")
    configure(study)
    # The times of files as well: the pages of a study show the date of its configuration.
    shutil.copytree(study.folder, tmp_path / "local")
    return study, Study(tmp_path / "local")


def test_a_study_that_was_stopped_in_every_way_has_the_bytes_of_a_local_run(
    studies: tuple[Study, Study],
) -> None:
    study, local = studies
    with snakemake(local, "--cores", "1") as reference:
        with slurm.running():
            interrupt(study)
            kill_snakemake(study)
            hit = kill_node(study)
            again = [job for job in slurm.jobs() if job.what == hit.what and job.id > hit.id]
            print(overhead(study))
        assert reference.wait(3600) == 0, reference.said()
    # The dead node's job was submitted again, and asked for twice the memory.
    assert [job.state for job in again] == ["COMPLETED"]
    assert (hit.memory, again[0].memory) == ("1500M", "3000M")

    ours, theirs = results(study), results(local)
    assert ours.keys() == theirs.keys()
    assert [path for path in ours if ours[path] != theirs[path]] == []
    assert {Path(path).suffix for path in ours} >= {
        ".csv",
        ".graphml",
        ".safetensors",
        ".pdf",
        ".svg",
    }

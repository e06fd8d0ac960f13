"""Small studies: copies of the workflow, each with its own configuration in its own folder."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import yaml
from configurations import ROOT, Config, load, merged

from sparsernn.workflow.graph_plan import user_graphs
from sparsernn.workflow.plan import Plan
from sparsernn.workflow.settings.validation import canonical

PARTS = ["rules", "scripts", "config", "envs", "profiles"]
TRAINING = {"epochs": 1, "batch_size": 32}
# The thesis's experiment at a small scale, so that its claims are judged.
TINY: Config = {
    "study": "tiny",
    "cells": ["rnn_relu", "gru"],
    "shard_size": 3,
    "dataset": {
        "n_valid": 80,
        "decoys": {"m1": 9, "m2": 9, "m3": 3, "m4": 13, "m5": 13, "m6": 13, "m7": 10, "m8": 10},
    },
    "graphs": {
        "families": {
            "barabasi_albert": {"count": 4, "n": [10, 12]},
            "watts_strogatz": {"count": 4, "n": [10, 12]},
        }
    },
    "sparse": {"training": TRAINING},
    "dense": {"training": TRAINING},
    "pruning": {"targets": ["both"], "percents": [50, 100], "training": TRAINING},
    "analysis": {
        "regressor_draws": 2,
        "prediction": {"test_share": 0.25, "folds": 2, "repeats": 2},
        "ols": ["nodes"],
        "figure_properties": ["nodes"],
    },
}


class Study(NamedTuple):
    """A copy of the workflow with its own configuration, in a folder of its own."""

    folder: Path
    base: Config = TINY

    def configure(self, change: Callable[[Config], None] = lambda config: None) -> None:
        config = yaml.safe_load(yaml.safe_dump(self.base))
        change(config)
        (self.folder / "tiny.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")

    def command(self, *arguments: str, cores: int = 2) -> list[str]:
        """What builds some targets."""
        command = [sys.executable, "-m", "snakemake", "--cores", str(cores), *arguments]
        return [*command, "--configfile", "tiny.yaml"]

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            **{"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "text": True} | options,
        )

    def run(self, *arguments: str, cores: int = 2) -> subprocess.CompletedProcess[str]:
        command = self.command(*arguments, cores=cores)
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)

    def refusal(self, *arguments: str) -> str:
        """What is said of targets that can't be built; a traceback is not among it."""
        done = self.run(*arguments)
        said = done.stdout + done.stderr
        assert done.returncode != 0 and "Traceback" not in said
        return said

    def build(self, *arguments: str, cores: int = 2) -> None:
        done = self.run(*arguments, cores=cores)
        assert done.returncode == 0, done.stderr[-4000:]

    def planned(self, *targets: str) -> dict[str, int]:
        """Number of jobs by rule that a dry run would run."""
        done = self.run(*targets, "--dry-run")
        assert done.returncode == 0, done.stderr[-4000:]
        assert "Exception" not in done.stdout + done.stderr
        stats = re.search(r"^Job stats:\n.*?\n-[- ]*\n(.*?)^total", done.stdout, re.S | re.M)
        if stats is None:
            assert "Nothing to be done" in done.stdout + done.stderr
            return {}
        counts = (line.split() for line in stats.group(1).splitlines() if line.strip())
        return {rule: int(count) for rule, count in counts if rule != "all"}

    def edit(self, path: str, old: str, new: str) -> None:
        file = self.folder / path
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    def results(self) -> Path:
        return self.folder / "results"

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.results() / f"{name}.csv")


def new_study(folder: Path, base: Config = TINY) -> Study:
    for part in PARTS:
        compiled = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / part, folder / part, ignore=compiled)
    shutil.copy(ROOT / "Snakefile", folder)
    study = Study(folder, base)
    study.configure()
    return study


def make_plan(changes: Config | None = None, base: Config = TINY) -> Plan:
    """The plan of the thesis's configuration with some settings replaced."""
    config = merged(merged(load("config.yaml"), base), changes or {})
    return Plan(canonical(config), user_graphs(config))


class Process(NamedTuple):
    """A process of this machine that runs, and is not a zombie."""

    number: int
    parent: int
    session: int
    command: bytes


def processes() -> Iterator[Process]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="utf-8").rsplit(")", 1)[1].split()
            command = path.with_name("cmdline").read_bytes()
        except OSError:
            continue  # it has just ended
        if fields[0] != "Z":
            yield Process(int(path.parent.name), int(fields[1]), int(fields[3]), command)


def jobs_of(parent: int) -> list[int]:
    """The processes of a Snakemake that run scripts."""
    jobs = (one for one in processes() if one.parent == parent)
    return [job.number for job in jobs if b".snakemake/scripts" in job.command]

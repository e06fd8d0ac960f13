"""A SLURM cluster of two nodes on this machine, started and stopped by the scripts beside."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
STATE = Path(tempfile.gettempdir()) / "sparsernn-cluster"
# With a database of finished jobs, as most clusters have, or without.
ACCOUNTING = bool(os.environ.get("CLUSTER_ACCOUNTING"))


class Job(NamedTuple):
    """A job as SLURM remembers it."""

    id: int
    state: str
    node: str
    memory: str
    # Seconds that it ran.
    seconds: int
    # The rule and the wildcards.
    what: str


def jobs() -> list[Job]:
    """All jobs since the cluster was started, by their numbers."""
    command = ["squeue", "--noheader", "--states=all", "--format=%i|%T|%N|%m|%M|%k"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    rows = [line.split("|") for line in done.stdout.splitlines()]
    return sorted(Job(int(row[0]), *row[1:4], _seconds(row[4]), row[5]) for row in rows)


def _seconds(text: str) -> int:
    """Of hours:minutes:seconds, of which the first may be missing; no job here takes a day."""
    total = 0
    for part in text.split(":"):
        total = total * 60 + int(part)
    return total


@contextmanager
def running() -> Iterator[None]:
    """The cluster, for as long as the block takes; nothing is left of it."""
    script("slurm-down", "--purge")  # what a run that was cut off has left
    try:
        start()
        yield
    finally:
        script("slurm-down", "--purge")


def start() -> None:
    """Start what does not run: the whole cluster, or a node that died."""
    script("slurm-up", *(["--accounting"] if ACCOUNTING else []))


def kill(node: str) -> None:
    """Let a node die at once, with all that runs on it."""
    script("slurm-node-kill", node)


def script(name: str, *arguments: str) -> None:
    order = [*arguments, str(STATE)]
    # One processor a node: two jobs run at a time, others wait.
    environment = os.environ | {"SLURM_UP_CPUS": "1"}
    done = subprocess.run(
        [HERE / name, *order],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]

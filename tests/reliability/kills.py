"""Kill small studies again and again, resume each by the same command, and count what was lost.

    PYTHONPATH=scripts:tests python tests/reliability/kills.py [--kills 50] [--seed 0] [--record P]

Kills a random job, the scheduler alone, or both with all they started, at random moments. Counts
networks that were trained twice although the first time was kept, and results that differ by a
byte from those of a study that nobody disturbed. The last line is "N passed, N failed".
"""

import argparse
import contextlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from studies import Study, jobs_of, new_study, processes

VICTIMS = {
    "job": "a job",
    "scheduler": "Snakemake alone",
    "group": "Snakemake and all that it started",
}
TARGETS = ["results/analysis/correlations.csv", "results/pruning/history.csv"]
TARGETS += ["results/figures/corrected/accuracy_by_family.pdf"]
UNEQUAL = (".log", ".tsv", ".txt")  # times, and numbers of processes
TIMEOUT = 900
MARKS = ("<!-- kills -->", "<!-- end of kills -->")


def small(config: dict[str, Any]) -> None:
    """A study of a minute, most of which is training."""
    long = {"epochs": 12, "batch_size": 16}
    config |= {"cells": ["gru"], "protocols": ["corrected"], "shard_size": 4}
    config["sparse"] = {"training": long}
    config["dense"] |= {"training": long}
    config["pruning"] |= {"schedules": ["iterative"], "controls": [], "training": long}


def main() -> None:
    """Kill, resume, count, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50, help="at least so many")
    parser.add_argument("--seed", type=int, default=0, help="of what is killed, and when")
    parser.add_argument("--record", type=Path, help="page to write the counts to")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        kills, counts = disturb(Path(folder), options.kills, rng)
    text = summary(kills, counts, options.seed)
    print(text)
    if options.record:
        page = options.record.read_text(encoding="utf-8")
        before, after = page.partition(MARKS[0])[0], page.partition(MARKS[1])[2]
        page = f"{before}{MARKS[0]}\n{text}\n{MARKS[1]}{after}"
        options.record.write_text(page, encoding="utf-8")
    failed = counts["twice"] + counts["different"] + counts["litter"]
    print(f"{kills.total()} passed, {failed} failed")
    sys.exit(bool(failed))


def summary(kills: Counter[str], counts: Counter[str], seed: int) -> str:
    """The counts of `disturb` in words."""
    by_victim = ", ".join(f"{kills[victim]} of {VICTIMS[victim]}" for victim in VICTIMS)
    trained, twice = counts["trained"], counts["twice"]
    return (
        f"- {kills.total()} kills (seed {seed}: {by_victim}) in {counts['studies']} studies, "
        f"each followed by the same command: {kills.total()} runs\n"
        f"- {trained} networks trained and kept, {twice} of them trained again\n"
        f"- {counts['different']} results that differ from those of an undisturbed study, "
        f"{counts['litter']} files too many"
    )


def disturb(folder: Path, least: int, rng: random.Random) -> tuple[Counter[str], Counter[str]]:
    """Kill studies and resume them, until there were enough kills.

    Returns:
        Numbers of kills by victim. And counts: studies; networks that were trained; of these, those
        that were trained twice; results that are different from the undisturbed ones, or missing;
        litter, files that an undisturbed study does not have.
    """
    quiet = new_study(folder / "quiet")
    quiet.configure(small)
    begun = time.monotonic()
    quiet.build(*TARGETS)
    length = time.monotonic() - begun
    expected = results(quiet)
    kills: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    while kills.total() < least:
        counts["studies"] += 1
        study = new_study(folder / f"killed{counts['studies']}")
        study.configure(small)
        while True:
            victim = rng.choice(list(VICTIMS)) if kills.total() < least else None
            delay, patient = length * rng.uniform(0.03, 0.25), rng.random() < 0.5
            hit = run_and_kill(study, victim, delay, patient)
            keep_logs(study)
            if hit is None:
                break
            kills[hit] += 1
            print(f"study {counts['studies']}, kill {kills.total()}: {hit}", flush=True)
        found, trained = results(study), Counter(trained_in_logs(study))
        counts["trained"] += len(trained)
        again = [name for name, times in trained.items() for _ in range(times - 1)]
        wrong = [name for name, content in expected.items() if found.get(name) != content]
        extra = found.keys() - expected.keys()
        for what, names in (("twice", again), ("different", wrong), ("litter", extra)):
            counts[what] += len(names)
            for name in sorted(names):
                print(f"study {counts['studies']}, {what}: {name}", flush=True)
        shutil.rmtree(study.folder)
    return kills, counts


def run_and_kill(study: Study, victim: str | None, delay: float, patient: bool) -> str | None:
    """Run a study and, after some seconds, kill something of it (None: nothing).

    Returns what was killed; None if the study ended before. If `patient`, it waits until the jobs
    of a killed scheduler have ended as well.
    """
    with open(study.folder / "output.txt", "w", encoding="utf-8") as output:
        process = study.start(
            *TARGETS, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        if process.wait(delay if victim else TIMEOUT) != 0:  # it failed by itself
            sys.exit((study.folder / "output.txt").read_text(encoding="utf-8")[-4000:])
        return None
    except subprocess.TimeoutExpired:
        if victim is None:
            raise
        killed = kill(victim, process.pid)
        process.wait(TIMEOUT)
        if patient:
            wait_for_orphans(process.pid)
        return killed
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def kill(victim: str, scheduler: int) -> str:
    """Kill a job, the scheduler alone (also where no job runs), or everything; returns which."""
    jobs = jobs_of(scheduler)
    if victim == "group":
        os.killpg(scheduler, signal.SIGKILL)
    elif victim == "job" and jobs:
        os.kill(jobs[0], signal.SIGKILL)
    else:
        victim = "scheduler"
        os.kill(scheduler, signal.SIGKILL)
    return victim


def wait_for_orphans(session: int) -> None:
    """Jobs end by themselves soon after their scheduler; most users' next command comes later."""
    while any(process.session == session for process in processes()):
        time.sleep(0.1)


def keep_logs(study: Study) -> None:
    """Give the logs a second name: Snakemake removes them, and orphans may still write to them."""
    folder = study.folder / "logs"
    folder.mkdir(exist_ok=True)
    for log in study.results().rglob("*.log"):
        with contextlib.suppress(FileExistsError):
            os.link(log, folder / f"{log.stat().st_ino}.log")


def trained_in_logs(study: Study) -> list[str]:
    """The networks that the jobs of all runs say they trained and kept."""
    texts = [log.read_text(encoding="utf-8") for log in (study.folder / "logs").iterdir()]
    lines = r"^(\w{16}) is trained and kept: .* core-seconds$"
    return [name for text in texts for name in re.findall(lines, text, re.M)]


def results(study: Study) -> dict[str, bytes]:
    """Every file of the results by its name, but for logs and times."""
    files = [path for path in study.results().rglob("*") if path.is_file()]
    return {
        str(path.relative_to(study.folder)): path.read_bytes()
        for path in files
        if path.suffix not in UNEQUAL
    }


if __name__ == "__main__":
    main()

"""How far a run is, in a line now and then: networks trained, and the time left.

Snakemake counts jobs, of which some take a second and others an hour. Light to import, as every
parse of the Snakefile does.
"""

import re
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Progress", "follow"]

_TABLE = ".networks.csv"
_CORE_SECONDS = re.compile(r"^core-seconds: ([\d.]+)", re.M)
_NAMES = {"sparse": "networks on graphs", "dense": "dense networks", "pruning": "pruned networks"}


@dataclass(frozen=True)
class Progress:
    """What a study has trained, from the files that its jobs have written.

    Attributes:
        tables: paths of the tables of networks that jobs write, by part of the study.
        planned: number of networks, by part.
        done: networks and core-seconds of the jobs that have ended, by the path of their table.
    """

    tables: Mapping[str, Sequence[str]]
    planned: Mapping[str, int]
    done: dict[str, tuple[int, float]] = field(default_factory=dict)

    def look(self) -> None:
        """Read what jobs have written since the last look."""
        for path in (path for paths in self.tables.values() for path in paths):
            if path not in self.done and (job := _ended(Path(path))):
                self.done[path] = job

    @property
    def spent(self) -> float:
        """Core-seconds of the jobs that have ended."""
        return sum(seconds for _, seconds in self.done.values())

    @property
    def left(self) -> float | None:
        """Core-seconds of the other networks, if each takes as long as those of its protocol and
        cell.

        Where there are none of these, as long as those of its part; None if a part has none. The
        other jobs of a part count as having equally many.
        """
        total = 0.0
        for part, paths in self.tables.items():
            whole = self._mean(paths)
            kinds = {_kind(path) for path in paths}
            means = {kind: self._mean(p for p in paths if _kind(p) == kind) for kind in kinds}
            others = [path for path in paths if path not in self.done]
            left = self.planned[part] - sum(self.done[p][0] for p in paths if p in self.done)
            for path in others:
                mean = means[_kind(path)] or whole
                if mean is None:
                    return None
                total += mean * left / len(others)
        return total

    def _mean(self, paths: Iterable[str]) -> float | None:
        """Core-seconds of a network."""
        ended = [self.done[path] for path in paths if path in self.done]
        networks = sum(count for count, _ in ended)
        return sum(seconds for _, seconds in ended) / networks if networks else None

    def line(self, pace: float) -> str:
        """How far the study is, and for how long it goes on.

        Args:
            pace: core-seconds of jobs that end in a second; 0 if it is unknown.

        Example:
            >>> tables = {"dense": ["a/gru/0.networks.csv", "a/gru/1.networks.csv"]}
            >>> Progress(tables, {"dense": 2}, {tables["dense"][0]: (1, 120.0)}).line(pace=1)
            '1 of 2 dense networks; about 2 minutes left'
        """
        networks = {
            part: sum(self.done[path][0] for path in paths if path in self.done)
            for part, paths in self.tables.items()
        }
        counts = [f"{n:,} of {self.planned[part]:,} {_NAMES[part]}" for part, n in networks.items()]
        left = self.left
        duration = "" if left is None or pace <= 0 else f"; {_duration(left / pace)} left"
        return ", ".join(counts) + duration


def _ended(table: Path) -> tuple[int, float] | None:
    """The networks and core-seconds of the job that writes a table; None if it has not ended."""
    with suppress(OSError):
        log = Path(f"{table}".removesuffix(_TABLE) + ".log").read_text(encoding="utf-8")
        if found := _CORE_SECONDS.search(log):
            return table.read_text(encoding="utf-8").count("\n") - 1, float(found[1])
    return None


def _kind(path: str) -> str:
    """What is before the seed in the path of a table: the part, protocol and cell."""
    return re.split(r"/seed\d+/", path)[0]


def _duration(seconds: float) -> str:
    """A time as people say it.

    Example:
        >>> _duration(30), _duration(400), _duration(6000), _duration(40000)
        ('less than a minute', 'about 7 minutes', 'about 1.7 hours', 'about 11 hours')
    """
    minutes, hours = seconds / 60, seconds / 3600
    if minutes < 1:
        return "less than a minute"
    if minutes < 90:
        return f"about {minutes:.0f} minute{'s' if minutes >= 1.5 else ''}"
    return f"about {hours:.1f} hours" if hours < 10 else f"about {hours:.0f} hours"


def follow(progress: Progress, log: str, every: float = 60) -> None:
    """Say how far this run is, on the terminal and in a log, whenever that has changed.

    Args:
        progress: of the study.
        log: a file that lines are added to.
        every: seconds between looks.
    """
    threading.Thread(target=_follow, args=(progress, Path(log), every), daemon=True).start()


def _follow(progress: Progress, log: Path, every: float) -> None:
    progress.look()
    begin, before, jobs = time.monotonic(), progress.spent, len(progress.done)
    while True:
        time.sleep(every)
        progress.look()
        if len(progress.done) > jobs:
            jobs = len(progress.done)
            pace = (progress.spent - before) / (time.monotonic() - begin)
            line = progress.line(pace)
            print(line, file=sys.stderr, flush=True)
            with suppress(OSError), log.open("a", encoding="utf-8") as file:
                print(time.strftime("%F %T"), line, file=file)

"""Networks that are finished: a job that was killed, or runs again, trains none of them twice.

As soon as a network is trained, a job stores it in a file of its own, in a hidden folder beside the
job's file of models. When that file is written, a second name for it (a hard link, which takes no
space) replaces the files of single networks: Snakemake deletes the outputs of a job that failed or
runs again, but not this one. A network is found again by its key, a hash of all that it depends on.
The core-seconds that each took are in the folder, too, as no result may hold them.
"""

import hashlib
import json
import logging
import os
import re
import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from os import PathLike
from pathlib import Path
from typing import Any

from sparsernn.errors import InputError
from sparsernn.files.digests import digest
from sparsernn.files.environment import versions
from sparsernn.networks.checkpoints import load_checkpoint, save_checkpoint
from sparsernn.training.limits import Limits
from sparsernn.training.outcomes import Outcome

__all__ = ["SHOWN", "FinishedNetworks", "seconds_of_networks", "work_key"]

SHOWN = 16
"""Digits of a key in logs."""
_log = logging.getLogger(__name__)
_LIMITED = ("out_of_time", "out_of_memory")
_PACKAGES = ("torch", "numba", "numpy")
_FOR_RIDGE = ("scikit-learn", "scipy")
_PARTS = {"key", "identity", "status", "reason", "history", "wrong", "metric"}
_PARTS |= {"parameters", "weights"}
_SECONDS = re.compile(
    rf"^([0-9a-f]{{{SHOWN}}}) is (?:trained and )?kept.*: ([\d.]+) core-seconds$", re.M
)


def work_key(spec: Mapping[str, Any], files: Iterable[str | PathLike[str]]) -> str:
    """A hash of what a network depends on: settings, input files, and the packages that compute.

    Returns:
        64 hexadecimal digits.
    """
    packages = _PACKAGES + _FOR_RIDGE * ("ridge" in spec.get("choices", {}))
    known = [spec, versions(packages), [digest(path) for path in files]]
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()


def seconds_of_networks(log: str | PathLike[str]) -> dict[str, float]:
    """The processor time of each network of a job, in seconds, from the job's log.

    Returns:
        By the first digits of its key; a network that an earlier run trained has the time of then.
    """
    text = Path(log).read_text(encoding="utf-8", errors="replace")
    return {key: float(seconds) for key, seconds in _SECONDS.findall(text)}


class FinishedNetworks:
    """The networks of a job that this run of it, or an earlier one, has finished.

    Args:
        models: the job's file of models.
        limits: the limits of this run. A network that met a limit is trained again under others.
    """

    def __init__(self, models: str | PathLike[str], limits: Limits) -> None:
        self.models = Path(models)
        self.folder = self.models.with_name(f".{self.models.name}.kept")
        self.limits = asdict(limits)
        self.earlier = {
            entry["key"]: entry
            for path in sorted(self.folder.glob(f"all.*{self.models.suffix}"))
            if path.name == _second_name(path)  # otherwise it was edited: it is the same file
            for entry in self._networks(path)
        }
        self.took = self.folder / "core_seconds.txt"

    def once(self, key: str, train: Callable[[], Outcome]) -> Outcome:
        """The network of a key; if no run has finished it, it is trained and stored at once."""
        if (entry := self.find(key)) is not None:
            return entry
        began = time.process_time()
        entry = train() | {"key": key}
        took = f"{time.process_time() - began:.2f}"
        if entry["status"] in _LIMITED:
            entry["limits"] = self.limits
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.took.open("a", encoding="utf-8") as file:  # first: a job may be killed between
            file.write(f"{key} {took}\n")
        save_checkpoint(self._single(key), networks=[entry])
        _log.info(f"{key[:SHOWN]} is trained and kept: {took} core-seconds")
        return entry

    def find(self, key: str) -> Outcome | None:
        """The finished network of a key, if there is one."""
        single = self._networks(self._single(key))
        entry: Outcome | None = next(iter(single), self.earlier.get(key))
        if entry is None or (entry["status"] in _LIMITED and entry.get("limits") != self.limits):
            return None
        took = self._seconds().get(key)
        after = "" if took is None else f": {took} core-seconds"
        _log.info(f"{key[:SHOWN]} is kept from an earlier run{after}")
        return entry

    def close(self) -> None:
        """Give the finished file of models its second name, and remove all else from the folder."""
        self.folder.mkdir(exist_ok=True)
        second = self.folder / _second_name(self.models)
        partial = second.with_suffix(".partial")
        partial.unlink(missing_ok=True)
        try:
            os.link(self.models, partial)
        except OSError:  # a file system without hard links
            shutil.copyfile(self.models, partial)
        os.replace(partial, second)
        for other in self.folder.iterdir():
            if other not in (second, self.took):
                other.unlink()

    def _seconds(self) -> dict[str, str]:
        """The core-seconds of networks by key; a line that was cut short does not count."""
        try:
            lines = self.took.read_text(encoding="utf-8").splitlines(keepends=True)
        except (OSError, UnicodeDecodeError):
            return {}
        return dict(line.split() for line in lines if re.fullmatch(r"\w+ \d+\.\d\d\n", line))

    def forget(self) -> None:
        """Remove the networks that were stored."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _single(self, key: str) -> Path:
        return self.folder / f"{key}{self.models.suffix}"

    def _networks(self, path: Path) -> list[Outcome]:
        """The complete networks in a file; none if it can't be read."""
        if not path.exists():
            return []
        try:
            networks = load_checkpoint(path)["networks"]
        except InputError as error:
            _log.info("trained again, an earlier file is of no use: %s", error)
            return []
        complete = [entry for entry in networks if entry.keys() >= _PARTS]
        return [entry for entry in complete if isinstance(entry["key"], str)]


def _second_name(models: Path) -> str:
    """The second name of a file of models: it shows whether the file has been edited since."""
    return f"all.{digest(models)}{models.suffix}"

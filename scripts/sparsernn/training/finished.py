"""Networks that are finished: a job that was killed, or runs again, trains none of them twice.

As soon as a network is trained, a job stores it in a file of its own, in a hidden folder beside the
job's file of models. When that file is written, a second name for it (a hard link, which takes no
space) replaces the files of single networks: Snakemake deletes the outputs of a job that failed or
runs again, but not this one. A network is found again by its key, a hash of all that it depends on.
"""

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Iterable, Mapping
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

__all__ = ["FinishedNetworks", "work_key"]

_log = logging.getLogger(__name__)
_LIMITED = ("out_of_time", "out_of_memory")
_PACKAGES = ("torch", "numba", "numpy")
_FOR_RIDGE = ("scikit-learn", "scipy")
_PARTS = {"key", "identity", "status", "reason", "history", "wrong", "metric"}
_PARTS |= {"parameters", "weights"}


def work_key(spec: Mapping[str, Any], files: Iterable[str | PathLike[str]]) -> str:
    """A hash of what a network depends on: settings, input files, and the packages that compute.

    Returns:
        64 hexadecimal digits.
    """
    packages = _PACKAGES + _FOR_RIDGE * ("ridge" in spec.get("choices", {}))
    known = [spec, versions(packages), [digest(path) for path in files]]
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()


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

    def find(self, key: str) -> Outcome | None:
        """The finished network of a key, if there is one."""
        single = self._networks(self._single(key))
        entry: Outcome | None = next(iter(single), self.earlier.get(key))
        if entry is None or (entry["status"] in _LIMITED and entry.get("limits") != self.limits):
            return None
        _log.info("%s is kept from an earlier run", key[:16])
        return entry

    def add(self, key: str, outcome: Outcome) -> Outcome:
        """Store a network that was just trained."""
        entry = outcome | {"key": key}
        if entry["status"] in _LIMITED:
            entry["limits"] = self.limits
        save_checkpoint(self._single(key), networks=[entry])
        _log.info("%s is trained and kept", key[:16])
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
            if other != second:
                other.unlink()

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

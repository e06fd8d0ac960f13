"""Networks that are done already: a job that is killed, or runs again, trains none of them twice.

A job keeps each network in a file of its own as soon as it is trained, in a hidden folder beside
its file of models. Once that is written, a second name of it (a hard link, which takes no space)
replaces them: Snakemake removes the outputs of a job that failed, or that runs again, but not this.
Which network is which says its key, a hash of all that it was made from.
"""

import hashlib
import json
import os
import shutil
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
from sparsernn.training.outcomes import Record

__all__ = ["Kept", "work_key"]

LIMITED = ("out_of_time", "out_of_memory")
_PARTS = {"key", "identity", "status", "reason", "history", "parameters", "weights"}


def work_key(spec: Mapping[str, Any], files: Iterable[str | PathLike[str]]) -> str:
    """A hash of what a piece of work depends on: settings, input files, and what computes it."""
    known = [spec, versions(("torch", "numba", "numpy"))]
    total = hashlib.sha256(json.dumps(known, sort_keys=True).encode())
    for path in files:
        total.update(hashlib.sha256(Path(path).read_bytes()).digest())
    return total.hexdigest()


class Kept:
    """The networks of a job that earlier runs of it have trained.

    Args:
        models: the job's file of models.
        limits: of this run; a network that was given up under others is not kept.
        say: writes a line to the log.
    """

    def __init__(
        self, models: str | PathLike[str], limits: Limits, say: Callable[[str], None]
    ) -> None:
        self.models = Path(models)
        self.folder = self.models.with_name(f".{self.models.name}.kept")
        self.limits, self.say = asdict(limits), say
        self.earlier = {
            entry["key"]: entry
            for whole in sorted(self.folder.glob("all.*.safetensors"))
            if whole.name == _name_of_all(whole)  # otherwise it was edited, as models itself
            for entry in self._networks(whole)
        }

    def get(self, key: str) -> Record | None:
        """The network of a key, if it is there and still right."""
        parts = self._networks(self.folder / f"{key}.safetensors")
        entry: Record | None = next(iter(parts), self.earlier.get(key))
        if entry is not None and entry["status"] in LIMITED and entry.get("limits") != self.limits:
            return None
        if entry is not None:
            self.say(f"{key[:16]} is kept from an earlier run")
        return entry

    def keep(self, key: str, record: Record) -> Record:
        """Keep a network that was just trained."""
        entry = record | {"key": key}
        if entry["status"] in LIMITED:
            entry["limits"] = self.limits
        save_checkpoint(self.folder / f"{key}.safetensors", networks=[entry])
        self.say(f"{key[:16]} is trained and kept")
        return entry

    def finish(self) -> None:
        """Once all are in the file of models: keep this by a second name, and nothing else."""
        self.folder.mkdir(exist_ok=True)
        whole = self.folder / _name_of_all(self.models)
        partial = whole.with_suffix(".partial")
        partial.unlink(missing_ok=True)
        try:
            os.link(self.models, partial)
        except OSError:  # a file system without hard links
            shutil.copyfile(self.models, partial)
        os.replace(partial, whole)
        for other in self.folder.iterdir():
            if other != whole:
                other.unlink()

    def _networks(self, path: Path) -> list[Record]:
        if not path.exists():
            return []
        try:
            networks = load_checkpoint(path)["networks"]
            whole = [entry for entry in networks if entry.keys() >= _PARTS]
            return [entry for entry in whole if isinstance(entry["key"], str)]
        except InputError as error:
            self.say(f"trained anew, an earlier file is of no use: {error}")
            return []


def _name_of_all(models: Path) -> str:
    """What a file of models is kept as: it says whether the file still is what it was."""
    return f"all.{digest(models)}.safetensors"

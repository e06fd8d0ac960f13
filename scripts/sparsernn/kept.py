"""Networks that are done already: a job that is killed, or runs again, trains none of them twice.

A job keeps each network in a file of its own as soon as it is trained, in the folder MODELS.parts,
until all are in its file of models. Which network is which says its key, a hash of all that it was
made from.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from os import PathLike
from pathlib import Path
from typing import Any

from sparsernn.checkpoints import load_checkpoint, save_checkpoint
from sparsernn.errors import InputError
from sparsernn.limits import Limits
from sparsernn.records import Record

__all__ = ["Kept", "work_key"]

LIMITED = ("out_of_time", "out_of_memory")


def work_key(spec: Mapping[str, Any], files: Iterable[str | PathLike[str]]) -> str:
    """A hash of all that a piece of work depends on: its settings and its input files."""
    digest = hashlib.sha256(json.dumps(spec, sort_keys=True).encode())
    for path in files:
        digest.update(hashlib.sha256(Path(path).read_bytes()).digest())
    return digest.hexdigest()


class Kept:
    """The networks of a job that an earlier run of it has trained.

    Args:
        models: the job's file of models, perhaps from an earlier run.
        limits: of this run; a network that was given up under others is not kept.
        say: writes a line to the log.
    """

    def __init__(
        self, models: str | PathLike[str], limits: Limits, say: Callable[[str], None]
    ) -> None:
        self.folder = Path(f"{models}.parts")
        self.limits, self.say = asdict(limits), say
        self.earlier = {entry["key"]: entry for entry in self._networks(Path(models))}

    def get(self, key: str) -> Record | None:
        """The network of a key, if it is there and still right."""
        parts = self._networks(self.folder / f"{key}.pt")
        entry: Record | None = next(iter(parts), self.earlier.get(key))
        if entry is not None and entry["status"] in LIMITED and entry["limits"] != self.limits:
            return None
        if entry is not None:
            self.say(f"{key[:16]} is kept from an earlier run")
        return entry

    def keep(self, key: str, record: Record) -> Record:
        """Keep a network that was just trained."""
        entry = record | {"key": key}
        if entry["status"] in LIMITED:
            entry["limits"] = self.limits
        save_checkpoint(self.folder / f"{key}.pt", networks=[entry])
        self.say(f"{key[:16]} is trained and kept")
        return entry

    def clear(self) -> None:
        """Remove what was kept apart, once all is in the file of models."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _networks(self, path: Path) -> list[Record]:
        if not path.exists():
            return []
        try:
            networks = load_checkpoint(path)["networks"]
            return [entry for entry in networks if "key" in entry and "status" in entry]
        except (InputError, KeyError, TypeError) as error:
            self.say(f"trained anew, an earlier file is of no use: {error}")
            return []

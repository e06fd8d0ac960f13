"""What the workflow checks before it runs: is it alone here, and are its results unchanged.

Light to import: every parse of the Snakefile does.
"""

import os
import shutil
import socket
from contextlib import suppress
from pathlib import Path
from typing import IO

from sparsernn.errors import InputError
from sparsernn.workflow.provenance import changed, record_path

__all__ = ["RUN", "announce", "prepare"]

RUN = "SPARSERNN_RUN"
"""The variable that tells a job the number of the process that runs it."""

_held: list[IO[str]] = []  # a lock lasts as long as its file is open: until the process ends


def announce() -> None:
    """Tell the jobs which process runs them (on a cluster, one on their node), and which library.

    Snakemake puts the folder of a script last on Python's path, so a job would import a copy of the
    library that was installed with pip instead of this one.
    """
    os.environ[RUN] = str(os.getpid())
    ours = str(Path(__file__).parents[2])
    others = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    paths = [ours, *(path for path in others if path not in ("", ours))]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)


def prepare(results: str) -> None:
    """Clear the lock of a run that was killed, and look at the results.

    Raises:
        InputError: results were changed since they were made, or can't be read.
    """
    _clear_stale_lock(Path(".snakemake"))
    if different := changed(results):
        raise InputError(_complaint(different))


def _complaint(different: list[Path]) -> str:
    listed = "\n".join(f"  {path}" for path in different)
    first = different[0]
    # For a folder, Snakemake looks at the date of a file of its own, which an edit does not change.
    date = f" {first / '.snakemake_timestamp'}" if first.is_dir() else ""
    return (
        f"{len(different)} result(s) were edited or cut off since they were made:\n"
        f"{listed}\n"
        "Each has to be as its record says. To have a result computed again, delete it and ask for "
        "it by name, with the options of this run; to keep it as it is now, delete its record:\n"
        f"  rm -r {first} && snakemake {first} …\n"
        f"  rm {record_path(first)}{date}"
    )


def _clear_stale_lock(folder: Path) -> None:
    """Remove Snakemake's locks if all runs that could hold them are gone.

    Each run shares a lock of the operating system, which ends with its process, however that ends.
    If no run holds one, Snakemake's own lock files are left from a run that was killed. As some
    file systems share no locks between hosts, our file lists the hosts that have run here since.
    If another one is among them, the lock files stay, and Snakemake says what to do.
    """
    try:
        import fcntl
    except ImportError:
        return
    with suppress(OSError):
        folder.mkdir(exist_ok=True)
        file = open(folder / "runs.lock", "a+", encoding="utf-8")  # noqa: SIM115
        _held.append(file)
        here = socket.gethostname()
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print(here, file=file, flush=True)
        else:
            file.seek(0)
            locks = folder / "locks"
            if set(file.read().split()) <= {here}:
                shutil.rmtree(locks, ignore_errors=True)
            if not locks.is_dir() or not any(locks.iterdir()):
                file.truncate(0)
            print(here, file=file, flush=True)
        fcntl.flock(file, fcntl.LOCK_SH)

"""What every script of a rule shares: its log, how it fails, its lock, its records."""

import hashlib
import logging
import os
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from sparsernn.errors import InputError
from sparsernn.files.digests import digest
from sparsernn.files.environment import c_library, processor, versions
from sparsernn.workflow.provenance import record_path, write_record
from sparsernn.workflow.runs import RUN

__all__ = ["LOCKS", "job", "lock_place", "log", "running"]

LOCKS = Path(".snakemake", "jobs.lock")
"""A file of which each running job locks a byte. Snakemake knows nothing of it: it removes a job's
outputs and its log before it starts the job."""

_logger = logging.getLogger("sparsernn")

log = _logger.info
"""Write a line to the log of the rule."""


def job(main: Callable[[Any], None]) -> Callable[[Any], None]:
    """Decorate the function of a rule's script: it runs as soon as Snakemake runs the script.

    Whoever imports the script gets the function, which takes Snakemake's object of its name.
    """
    if main.__module__ == "__main__":
        snakemake = main.__globals__["snakemake"]
        with running(snakemake):
            main(snakemake)
    return main


@contextmanager
def running(snakemake: Any) -> Iterator[None]:
    """Around the body of a job.

    What the library logs goes to the rule's log, line by line. Bad input and a full disk end the
    job with their message alone; anything else is a bug and leaves its traceback in the log as
    well. The log ends with the processor time of the job, and with the part of it before the body
    began. What each output depends on is written beside it.

    Args:
        snakemake: the object that Snakemake gives its scripts.
    """
    start_up = time.process_time()
    _end_with_run()
    with _alone(snakemake.log[0]), _logging_to(snakemake.log[0]):
        log(f"process {os.getpid()} on {socket.gethostname()}")
        outputs = [Path(path) for path in snakemake.output]
        try:
            _clear(outputs)
            yield
            about = _about(snakemake)
            for path in outputs:
                write_record(path, about)
            log(f"core-seconds: {time.process_time():.2f}, start-up {start_up:.2f}")
        except InputError as error:
            _fail(str(error))
        except OSError as error:
            log(traceback.format_exc())
            where = "" if error.filename else f"{outputs[0]}: "
            remedy = "Mend this (space, rights), then run the same command again."
            _fail(f"{where}{error}. {remedy}")
        except Exception:
            log(traceback.format_exc())
            raise


@contextmanager
def _logging_to(path: str) -> Iterator[None]:
    """Write each line that the library logs to a file at once; on a full disk do without."""
    logging.raiseExceptions = False
    handler: logging.Handler = logging.NullHandler()
    with suppress(OSError):
        handler = logging.FileHandler(path, "w", "utf-8")
    _logger.setLevel(logging.INFO)
    _logger.addHandler(handler)
    try:
        yield
    finally:
        _logger.removeHandler(handler)
        with suppress(OSError):
            handler.close()


def _fail(message: str) -> None:
    _logger.info(f"error: {message}")
    print(f"error: {message}", file=sys.stderr)
    sys.exit(1)


def lock_place(log: str) -> int:
    """The byte of `LOCKS` that the job of a log holds while it runs."""
    return int.from_bytes(hashlib.sha256(log.encode()).digest()[:7], "big")


@contextmanager
def _alone(log: str) -> Iterator[None]:
    """Wait until no other process writes the same files, and keep others from it.

    There is one if the last run was killed and its jobs were not, as can happen on a cluster.
    """
    with ExitStack() as stack:
        # Systems and file systems may have no locks, and disks no room for an empty file.
        with suppress(ImportError, OSError):
            import fcntl

            LOCKS.parent.mkdir(exist_ok=True)
            file = stack.enter_context(LOCKS.open("ab"))
            try:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, lock_place(log))
            except (BlockingIOError, PermissionError):  # systems differ in which they raise
                message = f"waiting for a job of an earlier run: it still writes {log}"
                print(message, file=sys.stderr, flush=True)
                fcntl.lockf(file, fcntl.LOCK_EX, 1, lock_place(log))
        yield


def _end_with_run() -> None:
    """End this process soon after its Snakemake: nobody uses what such a job writes.

    It is our parent. Its number is known, too, as it may have ended before we began.
    """
    run, parent = int(os.environ.get(RUN, "0")), os.getppid()

    def over() -> bool:
        return os.getppid() != parent or (run > 0 and not _exists(run))

    def watch() -> None:
        while not over():
            time.sleep(1)
        os._exit(1)

    if over():
        sys.exit(f"not begun: Snakemake, process {run or parent}, has ended")
    threading.Thread(target=watch, daemon=True).start()


def _exists(process: int) -> bool:
    if sys.platform == "win32":  # where the signal 0 is Ctrl-C
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _clear(outputs: list[Path]) -> None:
    """Remove records that are no longer true, and files that a killed job left half-written."""
    for path in outputs:
        record_path(path).unlink(missing_ok=True)
        for name in (path.name, record_path(path).name):
            for partial in path.parent.glob(f".{name}.*.partial"):
                partial.unlink(missing_ok=True)


def _about(snakemake: Any) -> dict[str, Any]:
    """What the outputs depend on: rule, settings and code, inputs, versions, processor."""
    return {
        "rule": snakemake.rule,
        "wildcards": dict(snakemake.wildcards.items()),
        "params": dict(snakemake.params.items()),
        "inputs": {str(path): digest(path) for path in snakemake.input},
        "versions": versions(),
        "processor": processor(),
        "c_library": c_library(),
    }

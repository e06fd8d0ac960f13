"""What every script of a rule shares: its log, its way to fail, its single thread, its records."""

import hashlib
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
from sparsernn.files.environment import processor, versions
from sparsernn.workflow.provenance import record_path, write_record
from sparsernn.workflow.runs import RUN

__all__ = ["LOCKS", "job", "lock_place"]

LOCKS = Path(".snakemake", "jobs.lock")
"""A file of which each running job locks a byte. Snakemake knows nothing of it: it removes a job's
outputs and its log before it starts the job."""


@contextmanager
def job(snakemake: Any) -> Iterator[Callable[[str], None]]:
    """Run the body of a script.

    Yields a function that writes a line to the rule's log at once. Bad input and a full disk end
    the job with their message alone; anything else is a bug and leaves its traceback in the log as
    well. The log ends with the processor time that the job took, of which so much before its body
    began. What each output was made from is written beside it.

    Args:
        snakemake: the object that Snakemake gives its scripts.
    """
    start_up = time.process_time()
    _end_with_run()
    with _alone(snakemake.log[0]), _log(snakemake.log[0]) as say:
        say(f"process {os.getpid()} on {socket.gethostname()}")
        outputs = [Path(path) for path in snakemake.output]
        try:
            _set_arithmetic(snakemake.threads)
            _clear(outputs)
            yield say
            about = _about(snakemake)
            for path in outputs:
                write_record(path, about)
            say(f"core-seconds: {time.process_time():.2f}, start-up {start_up:.2f}")
        except InputError as error:
            _fail(str(error), say)
        except OSError as error:
            say(traceback.format_exc())
            where = "" if error.filename else f"{outputs[0]}: "
            remedy = "Mend this (space, rights), then run the same command again."
            _fail(f"{where}{error}. {remedy}", say)
        except Exception:
            say(traceback.format_exc())
            raise


@contextmanager
def _log(path: str) -> Iterator[Callable[[str], None]]:
    """A function that writes a line to the log at once, and goes without where the disk is full."""
    descriptor = None
    with suppress(OSError):
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
        descriptor = os.open(path, flags, 0o666)

    def say(line: str) -> None:
        if descriptor is not None:
            with suppress(OSError):
                os.write(descriptor, f"{line}\n".encode())

    try:
        yield say
    finally:
        if descriptor is not None:
            with suppress(OSError):
                os.close(descriptor)


def _fail(message: str, say: Callable[[str], None]) -> None:
    say(f"error: {message}")
    print(f"error: {message}", file=sys.stderr)
    sys.exit(1)


def lock_place(log: str) -> int:
    """The byte of `LOCKS` that the job of a log holds while it runs."""
    return int.from_bytes(hashlib.sha256(log.encode()).digest()[:7], "big")


@contextmanager
def _alone(log: str) -> Iterator[None]:
    """Wait until no other process makes the same files, and let none do so.

    There is one if the run before was killed and its jobs were not: on a cluster, say.
    """
    with ExitStack() as stack:
        # Systems and file systems may have no locks, and disks no room for an empty file.
        with suppress(ImportError, OSError):
            import fcntl

            LOCKS.parent.mkdir(exist_ok=True)
            file = stack.enter_context(LOCKS.open("ab"))
            try:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, lock_place(log))
            except (BlockingIOError, PermissionError):  # which of them, systems differ in
                said = f"waiting for a job of an earlier run: it still writes {log}"
                print(said, file=sys.stderr, flush=True)
                fcntl.lockf(file, fcntl.LOCK_EX, 1, lock_place(log))
        yield


def _end_with_run() -> None:
    """End this process soon after its Snakemake: a job that nobody waits for is worth nothing.

    That is known by its number, as it may have ended before we began, and by its being our parent.
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
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _clear(outputs: list[Path]) -> None:
    """Remove what no longer is true (records), and what a killed job left half-written."""
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
    }


def _set_arithmetic(threads: int) -> None:
    """One result whatever the number of cores; and numbers below 1e-38 count as zero.

    The gradients of a network that makes no more errors become that small, and processors take ten
    times as long with them.
    """
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(threads)
        torch.use_deterministic_algorithms(True)
        torch.set_flush_denormal(True)

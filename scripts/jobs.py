"""What every script of a rule shares: its log, its way to fail, its single thread, its records."""

import os
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from sparsernn.errors import InputError
from sparsernn.made import digest, record_path, write_record
from sparsernn.provenance import processor, versions

__all__ = ["job"]


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
    with open(snakemake.log[0], "a+", buffering=1, encoding="utf-8") as log:

        def say(line: str) -> None:
            print(line, file=log, flush=True)

        _end_with(os.getppid())
        _wait_for_orphan(log)
        log.truncate(0)
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
            traceback.print_exc(file=log)
            _fail(f"{error}. Mend this (space, rights), then run the same command again.", say)
        except Exception:
            traceback.print_exc(file=log)
            raise


def _fail(message: str, say: Callable[[str], None]) -> None:
    with suppress(OSError):  # the log may be on the full disk
        say(f"error: {message}")
    print(f"error: {message}", file=sys.stderr)
    sys.exit(1)


def _wait_for_orphan(log: IO[str]) -> None:
    """Wait until no other process makes the same files.

    There is one if the run before was killed and its jobs were not.
    """
    try:
        import fcntl

        fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        log.seek(0)
        print(f"waiting for the {log.readline().strip()}, which makes the same", file=sys.stderr)
        fcntl.flock(log, fcntl.LOCK_EX)
    except (ImportError, OSError):
        pass  # a system, or a file system, without locks


def _end_with(parent: int) -> None:
    """End this process soon after its parent: a job that nobody waits for is worth nothing."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _clear(outputs: list[Path]) -> None:
    """Remove what no longer is true (records), and what a killed job left half-written."""
    for path in outputs:
        record_path(path).unlink(missing_ok=True)
        for partial in path.parent.glob(f".{path.name}.*.partial"):
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

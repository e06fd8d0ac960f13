"""What every script of a rule shares: its log, its way to fail, its single thread."""

import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sparsernn.errors import InputError

__all__ = ["job"]


@contextmanager
def job(snakemake: Any) -> Iterator[Callable[[str], None]]:
    """Run the body of a script.

    Yields a function that writes a line to the rule's log at once. Bad input ends the job with its
    message alone; anything else is a bug and leaves its traceback in the log as well. The log ends
    with the processor time that the job took, of which so much before its body began.

    Args:
        snakemake: the object that Snakemake gives its scripts.
    """
    start_up = time.process_time()
    with open(snakemake.log[0], "w", buffering=1, encoding="utf-8") as log:

        def say(line: str) -> None:
            print(line, file=log, flush=True)

        try:
            _set_arithmetic(snakemake.threads)
            yield say
            say(f"core-seconds: {time.process_time():.2f}, start-up {start_up:.2f}")
        except InputError as error:
            say(f"error: {error}")
            print(f"error: {error}", file=sys.stderr)
            sys.exit(1)
        except Exception:
            traceback.print_exc(file=log)
            raise


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

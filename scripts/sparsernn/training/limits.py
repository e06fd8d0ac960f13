"""Limits of time and memory for one network. A network that exceeds one is not finished."""

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import torch

__all__ = ["Limits", "memory_errors"]

_MEGABYTE = 2**20
_RAN_OUT = "memory ran out"


@dataclass(frozen=True)
class Limits:
    """Limits of one network's training; None is no limit.

    Attributes:
        minutes: wall time.
        megabytes: memory (MiB) beyond what the process already has. It is limited on Linux only.
    """

    minutes: float | None = None
    megabytes: float | None = None

    def clock(self) -> Callable[[], None]:
        """Start the time; the function that is returned raises `TimeoutError` once it is up."""
        if self.minutes is None:
            return lambda: None
        end = monotonic() + 60 * self.minutes

        def check() -> None:
            if monotonic() > end:
                raise TimeoutError(f"took more than {self.minutes:g} minutes")

        return check

    @contextmanager
    def bounded(self) -> Iterator[None]:
        """Limit the memory of a block: beyond it, allocations raise `MemoryError`."""
        if self.megabytes is None or not sys.platform.startswith("linux"):
            yield
            return
        import resource  # which Windows lacks

        gc.collect()  # otherwise this network could use what earlier networks no longer need
        before, hard = resource.getrlimit(resource.RLIMIT_DATA)
        wanted = _data_bytes() + int(self.megabytes * _MEGABYTE)
        known = [limit for limit in (before, hard, wanted) if limit != resource.RLIM_INFINITY]
        resource.setrlimit(resource.RLIMIT_DATA, (min(known), hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_DATA, (before, hard))


def _data_bytes() -> int:
    """The memory that RLIMIT_DATA counts, as used now."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    return 0


@contextmanager
def memory_errors() -> Iterator[None]:
    """Turn every lack of memory, also torch's own errors, into a `MemoryError` of the same text.

    The texts of the libraries differ from run to run: which allocation fails, and its size, depend
    on what the process did before.
    """
    try:
        yield
    except MemoryError:
        raise MemoryError(_RAN_OUT) from None
    except RuntimeError as error:
        if isinstance(error, torch.OutOfMemoryError) or "allocate memory" in str(error):
            raise MemoryError(_RAN_OUT) from None
        raise

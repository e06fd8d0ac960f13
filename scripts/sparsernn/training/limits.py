"""What one network may cost: time and memory. One that needs more is given up, and no other."""

import gc
import resource
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
        minutes: of wall time.
        megabytes: of memory (MiB) beyond what the process has already. Linux alone can tell.
    """

    minutes: float | None = None
    megabytes: float | None = None

    def clock(self) -> Callable[[], None]:
        """A function that raises `TimeoutError` once the minutes, from now on, have passed."""
        if self.minutes is None:
            return lambda: None
        end = monotonic() + 60 * self.minutes

        def check() -> None:
            if monotonic() > end:
                raise TimeoutError(f"took more than {self.minutes:g} minutes")

        return check

    @contextmanager
    def bounded(self) -> Iterator[None]:
        """Within, what would take more memory raises `MemoryError`."""
        if self.megabytes is None or not sys.platform.startswith("linux"):
            yield
            return
        gc.collect()  # what earlier networks leave is not to count as free for this one
        before, hard = resource.getrlimit(resource.RLIMIT_DATA)
        wanted = _data_bytes() + int(self.megabytes * _MEGABYTE)
        known = [limit for limit in (before, hard, wanted) if limit != resource.RLIM_INFINITY]
        resource.setrlimit(resource.RLIMIT_DATA, (min(known), hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_DATA, (before, hard))


def _data_bytes() -> int:
    """What RLIMIT_DATA counts, so far."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    return 0


@contextmanager
def memory_errors() -> Iterator[None]:
    """Every kind of a lack of memory, torch's own too, as a `MemoryError` of the same words.

    Which request fails, and of how many bytes, depends on what the process did before.
    """
    try:
        yield
    except MemoryError:
        raise MemoryError(_RAN_OUT) from None
    except RuntimeError as error:
        if isinstance(error, torch.OutOfMemoryError) or "allocate memory" in str(error):
            raise MemoryError(_RAN_OUT) from None
        raise

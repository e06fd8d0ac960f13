"""Where compiled kernels are stored, so that only the first job on a machine compiles them.

The folder's name holds a hash of the source of kernels and cells, of numba's version and of the
processor: after a change of any of them kernels are compiled again, and machines that share a home
never load each other's. Nothing is written beside the source.
"""

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm  # type: ignore[import-untyped]
import numba
from numba.core import caching
from numba.core.errors import NumbaError

from sparsernn.engine.choice import fused_cells
from sparsernn.engine.vectors import OPTIONS
from sparsernn.files.whole import write_bytes
from sparsernn.plugins import file
from sparsernn.wiring import elementwise

__all__ = ["Kernel", "cache_folder", "kernel"]


def cache_folder() -> Path:
    """The folder of this source, numba and processor.

    It lies in NUMBA_CACHE_DIR where that is set, else in XDG_CACHE_HOME or ~/.cache; if that can't
    be written, in the folder of temporary files.
    """
    scripts = Path(__file__).parents[2]
    cells = [scripts / file("cells", cell) for cell in fused_cells()]
    sources = [*sorted(Path(__file__).parent.glob("*.py")), Path(elementwise.__file__), *cells]
    identity = [path.read_bytes() for path in sources]
    features = llvm.get_host_cpu_features().flatten()
    processor: Any = numba.config  # NUMBA_CPU_NAME and NUMBA_CPU_FEATURES choose another
    chosen = f"{processor.CPU_NAME} {processor.CPU_FEATURES}"
    host = f"{llvm.get_host_cpu_name()} {features} {chosen}"
    identity += [f"{numba.__version__} {sys.version} {host}".encode()]
    name = hashlib.sha256(b"\0".join(identity)).hexdigest()[:16]
    base = os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME")
    try:
        folder = Path(base) if base else Path.home() / ".cache"
        folder = folder / "sparsernn" / name
        if _is_warm(folder):
            return folder  # to load from, whether or not it can be written
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except (OSError, RuntimeError):
        folder = _temporary_folder(name)
    return folder


def _is_warm(folder: Path) -> bool:
    """Whether kernels were compiled into it."""
    return next(folder.rglob("*.nbi"), None) is not None


def _temporary_folder(name: str) -> Path:
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "")
    base = os.path.join(tempfile.gettempdir(), f"sparsernn-{user}")
    with suppress(FileExistsError):
        os.mkdir(base, 0o700)
    if hasattr(os, "getuid") and os.lstat(base).st_uid != user:
        base = tempfile.mkdtemp()  # another's, who could put anything there
    folder = Path(base) / name
    folder.mkdir(exist_ok=True)
    return folder


@contextmanager
def _read_only(folder: Path) -> Iterator[None]:
    """Let numba load from a folder that it can't write; it would look for another."""
    locator: Any = caching.UserProvidedCacheLocator
    check = locator.ensure_cache_path
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        locator.ensure_cache_path = lambda self: None
    try:
        yield
    finally:
        locator.ensure_cache_path = check


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time, where the system and the file system can lock files.

    Numba replaces files whole, but two processes that add to one index may mix up their entries;
    and where many jobs start at once, one should compile and the others wait and load.
    """
    with ExitStack() as stack:
        with suppress(ImportError, OSError):
            import fcntl

            file = stack.enter_context(open(folder / "lock", "w"))
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _placed(function: Callable[..., Any], folder: Path) -> Callable[..., Any]:
    """The function as if it came from a copy of its file in the folder.

    Numba files what it compiles under the path of the source, and would compile again for each copy
    of the project.
    """
    source = Path(function.__code__.co_filename)
    copy = folder / source.name
    with suppress(OSError):
        if not copy.exists():
            write_bytes(source.read_bytes(), copy)
        function.__code__ = function.__code__.replace(co_filename=str(copy))
    return function


class Kernel:
    """A compiled function that is loaded from the cache, or compiled into it, when first called.

    Args:
        function: plain Python, in numba's subset.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.folder = cache_folder()
        self.function = _placed(function, self.folder)
        config: Any = numba.config
        before, config.CACHE_DIR = config.CACHE_DIR, str(self.folder)
        try:
            with _read_only(self.folder):
                self.compiled = numba.njit(cache=True, nogil=True, **OPTIONS)(self.function)
        finally:
            config.CACHE_DIR = before
        self._ready: set[Any] = set()

    def __call__(self, dtype: Any, *arguments: Any) -> Any:
        """Call it; `dtype` is that of the numbers. What is None at times is compiled for both."""
        kinds = dtype, *map(type, arguments)
        if kinds not in self._ready:
            with _alone(self.folder):
                self._load(tuple(map(numba.typeof, arguments)))
            self._ready.add(kinds)
        return self.compiled(*arguments)

    def _load(self, signature: tuple[Any, ...]) -> None:
        """Load it from the cache, or compile it into it, for arguments of some types."""
        try:
            self.compiled.compile(signature)
        except NumbaError:  # the function takes no such types
            raise
        except Exception:  # a file that is cut off may raise anything; so does a full disk
            self._leave_cache()

    def _leave_cache(self) -> None:
        """Compile for this process alone; the next one compiles again, as the files are removed."""
        for path in self.folder.rglob(f"*.{self.function.__name__}-*.nb?"):
            with suppress(OSError):
                path.unlink()
        self.compiled = numba.njit(nogil=True, **OPTIONS)(self.function)


kernel = Kernel

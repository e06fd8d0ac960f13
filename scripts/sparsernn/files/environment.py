"""What a result depends on besides its inputs: the machine and the versions of packages."""

import os
import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

__all__ = ["PACKAGES", "machine", "processor", "versions"]

PACKAGES = (
    "snakemake", "torch", "numba", "numpy", "scipy", "scikit-learn", "statsmodels", "pandas",
    "networkx", "igraph", "matplotlib", "safetensors", "typst",
)  # fmt: skip


def versions(packages: Iterable[str] = PACKAGES) -> dict[str, str]:
    """Versions of Python and of packages, by name."""
    found = {"Python": platform.python_version()}
    for name in packages:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def processor() -> str:
    """The processor's name."""
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            names = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
        if names:
            return names[0]
    return platform.processor()


def machine() -> dict[str, str]:
    """Processor, its vector instructions as torch sees them, cores, and operating system.

    Sums are rounded differently where the vector instructions differ.
    """
    import torch  # not light, and every job imports this module

    return {
        "processor": processor(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "cores": str(os.cpu_count()),
        "system": platform.platform(),
    }

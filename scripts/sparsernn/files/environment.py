"""What a result depends on besides its inputs: the machine and the versions of packages."""

import os
import platform
import re
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

__all__ = ["PACKAGES", "c_library", "machine", "processor", "versions"]

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
    """The processor's name, with its family, model and stepping, which one name may share."""
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            first = file.read().split("\n\n")[0]
        facts = dict(re.findall(r"^([^\t:]+)\s*:\s*(.*)$", first, re.M))
        numbers = [
            f"{name.split()[-1]} {facts[name]}"
            for name in ("cpu family", "model", "stepping")
            if name in facts
        ]
        name = facts.get("model name", platform.processor())
        return f"{name} ({', '.join(numbers)})" if numbers else name
    return platform.processor()


def c_library() -> str:
    """The C library and its version, whose exp, log and tanh the kernels use."""
    return " ".join(platform.libc_ver()).strip() or "unknown"


def machine() -> dict[str, str]:
    """Processor, C library, vector instructions as torch sees them, cores, operating system."""
    import torch  # not light, and every job imports this module

    return {
        "processor": processor(),
        "C library": c_library(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "cores": str(os.cpu_count()),
        "system": platform.platform(),
    }

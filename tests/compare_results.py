"""Compare two results folders: `python tests/compare_results.py BEFORE AFTER`.

Shows whether a change of the code left the results as they were. CSV, GraphML and SVG files have to
be the same bytes, and weights the same bits, whether in a .pt or a .safetensors file. Hidden files
and everything else (PDF, logs) may differ. The exit status is 0 if all is the same, otherwise 1.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor

TEXTS = {".csv", ".graphml", ".svg"}
WEIGHTS = {".pt", ".safetensors"}


def compared(folder: Path) -> dict[str, Path]:
    """The files that are compared, by their paths in the folder; weights without their suffix."""
    found = {}
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder)
        if path.suffix in TEXTS | WEIGHTS and not any(part[0] == "." for part in place.parts):
            found[str(place.with_suffix("") if path.suffix in WEIGHTS else place)] = path
    return found


def tensors(path: Path) -> dict[str, Tensor]:
    """The tensors of a file, by their places in it, such as networks/0/state_dict/out.bias."""
    if path.suffix == ".safetensors":
        return load_file(path)
    return dict(_places(torch.load(path, weights_only=True), ""))


def _places(value: Any, place: str) -> Iterator[tuple[str, Tensor]]:
    if isinstance(value, Tensor):
        yield place, value
    elif isinstance(value, dict | list | tuple):
        parts = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in parts:
            yield from _places(part, f"{place}/{key}" if place else str(key))


def difference(before: Path, after: Path) -> str:
    """How two files differ; empty if they are the same."""
    if before.suffix in TEXTS:
        return "" if before.read_bytes() == after.read_bytes() else "other bytes"
    old, new = tensors(before), tensors(after)
    if old.keys() != new.keys():
        return f"tensors in one file only: {', '.join(sorted(old.keys() ^ new.keys())[:3])}"
    other = [name for name in sorted(old) if not _same(old[name], new[name])]
    return f"other numbers in {', '.join(other[:3])} ({len(other)} tensors)" if other else ""


def _same(old: Tensor, new: Tensor) -> bool:
    """The same type, shape and bits, so that NaN is equal to itself and 0 not to -0."""
    alike = (old.dtype, old.shape) == (new.dtype, new.shape)
    return alike and old.numpy().tobytes() == new.numpy().tobytes()


def differences(before: Path, after: Path) -> list[str]:
    """What differs between two folders, a line for each file."""
    old, new = compared(before), compared(after)
    lines = [f"{name}: only in {before}" for name in sorted(old.keys() - new.keys())]
    lines += [f"{name}: only in {after}" for name in sorted(new.keys() - old.keys())]
    for name in sorted(old.keys() & new.keys()):
        if text := difference(old[name], new[name]):
            lines.append(f"{name}: {text}")
    return lines


def main(before: Path, after: Path) -> int:
    """Print what differs, and how many files were compared."""
    for folder in (before, after):
        if not compared(folder):
            sys.exit(f"{folder}: no results. Give a results folder, such as results/quick.")
    found = differences(before, after)
    print(*found, f"{len(compared(before))} files compared, {len(found)} differ", sep="\n")
    return int(bool(found))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*map(Path, sys.argv[1:])))

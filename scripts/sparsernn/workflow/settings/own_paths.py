"""Paths of a user's own files in a configuration."""

import os
import re
from typing import Any

from sparsernn.workflow.settings.problems import Key, Problems

__all__ = ["check_file", "check_path"]

_PATH = re.compile(r"[^{}\x00-\x1f\x7f-\x9f]+")


def check_file(key: Key, path: str, config: Any, problems: Problems, kind: str) -> None:
    """Refuse a path where there is no file, or none may be; `kind` is what it should be."""
    if not os.path.isfile(path):
        problems.add(key, path, kind, f"No such file in {os.getcwd()}.")
    check_path(key, path, config, problems)


def check_path(key: Key, path: str, config: Any, problems: Problems, *files: str) -> None:
    """Refuse a path with braces, Snakemake's wildcards, or in the folder that Snakemake clears."""
    bad = [each for each in (path, *files) if not _PATH.fullmatch(each)]
    if bad:
        problems.add(key, bad[0], "a path without braces and control characters", "Rename it.")
    elif problems.none_at("results") and _within(path, config["results"]):
        allowed = f"a path outside of results, {config['results']}"
        hint = "Snakemake makes, and removes, what is in there: keep your files elsewhere."
        problems.add(key, path, allowed, hint)


def _within(path: str, folder: str) -> bool:
    inner, outer = os.path.realpath(path), os.path.realpath(folder)
    return os.path.commonpath([inner, outer]) == outer

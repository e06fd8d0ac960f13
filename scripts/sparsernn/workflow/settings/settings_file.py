"""All settings that a study ran with, as a file beside its results: what a crate says of them.

They are the defaults, with what configuration files and the command line change.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import yaml

from sparsernn.errors import InputError, cause
from sparsernn.files.whole import write_text
from sparsernn.workflow.settings.models import Settings

__all__ = ["SETTINGS_FILE", "check_made_with", "read_settings", "write_settings"]

SETTINGS_FILE = "settings.yaml"
"""Its name in the folder of results."""
MAX_NAMED = 8  # settings in a message


def write_settings(config: Mapping[str, Any], path: str | PathLike[str]) -> None:
    """Write settings as YAML, the sections in the order of the documentation."""
    ordered = {name: config[name] for name in Settings.model_fields if name in config}
    text = yaml.safe_dump(
        ordered, sort_keys=False, default_flow_style=None, allow_unicode=True, width=90
    )
    write_text(text, path)


def read_settings(path: str | PathLike[str]) -> dict[str, Any]:
    """The settings in a file that `write_settings` wrote.

    Raises:
        InputError: it is damaged.
    """
    try:
        return dict(yaml.safe_load(Path(path).read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise InputError(
            f"{path}: {cause(error)}; expected the settings of a study, as the workflow wrote "
            "them. Delete the file to have it written again."
        ) from None


def check_made_with(config: Mapping[str, Any], results: str) -> None:
    """Check that results are of these settings where Snakemake doesn't know: they were copied.

    Snakemake keeps what it made results with in `.snakemake`. Where that has nothing of them, it
    takes every result that exists for one of the settings at hand.

    Raises:
        InputError: they were made with other settings; the message names those that differ.
    """
    path = Path(results, SETTINGS_FILE)
    if not path.exists() or _known(path):
        return
    then, now = (dict(_values(settings)) for settings in (read_settings(path), config))
    differing = sorted(name for name in then.keys() | now.keys() if then.get(name) != now.get(name))
    if differing:
        more = f" and {len(differing) - MAX_NAMED} more" if len(differing) > MAX_NAMED else ""
        raise InputError(
            f"{path}: the results beside it were made with other settings than this run's: "
            f"{', '.join(differing[:MAX_NAMED])}{more}. Expected the same settings, as .snakemake "
            "has nothing of these results, and Snakemake would take them as they are. Name another "
            f"folder in `results:`, delete {results}, or run with the settings in {path}; if the "
            "results are right all the same, delete that file."
        )


def _known(path: Path) -> bool:
    """Whether Snakemake remembers how it made a file, in a file of that name or in a database."""
    name = urlsafe_b64encode(path.as_posix().encode()).decode()
    return any(Path(".snakemake", place).exists() for place in (f"metadata/{name}", "metadata.db"))


def _values(settings: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Each value with its dotted path, but for where results are, which changes none."""
    for name, value in settings.items():
        if isinstance(value, Mapping) and value:
            yield from _values(value, f"{prefix}{name}.")
        elif prefix + name != "results":
            yield prefix + name, value

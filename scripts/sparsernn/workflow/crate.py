"""A finished study as an RO-Crate: a folder for archives, with a description that machines read.

    PYTHONPATH=scripts python -m sparsernn.workflow.crate results/mine \
      --license CC-BY-4.0 --author "Ada Lovelace" --author "Emmy Noether"

It has the settings that the study ran with, the files that they name, the workflow, the tables, the
figures, what was found, and the record of each result. Weights, logs, and strings and graphs that
were drawn are left out: the settings give them again.

References:
    Workflow Run Crate 0.5, https://w3id.org/ro/wfrun/workflow/0.5
"""

import argparse
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from rocrate.model.contextentity import ContextEntity
from rocrate.model.data_entity import DataEntity
from rocrate.rocrate import ROCrate

from sparsernn import __version__
from sparsernn.errors import InputError
from sparsernn.workflow.graph_plan import GraphPlan, user_graphs
from sparsernn.workflow.provenance import changed, changed_input, record_path
from sparsernn.workflow.settings.settings_file import SETTINGS_FILE, read_settings

__all__ = ["pack", "packed"]

_HOME = Path(__file__).parents[3]
_WORKFLOW = ("config/config.yaml", "config/published", "envs", "rules", "scripts")
_NEEDED = (SETTINGS_FILE, "findings.md", "figures/all.pdf")
_PATTERNS = (
    "*.md",
    "findings.json",
    "graphs/properties.csv",
    "sparse/*.csv",
    "dense/*.csv",
    "pruning/*.csv",
    "analysis/**/*.csv",
    "figures/**/*.[pcs][dsv][fgv]",  # pdf, svg, csv
    "tables/**/*.csv",
    "tables/**/*.md",
)
_PROFILES = ("process/0.5", "workflow/0.5")


def packed(results: Path) -> list[Path]:
    """The files of a finished study that are packed, sorted.

    Raises:
        InputError: the study is not finished, or results were edited since they were made.
    """
    for path in [*(results / name for name in _NEEDED), *_recorded(results)]:
        if not path.exists():
            raise _unfinished(path, "no such file")
        if (source := changed_input(path)) is not None:
            raise _unfinished(path, f"{source} was made again since, and is another")
    if different := changed(results):
        raise InputError(
            f"{different[0]}: edited since it was made; expected results as the workflow made "
            "them. Run the workflow, which says what to do."
        )
    crate = results / "crate"
    found = {path for pattern in _PATTERNS for path in results.glob(pattern)}
    return sorted(path for path in found if crate not in path.parents)


def _unfinished(path: Path, why: str) -> InputError:
    return InputError(
        f"{path}: {why}; expected a finished study. Finish it first, with `snakemake {path}` and "
        "the options that it began with."
    )


def _recorded(results: Path) -> Iterator[Path]:
    """The results to pack that were made, whether or not they are still there, sorted."""
    for pattern in _PATTERNS:
        folder, _, name = pattern.rpartition("/")
        for record in sorted(results.glob(f"{folder}/.{name}.made.json".lstrip("/"))):
            yield record.with_name(record.name[1:].removesuffix(".made.json"))


def pack(results: Path, licence: str = "MIT", authors: Sequence[str] = ()) -> Path:
    """Write a study's RO-Crate to `crate` and `crate.zip` in its results, over earlier ones.

    Args:
        results: the folder of the study's results.
        licence: what the study is under, an SPDX identifier; the workflow is under MIT.
        authors: their names.

    Returns:
        The folder.

    Raises:
        InputError: the study is not finished, or results were edited since they were made; a file
            that the settings name is not there; or the licence is no SPDX identifier.
    """
    licence = _spdx(licence)
    files, folder = packed(results), results / "crate"
    settings = read_settings(results / SETTINGS_FILE)
    own = _inputs(settings)
    ended = datetime.fromtimestamp(max(path.stat().st_mtime for path in files), UTC)
    crate = ROCrate(version="1.1")  # of which the profiles are
    root = crate.root_dataset
    crate.description = "Settings, tables, figures and findings of a study, and its workflow."
    crate.datePublished = ended
    crate.license = crate.add(_licence(crate, licence))
    people = [f"#author{number}" for number, _ in enumerate(authors, 1)]
    if authors:
        root["author"] = [
            crate.add(_entity(crate, person, "Person", name=name))
            for person, name in zip(people, authors, strict=True)
        ]
    crate.name = f"A study of sparsity in recurrent networks: {settings['study']}"
    root["conformsTo"] = [_profile(crate, path) for path in _PROFILES]
    run = _run(crate, ended)
    run["instrument"] = _add_workflow(crate)
    about = {"name": "Settings"}
    given = crate.add_file(results / SETTINGS_FILE, SETTINGS_FILE, properties=about)
    run["object"] = [given, *(crate.add_file(path, f"inputs/{_below(path)}") for path in own)]
    run["result"] = [entity for path in files for entity in _add_result(crate, path, results)]
    if folder.exists():
        shutil.rmtree(folder)
    crate.write(folder)
    crate.write_zip(folder.with_suffix(".zip"))
    return folder


def _spdx(licence: str) -> str:
    """A licence's identifier as SPDX writes it."""
    try:
        identifier = canonicalize_license_expression(licence)
    except InvalidLicenseExpression:
        identifier = None
    if not identifier or not re.fullmatch(r"(?!LicenseRef-)[\w.-]+", identifier):
        raise InputError(
            f"licence {licence!r}: expected one identifier of https://spdx.org/licenses, such as "
            "CC-BY-4.0. Give one."
        )
    return identifier


def _inputs(settings: Mapping[str, Any]) -> list[Path]:
    """The files that the settings name: strings, sequences and graphs of one's own."""
    named = GraphPlan(settings, user_graphs(settings)).sources([])
    folders = (family.get("folder") for family in settings["graphs"]["families"].values())
    for path in filter(None, [*named, *folders]):
        if not Path(path).exists():
            raise InputError(
                f"{path}: no such file or folder; the settings of the study name it, relative to "
                "the folder that it ran in. Run this there."
            )
    return sorted(map(Path, named))


def _below(path: Path) -> str:
    """Where a file goes in a folder: its path, without what leads out of the folder."""
    return "/".join(part for part in path.parts if part not in (path.anchor, ".."))


def _entity(crate: ROCrate, identifier: str, kind: str, **properties: object) -> ContextEntity:
    return ContextEntity(crate, identifier, properties={"@type": kind, **properties})


def _licence(crate: ROCrate, spdx: str) -> ContextEntity:
    return _entity(crate, f"https://spdx.org/licenses/{spdx}", "CreativeWork", name=spdx)


def _profile(crate: ROCrate, path: str) -> ContextEntity:
    address, name = f"https://w3id.org/ro/wfrun/{path}", f"{path.split('/')[0]} run crate"
    profile = _entity(crate, address, "CreativeWork", name=name, version=path.split("/")[1])
    return crate.add(profile)


def _run(crate: ROCrate, ended: datetime) -> ContextEntity:
    """What made the results: one action, which the other entities are given to."""
    about = {
        "name": "The run of the study",
        "description": "Snakemake ran the workflow with the settings. Beside each result NAME, "
        ".NAME.made.json has what it depends on.",
        "endTime": ended.isoformat(timespec="seconds"),
    }
    action = crate.add(_entity(crate, "#run", "CreateAction", **about))
    crate.root_dataset["mentions"] = [action]
    return action


def _add_workflow(crate: ROCrate) -> DataEntity:
    workflow = crate.add_workflow(
        _HOME / "Snakefile", "workflow/Snakefile", main=True, lang="snakemake"
    )
    workflow["name"], workflow["version"] = "sparsernn", __version__
    workflow["license"] = crate.add(_licence(crate, "MIT"))
    for name in _WORKFLOW:
        part = _HOME / name
        for path in [part] if part.is_file() else sorted(part.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                crate.add_file(path, f"workflow/{path.relative_to(_HOME).as_posix()}")
    return workflow


def _add_result(crate: ROCrate, path: Path, results: Path) -> Iterator[DataEntity]:
    """A result, and its record where it has one."""
    for file in (path, record_path(path)):
        if file.exists():
            yield crate.add_file(file, f"results/{file.relative_to(results).as_posix()}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A finished study as an RO-Crate.")
    parser.add_argument("results", type=Path, help="the folder of its results")
    parser.add_argument("--license", default="MIT", help="SPDX identifier (default: MIT)")
    parser.add_argument("--author", action="append", default=[], help="may be given again")
    given = parser.parse_args()
    try:
        print(pack(given.results, given.license, given.author))
    except InputError as error:
        sys.exit(str(error))

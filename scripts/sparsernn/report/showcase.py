"""The folder that shows a study's results: what was run, on what, at what cost, what came out."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sparsernn.files.whole import write_text
from sparsernn.report.tables.formats import markdown

__all__ = ["Showcase", "Shown", "outcomes", "page", "publish"]


class Shown(NamedTuple):
    """A figure that is shown: its name, title, caption, and the file that it is in."""

    name: str
    title: str
    caption: str
    path: str

    @property
    def file(self) -> str:
        """Its place in the folder."""
        return f"figures/{self.name.replace('/', '_')}.svg"


@dataclass(frozen=True)
class Showcase:
    """What is shown of a study.

    Args:
        study: its name.
        about: the machine and the versions, by name.
        networks: the tables of networks by part; columns protocol, cell, seed and status.
        cost: columns part, protocol, cell, jobs, core_seconds and start_up.
        figures: in order.
        pages: other files, by title.
    """

    study: str
    about: Mapping[str, str]
    networks: Mapping[str, pd.DataFrame]
    cost: pd.DataFrame
    figures: Sequence[Shown]
    pages: Mapping[str, str]


def publish(showcase: Showcase, root: Path) -> None:
    """Write a page into a folder, and beside it the figures and further files.

    What else is in the folder stays: the findings of other studies, and their tables.
    """
    (root / "figures").mkdir(parents=True, exist_ok=True)
    for figure in showcase.figures:
        shutil.copyfile(figure.path, root / figure.file)
    for path in showcase.pages.values():
        shutil.copyfile(path, root / Path(path).name)
    write_text(page(showcase, (root / "findings.md").exists()), root / "README.md")


def outcomes(networks: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Number of networks by part, protocol, cell and status.

    Args:
        networks: by part, tables with the columns protocol, cell, seed and status.

    Returns:
        Columns part, protocol, cell, seeds, networks, and missing.
    """
    rows = []
    for part, table in networks.items():
        for (protocol, cell), group in table.groupby(["protocol", "cell"], sort=False):
            rows.append(
                {
                    "part": part,
                    "protocol": protocol,
                    "cell": cell,
                    "seeds": group["seed"].nunique(),
                    "networks": len(group),
                    "missing": int((group["status"] != "ok").sum()),
                }
            )
    return pd.DataFrame(rows)


def page(showcase: Showcase, findings: bool) -> str:
    """The page, as Markdown; it begins with a link to the findings, where there are any."""
    links = {"**What was found**": "findings.md"} if findings else {}
    links |= {title: Path(path).name for title, path in showcase.pages.items()}
    cost = showcase.cost
    total = cost["core_seconds"].sum()
    spent = f"{total / 3600:.2f} core-hours in all, {cost['start_up'].sum() / total:.0%} of them"
    spent += " start-up of jobs (imports, loading kernels)."
    seconds = cost.assign(**{n: cost[n].round().astype(int) for n in ("core_seconds", "start_up")})
    parts = [
        f"# Results of the study `{showcase.study}`",
        "Written by `make showcase` from the files of a finished study; nothing here is by hand.",
        "\n".join(f"- [{title}]({path})" for title, path in links.items()),
        _table(
            "What was trained",
            "Networks, and how many of them are missing: diverged, or given up at a limit.",
            outcomes(showcase.networks),
        ),
        *(f"## {f.title}\n\n![{f.title}]({f.file})\n\n{f.caption}" for f in showcase.figures),
        _table("What it cost", spent, seconds),
        "## With what",
        "\n".join(f"- {name}: {value}" for name, value in showcase.about.items()),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _table(title: str, caption: str, table: pd.DataFrame) -> str:
    lines = [[str(name).replace("_", " ") for name in table.columns]]
    lines += [[str(value) for value in row] for row in table.itertuples(index=False)]
    return markdown(title, caption, lines, keys=3)

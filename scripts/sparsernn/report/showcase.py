"""The page that shows a study's results: what was run, on what, at what cost, and what came out."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from sparsernn.report.tables.formats import markdown

__all__ = ["Shown", "outcomes", "page"]


class Shown(NamedTuple):
    """A figure on the page.

    Attributes:
        title: its heading.
        caption: how it is read.
        path: of the picture, from the page.
    """

    title: str
    caption: str
    path: str


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


def page(
    study: str,
    about: Mapping[str, str],
    came_out: pd.DataFrame,
    cost: pd.DataFrame,
    figures: Sequence[Shown],
    pages: Mapping[str, str],
) -> str:
    """The page, as Markdown.

    Args:
        study: its name.
        about: the machine and the versions, by name.
        came_out: of `outcomes`.
        cost: of `costs.costs`.
        figures: in order.
        pages: what lies beside the page: title → path.
    """
    total = cost["core_seconds"].sum()
    spent = f"{total / 3600:.2f} core-hours in all, {cost['start_up'].sum() / total:.0%} of them"
    spent += " start-up of jobs (imports, loading kernels)."
    seconds = cost.assign(**{n: cost[n].round().astype(int) for n in ("core_seconds", "start_up")})
    parts = [
        f"# Results of the study `{study}`",
        "Written by `make showcase` from the files of a finished study; nothing here is by hand.",
        "\n".join(f"- [{title}]({path})" for title, path in pages.items()),
        _table(
            "What was trained",
            "Networks, and how many of them are missing: diverged, or given up at a limit.",
            came_out,
            3,
        ),
        *(f"## {f.title}\n\n![{f.title}]({f.path})\n\n{f.caption}" for f in figures),
        _table("What it cost", spent, seconds, 3),
        "## With what",
        "\n".join(f"- {name}: {value}" for name, value in about.items()),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _table(title: str, caption: str, table: pd.DataFrame, keys: int) -> str:
    lines = [[str(name).replace("_", " ") for name in table.columns]]
    lines += [[str(value) for value in row] for row in table.itertuples(index=False)]
    return markdown(title, caption, lines, keys)

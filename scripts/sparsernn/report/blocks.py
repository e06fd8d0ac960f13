"""Reports as blocks of text, which can be written as Markdown, as JSON, or as pages of a book."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sparsernn.errors import InputError, cause

__all__ = ["Block", "Heading", "Paragraph", "Table"]
__all__ += ["as_json", "as_markdown", "plain", "read_blocks"]


@dataclass(frozen=True)
class Heading:
    """A heading, which is a bookmark in the book.

    Args:
        text: its words.
        level: 1 for a title, which starts a new page, or 2.
    """

    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of plain text."""

    text: str


@dataclass(frozen=True)
class Table:
    """A table of text.

    Args:
        header: names of the columns.
        rows: their cells. A row whose first cell is empty continues the row above. The two stay
            on one page, and a column that is empty in all such rows runs down beside them.
        widths: of the columns in the PDF, relative to each other.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]


Block = Heading | Paragraph | Table


def as_markdown(blocks: Sequence[Block]) -> str:
    """The blocks as Markdown.

    Example:
        >>> print(as_markdown([Heading("A"), Table(["x", "y"], [["1", "a|b"]], [1, 1])]), end="")
        ## A
        <BLANKLINE>
        | x | y |
        | --- | --- |
        | 1 | a\\|b |
    """
    return "\n\n".join("\n".join(_markdown(block)) for block in blocks) + "\n"


def _markdown(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield f"{'#' * block.level} {block.text}"
    elif isinstance(block, Paragraph):
        yield block.text
    else:
        for row in (block.header, ["---"] * len(block.header), *block.rows):
            cells = (cell.replace("|", "\\|") for cell in row)
            yield f"| {' | '.join(cells)} |"


def plain(block: Any) -> dict[str, Any]:
    """A block as a dictionary: its kind, and its fields."""
    return {"kind": type(block).__name__.lower(), **asdict(block)}


def as_json(blocks: Sequence[Block]) -> str:
    """The blocks as JSON, for `read_blocks`."""
    return json.dumps([plain(block) for block in blocks], ensure_ascii=False, indent=1) + "\n"


def read_blocks(path: str | os.PathLike[str]) -> list[Block]:
    """Read what `as_json` wrote.

    Raises:
        InputError: the file is absent, or holds something else.
    """
    kinds = {"heading": Heading, "paragraph": Paragraph, "table": Table}
    try:
        with open(path, encoding="utf-8") as file:
            return [kinds[fields.pop("kind")](**fields) for fields in json.load(file)]
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise InputError(
            f"{path}: not the blocks of a report ({cause(error)}). Delete the file, and run "
            "the workflow again to write it."
        ) from None

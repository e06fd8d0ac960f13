"""Words and tables, written twice from the same blocks: as Markdown and as pages of a PDF."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matplotlib.font_manager import FontProperties
from pypdf import PdfReader, PdfWriter

from sparsernn.report.style import GREY
from sparsernn.report.typeset import (
    A4,
    BOLD,
    BOTTOM,
    HEAD,
    MARGIN,
    TEXT,
    TEXT_WIDTH,
    Rule,
    Text,
    pages_pdf,
    wrap,
)

__all__ = ["Block", "Heading", "Paragraph", "Table", "as_markdown", "as_pdf"]

_CELL = FontProperties(family="DejaVu Sans", size=7.5)
_CELL_HEAD = FontProperties(family="DejaVu Sans", size=7.5, weight="bold")
_GAP = 7.0  # points between two columns
_PALE = "#D8D8D8"


@dataclass(frozen=True)
class Heading:
    """A heading; those of level 2 are bookmarks.

    Args:
        text: its words.
        level: 1 (the title) or 2.
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
        rows: their cells. A row whose first cell is empty goes on from the row above: the two
            stay on one page, and a column that is empty in all such rows runs down beside them.
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


def as_pdf(blocks: Sequence[Block]) -> bytes:
    """The blocks on A4 pages without numbers, a bookmark for each heading of level 2.

    No line is lost at the end of a page: a row of a table goes whole to the next, below the
    table's header again, and a heading stays with what follows it.
    """
    pages = _Pages()
    for index, block in enumerate(blocks):
        if isinstance(block, Heading):
            pages.heading(block, room=80 if index + 1 < len(blocks) else 0)
        elif isinstance(block, Paragraph):
            pages.paragraph(block)
        else:
            pages.table(block)
    writer = PdfWriter()
    writer.append(PdfReader(io.BytesIO(pages_pdf(pages.done, numbered=False))))
    for title, number in pages.bookmarks:
        writer.add_outline_item(title=title, page_number=number)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


class _Pages:
    """Pages as they fill up; y is the base line of the last line set."""

    def __init__(self) -> None:
        self.done: list[list[Text | Rule]] = [[]]
        self.bookmarks: list[tuple[str, int]] = []
        self.y = MARGIN

    def fits(self, height: float) -> bool:
        return self.y + height <= A4[1] - BOTTOM

    def turn(self) -> None:
        self.done.append([])
        self.y = MARGIN

    def line(self, step: float, words: str, font: FontProperties) -> None:
        if not self.fits(step):
            self.turn()
        self.y += step
        self.done[-1].append(Text(MARGIN, self.y, words, font))

    def heading(self, block: Heading, room: float) -> None:
        font, step = (BOLD, 17.0) if block.level == 1 else (HEAD, 13.0)
        lines = wrap(block.text, font, TEXT_WIDTH)
        if not self.fits(14 + step * len(lines) + room):
            self.turn()
        self.y += 14 if self.done[-1] else 0
        if block.level == 2:
            self.bookmarks.append((block.text, len(self.done) - 1))
        for line in lines:
            self.line(step, line, font)

    def paragraph(self, block: Paragraph) -> None:
        self.y += 6
        for line in wrap(block.text, TEXT, TEXT_WIDTH):
            self.line(12.5, line, TEXT)

    def table(self, block: Table) -> None:
        share = (TEXT_WIDTH + _GAP) / sum(block.widths)
        widths = [share * width - _GAP for width in block.widths]
        lefts = [MARGIN + share * sum(block.widths[:i]) for i in range(len(widths))]

        def entry(rows: Sequence[Sequence[str]], font: FontProperties) -> list[Text]:
            """The lines of an entry, y from its top."""
            own = [i for i in range(len(widths)) if any(row[i] for row in rows[1:])]
            lines: list[Text] = []
            top = 0.0
            for row in rows:
                cells = [wrap(c, font, width) for c, width in zip(row, widths, strict=True)]
                for left, cell in zip(lefts, cells, strict=True):
                    lines += [
                        Text(left, top + 10 + 9.5 * i, line, font) for i, line in enumerate(cell)
                    ]
                top += 4 + 9.5 * max(len(cells[i]) for i in own or range(len(cells)))
            return lines

        head = entry([block.header], _CELL_HEAD)
        self.y += 8
        for index, rows in enumerate(_entries(block.rows)):
            lines = entry(rows, _CELL)
            above = [] if index else head
            if not self.fits(_height(lines) + (_height(above) if above else 0)):
                self.turn()
                above = head
            if above:
                self.put(above)
            self.done[-1].append(Rule(self.y, GREY if above else _PALE))
            self.put(lines)

    def put(self, lines: list[Text]) -> None:
        self.done[-1] += [text._replace(y=self.y + text.y) for text in lines]
        self.y += _height(lines)


def _entries(rows: Sequence[Sequence[str]]) -> list[list[Sequence[str]]]:
    """The rows of a table, those that go on from the row above together with it."""
    entries: list[list[Sequence[str]]] = []
    for row in rows:
        if row[0] or not entries:
            entries.append([])
        entries[-1].append(row)
    return entries


def _height(lines: Sequence[Text]) -> float:
    return max(line.y for line in lines) + 4

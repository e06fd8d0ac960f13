"""The book of a study as one PDF, set by typst from the template beside this module."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import matplotlib
import typst

from sparsernn.errors import InputError
from sparsernn.files.whole import write_bytes, write_text
from sparsernn.report.blocks import Block, as_json, as_markdown, plain

__all__ = ["Figure", "TitlePage", "book", "write_report"]

_TEMPLATE = Path(__file__).with_name("book.typ")
_FONTS = Path(matplotlib.get_data_path(), "fonts", "ttf")  # DejaVu, the same on every machine


@dataclass(frozen=True)
class Figure:
    """A figure, which has a page of its own.

    Args:
        pdf: the figure, a PDF of one page.
        title: heading of the page, and its bookmark.
        caption: text below the figure.
        section: the part of the book it belongs to; consecutive figures of one share a heading.
    """

    pdf: str | os.PathLike[str]
    title: str
    caption: str
    section: str


@dataclass(frozen=True)
class TitlePage:
    """What the first page says.

    Args:
        study: the study's name.
        date: date of the inputs.
        versions: of the software used, by name.
        settings: the configuration as text; it runs over further pages where it is long.
    """

    study: str
    date: str
    versions: Mapping[str, str]
    settings: str


def book(parts: Sequence[Block | Figure], title_page: TitlePage | None = None) -> bytes:
    """Set a document: A4, numbered pages, bookmarks by heading; with a title page, contents too.

    The figures stay vector graphics. The same inputs give the same bytes.

    Args:
        parts: headings, paragraphs, tables and figures in order.
        title_page: what the first page says; without it, the document's title is its first heading.

    Raises:
        InputError: a figure is absent or not a readable PDF.
    """
    parts = [_checked(part) if isinstance(part, Figure) else part for part in parts]
    front = asdict(title_page) if title_page else None
    data = {"front": front, "parts": [plain(part) for part in parts]}
    try:
        return typst.compile(
            str(_TEMPLATE),
            root="/",  # figures may lie anywhere
            font_paths=typst.Fonts(False, False, [str(_FONTS)]),
            sys_inputs={"book": json.dumps(data)},
        )
    except typst.TypstError as error:
        for part in parts:
            if isinstance(part, Figure) and str(part.pdf).lstrip("/") in error.message:
                raise _unreadable(part, error.message) from None
        raise


def write_report(blocks: Sequence[Block], markdown: Path, data: Path, pdf: Path) -> None:
    """Write a report as Markdown, as JSON for the book, and as a PDF of its own.

    Args:
        blocks: the report, which begins with its title.
        markdown: path of the Markdown.
        data: path of the JSON.
        pdf: path of the PDF.
    """
    write_text(as_markdown(blocks), markdown)
    write_text(as_json(blocks), data)
    write_bytes(book(blocks), pdf)


def _checked(figure: Figure) -> Figure:
    """The figure with its whole path. A file that was cut is refused: typst draws what is left."""
    try:
        content = Path(figure.pdf).read_bytes()
    except OSError as error:
        raise _unreadable(figure, str(error.strerror)) from None
    if not content.startswith(b"%PDF-") or not content.rstrip().endswith(b"%%EOF"):
        raise _unreadable(figure, "its beginning or its end is missing")
    return replace(figure, pdf=os.path.abspath(figure.pdf))


def _unreadable(figure: Figure, reason: str) -> InputError:
    remedy = "Delete the file and draw the figure again."
    return InputError(f"figure {figure.pdf}: not a readable PDF ({reason}). {remedy}")

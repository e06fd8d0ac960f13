"""The book of a study, a PDF that typst sets from the template beside this module."""

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

__all__ = ["About", "Figure", "book", "write_report"]

_TEMPLATE = Path(__file__).with_name("book.typ")
_FONTS = Path(matplotlib.get_data_path(), "fonts", "ttf")  # DejaVu, the same on every machine


@dataclass(frozen=True)
class Figure:
    """A figure, which gets a page of its own.

    Args:
        pdf: the figure, a PDF of one page.
        title: heading of its page.
        caption: text below the figure.
        section: the part of the book it belongs to; consecutive figures of one share a heading.
    """

    pdf: str | os.PathLike[str]
    title: str
    caption: str
    section: str


@dataclass(frozen=True)
class About:
    """What the book of a study says of it: first its name and date, last the rest.

    Args:
        study: name of the study.
        date: date of its newest input.
        versions: versions of the software, by name.
        settings: the configuration as text.
    """

    study: str
    date: str
    versions: Mapping[str, str]
    settings: str


def book(parts: Sequence[Block | Figure], about: About | None = None) -> bytes:
    """Set a PDF with numbered A4 pages and bookmarks.

    In the book of a study, the parts before the first figure begin on the first page, below its
    name. Then come the contents, the other parts, and the versions and settings. Figures stay
    vector graphics. The same inputs give the same bytes.

    Args:
        parts: headings, paragraphs, tables and figures in order.
        about: what the book says of its study. Without it, the PDF has the parts alone, and the
            first heading is its title.

    Raises:
        InputError: a figure is absent or not a readable PDF.
    """
    parts = [_checked(part) if isinstance(part, Figure) else part for part in parts]
    data = {"about": about and asdict(about), "parts": [plain(part) for part in parts]}
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
    """Write a report as Markdown, as JSON for the book, and as a PDF of its own."""
    write_text(as_markdown(blocks), markdown)
    write_text(as_json(blocks), data)
    write_bytes(book(blocks), pdf)


def _checked(figure: Figure) -> Figure:
    """The figure with its absolute path. Refuses a file that was cut, which typst would accept."""
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

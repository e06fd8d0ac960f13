"""A study bound into one PDF: a title page, chapters of words, and a page for each figure."""

import io
import os
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from matplotlib.font_manager import FontProperties
from pypdf import PageObject, PdfReader, PdfWriter, Transformation
from pypdf.errors import PyPdfError

from sparsernn.errors import InputError
from sparsernn.files.whole import write_bytes
from sparsernn.report.style import GREY
from sparsernn.report.typeset import (
    A4,
    BIG,
    BOLD,
    BOTTOM,
    HEAD,
    MARGIN,
    MONO,
    SMALL,
    TEXT,
    TEXT_WIDTH,
    Text,
    pages_pdf,
    text_width,
    wrap,
)

__all__ = ["Chapter", "Page", "TitlePage", "bind"]


@dataclass(frozen=True)
class Page:
    """One figure of the document.

    Args:
        pdf: the figure, a PDF of one page.
        title: heading of the page, and its bookmark.
        caption: text below the figure.
        section: part of the document; consecutive pages of one section share a bookmark.
    """

    pdf: str | os.PathLike[str]
    title: str
    caption: str
    section: str


@dataclass(frozen=True)
class Chapter:
    """Pages of words, from `sparsernn.report.blocks`, bound as they are.

    Args:
        pdf: its pages, with bookmarks or without.
        title: its bookmark, above its own.
    """

    pdf: str | os.PathLike[str]
    title: str


@dataclass(frozen=True)
class TitlePage:
    """What the first page says.

    Args:
        study: the study's name.
        date: date of the inputs.
        versions: of the software used, by name.
        settings: the configuration as text; goes on over further pages where long.
    """

    study: str
    date: str
    versions: Mapping[str, str]
    settings: str


class _Sheet(NamedTuple):
    """One page: a content of a PDF, where it goes, and the words around it."""

    section: str
    bookmarks: list[str]  # below the section's
    content: PageObject
    move: Transformation
    texts: list[Text]


def bind(
    parts: Sequence[Page | Chapter], title_page: TitlePage, path: str | os.PathLike[str]
) -> None:
    """Write the document: A4, numbered pages, bookmarks by section and figure.

    The figures stay vector graphics, made smaller where they would not fit. The same inputs give
    the same bytes.

    Args:
        parts: the figures and chapters in order.
        title_page: what the first page says.
        path: the PDF to write.

    Raises:
        InputError: a part is absent or not a readable PDF.
    """
    sheets = [sheet for part in parts for sheet in _sheets(part)]
    fronts = _front_pages(title_page)
    words = io.BytesIO(pages_pdf([*fronts, *(sheet.texts for sheet in sheets)]))
    writer = PdfWriter()
    writer.append(words, import_outline=False)
    for number, sheet in enumerate(sheets, start=len(fronts)):
        writer.pages[number].merge_transformed_page(sheet.content, sheet.move)
    _add_bookmarks(writer, sheets, first=len(fronts))
    writer.add_metadata({"/Title": f"The study {title_page.study}"})
    for page in writer.pages:
        page.compress_content_streams()
    buffer = io.BytesIO()
    writer.write(buffer)
    write_bytes(buffer.getvalue(), path)


def _sheets(part: Page | Chapter) -> Iterator[_Sheet]:
    reader = _read(part.pdf)
    if isinstance(part, Page):
        content = reader.pages[0]
        texts, move = _lay_out(part, content)
        yield _Sheet(part.section, [part.title], content, move, texts)
        return
    marks = [item for item in reader.outline if not isinstance(item, list)]
    titles = [(reader.get_destination_page_number(mark), str(mark.title)) for mark in marks]
    for number, content in enumerate(reader.pages):
        bookmarks = [title for at, title in titles if at == number]
        yield _Sheet(part.title, bookmarks, content, Transformation(), [])


def _read(path: str | os.PathLike[str]) -> PdfReader:
    """A PDF whose pages can be bound."""
    try:
        reader = PdfReader(io.BytesIO(Path(path).read_bytes()))
        if not all(page.mediabox.width > 0 and page.mediabox.height > 0 for page in reader.pages):
            raise ValueError("a page has no size")
        reader.pages[0].get_contents()  # reads what is broken only further inside
    except (OSError, PyPdfError, LookupError, ValueError, TypeError, AttributeError) as error:
        raise InputError(
            f"figure {path}: not a readable PDF ({error or type(error).__name__}). "
            "Delete the file and draw the figure again."
        ) from None
    return reader


def _front_pages(title: TitlePage) -> list[list[Text]]:
    """The title page, and further ones for what it has no room for."""
    width = TEXT_WIDTH
    # Each row: the step down to it, then its pieces (x from the margin, words, font, colour).
    rows: list[tuple[float, list[tuple[float, str, FontProperties, str]]]]
    rows = [(28, [(0, line, BIG, "black")]) for line in wrap(title.study, BIG, width)]
    rows += [
        (28, [(0, "Sparse recurrent networks: answers, figures, claims", TEXT, "black")]),
        (14, [(0, f"Inputs of {title.date}", TEXT, GREY)]),
        (40, [(0, "Versions, when these pages were bound", HEAD, "black")]),
        (4, []),
    ]
    rows += [
        (13, [(0, name, TEXT, "black"), (150, version, TEXT, "black")])
        for name, version in title.versions.items()
    ]
    rows += [(34, [(0, "Settings", HEAD, "black")]), (6, [])]
    letters = int(width / text_width("m", MONO))
    for line in title.settings.rstrip().splitlines():
        pieces = textwrap.wrap(line, letters, subsequent_indent="    ") or [""]
        rows += [(10, [(0, piece, MONO, "black")]) for piece in pieces]
    pages: list[list[Text]] = [[]]
    y = 112.0
    for step, row in rows:
        y += step
        if y > A4[1] - BOTTOM:
            pages.append([])
            y = MARGIN
        pages[-1] += [Text(MARGIN + x, y, words, font, colour) for x, words, font, colour in row]
    return pages


def _lay_out(page: Page, figure: PageObject) -> tuple[list[Text], Transformation]:
    """The texts of a figure's page (section, heading, caption), and where the figure goes."""
    width = TEXT_WIDTH
    title = wrap(page.title, BOLD, width)
    caption = wrap(page.caption, TEXT, width)
    top = MARGIN + 22 + 17 * len(title)  # of the figure, from the top of the page
    space = A4[1] - BOTTOM - top - 24 - 13 * len(caption)
    box = figure.mediabox
    scale = min(1.0, width / float(box.width), space / float(box.height))
    below = top + scale * float(box.height)
    texts = [Text(MARGIN, MARGIN, page.section, SMALL, GREY)]
    texts += [Text(MARGIN, MARGIN + 20 + 17 * i, line, BOLD) for i, line in enumerate(title)]
    texts += [Text(MARGIN, below + 24 + 13 * i, line, TEXT) for i, line in enumerate(caption)]
    left = (A4[0] - scale * float(box.width)) / 2
    move = Transformation().translate(-float(box.left), -float(box.bottom)).scale(scale)
    return texts, move.translate(left, A4[1] - below)


def _add_bookmarks(writer: PdfWriter, sheets: Sequence[_Sheet], first: int) -> None:
    """Bookmarks: the title page; each section, and below it its figures or headings."""
    writer.add_outline_item(title="Title page", page_number=0)
    numbered = enumerate(sheets, start=first)
    for section, members in groupby(numbered, key=lambda item: item[1].section):
        group = list(members)
        parent = writer.add_outline_item(title=section, page_number=group[0][0])
        for number, sheet in group:
            for title in sheet.bookmarks:
                writer.add_outline_item(title=title, page_number=number, parent=parent)

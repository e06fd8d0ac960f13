"""All figures of a study bound into one PDF: a title page, then a page for each figure."""

import io
import os
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath
from pypdf import PageObject, PdfReader, PdfWriter, Transformation
from pypdf.errors import PyPdfError

from sparsernn.errors import InputError
from sparsernn.files import write_bytes
from sparsernn.style import GREY, style

__all__ = ["Page", "TitlePage", "bind"]

A4 = (595.28, 841.89)  # points
MARGIN = 71.0  # 25 mm, which leaves the figures' own width of 160 mm
BOTTOM = 57.0
_TEXT = FontProperties(family="DejaVu Sans", size=9)
_SMALL = FontProperties(family="DejaVu Sans", size=8)
_BOLD = FontProperties(family="DejaVu Sans", size=12, weight="bold")
_HEAD = FontProperties(family="DejaVu Sans", size=10, weight="bold")
_BIG = FontProperties(family="DejaVu Sans", size=22, weight="bold")
_MONO = FontProperties(family="DejaVu Sans Mono", size=7.5)
# x and y of the base line (points from the top left), words, font, colour.
_Text = tuple[float, float, str, FontProperties, str]


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


def bind(pages: Sequence[Page], title_page: TitlePage, path: str | os.PathLike[str]) -> None:
    """Write the document: A4, numbered pages, bookmarks by section and figure.

    The figures stay vector graphics, made smaller where they would not fit. The same inputs give
    the same bytes.

    Args:
        pages: the figures in order.
        title_page: what the first page says.
        path: the PDF to write.

    Raises:
        InputError: a figure is absent or not a readable PDF.
    """
    figures = [_read(page.pdf) for page in pages]
    fronts = _front_pages(title_page)
    laid_out = [_lay_out(page, figure) for page, figure in zip(pages, figures, strict=True)]
    texts = fronts + [lines for lines, _ in laid_out]
    writer = PdfWriter()
    writer.append(_text_pages(texts), import_outline=False)
    for number, (figure, (_, move)) in enumerate(
        zip(figures, laid_out, strict=True), start=len(fronts)
    ):
        writer.pages[number].merge_transformed_page(figure, move)
    _add_bookmarks(writer, pages, first=len(fronts))
    writer.add_metadata({"/Title": f"Figures of the study {title_page.study}"})
    for page in writer.pages:
        page.compress_content_streams()
    buffer = io.BytesIO()
    writer.write(buffer)
    write_bytes(buffer.getvalue(), path)


def _read(path: str | os.PathLike[str]) -> PageObject:
    """The page of a figure's PDF."""
    try:
        page = PdfReader(io.BytesIO(Path(path).read_bytes())).pages[0]
        if not (page.mediabox.width > 0 and page.mediabox.height > 0):
            raise ValueError("its page has no size")
        page.get_contents()  # reads what is broken only further inside
    except (OSError, PyPdfError, LookupError, ValueError, TypeError, AttributeError) as error:
        raise InputError(
            f"figure {path}: not a readable PDF ({error or type(error).__name__}). "
            "Delete the file and draw the figure again."
        ) from None
    return page


def _wrap(text: str, font: FontProperties, width: float) -> list[str]:
    """Break text into lines no wider than `width` points; a word too long is cut."""
    lines = [""]
    for word in re.split(r"[ \t\r\n]+", text.strip()):  # not at no-break spaces
        joined = f"{lines[-1]} {word}".lstrip()
        if _width(joined, font) <= width:
            lines[-1] = joined
            continue
        lines = [line for line in lines if line] + _cut(word, font, width)
    return lines


def _cut(word: str, font: FontProperties, width: float) -> list[str]:
    """Cut a word into pieces no wider than `width` points."""
    pieces = [""]
    for letter in word:
        if pieces[-1] and _width(pieces[-1] + letter, font) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _width(text: str, font: FontProperties) -> float:
    width, _, _ = TextToPath().get_text_width_height_descent(text, font, ismath=False)
    return float(width)


def _front_pages(title: TitlePage) -> list[list[_Text]]:
    """The title page, and further ones for what it has no room for."""
    width = A4[0] - 2 * MARGIN
    # Each row: the step down to it, then its pieces (x from the margin, words, font, colour).
    rows: list[tuple[float, list[tuple[float, str, FontProperties, str]]]]
    rows = [(28, [(0, line, _BIG, "black")]) for line in _wrap(title.study, _BIG, width)]
    rows += [
        (28, [(0, "Sparse recurrent networks: all figures", _TEXT, "black")]),
        (14, [(0, f"Inputs of {title.date}", _TEXT, GREY)]),
        (40, [(0, "Versions, when these pages were bound", _HEAD, "black")]),
        (4, []),
    ]
    rows += [
        (13, [(0, name, _TEXT, "black"), (150, version, _TEXT, "black")])
        for name, version in title.versions.items()
    ]
    rows += [(34, [(0, "Settings", _HEAD, "black")]), (6, [])]
    letters = int(width / _width("m", _MONO))
    for line in title.settings.rstrip().splitlines():
        pieces = textwrap.wrap(line, letters, subsequent_indent="    ") or [""]
        rows += [(10, [(0, piece, _MONO, "black")]) for piece in pieces]
    pages: list[list[_Text]] = [[]]
    y = 112.0
    for step, row in rows:
        y += step
        if y > A4[1] - BOTTOM:
            pages.append([])
            y = MARGIN
        pages[-1] += [(MARGIN + x, y, words, font, colour) for x, words, font, colour in row]
    return pages


def _lay_out(page: Page, figure: PageObject) -> tuple[list[_Text], Transformation]:
    """The texts of a figure's page (section, heading, caption), and where the figure goes."""
    width = A4[0] - 2 * MARGIN
    title = _wrap(page.title, _BOLD, width)
    caption = _wrap(page.caption, _TEXT, width)
    top = MARGIN + 22 + 17 * len(title)  # of the figure, from the top of the page
    space = A4[1] - BOTTOM - top - 24 - 13 * len(caption)
    box = figure.mediabox
    scale = min(1.0, width / float(box.width), space / float(box.height))
    below = top + scale * float(box.height)
    texts: list[_Text] = [(MARGIN, MARGIN, page.section, _SMALL, GREY)]
    texts += [(MARGIN, MARGIN + 20 + 17 * i, line, _BOLD, "black") for i, line in enumerate(title)]
    texts += [(MARGIN, below + 24 + 13 * i, line, _TEXT, "black") for i, line in enumerate(caption)]
    left = (A4[0] - scale * float(box.width)) / 2
    move = Transformation().translate(-float(box.left), -float(box.bottom)).scale(scale)
    return texts, move.translate(left, A4[1] - below)


def _text_pages(pages: Sequence[Sequence[_Text]]) -> io.BytesIO:
    """A PDF of A4 pages with these texts and their page numbers.

    One file for all, as each file holds its own copy of the fonts.
    """
    width, height = A4
    buffer = io.BytesIO()
    nothing = {"CreationDate": None, "Creator": None, "Producer": None}
    with style(), PdfPages(buffer, metadata=nothing) as pdf:
        for number, texts in enumerate(pages, start=1):
            figure = Figure(figsize=(width / 72, height / 72))
            for x, y, words, font, colour in texts:
                figure.text(x / width, 1 - y / height, words, fontproperties=font, color=colour)
            words = f"{number} / {len(pages)}"
            figure.text(0.5, 34 / height, words, fontproperties=_SMALL, color=GREY, ha="center")
            pdf.savefig(figure)
    return buffer


def _add_bookmarks(writer: PdfWriter, pages: Sequence[Page], first: int) -> None:
    """Bookmarks: the title page; each section, and below it its figures."""
    writer.add_outline_item(title="Title page", page_number=0)
    numbered = enumerate(pages, start=first)
    for section, members in groupby(numbered, key=lambda item: item[1].section):
        group = list(members)
        parent = writer.add_outline_item(title=section, page_number=group[0][0])
        for number, page in group:
            writer.add_outline_item(title=page.title, page_number=number, parent=parent)

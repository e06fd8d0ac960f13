"""Words on A4 pages: fonts, broken lines, and a PDF of them with the same bytes each time."""

import io
import re
from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.textpath import TextToPath

from sparsernn.report.style import GREY, style

__all__ = ["A4", "BOTTOM", "MARGIN", "TEXT_WIDTH", "Rule", "Text", "pages_pdf", "text_width"]
__all__ += ["BIG", "BOLD", "HEAD", "MONO", "SMALL", "TEXT", "wrap"]

A4 = (595.28, 841.89)  # points
MARGIN = 71.0  # 25 mm, which leaves the figures' own width of 160 mm
BOTTOM = 57.0
TEXT_WIDTH = A4[0] - 2 * MARGIN
TEXT = FontProperties(family="DejaVu Sans", size=9)
SMALL = FontProperties(family="DejaVu Sans", size=8)
BOLD = FontProperties(family="DejaVu Sans", size=12, weight="bold")
HEAD = FontProperties(family="DejaVu Sans", size=10, weight="bold")
BIG = FontProperties(family="DejaVu Sans", size=22, weight="bold")
MONO = FontProperties(family="DejaVu Sans Mono", size=7.5)


class Text(NamedTuple):
    """One line of words.

    Attributes:
        x: of its left end, in points from the page's left edge.
        y: of its base line, in points from the page's top.
        words: the line.
        font: its font.
        colour: its colour.
    """

    x: float
    y: float
    words: str
    font: FontProperties
    colour: str = "black"


class Rule(NamedTuple):
    """A thin line across the text, y points from the page's top."""

    y: float
    colour: str = GREY


def wrap(text: str, font: FontProperties, width: float) -> list[str]:
    """Break text into lines no wider than `width` points; a word too long is cut."""
    lines = [""]
    for word in re.split(r"[ \t\r\n]+", text.strip()):  # not at no-break spaces
        joined = f"{lines[-1]} {word}".lstrip()
        if text_width(joined, font) <= width:
            lines[-1] = joined
            continue
        lines = [line for line in lines if line] + _cut(word, font, width)
    return lines


def _cut(word: str, font: FontProperties, width: float) -> list[str]:
    """Cut a word into pieces no wider than `width` points."""
    pieces = [""]
    for letter in word:
        if pieces[-1] and text_width(pieces[-1] + letter, font) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def text_width(text: str, font: FontProperties) -> float:
    """Width of a line in points."""
    width, _, _ = TextToPath().get_text_width_height_descent(text, font, ismath=False)
    return float(width)


def pages_pdf(pages: Sequence[Sequence[Text | Rule]], numbered: bool = True) -> bytes:
    """A PDF of A4 pages with these lines, and with page numbers.

    One file for all, as each file holds its own copy of the fonts.
    """
    width, height = A4
    buffer = io.BytesIO()
    nothing = {"CreationDate": None, "Creator": None, "Producer": None}
    with style(), PdfPages(buffer, metadata=nothing) as pdf:
        for number, items in enumerate(pages, start=1):
            figure = Figure(figsize=(width / 72, height / 72))
            for item in items:
                if isinstance(item, Rule):
                    ends, y = [MARGIN / width, 1 - MARGIN / width], 1 - item.y / height
                    figure.add_artist(Line2D(ends, [y, y], linewidth=0.5, color=item.colour))
                    continue
                place = (item.x / width, 1 - item.y / height)
                figure.text(*place, item.words, fontproperties=item.font, color=item.colour)
            if numbered:
                words = f"{number} / {len(pages)}"
                figure.text(0.5, 34 / height, words, fontproperties=SMALL, color=GREY, ha="center")
            pdf.savefig(figure)
    return buffer.getvalue()

"""Pages of HTML that need nothing beside them: a figure with its caption; findings and figures."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from sparsernn.report.blocks import Block, Heading, Paragraph

__all__ = ["Picture", "figure_page", "front_page"]

_STYLE = "body {font: 15px sans-serif; max-width: 60em; margin: 1em} img {max-width: 100%}"


@dataclass(frozen=True)
class Picture:
    """A figure.

    Args:
        svg: the drawing.
        title: its heading.
        caption: how it is read.
    """

    svg: bytes
    title: str
    caption: str


def figure_page(picture: Picture) -> str:
    """A page with one figure, its title above it and its caption below it.

    Example:
        >>> print(figure_page(Picture(b"<svg/>", "Loss & more", "By epoch.")))
        <!doctype html>
        <meta charset="utf-8">
        <title>Loss &amp; more</title>
        <style>...</style>
        <h3>Loss &amp; more</h3>
        <figure><img src="data:image/svg+xml;base64,PHN2Zy8+" alt="Loss &amp; more">
        <figcaption>By epoch.</figcaption></figure>
        <BLANKLINE>
    """
    head = f'<!doctype html>\n<meta charset="utf-8">\n<title>{escape(picture.title)}</title>'
    return f"{head}\n<style>{_STYLE}</style>\n{_figure(picture)}\n"


def front_page(blocks: Sequence[Block], pictures: Sequence[Picture]) -> str:
    """What was found, then the figures: the part of a page that a report opens with.

    Args:
        blocks: the findings. Their tables are left out; `findings.md` has them.
        pictures: the figures, in order.
    """
    return "\n".join([*_text(blocks), "<h2>Figures</h2>", *map(_figure, pictures)]) + "\n"


def _text(blocks: Sequence[Block]) -> Iterator[str]:
    """Headings, and of each finding the answer: the first paragraph below its heading."""
    below_heading = False
    for block in blocks:
        if isinstance(block, Heading):
            yield f"<h{block.level + 1}>{escape(block.text)}</h{block.level + 1}>"
        elif isinstance(block, Paragraph) and below_heading:
            yield f"<p>{escape(block.text)}</p>"
        below_heading = isinstance(block, Heading)


def _figure(picture: Picture) -> str:
    title, drawing = escape(picture.title), b64encode(picture.svg).decode()
    return (
        f'<h3>{title}</h3>\n<figure><img src="data:image/svg+xml;base64,{drawing}" alt="{title}">\n'
        f"<figcaption>{escape(picture.caption)}</figcaption></figure>"
    )

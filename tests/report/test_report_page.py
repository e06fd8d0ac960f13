"""What the HTML report opens with: the answers, then every figure with its caption."""

import re

from sparsernn.report.blocks import Heading, Paragraph, Table
from sparsernn.report.page import Picture, figure_page, front_page

PICTURE = Picture(b"<svg/>", "Loss < 1", "By epoch & seed.")


def test_the_front_page_has_the_answers_and_no_evidence() -> None:
    blocks = [
        Heading("What was found: mine", level=1),
        Paragraph("Networks: 4."),
        Heading("Does it work?"),
        Paragraph("It does, by 2 < 3 points."),
        Paragraph("Evidence. Four networks."),
        Table(["a"], [["b"]], [1]),
    ]
    page = front_page(blocks, [PICTURE, PICTURE])
    assert page.startswith("<h2>What was found: mine</h2>\n<p>Networks: 4.</p>\n<h3>Does it work?")
    assert "<p>It does, by 2 &lt; 3 points.</p>" in page and "Evidence" not in page
    assert page.count("<figcaption>By epoch &amp; seed.</figcaption>") == 2


def test_nothing_is_loaded_from_elsewhere() -> None:
    for page in (figure_page(PICTURE), front_page([], [PICTURE])):
        assert re.findall(r'(?:src|href)="(\w+:)', page) == ["data:"]

"""The book: pages, bookmarks, words, vector figures, and the same bytes each time."""

import io
import pickle
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from matplotlib.figure import Figure as Drawing
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath
from pypdf import PageObject, PdfReader

from sparsernn.errors import InputError
from sparsernn.report.blocks import Heading, Paragraph, Table
from sparsernn.report.book import About, Figure, book
from sparsernn.report.style import save

ABOUT = About("my study", "2026-01-31", {"Python": "3.11.7", "torch": "2.13.0"}, "seed: 1\n")
CAPTION = "Test accuracy of each network, the longest caption being one that must be wrapped. " * 3
LEFT, RIGHT, BOTTOM, TOP = (mm * 72 / 25.4 for mm in (25, 185, 22, 272))  # edges of the text


def make_pdf(path: Path, width: float = 4, height: float = 3, word: str = "Inside") -> Path:
    figure = Drawing(figsize=(width, height))
    figure.text(0.5, 0.5, word)
    save(figure, path)
    return path


@pytest.fixture
def figures(tmp_path: Path) -> list[Figure]:
    return [
        Figure(make_pdf(tmp_path / "a.pdf", word="Alpha"), "First figure", CAPTION, "Data set"),
        Figure(make_pdf(tmp_path / "b.pdf", 9, 4, "Beta"), "Second figure", CAPTION, "Pruning"),
        Figure(make_pdf(tmp_path / "c.pdf", 4, 20, "Gamma"), "Third figure", CAPTION, "Pruning"),
    ]


def read(*inputs: Any) -> tuple[PdfReader, list[str]]:
    """A document, and the text of each page in one line."""
    reader = PdfReader(io.BytesIO(book(*inputs)))
    return reader, [" ".join(page.extract_text().split()) for page in reader.pages]


def bookmarks(reader: PdfReader, items: Any = None, depth: int = 0) -> list[Any]:
    """Depth, title and page of every bookmark."""
    found = []
    for item in reader.outline if items is None else items:
        if isinstance(item, list):
            found += bookmarks(reader, item, depth + 1)
        else:
            found.append((depth, item.title, reader.get_destination_page_number(item)))
    return found


class Piece(NamedTuple):
    """A line of text, in points from the left and lower edge of its page."""

    text: str
    left: float
    right: float
    base: float


def pieces(page: PageObject) -> list[Piece]:
    found = []

    def visit(text: str, cm: list[float], tm: list[float], font: Any, size: float) -> None:
        if text.strip():
            left, base = (cm[i] * tm[4] + cm[i + 2] * tm[5] + cm[i + 4] for i in (0, 1))
            _, _, letters = font["/BaseFont"].partition("+DejaVuSans")
            family = "DejaVu Sans Mono" if letters == "Mono" else "DejaVu Sans"
            properties = FontProperties(family=family, size=size * tm[0] * cm[0])
            properties.set_weight("bold" if letters == "-Bold" else "normal")
            width, *_ = TextToPath().get_text_width_height_descent(text.strip(), properties, False)
            found.append(Piece(text.strip(), left, left + width, base))

    page.extract_text(visitor_text=visit)
    return found


def test_each_figure_has_a_page_with_heading_caption_and_number(figures: list[Figure]) -> None:
    reader, texts = read(figures, ABOUT)
    first, contents, *own, last = texts
    for part in ("my study", "Inputs of 2026-01-31", "Contents: page 2", "page 6.", "1 / 6"):
        assert part in first
    for part in ("Versions and settings", "torch 2.13.0", "seed: 1", "6 / 6"):
        assert part in last
    assert contents.startswith("Contents Data set") and "First figure ..." in contents
    insides = ("Alpha", "Beta", "Gamma")
    for text, figure, inside, number in zip(own, figures, insides, "345", strict=True):
        parts = (figure.section, figure.title, CAPTION.strip(), inside, f"{number} / 6")
        assert all(part in text for part in parts)
    for page in reader.pages:
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
        assert len(page.images) == 0  # of pixels
    marks = [(0, "my study", 0), (0, "Data set", 2), (1, "First figure", 2), (0, "Pruning", 3)]
    marks += [(1, "Second figure", 3), (1, "Third figure", 4), (0, "Versions and settings", 5)]
    assert bookmarks(reader) == marks
    assert reader.metadata is not None and reader.metadata.title == "The study my study"


def test_a_report_is_a_chapter_with_its_own_bookmarks(figures: list[Figure]) -> None:
    report = [Heading("Outer", 1), Heading("Inner"), Paragraph("many words " * 700)]
    report += [Heading("Other"), Paragraph("the end")]
    reader, texts = read([figures[0], *report, figures[1]], ABOUT)
    assert sum(text.count("many") for text in texts) == 700
    last = len(texts) - 2  # before the settings
    assert texts[last].startswith("Pruning") and f"{last + 1} / {last + 2}" in texts[last]
    assert texts[last - 1].startswith("Outer")  # at the head of its later pages
    marks = [(0, "Outer", 3), (1, "Inner", 3), (1, "Other", last - 1), (0, "Pruning", last)]
    assert bookmarks(reader)[3:-2] == marks


@pytest.mark.parametrize("count", [0, 3])
def test_what_comes_before_the_figures_begins_on_the_first_page(
    count: int, figures: list[Figure]
) -> None:
    found = [Heading("Found", 1), Paragraph("Yes."), Heading("More", 1), Paragraph("word " * 1800)]
    claims = [Heading("Claims", 1)] if count else []
    _, texts = read([*found, *figures[:count], *claims], ABOUT)
    first, second, third, contents, *others, last = texts
    assert first.startswith("my study") and "Found Yes." in first and "Contents: page 4." in first
    assert second.startswith("More word") and third.startswith("More word")  # its head, later on
    assert contents.startswith("Contents Found") and len(others) == count + len(claims)
    assert last.startswith("Versions and settings")


def test_long_settings_go_on_over_further_pages(figures: list[Figure]) -> None:
    lines = [f"  key_{i}: {'value ' * (40 if i == 7 else 3)}" for i in range(200)]
    about = About("x" * 300, "2026-01-31", dict.fromkeys("abc", "1.0"), "\n".join(lines))
    reader, texts = read(figures, about)
    start = 2 + len(figures)
    text = " ".join(texts[start:])
    assert text.count("value") == 199 * 3 + 40
    assert all(f"key_{i}:" in text for i in range(200))
    assert bookmarks(reader)[-1] == (0, "Versions and settings", start)
    assert texts[start + 1].startswith("Versions and settings")  # at the head of its later pages
    printed = [piece for page in (reader.pages[0], *reader.pages[start:]) for piece in pieces(page)]
    assert max(line.right for line in printed) < RIGHT + 0.1


@pytest.mark.parametrize(("width", "height"), [(4, 3), (9, 4), (4, 20), (0.5, 60)])
def test_figures_fit_between_title_and_caption(width: float, height: float, tmp_path: Path) -> None:
    pdf = make_pdf(tmp_path / "a.pdf", width, height)
    reader, _ = read([Figure(pdf, "A title " * 20, "caption " * 90, "Part")])
    page: Any = reader.pages[0]
    drawn: list[list[float]] = []
    page.extract_text(
        visitor_operand_before=lambda do, _, cm, __: drawn.append(cm[:]) if do == b"Do" else None
    )
    a, b, c, d, left, bottom = drawn[0]
    box = page["/Resources"]["/XObject"]["/x0"]["/BBox"]
    wide, high = a * float(box[2]), d * float(box[3])
    assert (b, c) == (0, 0) and left >= LEFT - 0.01 and left + wide <= RIGHT + 0.01
    assert wide / width == pytest.approx(high / height, rel=1e-3)  # not distorted
    assert wide <= width * 72 + 0.01  # never made larger
    bases = [p.base for p in pieces(page) if "title" in p.text or "caption" in p.text]
    assert BOTTOM <= min(bases) < bottom < bottom + high < max(bases) < TOP
    assert not [base for base in bases if bottom - 9 < base < bottom + high]


def test_any_sign_is_shown_as_it_is_and_long_words_are_broken(tmp_path: Path) -> None:
    name = r"#let x = $y$ *b* _i_ `r` @z <l> [c] \n // ~ -- ... 'q' " + '"q"'
    long = "nodes_betweenness_variance_" * 5 + "verylong" * 30
    table = Table(["One", name], [[long, name], [long, long]], [1, 4])
    pdf = make_pdf(tmp_path / "# $a b.pdf")
    parts = [Heading(name, 1), Paragraph(name), table, Figure(pdf, name, name, name)]
    front = About(name, "2026-01-31", {name: name}, f"key: {name}")
    reader, texts = read([*parts, Heading(long), Paragraph(long)], front)
    text = " ".join(texts)
    assert text.count(name) >= 12
    assert text.replace(" ", "").count(long) == 6  # three cells, heading, paragraph, contents
    assert (0, name, 2) in bookmarks(reader)
    pages: list[Any] = reader.pages
    lines = [piece for page in pages for piece in pieces(page)]
    assert all(line.left > LEFT - 0.1 and line.right < RIGHT + 0.1 for line in lines)
    fonts = [font.get_object() for page in pages for font in page["/Resources"]["/Font"].values()]
    used = {font["/BaseFont"].split("+")[-1] for font in fonts}
    assert used == {"DejaVuSans", "DejaVuSans-Bold", "DejaVuSansMono"}  # that come with matplotlib


def test_tables_keep_entries_whole_and_repeat_the_header() -> None:
    counts = [9 + 7 * (i % 4) for i in range(40)]
    rows = []
    for i, count in enumerate(counts):
        rows += [[f"first{i}", f"line{i}x0 " * count], ["", f"line{i}x1 " * count]]
    table = Table(["One", "Two"], rows, [1, 2])
    _, texts = read([Heading("Part"), Paragraph("word " * 900), table])
    for i, count in enumerate(counts):
        (text,) = (text for text in texts if f"line{i}x" in text)
        assert text.count(f"line{i}x0") == text.count(f"line{i}x1") == count
        assert "One" in text and f"first{i}" in text


def test_a_cell_longer_than_a_page_goes_on_over_the_next() -> None:
    reader, texts = read([Table(["One", "Two"], [["first", "word " * 5000]], [1, 2])])
    assert sum(text.count("word") for text in texts) == 5000
    assert min(piece.base for page in reader.pages for piece in pieces(page)) > 0


def test_the_same_inputs_give_the_same_bytes(figures: list[Figure], tmp_path: Path) -> None:
    moved = shutil.copytree(tmp_path, tmp_path.with_name(f"{tmp_path.name} elsewhere"))
    others = [replace(figure, pdf=Path(figure.pdf).name) for figure in figures]
    code = "import pickle, sys; from sparsernn.report.book import book\n"
    code += "sys.stdout.buffer.write(book(*pickle.load(sys.stdin.buffer)))"
    scripts = str(Path(__file__).parents[2] / "scripts")
    # Another process has other hashes, another time, and another place.
    elsewhere = {"PYTHONPATH": scripts, "TZ": "Asia/Tokyo", "SOURCE_DATE_EPOCH": "1"}
    command, inputs = [sys.executable, "-c", code], pickle.dumps((others, ABOUT))
    output = subprocess.check_output(command, input=inputs, cwd=moved, env=elsewhere)
    content = book(figures, ABOUT)
    assert output == content
    assert b"CreationDate" not in content and b"CreateDate" not in content


@pytest.mark.parametrize("case", ["empty", "text", "hollow", "cut off", "missing"])
def test_a_broken_figure_is_named(case: str, figures: list[Figure], tmp_path: Path) -> None:
    contents = {"empty": b"", "text": b"no PDF", "hollow": b"%PDF-1.4\n%%EOF\n"}
    contents["cut off"] = Path(figures[0].pdf).read_bytes()[:2000]
    path = tmp_path / "broken.pdf"
    if case != "missing":
        path.write_bytes(contents[case])
    with pytest.raises(InputError, match=r"broken\.pdf: not a readable PDF"):
        book([*figures, Figure(path, "Broken", CAPTION, "Data set")], ABOUT)

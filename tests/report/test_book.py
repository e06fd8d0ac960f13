"""The book: pages, bookmarks, words, vector figures, and the same bytes each time."""

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from matplotlib.figure import Figure as Drawing
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath
from pypdf import PageObject, PdfReader

from sparsernn.errors import InputError
from sparsernn.report.blocks import Heading, Paragraph, Table
from sparsernn.report.book import Figure, TitlePage, book
from sparsernn.report.style import save

TITLE = TitlePage("my study", "2026-01-31", {"Python": "3.11.7", "torch": "2.13.0"}, "seed: 1\n")
CAPTION = "Test accuracy of each network, the longest caption being one that must be wrapped. " * 3
MM = 72 / 25.4
LEFT, RIGHT, BOTTOM, TOP = 25 * MM, 185 * MM, 22 * MM, 272 * MM  # the edges of the text


def make_pdf(path: Path, width: float = 4, height: float = 3, word: str = "Inside") -> Path:
    figure = Drawing(figsize=(width, height))
    figure.subplots().plot([0, 1], [1, 0])
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


def read(tmp_path: Path, *inputs: Any) -> PdfReader:
    """A document as it is on disk."""
    path = tmp_path / "all.pdf"
    path.write_bytes(book(*inputs))
    return PdfReader(path)


def words(page: PageObject) -> str:
    """The text of a page in one line."""
    return " ".join(page.extract_text().split())


def bookmarks(reader: PdfReader) -> list[tuple[int, str, int]]:
    """Depth, title and page of every bookmark."""

    def below(items: list[Any], depth: int) -> list[tuple[int, str, int]]:
        found: list[tuple[int, str, int]] = []
        for item in items:
            if isinstance(item, list):
                found += below(item, depth + 1)
            else:
                number = reader.get_destination_page_number(item)
                assert number is not None
                found.append((depth, str(item.title), number))
        return found

    return below(reader.outline, 0)


class Piece(NamedTuple):
    """A piece of a page's text, in points from its left and lower edge."""

    text: str
    left: float
    right: float
    base: float


def pieces(page: PageObject) -> list[Piece]:
    """Every piece of a page's text, that in figures in their own coordinates."""
    found = []

    def visit(text: str, cm: list[float], tm: list[float], font: Any, size: float) -> None:
        if text.strip():
            left, base = (cm[i] * tm[4] + cm[i + 2] * tm[5] + cm[i + 4] for i in (0, 1))
            weight = "bold" if "Bold" in font["/BaseFont"] else "normal"
            family = "DejaVu Sans Mono" if "Mono" in font["/BaseFont"] else "DejaVu Sans"
            letters = FontProperties(family=family, weight=weight, size=size * tm[0] * cm[0])
            wide = TextToPath().get_text_width_height_descent(text.strip(), letters, ismath=False)
            found.append(Piece(text.strip(), left, left + wide[0], base))

    page.extract_text(visitor_text=visit)
    return found


def test_each_figure_has_a_page_with_heading_caption_and_number(
    figures: list[Figure], tmp_path: Path
) -> None:
    reader = read(tmp_path, figures, TITLE)
    assert len(reader.pages) == 5  # the title page, the contents, the figures
    for number, (figure, inside) in enumerate(
        zip(figures, ("Alpha", "Beta", "Gamma"), strict=True), 3
    ):
        text = words(reader.pages[number - 1])
        parts = (figure.section, figure.title, CAPTION.strip(), inside, f"{number} / 5")
        assert all(part in text for part in parts)
    for page in reader.pages:
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
        assert len(page.images) == 0  # of pixels


def test_bookmarks_and_contents_lead_to_section_and_figure(
    figures: list[Figure], tmp_path: Path
) -> None:
    reader = read(tmp_path, figures, TITLE)
    assert bookmarks(reader) == [
        (0, "my study", 0),
        (0, "Data set", 2),
        (1, "First figure", 2),
        (0, "Pruning", 3),
        (1, "Second figure", 3),
        (1, "Third figure", 4),
    ]
    contents = words(reader.pages[1])
    assert contents.startswith("Contents Data set") and "First figure ..." in contents
    assert reader.metadata is not None and reader.metadata.title == "The study my study"


def test_a_report_is_a_chapter_with_its_own_bookmarks(
    figures: list[Figure], tmp_path: Path
) -> None:
    report = [Heading("Outer", 1), Heading("Inner"), Paragraph("many words " * 700)]
    report += [Heading("Other"), Paragraph("the end")]
    reader = read(tmp_path, [figures[0], *report, figures[1]], TITLE)
    texts = [words(page) for page in reader.pages]
    assert sum(text.count("many") for text in texts) == 700
    last = len(texts) - 1
    assert texts[last].startswith("Pruning") and f"{last + 1} / {last + 1}" in texts[last]
    assert texts[last - 1].startswith("Outer")  # the running head of a later page
    marks = [(0, "Outer", 3), (1, "Inner", 3), (1, "Other", last - 1), (0, "Pruning", last)]
    assert bookmarks(reader)[3:-1] == marks


def test_the_title_page_says_what_was_used(tmp_path: Path) -> None:
    page = read(tmp_path, [], TITLE).pages[0]
    for part in ("my study", "Inputs of 2026-01-31", "torch", "2.13.0", "seed: 1", "1 / 2"):
        assert part in words(page)


def test_long_settings_go_on_over_further_pages(figures: list[Figure], tmp_path: Path) -> None:
    lines = [f"  key_{i}: {'value ' * (40 if i == 7 else 3)}" for i in range(200)]
    title = TitlePage("x" * 300, "2026-01-31", dict.fromkeys("abc", "1.0"), "\n".join(lines))
    reader = read(tmp_path, figures, title)
    fronts = len(reader.pages) - len(figures)
    assert fronts >= 4
    text = " ".join(words(page) for page in reader.pages[:fronts])
    assert text.count("value") == 199 * 3 + 40 and text.count("x") >= 300
    assert all(f"key_{i}:" in text for i in range(200))
    assert bookmarks(reader)[1] == (0, "Data set", fronts)
    for page in reader.pages[:fronts]:  # broken into lines, and indented
        assert max(len(line) for line in page.extract_text().splitlines()) < 110


@pytest.mark.parametrize(("width", "height"), [(4, 3), (9, 4), (4, 20), (0.5, 60)])
def test_figures_fit_between_heading_and_caption(
    width: float, height: float, tmp_path: Path
) -> None:
    pdf = make_pdf(tmp_path / "a.pdf", width, height)
    (page,) = read(tmp_path, [Figure(pdf, "A title " * 20, "caption " * 90, "Part")]).pages
    boxes: list[list[float]] = []

    def visit(operator: bytes, operands: Any, cm: list[float], *_: Any) -> None:
        if operator == b"Do":
            boxes.append(list(cm))

    page.extract_text(visitor_operand_before=visit)
    form = page["/Resources"]["/XObject"]["/x0"]  # type: ignore[index]
    a, b, c, d, left, bottom = boxes[0]
    wide, high = a * float(form["/BBox"][2]), d * float(form["/BBox"][3])
    assert (b, c) == (0, 0)
    assert left >= LEFT - 0.01 and left + wide <= RIGHT + 0.01
    assert wide / width == pytest.approx(high / height, rel=1e-3)  # not distorted
    assert wide <= width * 72 + 0.01  # never made larger
    bases = [p.base for p in pieces(page) if "title" in p.text or "caption" in p.text]
    assert min(bases) < bottom < bottom + high < max(bases) < TOP
    assert not [base for base in bases if bottom - 9 < base < bottom + high]
    assert min(bases) >= BOTTOM


def test_any_sign_is_shown_as_it_is_and_long_words_are_broken(tmp_path: Path) -> None:
    name = r"#let x = $y$ *b* _i_ `r` @z <l> [c] \n // ~ -- ... 'q' " + '"q"'
    long = "nodes_betweenness_variance_" * 5 + "verylong" * 30
    table = Table(["One", name], [[long, name], [long, long]], [1, 4])
    front = TitlePage(name, "2026-01-31", {name: name}, f"key: {name}")
    pdf = make_pdf(tmp_path / "# $a b.pdf")
    parts = [Heading(name, 1), Paragraph(name), table, Figure(pdf, name, name, name)]
    reader = read(tmp_path, [*parts, Heading(long), Paragraph(long)], front)
    text = " ".join(words(page) for page in reader.pages)
    assert text.count(name) >= 12
    assert text.replace(" ", "").count(long) == 6  # three cells, heading, paragraph, contents
    assert (0, name, 2) in bookmarks(reader) and reader.metadata["/Title"] == f"The study {name}"  # type: ignore
    for page in reader.pages:
        for piece in pieces(page):
            inside = piece.left >= LEFT - 0.1 and piece.right <= RIGHT + 0.1
            assert inside or "/XObject" in page["/Resources"], piece  # type: ignore[operator]


def test_tables_keep_entries_whole_and_repeat_the_header(tmp_path: Path) -> None:
    rows = [[f"first{i}" if j == 0 else "", f"line{i}x{j} " * 9] for i in range(20) for j in (0, 1)]
    parts = [Heading("Part"), Paragraph("word " * 900), Table(["One", "Two"], rows, [1, 2])]
    reader = read(tmp_path, parts)
    texts = [page.extract_text() for page in reader.pages]
    assert bookmarks(reader) == [(0, "Part", 0)]
    assert sum(text.count("word") for text in texts) == 900
    for i in range(20):
        (page,) = {n for n, text in enumerate(texts) if f"line{i}x" in text}
        assert texts[page].count(f"line{i}x0") == texts[page].count(f"line{i}x1") == 9
        assert "One" in texts[page] and f"first{i}" in texts[page]


def test_the_same_inputs_give_the_same_bytes(figures: list[Figure], tmp_path: Path) -> None:
    moved = tmp_path / "another place"
    moved.mkdir()
    copies = [
        Figure((moved / Path(f.pdf).name).relative_to(tmp_path), f.title, f.caption, f.section)
        for f in figures
    ]
    for figure in figures:
        (moved / Path(figure.pdf).name).write_bytes(Path(figure.pdf).read_bytes())
    code = (
        "import pickle, sys; from sparsernn.report.book import book\n"
        "sys.stdout.buffer.write(book(*pickle.load(sys.stdin.buffer)))"
    )
    scripts = str(Path(__file__).parents[2] / "scripts")
    other = subprocess.run(  # of another process: other hashes, another time and place
        [sys.executable, "-c", code],
        input=pickle.dumps((copies, TITLE)),
        cwd=tmp_path,
        env={"PYTHONPATH": scripts, "TZ": "Asia/Tokyo", "SOURCE_DATE_EPOCH": "1"},
        check=True,
        capture_output=True,
    )
    content = book(figures, TITLE)
    assert other.stdout == content
    assert b"CreationDate" not in content and b"CreateDate" not in content


def test_only_fonts_that_come_with_matplotlib_are_used(
    figures: list[Figure], tmp_path: Path
) -> None:
    reader = read(tmp_path, [*figures, Paragraph("ä – α ≥ ×")], TITLE)
    found = {
        str(font.get_object()["/BaseFont"]).split("+")[-1]
        for page in reader.pages
        for font in page["/Resources"].get("/Font", {}).values()  # type: ignore[union-attr]
    }
    assert found == {"DejaVuSans", "DejaVuSans-Bold", "DejaVuSansMono"}


@pytest.mark.parametrize("content", [b"", b"no PDF", b"%PDF-1.4\n%%EOF\n", None, "cut"])
def test_a_broken_figure_is_named(
    content: bytes | str | None, figures: list[Figure], tmp_path: Path
) -> None:
    path = tmp_path / "broken.pdf"
    if content == "cut":
        content = Path(figures[0].pdf).read_bytes()[:2000]
    if isinstance(content, bytes):
        path.write_bytes(content)
    figures.insert(1, Figure(path, "Broken", CAPTION, "Data set"))
    with pytest.raises(InputError, match=r"broken\.pdf: not a readable PDF"):
        book(figures, TITLE)

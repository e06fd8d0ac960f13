"""The bound document: pages, bookmarks, words, vector figures, and the same bytes each time."""

import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from pypdf import PageObject, PdfReader

from sparsernn.errors import InputError
from sparsernn.report import book as document
from sparsernn.report.blocks import Heading, Paragraph, as_pdf
from sparsernn.report.book import Chapter, Page, TitlePage, bind
from sparsernn.report.style import save
from sparsernn.report.typeset import A4, BOTTOM, MARGIN, TEXT, text_width, wrap

TITLE = TitlePage("my study", "2026-01-31", {"Python": "3.11.7", "torch": "2.13.0"}, "seed: 1\n")
CAPTION = "Test accuracy of each network, the longest caption being one that must be wrapped. " * 3


def make_pdf(path: Path, width: float = 4, height: float = 3, word: str = "Inside") -> Path:
    figure = Figure(figsize=(width, height))
    figure.subplots().plot([0, 1], [1, 0])
    figure.text(0.5, 0.5, word)
    save(figure, path)
    return path


@pytest.fixture
def pages(tmp_path: Path) -> list[Page]:
    return [
        Page(make_pdf(tmp_path / "a.pdf", word="Alpha"), "First figure", CAPTION, "Data set"),
        Page(make_pdf(tmp_path / "b.pdf", 9, 4, "Beta"), "Second figure", CAPTION, "Pruning"),
        Page(make_pdf(tmp_path / "c.pdf", 4, 20, "Gamma"), "Third figure", CAPTION, "Pruning"),
    ]


def words(page: PageObject) -> str:
    """The text of a page in one line."""
    return " ".join(page.extract_text().split())


def test_each_figure_has_a_page_with_heading_caption_and_number(
    pages: list[Page], tmp_path: Path
) -> None:
    bind(pages, TITLE, tmp_path / "all.pdf")
    reader = PdfReader(tmp_path / "all.pdf")
    assert len(reader.pages) == 4
    for number, (page, inside) in enumerate(zip(pages, ("Alpha", "Beta", "Gamma"), strict=True), 2):
        text = words(reader.pages[number - 1])
        assert all(part in text for part in (page.section, page.title, CAPTION.strip(), inside))
        assert f"{number} / 4" in text
    for page in reader.pages:
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
        assert len(page.images) == 0


def test_bookmarks_lead_from_section_to_figure(pages: list[Page], tmp_path: Path) -> None:
    bind(pages, TITLE, tmp_path / "all.pdf")
    reader = PdfReader(tmp_path / "all.pdf")
    found = []
    for item in reader.outline:
        for entry in item if isinstance(item, list) else [item]:
            depth = isinstance(item, list)
            found.append((depth, entry.title, reader.get_destination_page_number(entry)))
    assert found == [
        (False, "Title page", 0),
        (False, "Data set", 1),
        (True, "First figure", 1),
        (False, "Pruning", 2),
        (True, "Second figure", 2),
        (True, "Third figure", 3),
    ]


def test_a_chapter_is_bound_whole_with_its_own_bookmarks(pages: list[Page], tmp_path: Path) -> None:
    part = [Heading("Inner"), Paragraph("many words " * 700)]
    (tmp_path / "words.pdf").write_bytes(as_pdf([*part, Heading("Other"), Paragraph("the end")]))
    chapter = Chapter(tmp_path / "words.pdf", "Outer")
    bind([pages[0], chapter, pages[1]], TITLE, tmp_path / "all.pdf")
    reader = PdfReader(tmp_path / "all.pdf")
    texts = [words(page) for page in reader.pages]
    assert sum(text.count("many") for text in texts) == 700
    assert texts[-1].startswith("Pruning") and f"{len(texts)} / {len(texts)}" in texts[-1]
    inner = next(item for item in reader.outline if isinstance(item, list) and len(item) == 2)
    assert [item.title for item in inner] == ["Inner", "Other"]
    assert [reader.get_destination_page_number(item) for item in inner] == [2, len(texts) - 2]


def test_the_title_page_says_what_was_used(tmp_path: Path) -> None:
    bind([], TITLE, tmp_path / "all.pdf")
    (page,) = PdfReader(tmp_path / "all.pdf").pages
    for part in ("my study", "Inputs of 2026-01-31", "torch", "2.13.0", "seed: 1", "1 / 1"):
        assert part in words(page)


def test_long_settings_go_on_over_further_pages(pages: list[Page], tmp_path: Path) -> None:
    lines = [f"key_{i}: {'value ' * (40 if i == 7 else 3)}" for i in range(200)]
    title = TitlePage("x" * 300, "2026-01-31", dict.fromkeys("abc", "1.0"), "\n".join(lines))
    bind(pages, title, tmp_path / "all.pdf")
    reader = PdfReader(tmp_path / "all.pdf")
    fronts = len(reader.pages) - len(pages)
    assert fronts >= 3
    text = " ".join(words(page) for page in reader.pages[:fronts])
    assert text.count("value") == 199 * 3 + 40
    assert all(f"key_{i}:" in text for i in range(200))
    outline = [item for item in reader.outline if not isinstance(item, list)]
    assert reader.get_destination_page_number(outline[1]) == fronts


@pytest.mark.parametrize(("width", "height"), [(4, 3), (9, 4), (4, 20), (0.5, 60)])
def test_figures_fit_between_heading_and_caption(
    width: float, height: float, tmp_path: Path
) -> None:
    page = Page(make_pdf(tmp_path / "a.pdf", width, height), "A title " * 20, CAPTION * 3, "Part")
    texts, move = document._lay_out(page, PdfReader(page.pdf).pages[0])
    left, bottom = move.apply_on((0, 0))
    right, top = move.apply_on((width * 72, height * 72))
    assert left >= MARGIN - 0.01 and right <= A4[0] - MARGIN + 0.01
    assert (right - left) / width == pytest.approx((top - bottom) / height)  # not distorted
    assert right - left <= width * 72 + 0.01  # never made larger
    bases = [A4[1] - y for _, y, *_ in texts]
    assert not [base for base in bases if bottom - 12 < base < top]
    assert min(bases) >= BOTTOM - 0.01
    widest = max(text_width(line, font) for _, _, line, font, _ in texts)
    assert widest <= A4[0] - 2 * MARGIN


def test_the_same_inputs_give_the_same_bytes(pages: list[Page], tmp_path: Path) -> None:
    bind(pages, TITLE, tmp_path / "here.pdf")
    code = (
        "import pickle, sys; from sparsernn.report.book import bind\n"
        "bind(*pickle.load(sys.stdin.buffer))"
    )
    other = tmp_path / "there.pdf"  # of another process: other hashes, another time
    subprocess.run(
        [sys.executable, "-c", code],
        input=pickle.dumps((pages, TITLE, other)),
        cwd=Path(document.__file__).parents[2],
        check=True,
    )
    content = other.read_bytes()
    assert content == (tmp_path / "here.pdf").read_bytes()
    assert b"Date" not in content and b"/ID" not in content


@pytest.mark.parametrize("content", [b"", b"no PDF", b"%PDF-1.4\n%%EOF\n", None, "cut"])
def test_a_broken_figure_is_named(
    content: bytes | str | None, pages: list[Page], tmp_path: Path
) -> None:
    path = tmp_path / "broken.pdf"
    if content == "cut":
        content = Path(pages[0].pdf).read_bytes()[:2000]
    if isinstance(content, bytes):
        path.write_bytes(content)
    pages.insert(1, Page(path, "Broken", CAPTION, "Data set"))
    with pytest.raises(InputError, match=r"broken\.pdf: not a readable PDF"):
        bind(pages, TITLE, tmp_path / "all.pdf")
    assert not (tmp_path / "all.pdf").exists()


def test_wrapping_keeps_every_word_and_cuts_what_is_too_long() -> None:
    text = "short words and one" + "verylong" * 30 + " end"
    lines = wrap(text, TEXT, 200)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(text_width(line, TEXT) <= 200 for line in lines)
    assert wrap("a\u00a0b", TEXT, 1) == ["a", "\u00a0", "b"]

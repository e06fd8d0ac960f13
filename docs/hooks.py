"""What mkdocs needs to build the site: pages from the whole checkout, notebooks, examples as code.

Pages keep their places: README.md is the start page, and docs/studies.md links to
../config/config.yaml as it does in the checkout. A file that a page links to is on the site too.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import griffe
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
PAGES = ("*.md", "config/*.md", "docs/**/*.md", "scripts/sparsernn/engine/README.md")
NOTEBOOK = "tutorial.ipynb"


def on_files(files: Files, config: Any) -> Files:
    """Take the checkout's pages, and the files that they link to, in the place of one folder's."""
    theme = [file for file in files if not file.src_uri.endswith((".md", ".ipynb"))]
    pages = {path for pattern in PAGES for path in ROOT.glob(pattern)}
    found = sorted(pages | {path for page in pages for path in _linked(page)})
    of_checkout = {path.relative_to(ROOT).as_posix(): path for path in found}
    others = [file for file in theme if not (ROOT / "docs" / file.src_uri).exists()]
    made = [
        File.generated(config, uri, abs_src_path=str(path)) for uri, path in of_checkout.items()
    ]
    return Files([*others, *made])


def _linked(page: Path) -> Iterator[Path]:
    """The files of the checkout that a page links to."""
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        path = (page.parent / target).resolve()
        if path.is_file() and path.is_relative_to(ROOT):
            yield path


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put a notebook's cells where a page names it in a comment."""
    notebook = ROOT / "docs" / "library" / NOTEBOOK
    return markdown.replace(f"<!-- {NOTEBOOK} -->", _cells(notebook))


def _cells(path: Path) -> str:
    text = []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        text.append(f"```python\n{source}\n```" if cell["cell_type"] == "code" else source)
    return "\n\n".join(text)


class Examples(griffe.Extension):
    """Reads `Example:` in docstrings as `Examples:`, the only form that griffe shows as code."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Change one docstring."""
        if obj.docstring:
            pattern = re.compile(r"^( *)Example:$", re.MULTILINE)
            obj.docstring.value = pattern.sub(r"\1Examples:", obj.docstring.value)

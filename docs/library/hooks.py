"""What mkdocs needs to build these pages: the notebook as a page, and examples as code."""

import json
import re
from pathlib import Path
from typing import Any

import griffe

NOTEBOOK = "tutorial.ipynb"


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put a notebook's cells where a page names it in a comment."""
    return markdown.replace(f"<!-- {NOTEBOOK} -->", _cells(Path(__file__).with_name(NOTEBOOK)))


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

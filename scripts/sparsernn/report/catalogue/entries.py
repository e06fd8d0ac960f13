"""What the catalogue says of a figure and of a table. Light to import: the workflow reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

from sparsernn.report.words import cell_name, target_name

__all__ = ["Entry", "FigureEntry", "TableEntry", "Words"]

_RIGHT = "strings classified correctly"
_GENERAL = {
    "valid and invalid strings": "strings by class",
    "valid and invalid": "by class",
    "class and grammar": "class",
    "the thesis's split": "a single split",
}
"""What titles and captions say of the thesis's classes, grammars and split, and of any."""


class Words(NamedTuple):
    """What readers see of a figure or table: its section, title and caption."""

    section: str
    title: str
    caption: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A figure or table. Its function has the entry's name, and gets all tables and options.

    Args:
        module: where its function is, in the folder of figures or of tables.
        section: the part of the document that it belongs to.
        title: its heading; may hold the fields `{target}`, `{cell}` and `{count}`.
        caption: what is shown, in which units, and what a line, a marker, an interval means.
        inputs: the tables that it is drawn from, by argument: paths in the results, no ending.
        published: tables of the thesis's own numbers, by argument: files in config/published.
            The function draws without them, too.
        thesis: what the caption says besides where those numbers are shown.
        each: what there is one for each of: "protocol", "target", "cell".
        settings: options that are settings of the analysis, by argument.
        accuracy: whether it shows the accuracies of its tables of networks, which those that
            predict numbers lack.
    """

    module: str
    section: str
    title: str
    caption: str
    inputs: Mapping[str, str]
    published: Mapping[str, str] = field(default_factory=dict)
    thesis: str = ""
    each: Sequence[str] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    accuracy: bool = False

    _folder: ClassVar[str]
    _space: ClassVar[str] = " "  # between "protocol:" and its name

    @property
    def file(self) -> str:
        """The path of its module in the folder of scripts."""
        return f"sparsernn/report/{self._folder}/{self.module}.py"

    def words(
        self,
        protocol: str | None = None,
        *,
        thesis: bool = True,
        right: str = _RIGHT,
        **options: Any,
    ) -> Words:
        """The section, title and caption of one figure or table, their fields filled in.

        Args:
            protocol: named behind the title, where there is one for each.
            thesis: whether the thesis's own numbers are shown, so that the caption speaks of them.
            right: what an accuracy is a share of.
            options: the function's; of them target, cell and properties are read.

        Example:
            >>> entry = FigureEntry(module="", section="", title="{cell}", caption="", inputs={})
            >>> entry.words("corrected", cell="gru").title
            'GRU (protocol:\\xa0corrected)'
        """
        fields = {
            "target": target_name(options.get("target", "both")),
            "cell": cell_name(options.get("cell", "")),
            "count": len(options.get("properties", ())),
        }
        behind = f" (protocol:{self._space}{protocol})" if protocol else ""
        title = self.title.format(**fields) + behind
        caption = f"{self.caption} {self.thesis}" if thesis and self.thesis else self.caption
        caption = caption.format(**fields).replace(_RIGHT, right)
        for ours, general in () if thesis else _GENERAL.items():
            title, caption = title.replace(ours, general), caption.replace(ours, general)
        return Words(self.section, title, caption)


@dataclass(frozen=True, kw_only=True)
class FigureEntry(Entry):
    """A figure of the study.

    Args:
        findings: those that it illustrates.
    """

    findings: Sequence[str] = ()
    _folder = "figures"
    _space = "\N{NO-BREAK SPACE}"  # a line that ended in "(protocol:" would read badly


@dataclass(frozen=True, kw_only=True)
class TableEntry(Entry):
    """A table of the study, and how it is laid out for readers.

    Args:
        rows: key columns that lead a row.
        columns: the key column that is spread over the columns.
        digits: decimals of numbers below 100; larger ones are printed whole.
    """

    section: str = "Tables"
    rows: Sequence[str]
    columns: str = "cell"
    digits: int

    _folder = "tables"

    def layout(
        self,
        protocol: str | None = None,
        *,
        thesis: bool = True,
        right: str = _RIGHT,
        **options: Any,
    ) -> dict[str, Any]:
        """The arguments of its `sparsernn.report.tables.layout.Layout`; see `words`."""
        words = self.words(protocol, thesis=thesis, right=right, **options)
        layout = {"rows": list(self.rows), "columns": self.columns, "digits": self.digits}
        return {"title": words.title, "caption": words.caption, **layout}

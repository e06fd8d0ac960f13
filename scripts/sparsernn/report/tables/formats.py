"""A table of words as Markdown, LaTeX and HTML."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from types import MappingProxyType

__all__ = ["FORMATS", "html", "latex", "markdown"]

Lines = Sequence[Sequence[str]]  # the heading's words, then those of each row
_SPECIAL = {"\\": r"\textbackslash{}", "\N{MINUS SIGN}": "$-$", "²": "$^2$", "–": "--"}
_SPECIAL |= {letter: f"\\{letter}" for letter in "&%$#_{}"}


def markdown(title: str, caption: str, lines: Lines, keys: int) -> str:
    """A section with the table, its first `keys` columns to the left."""
    rule = ["---"] * keys + ["---:"] * (len(lines[0]) - keys)
    rows = [f"| {' | '.join(line)} |" for line in [lines[0], rule, *lines[1:]]]
    return "\n".join([f"## {title}", "", caption, "", *rows, ""])


def latex(title: str, caption: str, lines: Lines, keys: int) -> str:
    """A `tabular` with the rules of booktabs; title and caption are comments."""
    head, *body = [
        " & ".join("".join(_SPECIAL.get(letter, letter) for letter in word) for word in line)
        + r" \\"
        for line in lines
    ]
    return "\n".join(
        [
            f"% {title}",
            f"% {caption}",
            rf"\begin{{tabular}}{{{'l' * keys + 'r' * (len(lines[0]) - keys)}}}",
            r"\toprule",
            head,
            r"\midrule",
            *body,
            r"\bottomrule",
            r"\end{tabular}",
            "",
        ]
    )


_STYLE = (
    "body { font: 15px sans-serif; margin: 2em } th, td { padding: 2px 10px; } "
    "table { border-collapse: collapse } tr { border-bottom: 1px solid #ddd }"
)


def html(title: str, caption: str, lines: Lines, keys: int) -> str:
    """A page of its own."""
    align = ["left"] * keys + ["right"] * (len(lines[0]) - keys)
    head, *body = (
        "".join(
            f'<{tag} style="text-align: {side}">{escape(word)}</{tag}>'
            for word, side in zip(line, align, strict=True)
        )
        for tag, line in zip(["th"] + ["td"] * (len(lines) - 1), lines, strict=True)
    )
    rows = "\n".join(f"<tr>{line}</tr>" for line in (head, *body))
    return (
        f'<!doctype html>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style>\n<h1>{escape(title)}</h1>\n<p>{escape(caption)}</p>\n"
        f"<table>\n{rows}\n</table>\n"
    )


FORMATS: Mapping[str, Callable[[str, str, Lines, int], str]] = MappingProxyType(
    {"md": markdown, "tex": latex, "html": html}
)

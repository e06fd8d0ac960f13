"""The one exception for bad input: a message meant to be read by a person."""

from reprlib import Repr

__all__ = ["InputError", "brief", "cause"]

_LONGEST = 80


class InputError(ValueError):
    """Bad input from outside (configuration, graph, string file, checkpoint).

    The message says what is wrong, where, what was expected and what to do. Scripts print it alone;
    any other exception is a bug of ours and keeps its traceback.

    Example:
        >>> from sparsernn import InputError, SparseRNN
        >>> try:
        ...     SparseRNN.from_graph([(0, 1), (2, 3)])
        ... except InputError as error:
        ...     print(str(error).split(";")[0])
        graph falls into 2 components
    """


def brief(value: object) -> str:
    """A value as Python writes it, cut to what a line of a message can hold.

    What is nested is not followed far: input from outside may refer to itself, or unfold for ever.

    Example:
        >>> brief("x" * 1000)
        "'xxxxxxxxxxxxxxxxxxxxxxxxxxx...xxxxxxxxxxxxxxxxxxxxxxxxxxxx'"
    """
    short = Repr()
    short.maxlevel, short.maxstring, short.maxother = 2, 60, 60
    try:
        text = short.repr(value)
    except ValueError:  # Python writes no number of more than some thousand digits
        text = f"{type(value).__name__} of many digits"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def cause(error: Exception) -> str:
    """What another library's exception says: its first line, printable and cut.

    Example:
        >>> cause(KeyError("no such\\nkey")), cause(ValueError())
        ("'no such\\\\nkey'", 'ValueError')
    """
    lines = str(error).splitlines() or [""]
    text = "".join(letter if letter.isprintable() else "?" for letter in lines[0][:400]).strip()
    text = text if len(text) <= 2 * _LONGEST else f"{text[: 2 * _LONGEST - 3]}..."
    return text or type(error).__name__

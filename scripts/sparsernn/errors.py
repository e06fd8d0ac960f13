"""The one exception for bad input: a message meant to be read by a person."""

__all__ = ["InputError"]


class InputError(ValueError):
    """Bad input from outside (configuration, graph, string file, checkpoint).

    The message says what is wrong, where, what was expected and what to do. Scripts print it alone;
    any other exception is a bug of ours and keeps its traceback.
    """

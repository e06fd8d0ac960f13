"""Files of strings that are refused."""

from pathlib import Path

import numpy as np
from malformed_cases import Case, Make, content, nothing, sized

from sparsernn.data.strings import MAX_BYTES, read_strings

HEADER = "string,valid\n"
GOOD = HEADER + "".join(f"{'AB'[i % 2] * (1 + i)},{i % 2}\n" for i in range(20))  # 21 lines
SPLIT = "string,valid,split\nX,1,train\nY,0,train\nX,1,test\nY,0,test\n"  # 5 lines
LETTERS = "string is {}; expected 1 to 1,000 printable ASCII characters"
LABEL = "expected the label 0 or 1"
CSV = "Expected UTF-8 text with a header line"

# Name: content, and words of the message.
TEXTS: dict[str, tuple[str | bytes, tuple[str, ...]]] = {
    # Not a table
    "empty file": ("", ("not a readable CSV file", "it is empty", "Write the header")),
    "blank lines": ("\n \n\n", ("it is empty", CSV)),
    "blank lines and empty quotes": ('\n""\n" "\n', ("it is empty", CSV)),
    "header alone": (HEADER, ("no strings below the header", "string,valid")),
    "picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", ("line 1 holds the byte 0x89", CSV)),
    "NUL byte": (GOOD + "X\0,1\n", ("line 22 holds a NUL byte", "Save it as UTF-8")),
    "UTF-16": (
        GOOD.encode("utf-16"),
        ("line 1 holds the byte 0xff, which is not UTF-8", "Save it as UTF-8"),
    ),
    "UTF-32": (
        GOOD.encode("utf-32"),
        ("line 1 holds the byte 0xff, which is not UTF-8", "Save it as UTF-8"),
    ),
    "UTF-16 without a mark": (GOOD.encode("utf-16-le"), ("line 1 holds a NUL byte",)),
    "Latin-1": (
        GOOD.encode() + "é,1\n".encode("latin-1"),
        ("line 22 holds the byte 0xe9", "not UTF-8", "Save it as UTF-8"),
    ),
    "half of a pair of UTF-16": (
        GOOD.encode() + b"\xed\xa0\x80,1\n",
        ("line 22 holds the byte 0xed",),
    ),
    "quote that is not closed": (
        GOOD + '"X,1\n' + "Y,0\n" * 10,
        ("row from line 22 on", "unexpected end of data", "Close its quotes"),
    ),
    "text after a closing quote": (GOOD + '"X"Y,1\n', ("row from line 22 on", "Close its quotes")),
    "cell of 200,000 letters": (
        GOOD + "X" * 200_000 + ",1\n",
        ("row from line 22 on", "field larger than field limit"),
    ),
    "line that is too short": (
        GOOD + "X\n",
        ("line 22 has 1 cells, the header 2", "Correct the line"),
    ),
    "line that is too long": (GOOD + "X,1,2\n", ("line 22 has 3 cells, the header 2",)),
    "every line longer than the header": (
        "string,valid\nX,1,a\nY,0,b\n",
        ("line 2 has 3 cells, the header 2",),
    ),
    "1,001 columns": (",".join(f"c{i}" for i in range(1001)), ("1,001 columns", "at most 1,000")),
    "semicolons": (
        GOOD.replace(",", ";"),
        ("no column 'string', 'valid'", "Separate cells by commas"),
    ),
    "tabs": (GOOD.replace(",", "\t"), ("no column 'string', 'valid'", "Separate cells by commas")),
    # Columns
    "no column of strings": (
        GOOD.replace("string", "text"),
        ("no column 'string'", "found ['text', 'valid']"),
    ),
    "no column of labels": ("string\nX\nY\n", ("no column 'valid'", "Add the column")),
    "capitals in the header": ("String,Valid\nX,1\n", ("no column", "found ['String', 'Valid']")),
    "no header": ("X,1\nY,0\n", ("no column", "found ['X', '1']")),
    "two columns of one name": (
        "string,valid,valid\nX,1,0\n",
        ("two columns are named 'valid'", "Rename or remove one"),
    ),
    # Labels
    "label 2": (GOOD + "X,2\n", ("line 22: valid is 2", LABEL, "correct or remove them")),
    "label -1": (GOOD + "X,-1\n", ("line 22: valid is -1", LABEL)),
    "label of one half": (GOOD + "X,0.5\n", ("line 22: valid is 0.5", LABEL)),
    "label yes": (GOOD + "X,yes\n", ("line 22: valid is 'yes'", LABEL)),
    "label nan": (GOOD + "X,nan\n", ("line 22: valid is 'nan'", LABEL)),
    "label beyond all numbers": (GOOD + "X,1e999\n", ("line 22: valid is inf", LABEL)),
    "label of 5,000 digits": (GOOD + f"X,{'9' * 5000}\n", ("line 22: valid is ", LABEL)),
    "no label": (GOOD + "X,\n", ("line 22: valid is nan", LABEL)),
    "label that contradicts an earlier one": (
        GOOD + "A,1\n",
        ("line 22: valid is 1", "expected the string's label further up"),
    ),
    "two wrong labels": (GOOD + "X,2\nY,3\n", ("line 22", "2 line(s) in all are wrong")),
    "wrong label after blank lines": (GOOD + "\n\n\nX,2\n", ("line 25: valid is 2",)),
    "wrong label after lines that are blank in other ways": (
        f'\f\n\xa0\n""\n{GOOD}""\n\f\n\xa0\nX,2\n',
        ("line 28: valid is 2",),
    ),
    "wrong label after a cell of two lines": (
        'string,valid,note\nX,1,"a\nb"\nY,0,c\nZ,7,d\n',
        ("line 5: valid is 7",),
    ),
    # Strings
    "empty string": (GOOD + ",1\n", ("line 22: " + LETTERS.format("''"),)),
    "letter beyond ASCII": (GOOD + "Xé,1\n", ("line 22: " + LETTERS.format("'Xé'"),)),
    "letters of full width": (GOOD + "ＢＴ,1\n", ("line 22: " + LETTERS.format("'ＢＴ'"),)),
    "writing direction turned round": (GOOD + "X\u202eY,1\n", (LETTERS.format(r"'X\u202eY'"),)),
    "formula with a letter beyond ASCII": (
        GOOD + "=1+1\u00b2,1\n",
        ("line 22: string is '=1+1²'",),
    ),
    "tab in a string": (GOOD + "X\tY,1\n", ("line 22: " + LETTERS.format(r"'X\tY'"),)),
    "line break in a string": (GOOD + '"X\nY",1\n', ("line 22: " + LETTERS.format(r"'X\nY'"),)),
    "escape sequence": (GOOD + "\x1b[31mX,1\n", ("line 22: " + LETTERS.format(r"'\x1b[31mX'"),)),
    "delete character": (GOOD + "X\x7f,1\n", (LETTERS.format(r"'X\x7f'"),)),
    "string of 1,001 letters": (GOOD + "X" * 1001 + ",1\n", ("line 22: string is 'XXX", "1,000")),
    # Grammars
    "grammar with a name of 100,000 letters": (
        f"string,valid,grammar\nX,1,a\nY,0,{'g' * 100_000}\n",
        ("line 3: grammar is 'ggg", "at most 80 printable characters"),
    ),
    "grammar with a name of two lines": (
        'string,valid,grammar\nX,1,a\nY,0,"b\nc"\n',
        (r"line 3: grammar is 'b\nc'", "at most 80 printable characters"),
    ),
    # Splits
    "split dev": (
        SPLIT + "Z,1,dev\n",
        ("line 6: split is 'dev'", "expected train or test", "correct or remove"),
    ),
    "split with a capital": (SPLIT + "Z,1,Test\n", ("line 6: split is 'Test'",)),
    "no split in a line": (SPLIT + "Z,1,\n", ("line 6: split is nan", "expected train or test")),
    "split by numbers": (
        "string,valid,split\nX,1,0\nY,0,1\n",
        ("line 2: split is 0", "expected train or test"),
    ),
    "no string to test": (
        "string,valid,split\nX,1,train\nY,0,train\n",
        ("the test set holds strings of label [] only", "Add strings"),
    ),
    "test set of one label": (
        SPLIT.replace("Y,0,test\n", ""),
        ("the test set holds strings of label [1] only", "Add strings"),
    ),
    "one label in all": (HEADER + "X,1\nY,1\nZ,1\n", ("of label [1] only", "both 0 and 1")),
    # Bounds
    "250,001 strings": (
        HEADER + "A,0\nB,1\n" * 125_000 + "C,1\n",
        ("250,001 rows", "at most 250,000"),
    ),
}


def _read(path: Path) -> object:
    return read_strings(path, 0.5, np.random.default_rng(0))


def _case(name: str, make: Make, *words: str) -> Case:
    return Case("CSV of strings", name, make, _read, "own.csv", words)


CASES = [_case(name, content(text), *words) for name, (text, words) in TEXTS.items()]
CASES += [
    _case("file of 64 MiB and a byte", sized(MAX_BYTES + 1), "at most 67,108,864", "Split it"),
    _case("folder", Path.mkdir, "not a regular file", "Give the path of a CSV file"),
    _case("no file", nothing, "no such file", "Give the path of a CSV file"),
]

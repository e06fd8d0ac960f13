"""Files of strings that are refused."""

from pathlib import Path

import numpy as np
from malformed_cases import Case, Content, nothing, sized

from sparsernn.data.datasets import MAX_BYTES, read_strings

HEADER = "string,valid\n"
GOOD = HEADER + "".join(f"{'AB'[i % 2] * (1 + i)},{i % 2}\n" for i in range(20))  # 21 lines
SPLIT = "string,valid,split\nX,1,train\nY,0,train\nX,1,test\nY,0,test\n"  # 5 lines

FILES: dict[str, Content] = {
    # Not a table
    "empty file": "",
    "blank lines": "\n \n\n",
    "blank lines and empty quotes": '\n""\n" "\n',
    "header alone": HEADER,
    "picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "NUL byte": GOOD + "X\0,1\n",
    "UTF-16": GOOD.encode("utf-16"),
    "UTF-32": GOOD.encode("utf-32"),
    "UTF-16 without a mark": GOOD.encode("utf-16-le"),
    "Latin-1": GOOD.encode() + "é,1\n".encode("latin-1"),
    "half of a pair of UTF-16": GOOD.encode() + b"\xed\xa0\x80,1\n",
    "quote that is not closed": GOOD + '"X,1\n' + "Y,0\n" * 10,
    "text after a closing quote": GOOD + '"X"Y,1\n',
    "cell of 200,000 letters": GOOD + "X" * 200_000 + ",1\n",
    "line that is too short": GOOD + "X\n",
    "line that is too long": GOOD + "X,1,2\n",
    "every line longer than the header": "string,valid\nX,1,a\nY,0,b\n",
    "1,001 columns": ",".join(f"c{i}" for i in range(1001)),
    "semicolons": GOOD.replace(",", ";"),
    "tabs": GOOD.replace(",", "\t"),
    # Columns
    "no column of strings": GOOD.replace("string", "text"),
    "no column of labels": "string\nX\nY\n",
    "capitals in the header": "String,Valid\nX,1\n",
    "no header": "X,1\nY,0\n",
    "two columns of one name": "string,valid,valid\nX,1,0\n",
    # Labels
    "label 2": GOOD + "X,2\n",
    "label -1": GOOD + "X,-1\n",
    "label of one half": GOOD + "X,0.5\n",
    "label yes": GOOD + "X,yes\n",
    "label nan": GOOD + "X,nan\n",
    "label beyond all numbers": GOOD + "X,1e999\n",
    "label of 5,000 digits": GOOD + f"X,{'9' * 5000}\n",
    "no label": GOOD + "X,\n",
    "label that contradicts an earlier one": GOOD + "A,1\n",
    "two wrong labels": GOOD + "X,2\nY,3\n",
    "wrong label after blank lines": GOOD + "\n\n\nX,2\n",
    "wrong label after lines that look blank": f'\f\n\xa0\n""\n{GOOD}""\n\f\n\xa0\nX,2\n',
    "wrong label after a cell of two lines": 'string,valid,note\nX,1,"a\nb"\nY,0,c\nZ,7,d\n',
    # Strings
    "empty string": GOOD + ",1\n",
    "letter beyond ASCII": GOOD + "Xé,1\n",
    "letters of full width": GOOD + "ＢＴ,1\n",
    "writing direction turned round": GOOD + "X\u202eY,1\n",
    "formula with a letter beyond ASCII": GOOD + "=1+1\u00b2,1\n",
    "tab in a string": GOOD + "X\tY,1\n",
    "line break in a string": GOOD + '"X\nY",1\n',
    "escape sequence": GOOD + "\x1b[31mX,1\n",
    "delete character": GOOD + "X\x7f,1\n",
    "string of 1,001 letters": GOOD + "X" * 1001 + ",1\n",
    # Grammars
    "grammar with a name of 100,000 letters": f"string,valid,grammar\nX,1,a\nY,0,{'g' * 100_000}\n",
    "grammar with a name of two lines": 'string,valid,grammar\nX,1,a\nY,0,"b\nc"\n',
    # Splits
    "split dev": SPLIT + "Z,1,dev\n",
    "split with a capital": SPLIT + "Z,1,Test\n",
    "no split in a line": SPLIT + "Z,1,\n",
    "split by numbers": "string,valid,split\nX,1,0\nY,0,1\n",
    "no string to test": "string,valid,split\nX,1,train\nY,0,train\n",
    "test set of one label": SPLIT.replace("Y,0,test\n", ""),
    "one label in all": HEADER + "X,1\nY,1\nZ,1\n",
    # Bounds
    "250,001 strings": HEADER + "A,0\nB,1\n" * 125_000 + "C,1\n",
    "file of 64 MiB and a byte": sized(MAX_BYTES + 1),
    # Files that can't be read
    "folder": Path.mkdir,
    "no file": nothing,
}


def _read(path: Path) -> object:
    return read_strings(path, 0.5, np.random.default_rng(0))


CASES = [Case("CSV of strings", name, make, _read, "own.csv") for name, make in FILES.items()]

"""The connectome of C. elegans: what is read of the package's wheel, and what other wheels get."""

import zipfile
from pathlib import Path

import pytest

from sparsernn.errors import InputError
from sparsernn.graphs import connectome as module
from sparsernn.graphs.connectome import download, main, read_wheel
from sparsernn.graphs.graphml import read_graph

TABLE = """pre\tpost\ttype\tsynapses
ASHL\tAVAL\tchemical\t3
ASHL\tAVAL\telectrical\t1
AVAL\tVA1\tchemical\t7
AVAL\tAVAL\telectrical\t2
VA1\tMUSCLE\tchemical\t9
M4\tVA1\tchemical\t1
"""
NEURONS = {
    "SENSORY_NEURONS_1_COOK": ["ASHL"],
    "INTERNEURONS_1_COOK": ["AVAL"],
    "VENTRAL_CORD_MOTORNEURONS": ["VA1"],
    "PHARYNGEAL_POLYMODAL_NEURONS": ["M4"],
}


def wheel(folder: Path, table: str = TABLE, without: str = "") -> Path:
    """A wheel with a few neurons; running its module would fail."""
    names = [name for named in module._LISTS.values() for name in named if name != without]
    cells = "".join(f"{name} = {NEURONS.get(name, [])}\n" for name in names) + "raise SystemExit\n"
    path = folder / "cect-0.3.5-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(module._SYNAPSES, table)
        file.writestr(module._CELLS, cells)
    return path


def test_synapses_are_directed_and_gap_junctions_run_both_ways(tmp_path: Path) -> None:
    main(str(tmp_path / "graphs" / "worm.graphml"), str(wheel(tmp_path)))
    graph = read_graph(tmp_path / "graphs" / "worm.graphml", recurrent=True)
    assert dict(graph.edges) == {
        ("ASHL", "AVAL"): {"weight": 4},
        ("AVAL", "ASHL"): {"weight": 1},
        ("AVAL", "AVAL"): {"weight": 2},
        ("AVAL", "VA1"): {"weight": 7},
        ("M4", "VA1"): {"weight": 1},
    }
    kinds = {name: [data[kind] for kind in module.KINDS] for name, data in graph.nodes(data=True)}
    assert kinds["ASHL"] == [True, False, False] and kinds["VA1"] == [False, False, True]
    assert kinds["M4"] == [False, False, False] and graph.nodes["M4"]["kind"] == "polymodal"


@pytest.mark.parametrize("broken", ["no zip", "no list", "no number"])
def test_another_wheel_is_refused(tmp_path: Path, broken: str) -> None:
    path = wheel(
        tmp_path,
        TABLE.replace("\t7", "\tmany") if broken == "no number" else TABLE,
        "HSN_MOTORNEURONS" if broken == "no list" else "",
    )
    if broken == "no zip":
        path.write_bytes(b"PK")
    with pytest.raises(InputError, match=r"not the wheel of cect==0.3.5 .* pip download"):
        read_wheel(path)


def test_a_download_that_fails_says_what_pip_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PACKAGE", "./no such folder")
    with pytest.raises(InputError, match=r"pip download .* give the path of a wheel"):
        download(tmp_path)

"""The comparison of results finds a changed byte, a changed number and a missing file."""

from pathlib import Path

import pytest
import torch
from compare_results import differences, main
from safetensors.torch import save_file


@pytest.fixture
def results(tmp_path: Path) -> tuple[Path, Path]:
    """The same results twice, the weights once in each container."""
    weight = torch.tensor([0.1, float("nan"), -0.0])
    before, after = tmp_path / "before", tmp_path / "after"
    for folder in (before, after):
        folder.mkdir()
        (folder / "table.csv").write_text("accuracy\n0.5\n")
        (folder / "run.log").write_text(str(folder))
    torch.save({"networks": [{"state_dict": {"weight": weight}}]}, before / "dense.pt")
    save_file({"networks/0/state_dict/weight": weight}, after / "dense.safetensors")
    return before, after


def test_the_same_numbers_in_another_container_are_the_same(results: tuple[Path, Path]) -> None:
    assert differences(*results) == []
    assert main(*results) == 0


def test_what_differs_is_named(results: tuple[Path, Path]) -> None:
    before, after = results
    (after / "table.csv").write_text("accuracy\n0.6\n")
    (after / "graph.svg").write_text("<svg/>")
    weight = torch.tensor([0.1, float("nan"), 0.0])
    save_file({"networks/0/state_dict/weight": weight}, after / "dense.safetensors")
    assert differences(before, after) == [
        f"graph.svg: only in {after}",
        "dense: other numbers in networks/0/state_dict/weight (1 tensors)",
        "table.csv: other bytes",
    ]
    assert main(before, after) == 1


def test_a_folder_without_results_is_not_the_same(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"no results\. Give a results folder"):
        main(tmp_path, tmp_path)

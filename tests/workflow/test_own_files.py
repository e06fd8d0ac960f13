"""From files of a user's own to findings, by one short configuration."""

from pathlib import Path

import numpy as np
import pytest
from graph_files import brain, cytoscape, gephi, spreadsheet
from studies import Config, make_plan, new_study

from sparsernn.report.catalogue.figures import FIGURES
from sparsernn.workflow.products import products

CONFIG: Config = {
    "protocols": ["reservoir"],
    "custom_protocols": {
        "reservoir": {
            "base": "corrected",
            "edges": {"weights": "fixed", "spectral_radius": 0.9},
            "ridge": {"penalty": 0.01},
        }
    },
    "cells": ["rnn_tanh"],
    "dense": {"seeds": 0},
    "dataset": {"task": {"name": "npz_classes", "file": "my files/waves.npz"}},
    "graphs": {
        "families": {
            "barabasi_albert": {"count": 0},
            "watts_strogatz": {"count": 0},
            "brain": {
                "generator": "graphml",
                "folder": "my files",
                "nulls": {"keep_in_out_degrees": 3},
            },
            "matrix": {"generator": "csv", "folder": "my files", "nulls": {"same_density": 3}},
        }
    },
    "analysis": {"prediction": None},
}
GRAPHS = ["C. elegans (Körper).graphml", "fly.graphml", "net 1.csv"]


def write_files(folder: Path) -> None:
    """Graphs of Cytoscape, Gephi and a spreadsheet program, and sequences of numpy."""
    folder.mkdir()
    worm, fly, net = (folder / name for name in GRAPHS)
    worm.write_text(cytoscape(brain(8)), encoding="utf-8")
    fly.write_text(gephi(brain(9)), encoding="utf-8")
    net.write_bytes(spreadsheet(brain(10)))
    names = np.array(["rises", "falls", "swings"])[np.arange(60) % 3]
    values = np.random.default_rng(0).normal(size=(60, 5, 2))
    np.savez(folder / "waves.npz", values=values, lengths=np.full(60, 5), targets=names)


def test_exported_graphs_and_own_sequences_get_to_findings(tmp_path: Path) -> None:
    study = new_study(tmp_path, CONFIG)
    write_files(tmp_path / "my files")
    study.build("results/findings.md")
    networks = study.table("sparse/networks")
    assert set(networks["status"]) == {"ok"} and len(networks) == 3 * (1 + 3)
    assert networks["graph"].value_counts().to_dict() == dict.fromkeys(GRAPHS, 4)
    page = (tmp_path / "results/findings.md").read_text(encoding="utf-8")
    assert "The accuracy of single cells on 3 graphs is not shown to differ" in page
    assert all(f"| {name}: " in page for name in GRAPHS)


def test_numbers_to_predict_have_a_finding_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(tmp_path / "my files")
    monkeypatch.chdir(tmp_path)
    task = {"name": "npz_numbers", "file": "my files/waves.npz"}
    plan = make_plan(CONFIG | {"dataset": {"task": task}})
    assert list(plan.findings) == ["among_nulls"]
    assert "reservoir/graph_among_nulls" in products(plan, FIGURES)

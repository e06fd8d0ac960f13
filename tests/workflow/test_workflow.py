"""The workflow run for real, at a tiny scale: results, rebuilding, determinism, messages."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd
import pytest
from browser import needs_chromium, opened
from pypdf import PdfReader
from rocrates import complaints, needs_validator
from studies import TINY, TRAINING, Study, new_study

from sparsernn.workflow.crate import pack
from sparsernn.workflow.provenance import record_path

ONE_CELL = TINY | {"cells": ["gru"]}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Study:
    study = new_study(tmp_path_factory.mktemp("finished"), ONE_CELL)
    study.build()
    return study


@pytest.fixture
def study(finished: Study, tmp_path: Path) -> Study:
    """A finished study that a test may change."""
    shutil.copytree(finished.folder, tmp_path / "study")
    return Study(tmp_path / "study", finished.base)


def test_every_network_is_a_row_with_its_outcome(finished: Study) -> None:
    sparse = finished.table("sparse/networks")
    assert len(sparse) == 2 * 8  # protocols, graphs
    pruned = finished.table("pruning/networks")
    # Protocols; schedules, targets and percents, and the two controls.
    assert len(pruned) == 2 * (2 * 1 * 2 + 1 + 2)
    for table in (sparse, pruned):
        assert set(table["status"]) == {"ok"}
        assert table["test_acc"].between(0, 1).all()
    history = finished.table("pruning/history")
    assert sorted(set(history["epoch"])) == [0, 1]


def test_beside_every_result_is_what_it_was_made_from(finished: Study) -> None:
    files = [path for path in finished.results().rglob("*") if path.is_file()]
    results = [path for path in files if path.suffix not in (".log", ".tsv")]
    results = [path for path in results if "/." not in path.as_posix()]
    assert len(results) > 50
    for path in results:
        assert record_path(path).exists() or record_path(path.parent).exists(), path


def test_the_published_protocol_leaves_one_weight_at_100_percent(finished: Study) -> None:
    pruned = finished.table("pruning/networks")
    left = pruned[pruned["percent"] == 100].groupby("protocol")["weights"]
    assert left.unique().map(list).to_dict() == {"corrected": [0], "published": [1]}


def test_controls_differ_from_pruning_in_nothing_else(finished: Study) -> None:
    networks = finished.table("pruning/networks")
    by = ["protocol", "cell", "seed", "percent"]
    left = networks.pivot(index=by, columns="schedule", values="weights")
    pruned = left[left.index.get_level_values("percent") > 0]
    assert (pruned["random"] == pruned["one_shot"]).all()
    whole = finished.table("dense/networks").set_index(by[:3]).sort_index()
    again = left["retrained"].dropna().droplevel("percent")
    assert (again == whole["weights"]).all()
    history = finished.table("pruning/history")
    start = history[(history["schedule"] == "retrained") & (history["epoch"] == 0)]
    assert (start.set_index(by[:3]).sort_index()["test_acc"] == whole["test_acc"]).all()
    claims = finished.table("analysis/claims")
    assert set(claims["schedule"].dropna()) == {"one_shot", "iterative"}


def test_every_figure_has_its_data_and_a_bookmarked_page(finished: Study) -> None:
    figures = finished.results() / "figures"
    single = sorted(path for path in figures.rglob("*.pdf") if path.name != "all.pdf")
    assert all(path.with_suffix(".csv").stat().st_size for path in single)
    bound = PdfReader(figures / "all.pdf")
    titles = [item.title for item in _flat(bound.outline)]
    assert len(set(titles)) >= len(single)
    assert len(bound.pages) > len(single)
    assert "tiny" in bound.pages[0].extract_text()
    assert {"Appendix: the answers, claim by claim", "The claims of the thesis"} <= set(titles)
    for name, words in {"answers.md": "can't be tested", "claims.md": "not testable"}.items():
        text = (finished.results() / name).read_text(encoding="utf-8")
        assert "corrected" in text and words in text
    assert titles[1] == "What was found: tiny"


@needs_validator
def test_a_finished_study_is_packed_as_its_profile_requires(study: Study) -> None:
    folder = pack(study.results(), "CC-BY-4.0", ["Ada Lovelace"])
    for name in ("findings.json", "tables/all.md", "figures/all.pdf", "pruning/history.csv"):
        assert (folder / "results" / name).is_file()
    assert complaints(folder) == []


@pytest.fixture(scope="module")
def report(finished: Study) -> Path:
    finished.build("results/figures/all.pdf", "results/tables/all.md", "--report", "report.html")
    return finished.folder / "report.html"


@needs_chromium
def test_the_report_opens_in_a_browser(report: Path) -> None:
    found = opened(report)
    front = found.pop("front")
    assert "What was found: tiny" in front and "Data set" in front
    assert {"Data set/Other", "Findings/Other"} <= set(found) and len(found) >= 5
    for category, seen in found.items():
        assert seen["rows"] > 0 and seen["shows"] in ("html", "pdf") and seen["frame"], category
    assert len({seen["path"] for seen in found.values()}) == len(found)


def test_the_report_has_every_figure_and_table_with_its_caption(
    finished: Study, report: Path
) -> None:
    page = report.read_text(encoding="utf-8")
    front = finished.results() / "figures" / "front.html"
    assert json.dumps(front.read_text(encoding="utf-8"))[1:-3] in page, "it doesn't open with it"
    for pattern in ("figures/*/*.html", "tables/**/*.html", "claims.pdf", "answers.pdf"):
        shown = [*finished.results().glob(pattern)]
        assert shown
        for path in shown:
            assert f'"{path.relative_to(finished.folder)}"' in page
    for words in (
        "Accuracy right after pruning all recurrent weights",
        "a verdict on each claim of Darji",
    ):
        assert words in page


def test_every_table_is_there_in_three_formats_and_in_one_file(finished: Study) -> None:
    tables = finished.results() / "tables"
    single = sorted(path for path in tables.rglob("*.md") if path.name != "all.md")
    bound = (tables / "all.md").read_text(encoding="utf-8")
    for path in single:
        text = path.read_text(encoding="utf-8")
        assert text in bound
        assert len(text.splitlines()) > 6
        for ending in (".tex", ".csv", ".html"):
            assert path.with_suffix(ending).stat().st_size
    assert len(re.findall("^## ", bound, re.M)) == len(single) == 1 + 2 * (7 + 1)


def _flat(outline: Any) -> list[Any]:
    return [x for item in outline for x in (_flat(item) if isinstance(item, list) else [item])]


def test_nothing_changed_nothing_to_do(finished: Study) -> None:
    assert finished.planned() == {}


def test_a_comment_in_a_module_rebuilds_nothing(study: Study) -> None:
    path = "scripts/sparsernn/training/loop.py"
    study.edit(path, "def _train_epoch(", "# A remark.\n\n\ndef _train_epoch(")
    assert study.planned() == {}


def test_changed_statistics_rebuild_the_analysis_and_its_figures_only(study: Study) -> None:
    study.edit("scripts/sparsernn/analysis/cases.py", "\ndef join(", "\nCHANGED = 1\n\n\ndef join(")
    analysis = {"join_tables", "correlate", "predict", "predict_features", "regress"}
    analysis |= {"judge_claims", "report_claims", "report_answers", "analyse", "report_findings"}
    assert set(study.planned()) == {*analysis, "figure", "all_figures", "table", "all_tables"}


def test_a_changed_figure_or_table_is_drawn_again_with_those_of_its_module(study: Study) -> None:
    study.edit("scripts/sparsernn/report/figures/prediction.py", "_FLOOR = -1.0", "_FLOOR = -2.0")
    study.edit("scripts/sparsernn/report/catalogue/tables.py", "Dense networks", "Dense nets")
    drawn = {"figure": 2 * 2, "table": 2, "all_figures": 1, "all_tables": 1}  # of each protocol
    assert study.planned() == drawn


def test_a_changed_learning_rate_retrains_what_uses_it_only(study: Study) -> None:
    study.configure(lambda config: config["sparse"].update(training={**TRAINING, "lr": 0.01}))
    planned = study.planned()
    assert planned["train_sparse"] == 2 * 2 * 2  # protocols, families, shards
    assert not {"train_dense", "prune", "graphs", "strings", "properties"} & set(planned)


def test_the_same_configuration_in_other_words_makes_no_result_anew(study: Study) -> None:
    def reword(config: dict[str, Any]) -> None:
        families = config["graphs"]["families"]
        families["watts_strogatz"] = {"p": 1, "n": [10, 12], "count": 4}
        config["graphs"]["families"] = dict(reversed(families.items()))
        config["dataset"]["decoys"] = dict(reversed(config["dataset"]["decoys"].items()))

    study.configure(reword)
    assert set(study.planned()) <= {"all_figures"}  # whose date is that of the configuration


def test_another_way_to_prune_trains_no_unpruned_network_again(tmp_path: Path) -> None:
    study = new_study(tmp_path)
    paths = [
        "results/sparse/mine/gru/watts_strogatz/seed0/shard1.networks.csv",
        "results/pruning/mine/gru/seed0/random/both.networks.csv",
    ]

    def planned(**fields: str) -> dict[str, int]:
        own = {"mine": {"base": "corrected", "prune_scope": "global"} | fields}
        study.configure(lambda config: config.update(protocols=["mine"], custom_protocols=own))
        return study.planned(*paths)

    planned()
    study.build(*paths)
    assert planned(prune_scope="layer") == {"prune": 1}
    trained = {"train_dense": 1, "train_sparse": 1}
    assert planned(readout_step="last_step") == {"prune": 1, **trained}


def test_more_seeds_train_what_is_new_only(study: Study) -> None:
    study.configure(lambda config: config["dense"].update(seeds=3))
    planned = study.planned()
    ways = 2 * 1 + 2  # schedules and targets; the two controls
    assert planned["train_dense"] == 2 * 2  # seeds, protocols
    assert planned["prune"] == 2 * 2 * ways
    assert "train_sparse" not in planned and "graphs" not in planned


def test_a_second_cell_leaves_the_first_alone(study: Study) -> None:
    study.configure(lambda config: config.update(cells=["lstm", "gru"]))
    planned = study.planned()
    assert planned["train_dense"] == 2
    assert planned["train_sparse"] == 2 * 2 * 2


def test_results_of_other_settings_are_not_taken_without_what_snakemake_knows(study: Study) -> None:
    shutil.rmtree(study.folder / ".snakemake")  # as where only the results are copied
    assert "train_dense" not in study.planned()
    study.configure(lambda config: config.update(seed=5))
    assert "results/settings.yaml: the results beside it" in study.refusal("--dry-run")


def test_one_more_graph_trains_the_new_networks_only(study: Study) -> None:
    old = study.table("sparse/networks")
    study.configure(lambda c: c["graphs"]["families"]["watts_strogatz"].update(count=5))
    planned = study.planned()
    assert planned["graphs"] == 1
    assert planned["train_sparse"] == 2  # of each protocol, the shard that the graph is in
    assert not {"train_dense", "prune", "strings"} & set(planned)
    study.build("results/sparse/networks.csv")
    log = next(study.results().glob("sparse/corrected/gru/watts_strogatz/seed0/shard1.log"))
    trained = re.findall(r"^sparse/gru/watts_strogatz/(\d+)/0: epoch", log.read_text(), re.M)
    assert trained == ["4"]
    new = study.table("sparse/networks")
    assert len(new.merge(old, how="inner")) == len(old) == len(new) - 2


def test_other_cores_shard_sizes_and_kernels_compiled_anew_give_the_same_bytes(
    finished: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = new_study(tmp_path, finished.base)
    other.configure(lambda config: config.update(shard_size=4))
    alone = ["dense/published/gru/seed0/dense.safetensors", "graphs/properties.csv"]
    alone += ["pruning/corrected/gru/seed0/iterative/both.safetensors"]
    other.build(*(f"results/{name}" for name in alone), cores=1)
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "kernels"))
    together = ["dense/corrected/gru/seed0/dense.safetensors", "sparse/networks.csv"]
    together += ["pruning/corrected/gru/seed0/one_shot/both.safetensors", "sparse/history.csv"]
    together += [f"analysis/{t}.csv" for t in ("correlations", "prediction", "ols_coefficients")]
    together += ["figures/corrected/correlation_heatmap.pdf"]
    other.build(*(f"results/{name}" for name in together), cores=8)
    assert (tmp_path / "kernels").exists()
    for name in alone + together:
        assert (finished.results() / name).read_bytes() == (other.results() / name).read_bytes()


def test_diverged_networks_are_rows_and_the_chain_goes_on(tmp_path: Path) -> None:
    study = new_study(tmp_path)

    def change(config: dict[str, Any]) -> None:
        wild = {**TRAINING, "lr": 1e30, "clip_norm": None}
        config |= {"cells": ["rnn_relu"], "protocols": ["corrected"], "shard_size": 8}
        config["sparse"] = {"training": wild}
        config["dense"] |= {"training": wild}
        config["pruning"] |= {"schedules": ["one_shot"], "percents": [50], "controls": []}
        config["limits"] = {"missing_share": 1}

    study.configure(change)
    study.build()
    for part in ("sparse", "dense", "pruning"):
        table = study.table(f"{part}/networks")
        assert set(table["status"]) == {"diverged"}
        assert table["reason"].str.len().min() > 10
    assert (study.results() / "figures" / "all.pdf").exists()


def test_the_thesis_s_own_networks_are_replayed_where_a_checkout_is_given(tmp_path: Path) -> None:
    study = new_study(tmp_path)
    assert "replay_checkpoints" not in study.planned()
    study.refusal("results/replay/networks.csv", "--dry-run")
    strings = tmp_path / "thesis" / "Implementations" / "dataset" / "test_data.csv"
    strings.parent.mkdir(parents=True)
    strings.write_text("string,valid\nBTXE,1\nBTSE,0\n", encoding="utf-8")
    (tmp_path / "thesis" / "Implementations" / "experiments").mkdir()
    study.configure(lambda config: config.update(replay={"checkout": "thesis"}))
    figures = study.planned("results/figures/all.pdf")
    assert figures["replay_checkpoints"] == 3 * 4  # kinds and cells, studied or not
    assert figures["replay_tables"] == figures["summarise_replay"] == 1
    study.build("results/replay/dense/lstm.csv")
    [row] = study.table("replay/dense/lstm").to_dict("records")
    assert (row["status"], row["reason"]) == ("missing", "the checkout has no such file")
    # A checkpoint that comes later is replayed.
    weights = tmp_path / "thesis" / row["file"]
    weights.parent.mkdir(parents=True)
    weights.write_bytes(b"no weights")
    assert study.planned("results/replay/dense/lstm.csv") == {"replay_checkpoints": 1}


def test_a_bad_configuration_is_a_message_not_a_traceback(tmp_path: Path) -> None:
    study = new_study(tmp_path)
    study.configure(lambda config: config.update(cels=["gru"], seed="1e3"))
    said = study.refusal("--dry-run")
    assert "cels" in said and "Did you mean" in said and "seed" in said


def test_a_key_twice_is_refused_though_snakemake_takes_the_last(tmp_path: Path) -> None:
    study = new_study(tmp_path)
    with (tmp_path / "tiny.yaml").open("a", encoding="utf-8") as file:
        file.write("seed: 3\nseed: 4\n")
    message = r"tiny\.yaml, line \d+: the key 'seed' a second time, after line \d+"
    assert re.search(message, study.refusal("--dry-run"))


def test_bad_input_of_a_rule_is_a_message_in_its_log(tmp_path: Path) -> None:
    study = new_study(tmp_path)
    (tmp_path / "own.csv").write_text("string,valid\nBTXE,1\nBTÉE,0\n", encoding="utf-8")
    study.configure(lambda config: config["dataset"].update(strings="own.csv"))
    assert "own.csv, line 3" in study.refusal("results/data/strings.csv")
    assert not (study.results() / "data" / "strings.csv").exists()


def test_strings_and_graphs_of_ones_own(tmp_path: Path) -> None:
    study = new_study(tmp_path)
    rows = [f"{'AB'[i % 2]}{'C' * (i + 1)},{i % 2}" for i in range(40)]
    (tmp_path / "own.csv").write_text("\n".join(["string,valid", *rows]), encoding="utf-8")
    (tmp_path / "mine").mkdir()
    for i in range(8):
        nx.write_graphml(nx.path_graph(4 + i), tmp_path / "mine" / f"path{i}.graphml")

    def change(config: dict[str, Any]) -> None:
        config["dataset"]["strings"] = "own.csv"
        families = config["graphs"]["families"]
        families["barabasi_albert"]["count"] = families["watts_strogatz"]["count"] = 0
        families["mine"] = {"generator": "graphml", "folder": "mine"}
        config |= {"cells": ["gru"], "protocols": ["corrected"], "shard_size": 5}

    study.configure(change)
    study.build("results/sparse/networks.csv", "results/graphs/properties.csv")
    before = study.table("sparse/networks")
    # One that comes first by its name, and is like another: the others stay as they are.
    nx.write_graphml(nx.path_graph(4), tmp_path / "mine" / "a.graphml")
    study.build("results/sparse/networks.csv", "results/graphs/properties.csv")
    table = study.table("sparse/networks")
    identities = table[["family", "graph", "status"]].to_numpy().tolist()
    names = ["a.graphml", *(f"path{i}.graphml" for i in range(8))]
    assert identities == [["mine", name, "ok"] for name in names]
    pd.testing.assert_frame_equal(table[1:].reset_index(drop=True), before)
    assert table["weights"].iloc[0] == table["weights"].iloc[1]
    assert study.table("graphs/properties")["nodes"].tolist() == [4, *range(4, 12)]

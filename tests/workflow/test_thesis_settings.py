"""Which studies are the thesis's experiment, which have a part of it, and what follows."""

import pytest
import yaml
from configurations import load
from studies import make_plan

from sparsernn.report.catalogue.figures import FIGURES
from sparsernn.report.catalogue.tables import TABLES
from sparsernn.workflow.plan import Plan
from sparsernn.workflow.products import products
from sparsernn.workflow.thesis_settings import SETTINGS


def test_the_settings_of_the_thesis_are_those_of_its_configuration() -> None:
    config = make_plan(base={}).config
    for part in ("dataset", "sparse", "dense", "pruning"):
        assert SETTINGS[part].items() <= config[part].items()
    assert SETTINGS["families"] == config["graphs"]["families"]
    assert SETTINGS["prediction"].items() <= config["analysis"]["prediction"].items()


@pytest.mark.parametrize("name", ["config.yaml", "quick.yaml", "seeds.yaml"])
def test_our_own_studies_of_any_size_are_the_thesis_s_experiment(name: str) -> None:
    assert make_plan(base=load(name)).is_thesis


@pytest.mark.parametrize(
    "changes",
    [
        "seed: 1",
        "graphs: {families: {barabasi_albert: {count: 300}, watts_strogatz: {n: [20, 30]}}}",
        "{sparse: {seeds: 3, training: {epochs: 3}}, dense: {seeds: {published: 9, corrected: 1}}}",
        "{cells: [gru], protocols: [corrected], engine: torch}",
        "pruning: {schedules: [one_shot], targets: [h2h], percents: [80], controls: []}",
        "pruning: {sweep: {step: 5, draws: 1}, methods: {lottery: {start: 0}}}",
        "analysis: {confidence: 0.9, prediction: {folds: 5}}",
        # Half the strings, in smaller batches; half the graphs, with more of them held out.
        "{dataset: {n_valid: 6250, decoys: {m1: 750, m2: 750, m3: 250, m4: 1000, m5: 1000, "
        "m6: 1000, m7: 750, m8: 750}}, sparse: {training: {batch_size: 64}}}",
        "{graphs: {families: {watts_strogatz: {count: 10}}}, "
        "analysis: {prediction: {test_share: 0.2}}}",
    ],
)
def test_other_numbers_are_no_other_experiment(changes: str) -> None:
    assert make_plan(yaml.safe_load(changes), base={}).is_thesis


@pytest.mark.parametrize(
    "changes",
    [
        "graphs: {families: {watts_strogatz: {p: 0.1}}}",
        "graphs: {families: {watts_strogatz: {k: 6}}}",
        "graphs: {families: {barabasi_albert: {m: 2}}}",
        "graphs: {families: {barabasi_albert: {mean_degree: 4, sources: 2}}}",
        "graphs: {families: {watts_strogatz: {n: [10, 100]}}}",
        "graphs: {families: {watts_strogatz: {n: {each: [16, 32]}}}}",
        "graphs: {families: {watts_strogatz: {nulls: {keep_layers: 1}}}}",
        "graphs: {families: {watts_strogatz: {count: 0}}}",
        "graphs: {families: {ring: {generator: watts_strogatz, count: 9, n: [10, 50], k: 4}}}",
        "dataset: {decoys: {m1: 12500, m2: 0, m3: 0, m4: 0, m5: 0, m6: 0, m7: 0, m8: 0}}",
        "dataset: {decoys: {m1: 1600}}",
        "dataset: {n_valid: 6250}",
        "dataset: {min_length: 3}",
        "dataset: {test_share: 0.5}",
        "dataset: {duplicates: one_side}",
        "dataset: {derive: {parity: S}}",
        "dataset: {strings: own.csv}",
        "dataset: {task: {name: parity, count: 9, length: [1, 9]}}",
        "sparse: {training: {lr: 0.1}}",
        "sparse: {training: {epochs: 16}}",
        "sparse: {training: {batch_size: 64}}",
        "dense: {hidden_size: 20}",
        "dense: {num_layers: 2}",
        "dense: {training: {clip_norm: 1}}",
        "dense: {training: {optimizer: sgd}}",
        "pruning: {training: {lr: 0.01}}",
        "pruning: {choose_rate: {rates: [0.1], share: 0.1}}",
        "{cells: [gru, mine]}",
        "{protocols: [corrected, mine], custom_protocols: {mine: {base: corrected, skips: cells}}}",
        "analysis: {prediction: {test_share: 0.5}}",
        "analysis: {prediction: null}",
    ],
)
def test_other_settings_are_another_experiment(changes: str) -> None:
    plan = make_plan(yaml.safe_load(changes), base={})
    assert not plan.is_judged and not plan.is_thesis
    assert not any(product.thesis for product in products(plan, TABLES).values())


@pytest.mark.parametrize(
    ("changes", "tables"),
    [
        ("{sparse: {seeds: 0}, pruning: {seeds: 0}}", {"dense", "dense_history"}),
        ("dense: {seeds: 0}", {"networks", "correlations", "feature_sets"}),
        (
            "{sparse: {seeds: 0}, pruning: {seeds: 0, sweep: {step: 5, draws: 3}}}",
            {"dense", "dense_history", "sweep"},
        ),
    ],
)
def test_a_part_of_the_experiment_is_judged_by_the_tables_that_it_has(
    changes: str, tables: set[str]
) -> None:
    plan = make_plan(yaml.safe_load(changes), base={})
    assert plan.is_judged and not plan.is_thesis
    assert set(plan.claim_tables) == tables | {"strings"}
    assert not any(product.thesis for product in products(plan, FIGURES).values())


def test_a_part_with_other_settings_leaves_nothing_to_be_judged() -> None:
    graphs = {"families": {"watts_strogatz": {"p": 0.1}}}
    assert not make_plan({"graphs": graphs}).is_judged
    alone = make_plan({"graphs": graphs, "sparse": {"seeds": 0}})
    assert alone.is_judged  # its families draw no graph


@pytest.mark.parametrize(
    ("name", "judged"),
    [("pruning", True), ("ceiling", True), ("crossed", False), ("decoy", False), ("nulls", False)],
)
def test_parts_of_the_honest_study_that_claims_are_judged_by(name: str, judged: bool) -> None:
    plan = make_plan(base=load(f"honest/{name}.yaml"))
    assert (plan.is_judged, plan.is_thesis) == (judged, False)


def test_only_the_thesis_s_own_study_speaks_of_its_split_and_of_grammars() -> None:
    def said(plan: Plan) -> str:
        words = [
            text
            for catalogue in (FIGURES, TABLES)
            for product in products(plan, catalogue).values()
            for text in product.words
        ]
        return " ".join(words)

    own = {"dataset": {"strings": "own.csv"}}
    for text in ("the thesis's split", "Strings by class and grammar"):
        assert text in said(make_plan()) and text not in said(make_plan(own))
    other = said(make_plan(own))
    assert "Strings by class " in other and "of a single split" in other
    assert "thesis" not in other.lower() and "Reber" not in other

"""What is said of mistakes in settings: the key, the value, what is allowed, and what was meant."""

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from configurations import lines, load, with_yaml

from sparsernn import plugins
from sparsernn.files.graphml import OWN
from sparsernn.workflow.settings.allowed import allowed_values, at, json_schema
from sparsernn.workflow.settings.validation import validate

# As messages list them, with any that a reader of docs/studies.md has added.
CELLS = allowed_values(at(json_schema(), ("cells", 0)))
GENERATORS = allowed_values({"enum": [*OWN, *plugins.names("families")]})

# What differs from config.yaml, and, indented, the only line that is said of it.
MESSAGES = """
sparse: {training: {lr: 1e-3}}
    sparse.training.lr: received '1e-3'; allowed: a number, above 0 and at most 1e+30. YAML reads
    1e-3 as text; write 0.001 or 1.0e-3.
sparse: {training: {clip_norm: 2.5E3}}
    sparse.training.clip_norm: received '2.5E3'; allowed: a number, above 0 and at most 1e+30, or
    null. YAML reads 2.5E3 as text; write 2500 or 2.5e+3.
dense: {training: {clip_norm: 1e1}}
    dense.training.clip_norm: received '1e1'; allowed: a number, above 0 and at most 1e+30, or null.
    YAML reads 1e1 as text; write 10 or 1.0e+1.
dataset: {n_valid: 1e3}
    dataset.n_valid: received '1e3'; allowed: an integer, at least 1 and at most 250,000. YAML reads
    1e3 as text; write 1000.
dataset: {n_valid: '100'}
    dataset.n_valid: received '100'; allowed: an integer, at least 1 and at most 250,000. Write 100,
    without quotes.
dataset: {n_valid: yes}
    dataset.n_valid: received true; allowed: an integer, at least 1 and at most 250,000. YAML reads
    yes, no, on, off, true and false as truth values; write a number.
seed: 3.0
    seed: received 3.0; allowed: an integer, at least 0. Write 3.
seed: 3.5
    seed: received 3.5; allowed: an integer, at least 0.
seed: [3]
    seed: received [3]; allowed: an integer, at least 0. Write 3, without brackets.
seed:
    seed: received null; allowed: an integer, at least 0. An empty value is null; write one, or
    remove the key.
dense: {training: {clip_norm: None}}
    dense.training.clip_norm: received 'None'; allowed: a number, above 0 and at most 1e+30, or
    null. Write null, without quotes.
study: 2021
    study: received 2021; allowed: text, one line of 1 to 80 characters. Write it in quotes: '2021'.
cells: gru, lstm
    cells: received 'gru, lstm'; allowed: a list, not empty and without repeats, of <cells>. Write
    [gru, lstm].
sparse: 3
    sparse: received 3; allowed: a section with the keys seeds, training. Write its keys below it,
    indented.
custom_protocols: {mine: {base: corrected, largest_survives: 1}}
    custom_protocols.mine.largest_survives: received 1; allowed: true or false.
custom_protocols: {mine: {base: corrected, embedding_size: source}}
    custom_protocols.mine.embedding_size: received 'source'; allowed: an integer, at least 1 and at
    most 10,000, or sources.
sparse: {training: {epochs: 0}}
    sparse.training.epochs: received 0; allowed: an integer, at least 1 and at most 1,000,000.
sparse: {training: {lr: .nan}}
    sparse.training.lr: received nan; allowed: a number, above 0 and at most 1e+30.
analysis: {confidence: 95}
    analysis.confidence: received 95; allowed: a number, above 0 and below 1.
cells: [gru, LSTM]
    cells[1]: received 'LSTM'; allowed: <cells>. Did you mean 'lstm'?
cells: [RNN-Tanh]
    cells[0]: received 'RNN-Tanh'; allowed: <cells>. Did you mean 'rnn_tanh'?
cells: [gru, gru]
    cells: received ['gru', 'gru']; allowed: a list, not empty and without repeats, of <cells>.
cells: []
    cells: received []; allowed: a list, not empty and without repeats, of <cells>.
dataset: {decoys: {m3: -1}}
    dataset.decoys.m3: received -1; allowed: an integer, at least 0 and at most 250,000.
graphs: {families: {ba: {generator: barabasi_albert, count: 3, n: 20, m: n / 5}}}
    graphs.families.ba.m: received 'n / 5'; allowed: an integer, at least 1, or a share such
    as n // 5 or mean_degree // 2, or {each: [...]}, values that the graphs take in turn.
graphs: {families: {ba: {generator: barabasi_albert, count: 3, n: [10], m: 2}}}
    graphs.families.ba.n: received [10]; allowed: an integer, at least 2 and at most 10,000, or a
    range [lo, hi] of two, or {each: [...]}, values that the graphs take in turn.
sparse: {training: {epohs: 4}}
    sparse.training.epohs: unknown key, received 4; allowed: epochs, batch_size, lr, clip_norm,
    clip_value, optimizer, lr_scheduler, early_stopping. Did you mean 'epochs'?
sparse: {training: {optimizer: {name: adamw}}}
    sparse.training.optimizer.name: received 'adamw'; allowed: one of ASGD, Adadelta, Adafactor,
    Adagrad, Adam, AdamW, Adamax, NAdam, RAdam, RMSprop, Rprop, SGD. Did you mean 'AdamW'?
dense: {training: {optimizer: {name: SGD, momentum: -1}}}
    dense.training.optimizer: received {name: 'SGD', momentum: -1}; allowed: options that torch's
    SGD takes. It says: Invalid momentum value: -1.
pruning: {methods: {mine: {training: {lr_scheduler: {name: StepLR, steps: 3}}}}}
    pruning.methods.mine.training.lr_scheduler.steps: received 3; allowed: one of the options of
    StepLR: step_size, gamma. Did you mean 'step_size'?
pruning: {training: {lr_scheduler: {name: ReduceLROnPlateau}}}
    pruning.training.lr_scheduler: received {name: 'ReduceLROnPlateau'}; allowed: a schedule that
    needs no validation loss where there is no early_stopping. Add early_stopping, as {share: 0.1,
    patience: 10}, or choose another schedule.
pruning: {methods: {mine: {gradual: {}, training: {early_stopping: {share: 0.1, patience: 3}}}}}
    pruning.methods.mine.training.early_stopping: received {share: 0.1, patience: 3}; allowed: null,
    or left out, where masks change during the training. The best epoch may have other masks than
    the last.
graphs: {families: {Small-World: {count: 1}}}
    graphs.families.Small-World: unknown key, received {count: 1}; allowed: a name of at most 40
    small letters, digits and _, that starts with a letter. Did you mean 'small_world'?
graphs: {families: {x: 3}}
    graphs.families.x: received 3; allowed: a section with the key generator, and those of this
    generator. Write its keys below it, indented.
graphs: {families: {mine: {count: 5, n: 10}}}
    graphs.families.mine.generator: missing; allowed: <generators>.
graphs: {families: {ws: {generator: watts_strogatz, count: 5, n: 10, k: 4}}}
    graphs.families.ws.p: missing; allowed: a number, at least 0 and at most 1, or {each: [...]},
    values that the graphs take in turn.
graphs: {families: {er: {generator: erdos_renyi, count: 5, n: 9, p: 0.5, k: 2}}}
    graphs.families.er.k: unknown key, received 2; allowed: generator, count, n, mean_degree,
    sources, nulls, p. The generator has no k: remove it; if config.yaml has it, give your family
    another name.
graphs: {families: {barabasi_albert: {p: 0.5}}}
    graphs.families.barabasi_albert.p: unknown key, received 0.5; allowed: generator, count, n,
    mean_degree, sources, nulls, m. The generator has no p: remove it; if config.yaml has it, give
    your family another name.
protocols: [corected]
    protocols[0]: received 'corected'; allowed: published, corrected. Did you mean 'corrected'?
protocols: [corrected, mine]
    protocols[1]: received 'mine'; allowed: published, corrected. Define it in custom_protocols.
pruning: {methods: {random: {}}}
    pruning.methods.random: received {}; allowed: another name: random is a schedule or a control.
pruning: {methods: {mine: {start: 51}}}
    pruning.methods.mine.start: received 51; allowed: an epoch of the dense training, at most 50.
pruning: {methods: {mine: {gradual: {}, mask: rewired}}}
    pruning.methods.mine.gradual: received {}; allowed: no gradual pruning where a mask is found
    before the training. Leave out mask, or gradual.
pruning: {methods: {mine: {target: units, scope: gate}}}
    pruning.methods.mine.scope: received 'gate'; allowed: layer or global, as units are pruned.
pruning: {methods: {mine: {start: small, mask: rewired}}}
    pruning.methods.mine.start: received 'small'; allowed: no mask where a small dense network is.
    Leave out mask.
pruning: {methods: {mine: {graph: {generator: watts_strogatz, parameters: {k: 4}}, scope: gate}}}
    pruning.methods.mine.graph.parameters: received {k: 4}; allowed: the parameters of
    watts_strogatz: k, p.
pruning: {methods: {mine: {graph: {generator: gnm}}}}
    pruning.methods.mine.scope: received null; allowed: gate, as all gates have the edges of the
    graph.
pruning: {methods: {mine: {graph: {generator: graphml}, scope: gate}}}
    pruning.methods.mine.graph.generator: received 'graphml'; allowed: a random family of graphs.
pruning: {choose_rate: {rates: [0.1], share: 0.1}}
    pruning.choose_rate: received {rates: [0.1], share: 0.1}; allowed: null where a
    percentage starts from the one before. Leave out iterative, or write null.
pruning: {schedules: [one_shot], choose_rate: {rates: [0.1], share: 0.1, percents: [55]}}
    pruning.choose_rate.percents: received [55]; allowed: percentages of pruning.percents.
custom_protocols: {published: {base: corrected}}
    custom_protocols.published: received {base: 'corrected'}; allowed: names other than the built-in
    protocols'.
graphs: {families: {ba: {generator: barabasi_albert, count: 3, n: [20, 10], m: 2}}}
    graphs.families.ba.n: received [20, 10]; allowed: [lo, hi] with lo at most hi. Write [10, 20].
graphs: {families: {ba: {generator: barabasi_albert, count: 3, n: [9, 20], m: n // 10}}}
    graphs.families.ba.m: received 'n // 10'; allowed: at least 1 and below n. It is 0 for n = 9.
graphs: {families: {ba: {generator: barabasi_albert, count: 3, n: [5, 20], m: 5}}}
    graphs.families.ba.m: received 5; allowed: at least 1 and below n. It is 5 for n = 5.
graphs: {families: {ws: {generator: watts_strogatz, count: 3, n: [9, 20], k: n // 5, p: 1}}}
    graphs.families.ws.k: received 'n // 5'; allowed: at least 2 and below n. It is 1 for n = 9.
graphs: {families: {ws: {generator: watts_strogatz, count: 3, n: 6, k: n // 1, p: 1}}}
    graphs.families.ws.k: received 'n // 1'; allowed: at least 2 and below n. It is 6 for n = 6.
pruning: {percents: [90, 10.5]}
    pruning.percents: received [90, 10.5]; allowed: ascending percentages. Write [10.5, 90].
pruning: {controls: random}
    pruning.controls: received 'random'; allowed: a list, possibly empty and without repeats, of
    retrained, started_anew, small_dense, random, random_matched, grasp, movement, snip or synflow.
    Write [random].
pruning: {controls: [retraind]}
    pruning.controls[0]: received 'retraind'; allowed: retrained, started_anew, small_dense, random,
    random_matched, grasp, movement, snip or synflow. Did you mean 'retrained'?
sparse: {seeds: {published: 1}}
    sparse.seeds: received {published: 1}; allowed: a number for each protocol. Add corrected.
sparse: {seeds: {published: 1, corrected: -1}}
    sparse.seeds: received {published: 1, corrected: -1}; allowed: an integer, at least 0 and at
    most 10,000, or a section with a number of at least 0 for each protocol.
designs: {all: {low: corrected, high: corrected, fields: [skips, readout], runs: 4}}
    designs.all.high: received 'corrected'; allowed: another protocol than low.
designs: {all: {low: corrected, high: published, fields: [skips, readout, gate_masks], runs: 5}}
    designs.all.runs: received 5; allowed: 4, 8 runs of 3 fields, or one_at_a_time.
dataset: {derive: {}}
    dataset.derive: received {}; allowed: one of the keys parity and only, or null.
dataset: {derive: {parity: SS}}
    dataset.derive.parity: received 'SS'; allowed: a letter in quotes.
graphs: {families: {barabasi_albert: {nulls: {keep_layer: 3}}}}
    graphs.families.barabasi_albert.nulls.keep_layer: unknown key, received 3; allowed:
    keep_degrees, keep_in_out_degrees, keep_layers, keep_reciprocity, lattice, same_density,
    shuffle_signs, shuffle_weights, small_world. Did you mean 'keep_layers'?
graphs: {families: {barabasi_albert: {nulls: {keep_in_out_degrees: 3}}}}
    graphs.families.barabasi_albert.nulls.keep_in_out_degrees: received 3; allowed: left out for
    undirected graphs where edges feed forward. They may have keep_degrees, keep_layers, lattice,
    same_density, small_world.
graphs: {families: {barabasi_albert: {nulls: {shuffle_signs: 3}}}}
    graphs.families.barabasi_albert.nulls.shuffle_signs: received 3; allowed: left out for
    undirected graphs without weights where edges feed forward. They may have keep_degrees,
    keep_layers, lattice, same_density, small_world.
custom_protocols: {mine: {base: corrected, edges: recurrent}}
    custom_protocols.mine.edges: received 'recurrent'; allowed: feedforward or recurrence, or a
    section with the keys inputs, outputs, weights, signs, spectral_radius, input_scaling, leak.
    Write its keys below it, indented.
custom_protocols: {mine: {base: corrected, edges: {weights: kept}}}
    custom_protocols.mine.edges.weights: received 'kept'; allowed: drawn, initial or fixed.
custom_protocols: {mine: {base: corrected, edges: {weight: fixed}}}
    custom_protocols.mine.edges.weight: unknown key, received 'fixed'; allowed: inputs, outputs,
    weights, signs, spectral_radius, input_scaling, leak. Did you mean 'weights'?
custom_protocols: {mine: {base: corrected, edges: {spectral_radius: 0}}}
    custom_protocols.mine.edges.spectral_radius: received 0; allowed: a number, above 0 and at most
    1,000,000.
custom_protocols: {mine: {base: published, edges: recurrence}}
    custom_protocols.mine.embedding_size: received 'sources'; allowed: a number where edges are the
    recurrence. Graphs may have no sources.
{protocols: [my], cells: [gru], custom_protocols: {my: {base: corrected, edges: {leak: 0.5}}}}
    custom_protocols.my.edges.leak: received 0.5; allowed: 1 where engine is fused, which has no
    leak. Write engine: fastest: it leaves the other networks as they are.
{protocols: [mine], engine: torch, custom_protocols: {mine: {base: corrected, edges: {leak: 0.5}}}}
    custom_protocols.mine.edges.leak: received 0.5; allowed: 1 for the cells lstm, whose state is
    more than their output. Leave out these cells, or leak.
{protocols: [mine], custom_protocols: {mine: {base: corrected, ridge: {penalty: 1}}}}
    dense.seeds: received 1; allowed: 0 for mine, whose read-outs alone are trained. Write seeds: 0,
    or a number for each protocol.
custom_protocols: {mine: {base: corrected, ridge: {steps: all}}}
    custom_protocols.mine.ridge.penalty: missing; allowed: a number, above 0 and at most 1e+30.
graphs: {families: {barabasi_albert: {m: mean_degree // 2}}}
    graphs.families.barabasi_albert.m: received 'mean_degree // 2'; allowed: a number, or a share of
    n. Give the family a mean_degree.
graphs: {families: {barabasi_albert: {m: 2, n: 20, mean_degree: 30}}}
    graphs.families.barabasi_albert.mean_degree: received 30; allowed: at most n - 1, and enough
    edges for a connected graph. 300 edges for n = 20.
tables: nowhere
    tables: received 'nowhere'; allowed: the path of a folder, or null. There is no such folder in
    <folder>.
dataset: {n_valid: 3}
    dataset.n_valid: received 3; allowed: at least 4 strings in all where test_share is 0.25.
    Training and test set both need strings of both classes.
dataset: {decoys: {m1: 0, m2: 0, m3: 0, m4: 0, m5: 0, m6: 0, m7: 0, m8: 0}}
    dataset.decoys: received {m1: 0, m2: 0, m3: 0, m4: 0, m5: 0, m6: 0, m7: 0, m8: 0}; allowed: at
    least 4 strings in all where test_share is 0.25. Training and test set both need strings of both
    classes.
analysis: {prediction: {folds: 101}}
    analysis.prediction.folds: received 101; allowed: at least 2 graphs for each fold. There are 200
    graphs in all.
analysis: {regain: {within: 1.5}}
    analysis.regain.within: received 1.5; allowed: a number, at least 0 and at most 1.
analysis: {regain: {thresholds: [0.92, 95]}}
    analysis.regain.thresholds[1]: received 95; allowed: a number, at least 0 and at most 1.
analysis: {regain: {thresholds: 0.95}}
    analysis.regain.thresholds: received 0.95; allowed: a list without repeats of accuracies from 0
    to 1, or []. Write [0.95].
analysis: {prediction: {test_share: 0.005}}
    analysis.prediction.test_share: received 0.005; allowed: a share that holds out, and leaves, at
    least 2 graphs. There are 200 graphs in all.
"""


def cases() -> Iterator[tuple[str, str]]:
    text = MESSAGES.replace("<cells>", CELLS).replace("<generators>", GENERATORS)
    text = text.replace("<folder>", os.getcwd())
    for difference, line in re.findall(r"^(\S.*)\n((?: .*\n)+)", text, re.M):
        yield difference, " ".join(line.split())


def test_every_message_is_tested() -> None:
    assert len(list(cases())) == len(re.findall(r"^\S", MESSAGES, re.M)) >= 50


@pytest.mark.parametrize(("difference", "line"), list(cases()))
def test_one_mistake(difference: str, line: str) -> None:
    assert lines(with_yaml(difference)) == [line]


def test_a_washout_needs_steps_that_are_fitted() -> None:
    ridge = "ridge: {penalty: 1, washout: 2}"
    mine = f"protocols: [mine], custom_protocols: {{mine: {{base: corrected, {ridge}}}}}"
    study = f"{{{mine}, dense: {{seeds: 0}}, dataset: {{task: TASK}}}}"
    assert lines(with_yaml(study.replace("TASK", "null"))) == [
        "custom_protocols.mine.ridge.washout: received 2; allowed: 0 where one state of a sequence "
        "is fitted. Write steps: all to fit the states of all steps."
    ]
    task = "{name: an_bn, count: 100, length: [2, 20], p: 0.5}"
    validate(with_yaml(study.replace("TASK", task)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("epochs: 4", " or ".join(f"{p}.training.epochs" for p in ("sparse", "dense", "pruning"))),
        ("seeds: 4", "'seed' or sparse.seeds or dense.seeds or pruning.seeds"),
        ("n_vald: 4", "dataset.n_valid"),
        ("dataset: {folds: 4}", "analysis.prediction.folds"),
        ("graphs: {barabasi_albert: {count: 4}}", None),
        ("zzz: 4", None),
    ],
)
def test_keys_from_elsewhere(text: str, expected: str | None) -> None:
    [line] = lines(with_yaml(text))
    assert "unknown key" in line
    if expected is None:
        assert "Did you mean" not in line
    else:
        assert line.endswith(f"Did you mean {expected}?")


@pytest.mark.parametrize(
    "results", ["/x", "..", "../x", "a/../../b", "~/x", "a/", "", "{cell}", "a b", ".hidden"]
)
def test_results_stays_below_the_working_directory(results: str) -> None:
    [line] = lines(with_yaml(f"results: {results!r}"))
    assert line.startswith(f"results: received {results!r}; allowed: a relative path below")


def test_no_graph_at_all() -> None:
    off = "graphs: {families: {barabasi_albert: {count: 0}, watts_strogatz: {count: 0}}}"
    [line] = lines(with_yaml(off))
    assert line.startswith("graphs.families: received {barabasi_albert: ")
    assert line.endswith("; allowed: at least one graph in all.")


def test_too_few_graphs_for_the_regression() -> None:
    few = "graphs: {families: {barabasi_albert: {count: 3}, watts_strogatz: {count: 3}}}"
    five = "ols: [nodes, edges, layers, diameter, density]"
    split = "prediction: {folds: 3, test_share: 0.3}"
    [line] = lines(with_yaml(f"{{{few}, analysis: {{{split}, {five}}}}}"))
    assert line.startswith("analysis.ols: received ['nodes', ")
    assert "at least 2 fewer properties than graphs. There are 6 graphs in all." in line


def test_missing_sections_are_all_named() -> None:
    found = lines({})
    assert [line.split(":")[0] for line in found] == list(load("config.yaml"))
    assert found[2] == "seed: missing; allowed: an integer, at least 0."


def test_all_mistakes_at_once_of_schema_and_between_keys() -> None:
    of_schema = "sed: 3, sparse: {training: {lr: 1e-3, epoch: 3}}, protocols: [publishd]"
    found = lines(with_yaml(f"{{{of_schema}, pruning: {{percents: [20, 10]}}, cells: gru}}"))
    keys = "cells protocols[0] pruning.percents sed sparse.training.epoch sparse.training.lr"
    assert sorted(line.split(":")[0] for line in found) == keys.split()


def test_all_that_is_wrong_with_a_family_whose_generator_is_unknown() -> None:
    found = lines(with_yaml("graphs: {families: {x: {generator: er, count: -1, n: 1, q: 3}}}"))
    assert [line.split("; ")[0] for line in found] == [
        "graphs.families.x.generator: received 'er'",
        "graphs.families.x.q: unknown key, received 3",
        "graphs.families.x.count: received -1",
        "graphs.families.x.n: received 1",
    ]


@pytest.mark.parametrize("config", [None, [], 3, "text"])
def test_not_a_configuration(config: Any) -> None:
    [line] = lines(config)
    assert line.startswith("the configuration: received ")

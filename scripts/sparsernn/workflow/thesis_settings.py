"""Which studies are the thesis's experiment: a rule on settings.

A study may be smaller, or larger, without being another experiment: it may have other numbers of
graphs, strings and seeds, other root seeds, fewer epochs, smaller graphs, some of the cells,
protocols, schedules, targets and percentages, and further controls. Two settings follow the size:
with fewer strings, batches may be smaller, and with fewer graphs, a larger share may be held out.
How results are analysed otherwise, and with which engine, is no part of the experiment.

All else must be as in the thesis: the generators of graphs and their parameters, the kinds of
strings and their proportions, the cells, the protocols, the sizes of dense networks, the optimiser.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sparsernn.thesis.repository import CELLS

__all__ = ["SETTINGS", "same_experiment"]

_OPTIMISER = MappingProxyType({"lr": 0.001, "clip_norm": 5})
SETTINGS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "dataset": {
            **{"task": None, "strings": None, "derive": None, "duplicates": "keep"},
            **{"n_valid": 12500, "min_length": 11, "test_share": 0.25},
            "decoys": {
                **{"m1": 1500, "m2": 1500, "m3": 500, "m4": 2000},
                **{"m5": 2000, "m6": 2000, "m7": 1500, "m8": 1500},
            },
        },
        "families": {
            "barabasi_albert": {
                **{"generator": "barabasi_albert", "count": 100, "n": [10, 50], "m": "n // 10"}
            },
            "watts_strogatz": {
                **{"generator": "watts_strogatz", "count": 100, "n": [10, 50]},
                **{"k": "n // 5", "p": 1},
            },
        },
        "sparse": {"training": {"epochs": 15, "batch_size": 128, **_OPTIMISER}},
        "dense": {
            **{"embedding_size": 50, "hidden_size": 50, "num_layers": 3},
            "training": {"epochs": 50, "batch_size": 32, **_OPTIMISER},
        },
        "pruning": {
            "choose_rate": None,
            "training": {"epochs": 10, "batch_size": 32, **_OPTIMISER},
        },
        "prediction": {"test_share": 0.1},
    }
)
"""The thesis's settings, as in `config/config.yaml`, which a user may change."""
_PROTOCOLS = {"published", "corrected"}


def same_experiment(
    config: Mapping[str, Any], families: Mapping[str, Mapping[str, Any]], parts: Mapping[str, bool]
) -> bool:
    """Whether what a study has is the thesis's experiment, or a part of it; see the module.

    Args:
        config: the settings, checked and in canonical form.
        families: settings of the families that have graphs.
        parts: of "sparse", "dense" and "pruning", whether the study has it.
    """
    fewer = config["dataset"]["n_valid"] < SETTINGS["dataset"]["n_valid"]
    protocols = set(config["protocols"])
    return (
        set(config["cells"]) <= set(CELLS)
        and protocols <= _PROTOCOLS - set(config["custom_protocols"])
        and _same_strings(config["dataset"])
        and all(_same_part(config[name], name, fewer) for name, has in parts.items() if has)
        and (not parts["sparse"] or _same_graphs(families, config["analysis"]["prediction"]))
    )


def _same_strings(dataset: Mapping[str, Any]) -> bool:
    """The same kinds of strings, in the same proportions up to one string of a kind."""
    thesis = SETTINGS["dataset"]
    scale = dataset["n_valid"] / thesis["n_valid"]
    counts = dataset["decoys"]
    return all(
        dataset[key] == value for key, value in thesis.items() if key not in ("n_valid", "decoys")
    ) and all(
        counts.get(kind, 0) > 0 and abs(counts[kind] - scale * count) < 1
        for kind, count in thesis["decoys"].items()
    )


def _same_part(settings: Mapping[str, Any], name: str, fewer_strings: bool) -> bool:
    thesis = SETTINGS[name]
    same = all(settings[key] == value for key, value in thesis.items() if key != "training")
    return same and _same_training(settings["training"], thesis["training"], fewer_strings)


def _same_training(
    training: Mapping[str, Any], thesis: Mapping[str, Any], fewer_strings: bool
) -> bool:
    """The same optimiser, for as many epochs or fewer."""
    sizes = ("epochs", "batch_size")
    batch, own = training["batch_size"], thesis["batch_size"]
    return (
        _without(training, *sizes) == _without(thesis, *sizes)
        and training["epochs"] <= thesis["epochs"]
        and (batch == own or (fewer_strings and batch < own))
    )


def _same_graphs(
    families: Mapping[str, Mapping[str, Any]], prediction: Mapping[str, Any] | None
) -> bool:
    """The same families, of graphs that are not larger, with their properties related."""
    thesis = SETTINGS["families"]
    if prediction is None or set(families) != set(thesis):
        return False
    return _same_held_out(families, prediction["test_share"]) and all(
        _without(family, "count", "n") == _without(thesis[name], "count", "n")
        and _within(family["n"], thesis[name]["n"])
        for name, family in families.items()
    )


def _same_held_out(families: Mapping[str, Mapping[str, Any]], share: float) -> bool:
    thesis = SETTINGS["prediction"]["test_share"]
    drawn, own = (
        sum(family.get("count", 0) for family in of.values())
        for of in (families, SETTINGS["families"])
    )
    return bool(share == thesis or (drawn < own and share > thesis))


def _within(sizes: Any, thesis: list[int]) -> bool:
    """Whether numbers of vertices are drawn from a part of the thesis's range."""
    return isinstance(sizes, list) and thesis[0] <= sizes[0] and sizes[1] <= thesis[1]


def _without(settings: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in settings.items() if key not in names}

"""Which figures and tables a study has, from its settings and a catalogue of them.

Light to import, as every parse of the Snakefile does. The catalogues are those of
`sparsernn.report.catalogue`; the rules bring both together.
"""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sparsernn.workflow.plan import Plan

__all__ = ["Product", "products"]


@dataclass(frozen=True)
class Product:
    """One figure or table.

    Attributes:
        kind: the name of its entry in the catalogue, and of the function that draws it.
        entry: that entry.
        protocol: whose networks it shows; None if it is the same for all.
        options: arguments of the function, besides tables.
        inputs: paths of the tables that it is drawn from, by argument.
        thesis: whether the thesis's own numbers stand beside it.
        right: what an accuracy is a share of.
    """

    kind: str
    entry: Any
    protocol: str | None
    options: Mapping[str, Any]
    inputs: Mapping[str, str]
    thesis: bool
    right: str

    @property
    def name(self) -> str:
        """Its path below the folder of figures or tables, without ending."""
        words = [value for value in self.options.values() if isinstance(value, str)]
        name = "_".join([self.kind, *words])
        return f"{self.protocol}/{name}" if self.protocol else name

    @property
    def spec(self) -> dict[str, Any]:
        """What it depends on besides its tables and code."""
        which = {"module": self.entry.module, "kind": self.kind}
        return {**which, "options": self.options, "protocol": self.protocol}

    @property
    def words(self) -> Any:
        """Its section, title and caption."""
        how = {"thesis": self.thesis, "right": self.right}
        return self.entry.words(self.protocol, **how, **self.options)

    @property
    def layout(self) -> Any:
        """How it is laid out, if it is a table."""
        how = {"thesis": self.thesis, "right": self.right}
        return self.entry.layout(self.protocol, **how, **self.options)


def products(plan: Plan, catalogue: Mapping[str, Any]) -> dict[str, Product]:
    """Every figure, or every table, of a study by its name.

    Args:
        plan: the study.
        catalogue: entries by kind; what is drawn from tables that the study lacks is left out.
    """
    found = [
        Product(kind, entry, protocol, options, _inputs(plan, entry), plan.is_thesis, plan.right)
        for kind, entry in catalogue.items()
        if all(map(plan.available, entry.inputs.values()))
        and (plan.has_accuracy or not entry.accuracy)
        for options in _options(plan.config, entry)
        for protocol in (plan.shown_protocols if "protocol" in entry.each else [None])
    ]
    return {product.name: product for product in found}


def _options(config: Mapping[str, Any], entry: Any) -> Iterator[dict[str, Any]]:
    values = {"cell": config["cells"], "target": config["pruning"]["targets"]}
    names = [name for name in values if name in entry.each]
    settings = {argument: config["analysis"][key] for argument, key in entry.settings.items()}
    for chosen in itertools.product(*(values[name] for name in names)):
        yield dict(zip(names, chosen, strict=True)) | settings


def _inputs(plan: Plan, entry: Any) -> dict[str, str]:
    ours = {argument: plan.table(path) for argument, path in entry.inputs.items()}
    if not plan.is_thesis:
        return ours
    return ours | {name: plan.published_table(file) for name, file in entry.published.items()}

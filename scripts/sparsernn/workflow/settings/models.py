"""What a configuration may say: models that check it, and describe it to readers and editors.

`docs/configuration.md` and `config/schema.json` are generated from them (`reference`). Which
families, cells and properties there are is looked up in the folders that `plugins` lists, when the
models are first used.

The text below a key is its description. The module `allowed` reads it when it is needed. pydantic's
own `use_attribute_docstrings` would read it whenever the workflow is parsed, and triple the time.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, create_model
from pydantic_core import core_schema

from sparsernn.plugins import names
from sparsernn.workflow.settings.methods import ChooseRate, MethodSettings
from sparsernn.workflow.settings.protocols import CustomProtocol, Design
from sparsernn.workflow.settings.task_types import ByTask
from sparsernn.workflow.settings.training import TrainingSettings
from sparsernn.workflow.settings.value_types import (
    OMITTED,
    CellName,
    Checkout,
    ControlName,
    Distinct,
    Folder,
    Foreign,
    Generator,
    GraphCount,
    MeanDegree,
    Name,
    NonEmpty,
    Nulls,
    OfReber,
    PropertyName,
    ProtocolName,
    Section,
    Seeds,
    Share,
    SourceCount,
    StringCount,
    Title,
    UpToMillion,
    UpToTenThousand,
    VertexCount,
    allowed,
    family_parameters,
)

__all__ = ["Settings"]


class Decoys(Section):
    """Number of invalid strings from each of eight other grammars on the same walk graph; not all
    of them 0.
    """

    m1: OfReber
    m2: OfReber
    m3: OfReber
    m4: OfReber
    m5: Foreign
    m6: Foreign
    m7: Foreign
    m8: Foreign


class Derived(Section):
    """Another task on the same strings; one of the two keys."""

    parity: Annotated[str, Field(pattern="^[!-~]$"), allowed("a letter in quotes")] = OMITTED
    """The valid strings alone, and whether this letter occurs an even number of times in them
    (class 1) or an odd one (class 0)."""
    only: NonEmpty[Annotated[str, Field(min_length=1, max_length=80)]] = OMITTED
    """The valid strings, and the invalid ones of these grammars."""


class Dataset(Section):
    """What networks learn: as a rule, to tell strings of the Reber grammar from others."""

    task: Annotated[Any, ByTask()] | None
    """Another task, by its name. With null the strings below are told apart; with a task
    `strings`, `n_valid`, `decoys`, `min_length` and `derive` do nothing."""
    strings: Annotated[str, Field(min_length=1), allowed("the path of a CSV file")] | None
    """A CSV of your own, its path relative to the working directory, with the columns `string` and
    `valid` (1 or 0) or `label` (the name of a class, of two or more), and if you like `grammar` and
    `split` (train or test). With null the strings are sampled; with a file `n_valid`, `decoys` and
    `min_length` do nothing. The file is not in `results`, and its path has no braces, which goes
    for all paths. At most 250,000 strings of 1 to 1,000 printable ASCII characters, in 64 MiB of
    UTF-8."""
    n_valid: Annotated[StringCount, Field(ge=1)]
    """Number of different strings of the Reber grammar to sample, training and test."""
    decoys: Decoys
    min_length: Annotated[int, Field(ge=5, le=30)]
    """Fewest letters of a string, B and E included; shorter ones are drawn again. The shortest
    string of a grammar has 5, and each letter more makes strings about a quarter rarer."""
    test_share: Annotated[float, Field(ge=1e-6, lt=1)]
    """Share of the strings that is held out for the test."""
    derive: Derived | None
    """Another task on the same strings; with null valid strings are told from invalid ones."""
    duplicates: Literal["keep", "one_side"]
    """Examples that occur more than once. `keep` divides them into training and test set like all
    others; `one_side` has all of them in the same set, so that nothing is tested that was trained
    on. The log of the data says how many there are. Examples that come divided are left so."""


class _Family(Section):
    """A family: so many graphs of a random model, or a folder of your own."""

    model_config = ConfigDict(extra="ignore")

    generator: Generator
    """Where the graphs come from: a random model, or a folder of your own files, `graphml` or
    matrices in `csv`."""
    count: GraphCount = OMITTED
    n: VertexCount = OMITTED


class _RandomGraphs(Section):  # the models of generators add their parameters
    generator: str
    count: GraphCount
    n: VertexCount
    mean_degree: MeanDegree = OMITTED
    sources: SourceCount = OMITTED
    nulls: Nulls = OMITTED


class _OwnGraphs(Section):
    generator: Literal["graphml"]
    nulls: Nulls = OMITTED
    folder: Annotated[
        str, Field(min_length=1), allowed("the path of a folder with *.graphml files")
    ]
    """Folder of GraphML files, `*.graphml`, taken in the order of their names. The path is relative
    to the working directory. A file has one simple graph without a document type, of at most 10,000
    vertices and 1,000,000 edges, in 64 MiB."""


class _OwnMatrices(Section):
    generator: Literal["csv"]
    nulls: Nulls = OMITTED
    folder: Annotated[str, Field(min_length=1), allowed("the path of a folder with *.csv files")]
    """Folder of CSV files, `*.csv`, taken in the order of their names. The path is relative to the
    working directory. A file has a square matrix of finite numbers between commas, of at most
    10,000 vertices and 1,000,000 edges, in 64 MiB: the number in row i and column j is the weight
    of the edge from i to j, 0 where there is none. A symmetric matrix is an undirected graph. Names
    of the vertices may stand in the first row, the first column or both."""


class _ByGenerator:
    """A family of graphs: which keys it has depends on its generator."""

    def __get_pydantic_core_schema__(
        self, _: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        models: dict[str, type[BaseModel]] = {}
        for name in names("families"):
            fields: dict[str, Any] = {"generator": (Literal[name], ...)}
            for key, parameter in family_parameters(name).items():  # pydantic reserves some names
                fields[f"own_{key}"] = (parameter.key(), Field(alias=key))
            models[name] = create_model(name, __base__=_RandomGraphs, **fields)
        models |= {"graphml": _OwnGraphs, "csv": _OwnMatrices, "": _Family}

        def tag(family: Any) -> str:
            name = family.get("generator") if isinstance(family, dict) else None
            return name if isinstance(name, str) and name in models else ""

        choices = {name: handler.generate_schema(model) for name, model in models.items()}
        return core_schema.tagged_union_schema(choices, discriminator=tag)


class Graphs(Section):
    """The random graphs, one ensemble shared by all cells and protocols."""

    families: dict[Name, Annotated[Any, _ByGenerator()]]
    """Families of graphs, by name. A name has at most 40 small letters, digits and _, and starts
    with a letter; it is shown in tables and figures."""


class Sparse(Section):
    """Training of the networks that are built on the graphs."""

    seeds: Seeds
    """Number of repeats, each with its own initial weights and order of batches: one number for all
    protocols, or one for each, `{published: 2, corrected: 3}`. Adding repeats leaves the earlier
    ones as they are. With 0 there are none of these networks."""
    training: TrainingSettings


class Dense(Section):
    """The dense networks that pruning starts from, and their training."""

    seeds: Seeds
    """Number of repeats, as for `sparse.seeds`. With 0 nothing is pruned either."""
    embedding_size: UpToTenThousand
    """Width of the embedding, the numbers that stand for a letter."""
    hidden_size: UpToTenThousand
    """Units of each recurrent layer."""
    num_layers: Annotated[int, Field(ge=1, le=100)]
    """Recurrent layers, stacked."""
    training: TrainingSettings


class Sweep(Section):
    """Pruning at many percentages without retraining."""

    step: Annotated[int, Field(ge=1, le=100)]
    """Percentages are the multiples of this, up to 100."""
    draws: Annotated[int, Field(ge=0, le=1_000)]
    """Number of random masks for each percentage and scope."""


class PruningSettings(Section):
    """Pruning of the dense networks by magnitude, and the training that follows each pruning with
    the removed weights held at zero.
    """

    seeds: Seeds | None
    """How many of the dense networks are pruned and retrained: the first so many; null is all of
    them."""
    schedules: NonEmpty[Literal["one_shot", "iterative"]]
    """`one_shot` starts every percentage from the trained dense network; `iterative` starts each
    from the retrained network of the percentage before."""
    targets: NonEmpty[Literal["both", "i2h", "h2h"]]
    """Weights that are pruned: input-to-hidden, hidden-to-hidden, or both."""
    percents: Annotated[
        NonEmpty[Annotated[float, Field(gt=0, le=100)]],
        allowed("a list of different numbers above 0 and at most 100, ascending"),
    ]
    """Percentages of the target's weights to remove."""
    controls: Distinct[ControlName]
    """What pruning is compared with. `retrained` trains each dense network on as a round does, with
    nothing pruned. `started_anew` has the masks of `one_shot`, and new initial weights;
    `small_dense` is a new dense network of at most as many weights, with fewer units. A criterion
    prunes as many weights as `one_shot` does, at every percentage, but chooses others: `random`
    draws them from all, `random_matched` from each gate's rows of each weight matrix as many as
    magnitude would take there. Only where `both` is a target, and only that target. In tables these
    are values of `schedule`."""
    training: TrainingSettings
    methods: dict[Name, MethodSettings]
    """Other ways to a sparse network, by names of your own, each at every percentage. In tables the
    names are values of `schedule`. docs/pruning-methods.md shows what the field knows."""
    choose_rate: ChooseRate | None
    """How learning rates are chosen. For each network of the study, dense or pruned, another one is
    trained with each rate on a part of the training set, and judged by its accuracy on the other
    part. The network then has the best rate, whatever `lr` says. As each has a choice of its own,
    differences over seeds contain what chance does to the choice. With null all networks have the
    learning rates of `training`."""
    sweep: Sweep | None
    """Accuracy right after pruning, without retraining, of every dense network, at more percentages
    and in more ways: by magnitude within layers and over all of them, and of each of these random
    masks that take as many weights of every layer and gate. With null there is none."""


class LimitsSettings(Section):
    """What may go wrong with single networks. One that diverges or meets a limit is a row with its
    status and reason, and the analysis uses the others.
    """

    network_minutes: Annotated[float, Field(gt=0, le=10_000_000)] | None
    """Minutes that training one network may take; null is no limit. With a limit results may depend
    on how fast the machine is. If you change it, only networks that met a limit are trained
    again."""
    network_mb: Annotated[float, Field(gt=0, le=100_000_000)] | None
    """Memory that training one network may take, in MiB, beyond the about 600 of a job without one;
    null is no limit. At its edge, whether a network fits may depend on the networks before it in
    its job. Linux only."""
    missing_share: Share
    """Share of the networks of a kind (on graphs, dense, pruned) that may be missing, because they
    diverged or met a limit. Where more are, the analysis ends with a message that says which and
    why."""


class Prediction(Section):
    """How well the graph's properties predict the accuracy."""

    test_share: Annotated[float, Field(gt=0, lt=1)]
    """Share of the graphs held out in the thesis's single split. At least 2 graphs must fall in
    it."""
    split_seed: Annotated[int, Field(ge=0, le=4_294_967_295)]
    """Random state of that split; the thesis's own is 7."""
    folds: Annotated[int, Field(ge=2)]
    """Folds of the cross-validation, each of at least 2 graphs."""
    repeats: UpToTenThousand
    """Repeats of the cross-validation, each with new folds."""


class Regain(Section):
    """When a pruned network is as good again as it was."""

    within: Share
    """A pruned network has regained its accuracy when it is this close to that of the dense network
    it came from."""
    thresholds: Annotated[
        Distinct[Share], allowed("a list without repeats of accuracies from 0 to 1, or []")
    ]
    """Further rules: an accuracy of at least this much. The thesis's own are 0.92 and 0.95."""


class Analysis(Section):
    """What is computed from the accuracies. A change here trains nothing again."""

    confidence: Annotated[float, Field(gt=0, lt=1)]
    """Coverage of every interval, 0.95 for 95 percent."""
    prediction: Prediction | None
    """With null nothing relates the properties of graphs to accuracy: no correlations, regression
    or prediction. It is for studies of one or a few graphs, which are compared with null models."""
    regain: Regain
    regressor_draws: UpToTenThousand
    """Random states that each regressor that draws random numbers is fitted with, where the
    thesis's split is taken for its claims and its tables of feature importance."""
    ols: NonEmpty[PropertyName]
    """Graph properties that the linear regression explains the accuracy by."""
    figure_properties: Annotated[
        NonEmpty[PropertyName], allowed("a list of names of graph properties, as for analysis.ols")
    ]
    """Graph properties that accuracy is drawn against, a panel each on one page for each cell."""


class Replay(Section):
    """The thesis's own networks, evaluated again: its 804 checkpoints, of all cells, loaded into
    the published protocol.
    """

    checkout: Checkout | None
    """A checkout of the thesis's public repository (github.com/harshildarji/thesis), or the part of
    it that you have; the path is relative to the working directory. With null nothing is
    replayed."""


class Settings(Section):
    """A whole configuration."""

    study: Title
    """Name of the study, shown on the first page. It changes no result."""
    results: Folder
    """Folder that everything is written to. Give each study its own."""
    seed: Annotated[int, Field(ge=0)]
    """Root of every random number. The same seed and configuration give the same results on the
    same machine."""
    protocols: Annotated[
        NonEmpty[ProtocolName],
        allowed("a list of published, corrected and keys of custom_protocols and designs"),
    ]
    """How networks are built and read out. `published` does what the thesis's released code did,
    `corrected` what its text describes. Everything that is trained is trained once for each."""
    custom_protocols: dict[Name, CustomProtocol]
    """Protocols of your own, by name. Each starts from a base and switches single fields; name it
    in `protocols` to use it. A name has at most 40 small letters, digits and _, and starts with a
    letter."""
    designs: dict[Name, Design]
    """Many variants of a protocol at once, by name: named in `protocols`, a design stands for its
    variants, `NAME_1` and so on. A name as for `custom_protocols`."""
    cells: NonEmpty[CellName]
    """Recurrent cells to study. Each adds its networks, dense and sparse."""
    engine: Literal["fused", "torch", "fastest"]
    """What runs the networks. `fused` is compiled for the CPU and many times faster; `torch` is
    plain PyTorch, the reference. They agree up to rounding, so single results may differ a little.
    `fastest` is fused for the cells that it has kernels of, and torch for others, such as your
    own."""
    tables: Annotated[str, Field(min_length=1), allowed("the path of a folder")] | None
    """A folder of tables that a run of this study gave before, as `docs/results/data/NAME`: they
    are analysed, and nothing is trained. The path is relative to the working directory. With null
    everything is trained."""
    shard_size: UpToMillion
    """Sparse networks that one job trains. Larger means fewer, longer jobs; it changes no result. A
    study may have 50,000 jobs and 1,000,000 networks in all."""
    dataset: Dataset
    graphs: Graphs
    sparse: Sparse
    dense: Dense
    pruning: PruningSettings
    limits: LimitsSettings
    analysis: Analysis
    replay: Replay

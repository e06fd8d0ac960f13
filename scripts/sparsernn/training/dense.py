"""A dense network, from which pruning starts."""

from sparsernn.training.job import TrainingJob
from sparsernn.training.outcomes import Outcome
from sparsernn.training.resume import work_key
from sparsernn.wiring.protocol import protocol
from sparsernn.wiring.wiring import Wiring

__all__ = ["train_dense"]


def train_dense(job: TrainingJob) -> None:
    """Train the dense network of a job.

    Args:
        job: its `spec` has the layers' `size` (input_size, hidden_size, num_layers).
    """
    cell, seed = job.spec["cell"], job.spec["seed"]

    def build() -> Wiring:
        readout_step = protocol(job.spec["choices"]).readout_step
        return Wiring.dense(cell, **job.spec["size"], readout_step=readout_step)

    def train() -> Outcome:
        identity = job.identity("protocol", "cell", "seed")
        return job.train_new(f"dense/{cell}/{seed}", identity, build)

    job.run([(work_key(job.spec, [job.inputs.strings]), train)])

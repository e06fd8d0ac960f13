"""Other engines that run dense layers of `torch.nn` on a CPU, if they are installed.

`pip install -r envs/requirements-bench.txt` installs them.
"""

import io
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor, nn

__all__ = ["PEERS", "Call", "installed"]

Call = Callable[[], Any]


def exported(module: nn.RNNBase, inputs: Tensor) -> bytes:
    """A module as ONNX, for inputs of this shape."""
    file: Any = io.BytesIO()
    with warnings.catch_warnings():  # PyTorch's newer exporter takes no LSTM of several layers
        warnings.simplefilter("ignore")
        torch.onnx.export(module.eval(), (inputs,), file, dynamo=False, opset_version=17)
    return file.getvalue()


def onnx_runtime(module: nn.RNNBase, inputs: Tensor, threads: int) -> Call:
    """A call of a module in ONNX Runtime."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = onnxruntime.InferenceSession(
        exported(module, inputs), options, providers=["CPUExecutionProvider"]
    )
    feed = {session.get_inputs()[0].name: inputs.numpy()}
    return lambda: session.run(None, feed)


def open_vino(module: nn.RNNBase, inputs: Tensor, threads: int) -> Call:
    """A call of a module in OpenVINO."""
    import openvino

    model = openvino.Core().read_model(exported(module, inputs))
    # Left to itself, it takes bfloat16 where a processor has it.
    how = {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32"}
    request = openvino.compile_model(model, "CPU", how).create_infer_request()
    given = inputs.numpy()
    return lambda: request.infer(given)


PEERS: dict[str, tuple[str, Callable[[nn.RNNBase, Tensor, int], Call]]] = {
    "ONNX Runtime": ("onnxruntime", onnx_runtime),
    "OpenVINO": ("openvino", open_vino),
}


def installed() -> list[str]:
    """The names of those that can be imported."""
    has_onnx = find_spec("onnx") is not None
    return [name for name, (package, _) in PEERS.items() if has_onnx and find_spec(package)]

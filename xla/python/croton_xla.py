"""Runs modules that Croton's exportStableHlo wrote, by the XLA client that JAX has.

For JAX 0.10.2. The names below that begin with `jax._src` and `jaxlib` are JAX's own and may change with
it; everything that depends on them is in `Module`.

    from croton_xla import Module
    step = Module.load("step.mlir", "step.json")
    cost, *state = step(x, y, *state)

`python croton_xla.py --serve` runs programs that are given as lines of JSON, for tests.
"""

import base64
import json
import sys
import traceback

import jax

jax.config.update("jax_enable_x64", True)

import numpy as np
from jax._src import compiler, xla_bridge
from jax._src.interpreters import mlir
from jax.experimental import multihost_utils
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from jaxlib import _jax
from jaxlib.mlir import ir


class Module:
    """A compiled module: call it with NumPy or JAX arrays, inputs first, then shared variables."""

    def __init__(self, text, description):
        self.description = description
        axes = description["mesh"] or [["all", 1]]
        count = int(np.prod([n for _, n in axes]))
        client = xla_bridge.get_backend()
        devices = jax.devices()[:count]
        if len(devices) < count:
            raise ValueError(f"The module is for {count} devices, and there are {len(devices)}")
        grid = np.array(devices).reshape([n for _, n in axes])
        mesh = Mesh(grid, [name for name, _ in axes])
        arguments = description["inputs"] + description["shared"]
        self._arguments = [_placed(mesh, one) for one in arguments]
        self._results = [_placed(mesh, one) for one in description["results"]]
        options = compiler.get_compile_options(
            num_replicas=1,
            num_partitions=count,
            device_assignment=np.array([[d.id for d in devices]]),
        )
        options.executable_build_options.use_spmd_partitioning = count > 1
        options.executable_build_options.use_shardy_partitioner = count > 1
        with mlir.make_ir_context():
            bytecode = mlir.module_to_bytecode(ir.Module.parse(text))
        on = _jax.DeviceList(tuple(devices))
        self._executable = client.compile_and_load(bytecode, on, options)

    @staticmethod
    def load(module, description):
        """Reads both files."""
        with open(module) as text, open(description) as facts:
            return Module(text.read(), json.load(facts))

    def place(self, i, array):
        """Argument `i` on the devices, spread as the module wants it."""
        one, sharding = self._arguments[i]
        if isinstance(array, jax.Array):
            return jax.device_put(array, sharding)
        array = np.asarray(array, one["dtype"]).reshape(one["shape"])
        # Each process gives its own devices their parts.
        return jax.make_array_from_callback(array.shape, sharding, lambda index: array[index])

    def __call__(self, *arrays):
        """The outputs, then the new values of shared variables. Arguments that have one are used up."""
        if len(arrays) != len(self._arguments):
            raise TypeError(f"Expected {len(self._arguments)} arrays, got {len(arrays)}")
        given = [self.place(i, array) for i, array in enumerate(arrays)]
        made = self._executable.execute_sharded(given).disassemble_into_single_device_arrays()
        return [
            jax.make_array_from_single_device_arrays(tuple(one["shape"]), sharding, parts)
            for (one, sharding), parts in zip(self._results, made)
        ]

    @staticmethod
    def whole(result):
        """A result as a NumPy array, on every process."""
        if result.is_fully_replicated:
            return np.asarray(result.addressable_data(0))
        if result.is_fully_addressable:
            return np.asarray(result)
        return multihost_utils.process_allgather(result, tiled=True)

    def rows(self, results):
        """The outputs as NumPy arrays, those whose lengths hang on data without rows that don't count."""
        outputs = []
        for one, result in zip(self.description["results"], results[: self.description["outputs"]]):
            array = self.whole(result)
            for axis, count in one.get("rows", []):
                array = array.take(range(int(self.whole(results[count]))), axis)
            outputs.append(array)
        return outputs

    def text(self):
        """What XLA made of the module."""
        return self._executable.hlo_modules()[0].to_string()


def _placed(mesh, one):
    axes = one.get("sharding", [[]] * len(one["shape"]))
    return one, NamedSharding(mesh, PartitionSpec(*[tuple(names) or None for names in axes]))


def _decoded(one, data):
    return np.frombuffer(base64.b64decode(data), one["dtype"]).reshape(one["shape"])


def _answer(request):
    description = request["description"]
    module = Module(request["module"], description)
    arguments = description["inputs"] + description["shared"]
    arrays = [_decoded(*pair) for pair in zip(arguments, request["arguments"])]
    results = []
    for _ in range(request.get("calls", 1)):
        results = module(*arrays)
        for argument, result in description["updates"]:
            arrays[argument] = results[result]
    # What is donated is gone with the next call: results are read now.
    answer = {"results": [base64.b64encode(np.asarray(one).tobytes()).decode() for one in results]}
    if request.get("text"):
        answer["text"] = module.text()
        answer["shards"] = [str(one.addressable_shards[0].data.shape) for one in results]
    return answer


def _serve():
    for line in sys.stdin:
        try:
            answer = _answer(json.loads(line))
        except Exception:
            answer = {"error": traceback.format_exc()}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    if sys.argv[1:] != ["--serve"]:
        sys.exit(__doc__)
    print(json.dumps({"jax": jax.__version__}), flush=True)
    _serve()

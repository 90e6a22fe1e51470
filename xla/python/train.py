"""Trains on, by XLA, what `deno task train --export DIR` wrote.

    python DIR/train.py --steps 1000

On several machines, or the hosts of a TPU pod, start it once on each. Where JAX can't find out by
itself which processes there are, say so: --coordinator HOST:PORT --processes N --process I.
The parameters go back to DIR/parameters.safetensors, which Croton loads.
"""

import argparse
import json
import os

import jax
import numpy as np

NAMES = {"F64": "float64", "F32": "float32", "F16": "float16", "I64": "int64", "I32": "int32"}


def load(path):
    """The tensors of a safetensors file."""
    with open(path, "rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
        data = file.read()
    header.pop("__metadata__", None)
    parts = {name: data[slice(*one["data_offsets"])] for name, one in header.items()}
    return {
        name: np.frombuffer(parts[name], NAMES[one["dtype"]]).reshape(one["shape"])
        for name, one in header.items()
    }


def save(path, tensors):
    """Writes one, as a whole."""
    codes = {dtype: code for code, dtype in NAMES.items()}
    header, parts, end = {}, [], 0
    for name, tensor in sorted(tensors.items()):
        parts.append(np.ascontiguousarray(tensor).tobytes())
        start, end = end, end + len(parts[-1])
        dtype, shape = codes[str(tensor.dtype)], list(tensor.shape)
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path + ".new", "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text + b"".join(parts))
    os.replace(path + ".new", path)


def main():
    folder = os.path.dirname(os.path.abspath(__file__))
    as_written = argparse.RawTextHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=as_written)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--coordinator")
    parser.add_argument("--processes", type=int)
    parser.add_argument("--process", type=int)
    parser.add_argument("--distributed", action="store_true", help="let JAX find the processes")
    given = parser.parse_args()
    if given.distributed or given.coordinator:
        jax.distributed.initialize(given.coordinator, given.processes, given.process)
    # What it imports looks for devices, which are all there only now.
    from croton_xla import Module

    step = Module.load(f"{folder}/step.mlir", f"{folder}/step.json")
    saved, data = load(f"{folder}/parameters.safetensors"), load(f"{folder}/data.safetensors")
    inputs, shared = step.description["inputs"], step.description["shared"]
    batch = inputs[0]["shape"][0]
    state = [saved[one["name"]] for one in shared]
    count = len(data[inputs[0]["name"]]) // batch
    for i in range(given.steps):
        rows = slice(i % count * batch, (i % count + 1) * batch)
        results = step(*[data[one["name"]][rows] for one in inputs], *state)
        for argument, result in step.description["updates"]:
            state[argument - len(inputs)] = results[result]
        if jax.process_index() == 0 and (i % 100 == 0 or i == given.steps - 1):
            print(f"step {i} loss {float(step.whole(results[0])):.5f}", flush=True)
    whole = [step.whole(one) for one in state]
    if jax.process_index() == 0:
        save(f"{folder}/parameters.safetensors", {one["name"]: x for one, x in zip(shared, whole)})


if __name__ == "__main__":
    main()

"""Writes the files that tests read, with NumPy and the safetensors package."""

import os

import jax.numpy as jnp
import numpy as np
import safetensors.flax
import safetensors.numpy

folder = os.path.dirname(os.path.abspath(__file__))


def at(name):
    return os.path.join(folder, name)


matrix = np.array([[1, -2, 3.5], [0.25, 1e-3, -7]])
arrays = {
    "bool": np.array([True, False, True]),
    "int8": np.array([-1, 127], np.int8),
    "int16": np.array([-300, 300], np.int16),
    "int32": np.array([[-70000], [70000]], np.int32),
    "int64": np.array([-5, 2**60], np.int64),
    "uint8": np.array([255], np.uint8),
    "uint16": np.array([65535], np.uint16),
    "uint32": np.array([2**32 - 1], np.uint32),
    "uint64": np.array([2**63], np.uint64),
    "float16": matrix.astype(np.float16),
    "float32": matrix.astype(np.float32),
    "float64": matrix,
    "complex64": np.array([1 - 2j, 3j], np.complex64),
    "scalar": np.array(3.25, np.float32),
    "empty": np.zeros((0, 5), np.float32),
}
wide = {"complex128": np.array([[1 - 2j, 3j]])}
odd = {
    "big_endian": matrix.astype(">f4"),
    "big_integers": np.array([-5, 2**60], ">i8"),
    "big_complex": np.array([1 - 2j], ">c8"),
    "fortran": np.asfortranarray(np.arange(24, dtype=np.int32).reshape(2, 3, 4)),
    "fortran_complex": np.asfortranarray(np.array([[1 - 2j, 3j], [4, 5]])),
}

np.savez(at("arrays.npz"), **arrays, **wide, **odd)
np.savez_compressed(at("compressed.npz"), **arrays, zeros=np.zeros(5000))
np.save(at("matrix.npy"), matrix.astype(np.float32))
with open(at("version2.npy"), "wb") as file:
    np.lib.format.write_array(file, matrix.astype(np.float32), version=(2, 0))
np.save(at("objects.npy"), np.array([{}], dtype=object), allow_pickle=True)
np.save(at("texts.npy"), np.array(["a", "bc"]))
np.save(at("records.npy"), np.zeros(2, [("a", "<f4"), ("b", "<i4")]))
safetensors.numpy.save_file(
    {k: v for k, v in arrays.items() if k != "complex64"},
    at("arrays.safetensors"),
    {"by": "the safetensors package"},
)
safetensors.flax.save_file(
    {"bfloat16": jnp.asarray(matrix, jnp.bfloat16)}, at("bfloat16.safetensors")
)

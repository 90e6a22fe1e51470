"""Convolutions and windows along one to three axes, as JAX computes them: python jax_conv.py > jax_conv.json"""

import json

import jax
import numpy as np
from jax import lax

jax.config.update("jax_enable_x64", True)


def numbers(shape, by):
    n = int(np.prod(shape))
    return ((np.arange(n) * by % 11) - 5).reshape(shape) / 4.0


def conv(x, w, strides=1, padding="valid", dilation=1, groups=1):
    r = x.ndim - 2
    each = lambda v: [v] * r if isinstance(v, int) else list(v)
    k = [(s - 1) * d + 1 for s, d in zip(w.shape[2:], each(dilation))]
    pads = {
        "valid": [(0, 0)] * r,
        "full": [(n - 1, n - 1) for n in k],
        "half": [(n // 2, n // 2) for n in k],
        "same": "SAME",
    }.get(padding if isinstance(padding, str) else None)
    if pads is None:
        pads = [(p, p) if isinstance(p, int) else tuple(p) for p in padding]
    return lax.conv_general_dilated(
        x, w, each(strides), pads, rhs_dilation=each(dilation), feature_group_count=groups
    )


convs = []
for x, w, options in [
    [(2, 2, 7), (3, 2, 3), {}],
    [(1, 2, 8), (2, 2, 4), {"strides": 2, "padding": "same"}],
    [(1, 4, 6), (4, 2, 2), {"dilation": 2, "groups": 2, "padding": [[2, 1]]}],
    [(1, 1, 5), (2, 1, 3), {"padding": "full"}],
    [(1, 2, 5, 6), (2, 2, 2, 3), {"padding": "same", "strides": [2, 1]}],
    [(1, 2, 4, 3, 5), (2, 2, 2, 2, 3), {"padding": "half"}],
    [(2, 2, 3, 4, 3), (4, 1, 2, 2, 2), {"groups": 2, "strides": [1, 2, 1], "dilation": [1, 1, 2]}],
    [(1, 1, 4, 5, 4), (1, 1, 3, 2, 2), {"padding": "same", "strides": 2}],
]:
    a, b = numbers(x, 7), numbers(w, 5)
    y, pull = jax.vjp(lambda a: conv(a, b, **options), a)
    g = numbers(y.shape, 3)
    convs.append(
        {
            "x": x,
            "w": w,
            "options": options,
            "shape": y.shape,
            "y": [float(v) for v in np.ravel(y)],
            "back": [float(v) for v in np.ravel(pull(g)[0])],
        }
    )

pools = []
for x, size, options in [
    [(2, 7), [3], {"stride": [2], "pad": [1]}],
    [(1, 2, 6), [2], {}],
    [(2, 4, 3, 5), [2, 2, 2], {"stride": [1, 1, 2]}],
    [(3, 4, 4), [2, 3, 2], {"pad": [1, 1, 0]}],
]:
    a, r = numbers(x, 7), len(size)
    one = [1] * (len(x) - r)
    pads = [(0, 0)] * len(one) + [(p, p) for p in options.get("pad", [0] * r)]
    over = lambda a, start, f: lax.reduce_window(
        a, start, f, one + size, one + options.get("stride", size), pads
    )
    total = over(a, 0.0, lax.add)
    found = {
        "max": over(a, -np.inf, lax.max),
        "sum": total,
        "average_inc_pad": total / np.prod(size),
        "average_exc_pad": total / over(np.ones(x), 0.0, lax.add),
    }
    pools.append(
        {
            "x": x,
            "size": size,
            "options": options,
            "shape": total.shape,
            **{mode: [round(float(v), 12) for v in np.ravel(y)] for mode, y in found.items()},
        }
    )

print(json.dumps({"convs": convs, "pools": pools}))

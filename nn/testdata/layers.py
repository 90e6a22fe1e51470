"""Writes what flax, optax and jax compute in float64, with gradients: layers.json."""

import json
import os

import jax

jax.config.update("jax_enable_x64", True)

import flax.linen as nn
import jax.numpy as jnp
import numpy as np
import optax

random = np.random.default_rng(2)
cases = []


def rand(*shape):
    return np.round(random.normal(size=shape), 3)


def case(name, f, inputs, variant=None):
    """The output of f, and the gradients of the sum of outputs times cos(0), cos(1), …"""
    inputs = {k: np.asarray(v) for k, v in inputs.items()}
    floats = [k for k, v in inputs.items() if v.dtype == np.float64]

    def total(values):
        out = f({**inputs, **values})
        return jnp.sum(out * jnp.cos(jnp.arange(out.size)).reshape(out.shape))

    values = {k: jnp.asarray(inputs[k]) for k in floats}
    out = f({**inputs, **values})
    grads = jax.grad(total)(values)
    store = lambda v: {"shape": list(v.shape), "data": np.asarray(v).ravel().tolist()}
    cases.append({
        "name": name,
        "variant": variant or {},
        "inputs": {k: store(v) for k, v in inputs.items()},
        "integers": [k for k in inputs if k not in floats],
        "output": store(out),
        "gradients": {k: store(g) for k, g in grads.items()},
    })


def f64(**options):
    return dict(param_dtype=jnp.float64, dtype=jnp.float64, **options)


def apply(module, params, *args, **kwargs):
    return module.apply({"params": params}, *args, **kwargs)


case("dense", lambda i: apply(nn.Dense(2, **f64()), {"kernel": i["W"], "bias": i["b"]}, i["x"]),
     {"x": rand(4, 3), "W": rand(3, 2), "b": rand(2)})
case("dense", lambda i: apply(nn.Dense(2, **f64()), {"kernel": i["W"], "bias": i["b"]}, i["x"]),
     {"x": rand(2, 4, 3), "W": rand(3, 2), "b": rand(2)})


def conv(i, padding, stride=1, dilation=1, groups=1):
    out = jax.lax.conv_general_dilated(
        i["x"], i["W"], (stride, stride), padding, rhs_dilation=(dilation, dilation),
        dimension_numbers=("NCHW", "OIHW", "NCHW"), feature_group_count=groups)
    return out + i["b"][None, :, None, None]


def flax_conv(i):
    """The same layer of flax, which has channels last."""
    module = nn.Conv(2, (3, 2), padding="VALID", **f64())
    kernel = jnp.transpose(i["W"], (2, 3, 1, 0))
    out = apply(module, {"kernel": kernel, "bias": i["b"]}, jnp.transpose(i["x"], (0, 2, 3, 1)))
    return jnp.transpose(out, (0, 3, 1, 2))


case("conv2d", flax_conv, {"x": rand(2, 3, 5, 4), "W": rand(2, 3, 3, 2), "b": rand(2)})
case("conv2d", lambda i: conv(i, "SAME"),
     {"x": rand(1, 2, 4, 5), "W": rand(3, 2, 3, 3), "b": rand(3)}, {"padding": "half"})
case("conv2d", lambda i: conv(i, [(1, 1), (2, 2)], stride=2),
     {"x": rand(2, 1, 6, 5), "W": rand(2, 1, 3, 3), "b": rand(2)},
     {"padding": [1, 2], "stride": 2})
case("conv2d", lambda i: conv(i, "VALID", dilation=2, groups=2),
     {"x": rand(1, 4, 6, 6), "W": rand(2, 2, 2, 2), "b": rand(2)},
     {"dilation": 2, "groups": 2})


def last(f):
    return lambda i: jnp.transpose(f(jnp.transpose(i["x"], (0, 2, 3, 1))), (0, 3, 1, 2))


case("maxPool2d", last(lambda x: nn.max_pool(x, (2, 2), (2, 2))), {"x": rand(2, 2, 5, 4)},
     {"size": 2})
case("maxPool2d", last(lambda x: nn.max_pool(x, (3, 2), (2, 1), [(1, 1), (0, 0)])),
     {"x": rand(1, 2, 5, 4)}, {"size": [3, 2], "stride": [2, 1], "padding": [1, 0]})
case("averagePool2d", last(lambda x: nn.avg_pool(x, (2, 2), (2, 2))), {"x": rand(2, 2, 5, 4)},
     {"size": 2})
case("averagePool2d", last(lambda x: nn.avg_pool(x, (3, 3), (2, 2), [(1, 1), (1, 1)])),
     {"x": rand(1, 2, 5, 6)}, {"size": 3, "stride": 2, "padding": 1})
case("embedding", lambda i: apply(nn.Embed(5, 3, **f64()), {"embedding": i["table"]}, i["words"]),
     {"table": rand(5, 3), "words": np.array([[0, 4], [2, 0], [1, 1]])})


def batch_norm(i, training, axis):
    module = nn.BatchNorm(use_running_average=not training, momentum=0.9, axis=axis,
                          epsilon=1e-5, use_fast_variance=False, **f64())
    variables = {"params": {"scale": i["scale"], "bias": i["bias"]},
                 "batch_stats": {"mean": i["mean"], "var": i["variance"]}}
    out, state = module.apply(variables, i["x"], mutable=["batch_stats"])
    return out, state["batch_stats"]


for shape, axis in [((4, 3), 1), ((2, 3, 4, 2), 1), ((2, 4, 3), -1)]:
    for training in [True, False]:
        inputs = {"x": rand(*shape), "scale": rand(3), "bias": rand(3), "mean": rand(3),
                  "variance": np.abs(rand(3)) + 0.1}
        case("batchNorm", lambda i: batch_norm(i, training, axis)[0], inputs,
             {"training": training, "axis": axis})
        if training:
            case("batchNorm running", lambda i: jnp.stack(
                [batch_norm(i, True, axis)[1][k] for k in ["mean", "var"]]), inputs, {"axis": axis})
case("layerNorm", lambda i: apply(nn.LayerNorm(epsilon=1e-5, use_fast_variance=False, **f64()),
                                  {"scale": i["scale"], "bias": i["bias"]}, i["x"]),
     {"x": rand(2, 3, 4), "scale": rand(4), "bias": rand(4)})

IN, SIZE = 3, 2


def split(x, n):
    return jnp.split(x, n, axis=-1)


def lstm_params(i, p=""):
    params = {}
    for gate, w, u, b in zip("ifgo", split(i[p + "W"], 4), split(i[p + "U"], 4),
                             split(i[p + "b"], 4)):
        params["i" + gate] = {"kernel": w}
        params["h" + gate] = {"kernel": u, "bias": b}
    return params


def lstm_cell(i, p=""):
    cell = nn.OptimizedLSTMCell(SIZE, **f64())
    return lambda carry, x: cell.apply({"params": lstm_params(i, p)}, carry, x)


def gru_cell(i, p=""):
    params = {}
    for gate, w, u, b in zip("rzn", split(i[p + "W"], 3), split(i[p + "U"], 3), split(i[p + "b"], 3)):
        params["i" + gate] = {"kernel": w, "bias": b}
        params["h" + gate] = {"kernel": u}
    params["hn"]["bias"] = i[p + "c"]
    cell = nn.GRUCell(SIZE, **f64())
    return lambda carry, x: cell.apply({"params": params}, carry, x)


def rnn_cell(i, p=""):
    params = {"i": {"kernel": i[p + "W"], "bias": i[p + "b"]}, "h": {"kernel": i[p + "U"]}}
    cell = nn.SimpleCell(SIZE, **f64())
    return lambda carry, x: cell.apply({"params": params}, carry, x)


def run(cell, i, states, reverse=False, mask=None):
    """Outputs at all times, and the last state."""
    x = i["x"]
    carry = states
    outputs = [None] * len(x)
    for t in reversed(range(len(x))) if reverse else range(len(x)):
        after, _ = cell(carry, x[t])
        if mask is not None:
            keep = lambda new, old: jnp.where(mask[t][..., None], new, old)
            after = jax.tree.map(keep, after, carry)
        carry = after
        # The carry of an LSTM is (c, h).
        outputs[t] = carry[1] if isinstance(carry, tuple) else carry
    return jnp.stack(outputs), carry


def parameters(gates, gru=False, p=""):
    made = {p + "W": rand(IN, gates * SIZE), p + "U": rand(SIZE, gates * SIZE),
            p + "b": rand(gates * SIZE)}
    return {**made, p + "c": rand(SIZE)} if gru else made


cells = {"rnn": (rnn_cell, 1), "gru": (gru_cell, 3), "lstm": (lstm_cell, 4)}
MASK = np.array([[1, 1, 1], [1, 1, 0], [1, 0, 0], [1, 0, 0]])
for name, (cell, gates) in cells.items():
    zero = lambda *shape: (jnp.zeros(shape + (SIZE,)),) * 2 if name == "lstm" else jnp.zeros(
        shape + (SIZE,))
    own = lambda p="": parameters(gates, name == "gru", p)
    case(name, lambda i: run(cell(i), i, zero(3))[0], {"x": rand(4, 3, IN), **own()})
    case(name, lambda i: run(cell(i), i, zero())[0], {"x": rand(4, IN), **own()})
    case(name, lambda i: run(cell(i), i, zero(3), reverse=True, mask=i["mask"])[0],
         {"x": rand(4, 3, IN), "mask": MASK, **own()}, {"reverse": True})
    case(name, lambda i: run(cell(i), i, zero(3), mask=i["mask"])[0],
         {"x": rand(4, 3, IN), "mask": MASK, **own()})
    first = {"h": rand(3, SIZE), **({"c0": rand(3, SIZE)} if name == "lstm" else {})}
    case(name + " last",
         lambda i: (lambda c: c[1] + 2 * c[0] if name == "lstm" else c)(
             run(cell(i), i, (i["c0"], i["h"]) if name == "lstm" else i["h"], mask=i["mask"])[1]),
         {"x": rand(4, 3, IN), "mask": MASK, **first, **own()})
    case(name + " both",
         lambda i: jnp.concatenate([run(cell(i), i, zero(3), mask=i["mask"])[0],
                                    run(cell(i, "back_"), i, zero(3), True, i["mask"])[0]], -1),
         {"x": rand(4, 3, IN), "mask": MASK, **own(), **own("back_")})

# (examples, places, heads, features) in jax.
def dot_attention(i, causal=False, scale=None):
    lead = lambda x: jnp.expand_dims(x, 2)
    mask = i["mask"][:, None] != 0 if "mask" in i else None
    if causal:
        mask = jnp.tril(jnp.ones((1, 1, i["q"].shape[1], i["k"].shape[1]), bool))
    q = i["q"] if scale is None else i["q"] * (scale * np.sqrt(i["q"].shape[-1]))
    return nn.dot_product_attention(lead(q), lead(i["k"]), lead(i["v"]), mask=mask)[:, :, 0]


qkv = lambda n=3, m=4: {"q": rand(2, n, 5), "k": rand(2, m, 5), "v": rand(2, m, 5)}
case("attention", dot_attention, qkv())
case("attention", lambda i: dot_attention(i, causal=True), qkv(4, 4), {"causal": True})
case("attention", lambda i: dot_attention(i, scale=0.5), qkv(), {"scale": 0.5})
case("attention", dot_attention,
     {**qkv(), "mask": np.array([[[1, 0, 1, 1], [1, 1, 0, 0], [0, 0, 0, 1]]] * 2)})


def heads_params(i, heads, p=""):
    size = i[p + "qW"].shape[0] // heads
    params = {}
    for short, name in [("q", "query"), ("k", "key"), ("v", "value")]:
        W, b = i[p + short + "W"], i[p + short + "b"]
        params[name] = {"kernel": W.reshape(-1, heads, size), "bias": b.reshape(heads, size)}
    params["out"] = {"kernel": i[p + "oW"].reshape(heads, size, -1), "bias": i[p + "ob"]}
    return params


def multi(i, heads, x, of=None, mask=None, p=""):
    module = nn.MultiHeadDotProductAttention(num_heads=heads, qkv_features=x.shape[-1],
                                             out_features=x.shape[-1], **f64())
    return apply(module, heads_params(i, heads, p), x, of, of, mask=mask)


def heads_inputs(size=4):
    made = {}
    for short in "qkvo":
        made[short + "W"] = rand(size, size)
        made[short + "b"] = rand(size)
    return made


causal = lambda n: jnp.tril(jnp.ones((1, 1, n, n), bool))
case("multiHeadAttention", lambda i: multi(i, 2, i["x"]),
     {"x": rand(2, 3, 4), **heads_inputs()}, {"heads": 2})
case("multiHeadAttention", lambda i: multi(i, 4, i["x"], mask=causal(3)),
     {"x": rand(2, 3, 4), **heads_inputs()}, {"heads": 4, "causal": True})
case("multiHeadAttention", lambda i: multi(i, 2, i["x"], i["of"]),
     {"x": rand(2, 3, 4), "of": rand(2, 5, 4), **heads_inputs()}, {"heads": 2})


def block(i):
    norm = lambda k, x: apply(nn.LayerNorm(epsilon=1e-5, use_fast_variance=False, **f64()),
                              {"scale": i["s" + k], "bias": i["t" + k]}, x)
    y = i["x"] + multi(i, 2, norm("1", i["x"]), mask=causal(3))
    inner = jax.nn.gelu(norm("2", y) @ i["wW"] + i["wb"], approximate=False)
    return y + inner @ i["nW"] + i["nb"]


case("transformerBlock", block,
     {"x": rand(2, 3, 4), **heads_inputs(), "s1": rand(4), "t1": rand(4), "s2": rand(4),
      "t2": rand(4), "wW": rand(4, 8), "wb": rand(8), "nW": rand(8, 4), "nb": rand(4)},
     {"heads": 2, "causal": True})

labels = np.array([0, 2, 1, 2])
probs = np.array([[0.2, 0.3, 0.5], [1, 0, 0], [0.1, 0.9, 0], [0.25, 0.25, 0.5]])
big = rand(4, 3)
big[0] = [800.0, -800.0, 0.0]
case("softmaxCrossEntropy",
     lambda i: optax.softmax_cross_entropy_with_integer_labels(i["z"], i["y"]),
     {"z": big, "y": labels})
case("softmaxCrossEntropy",
     lambda i: optax.softmax_cross_entropy(i["z"], optax.smooth_labels(jax.nn.one_hot(i["y"], 3), 0.1)),
     {"z": rand(4, 3), "y": labels}, {"smoothing": 0.1})
case("softmaxCrossEntropy", lambda i: optax.softmax_cross_entropy(i["z"], i["t"]),
     {"z": rand(4, 3), "t": probs})
case("softmaxCrossEntropy",
     lambda i: optax.softmax_cross_entropy(i["z"], optax.smooth_labels(i["t"], 0.2)),
     {"z": rand(4, 3), "t": probs}, {"smoothing": 0.2})
case("sigmoidCrossEntropy", lambda i: optax.sigmoid_binary_cross_entropy(i["z"], i["t"]),
     {"z": big, "t": probs})
case("sigmoidCrossEntropy",
     lambda i: optax.sigmoid_binary_cross_entropy(i["z"], 0.8 * i["t"] + 0.1),
     {"z": rand(4, 3), "t": probs}, {"smoothing": 0.2})
case("huberLoss", lambda i: optax.huber_loss(i["p"], i["t"]), {"p": rand(6) * 2, "t": rand(6)})
case("huberLoss", lambda i: optax.huber_loss(i["p"], i["t"], delta=0.5), {"p": rand(6) * 2, "t": rand(6)},
     {"delta": 0.5})
case("hingeLoss", lambda i: optax.hinge_loss(i["p"], i["y"]),
     {"p": rand(6), "y": np.array([1, -1, 1, -1, 1, 1])})
case("klDivergence", lambda i: optax.kl_divergence(i["p"], jnp.asarray(probs)), {"p": rand(4, 3)})
pad = lambda m: 1.0 - m
case("ctcLoss", lambda i: optax.ctc_loss(i["z"], np.zeros((2, 5)), i["y"], np.zeros((2, 2))),
     {"z": rand(2, 5, 4), "y": np.array([[1, 2], [3, 3]])})
case("ctcLoss",
     lambda i: optax.ctc_loss(i["z"], pad(i["logitMask"]), i["y"], pad(i["labelMask"])),
     {"z": rand(3, 6, 4), "y": np.array([[1, 2, 1], [3, 3, 0], [2, 0, 0]]),
      "logitMask": np.array([[1] * 6, [1] * 5 + [0], [1] * 3 + [0] * 3]),
      "labelMask": np.array([[1, 1, 1], [1, 1, 0], [1, 0, 0]])})
case("ctcLoss",
     lambda i: optax.ctc_loss(i["z"], np.zeros((2, 5)), i["y"], np.zeros((2, 2)), blank_id=3),
     {"z": rand(2, 5, 4), "y": np.array([[1, 2], [0, 0]])}, {"blank": 3})

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "layers.json")
with open(path, "w") as file:
    rounded = json.loads(json.dumps(cases), parse_float=lambda s: float(f"{float(s):.12g}"))
    json.dump(rounded, file, separators=(",", ":"))
    file.write("\n")
print(len(cases), os.path.getsize(path))

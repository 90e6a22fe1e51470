"""Writes what optax computes in float64: optimisers.json."""

import json
import os

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp
import numpy as np
import optax

random = np.random.default_rng(1)
STEPS = 6
start = {"W": random.normal(size=(2, 3)), "b": random.normal(size=())}
gradients = [
    {"W": random.normal(size=(2, 3)), "b": random.normal(size=())} for _ in range(STEPS)
]
# An element whose gradient is always 0.
for g in gradients:
    g["W"][0, 1] = 0


def run(optimiser):
    params = jax.tree.map(jnp.asarray, start)
    state = optimiser.init(params)
    values = []
    for g in gradients:
        updates, state = optimiser.update(jax.tree.map(jnp.asarray, g), state, params)
        params = optax.apply_updates(params, updates)
        values.append({k: np.asarray(v).ravel().tolist() for k, v in params.items()})
    return values


cosine = optax.cosine_decay_schedule(0.1, 4, alpha=0.1)
warm = optax.warmup_cosine_decay_schedule(0.0, 0.1, 3, 8, end_value=0.0)
staircase = optax.exponential_decay(0.1, 2, 0.5, staircase=True)
smooth = optax.exponential_decay(0.1, 4, 0.5)
cases = [
    ["sgd", {"learningRate": 0.1}, optax.sgd(0.1)],
    ["momentum", {"learningRate": 0.1, "momentum": 0.8}, optax.sgd(0.1, 0.8)],
    ["nesterov", {"learningRate": 0.1}, optax.sgd(0.1, 0.9, nesterov=True)],
    ["adagrad", {"learningRate": 0.1}, optax.adagrad(0.1)],
    ["adagrad", {"learningRate": 0.1, "initial": 0, "epsilon": 1e-6},
     optax.adagrad(0.1, initial_accumulator_value=0, eps=1e-6)],
    ["adadelta", {}, optax.adadelta(1.0)],
    ["adadelta", {"learningRate": 0.5, "rho": 0.7, "epsilon": 1e-4},
     optax.adadelta(0.5, rho=0.7, eps=1e-4)],
    ["rmsprop", {"learningRate": 0.1}, optax.rmsprop(0.1)],
    ["rmsprop", {"learningRate": 0.1, "decay": 0.8, "momentum": 0.5},
     optax.rmsprop(0.1, decay=0.8, momentum=0.5)],
    ["rmsprop", {"learningRate": 0.1, "centered": True, "epsilon": 1e-4},
     optax.rmsprop(0.1, centered=True, eps=1e-4)],
    ["adam", {"learningRate": 0.1}, optax.adam(0.1)],
    ["adam", {"learningRate": 0.1, "beta1": 0.8, "beta2": 0.9, "epsilon": 1e-3},
     optax.adam(0.1, b1=0.8, b2=0.9, eps=1e-3)],
    ["adam", {"learningRate": 0.1, "nesterov": True}, optax.nadam(0.1)],
    ["adamw", {"learningRate": 0.1}, optax.adamw(0.1)],
    ["adamw", {"learningRate": 0.1, "weightDecay": 0.1}, optax.adamw(0.1, weight_decay=0.1)],
    ["lion", {"learningRate": 0.1}, optax.lion(0.1)],
    ["lion", {"learningRate": 0.1, "beta1": 0.5, "beta2": 0.8, "weightDecay": 0},
     optax.lion(0.1, b1=0.5, b2=0.8, weight_decay=0)],
]


def wide(schedule):
    """Of a step in float64; of an int32 one it would compute in float32."""
    return lambda step: schedule(step.astype(jnp.float64))


chains = {
    "cosine": optax.adam(wide(cosine)),
    "warm": optax.sgd(wide(warm)),
    "staircase": optax.sgd(wide(staircase), 0.9),
    "smooth": optax.lion(wide(smooth)),
    "norm": optax.chain(optax.clip_by_global_norm(1.5), optax.sgd(0.1)),
    "loose": optax.chain(optax.clip_by_global_norm(100.0), optax.sgd(0.1)),
    "value": optax.chain(optax.clip(0.5), optax.sgd(0.1)),
    "decay": optax.chain(optax.add_decayed_weights(0.3), optax.adam(0.1)),
}
result = {
    "start": {k: v.ravel().tolist() for k, v in start.items()},
    "gradients": [{k: v.ravel().tolist() for k, v in g.items()} for g in gradients],
    "cases": [{"name": n, "options": o, "values": run(opt)} for n, o, opt in cases],
    "chains": {name: run(opt) for name, opt in chains.items()},
    "schedules": {
        "cosine": [float(cosine(i)) for i in range(8)],
        "warm": [float(warm(i)) for i in range(12)],
        "staircase": [float(staircase(i)) for i in range(8)],
        "smooth": [float(smooth(i)) for i in range(8)],
    },
}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "optimisers.json")
with open(path, "w") as file:
    json.dump(result, file, indent=None, separators=(",", ":"))
    file.write("\n")

"""The works, done by JAX on XLA's CPU, each jitted."""

import jax
import jax.numpy as jnp
from jax import lax

from peers import LSTM_STEPS, STEPS, numbers, report

jax.config.update("jax_enable_x64", True)


def value(*shape, scale=1.0, seed=1):
    return jnp.asarray(numbers(shape, scale, seed))


def timed(function, *args):
    f = jax.jit(function)
    return lambda: jax.block_until_ready(f(*args))


def trained(cost, parameters, rate, *data):
    """A step that replaces the parameters, and gives the cost."""

    def step(parameters, *data):
        value, slopes = jax.value_and_grad(cost)(parameters, *data)
        return [p - rate * g for p, g in zip(parameters, slopes)], value

    f, state = jax.jit(step), [parameters]

    def run():
        state[0], value = f(state[0], *data)
        jax.block_until_ready(state[0])
        return value

    return run


def recurrence(inputs, size, lead=(), backward=False):
    x, y0 = value(STEPS, *lead, inputs), value(*lead, size, seed=2)
    w = value(size, size, scale=0.05, seed=3), value(inputs, size, scale=0.1, seed=4), value(inputs, size, scale=0.1, seed=5)

    def forward(w, x, y0):
        def step(y, now):
            y = jnp.tanh(y @ w[0] + now[0] @ w[1] + now[1] @ w[2])
            return y, y

        return lax.scan(step, y0, (x[1:], x[:-1]))[1]

    if backward:
        return timed(jax.grad(lambda w, x, y0: forward(w, x, y0).sum()), w, x, y0)
    return timed(forward, w, x, y0)


def lstm(backward):
    x = value(LSTM_STEPS, 32, 64)
    w = value(64, 512, scale=0.1, seed=2), value(128, 512, scale=0.1, seed=3), value(512, scale=0.1, seed=4)
    zero = jnp.zeros((32, 128), jnp.float32)

    def forward(w, x):
        def step(state, x):
            h, c = state
            i, f, o, g = jnp.split(x @ w[0] + h @ w[1] + w[2], 4, 1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
            return (h, c), h

        return lax.scan(step, (zero, zero), x)[1]

    if backward:
        return timed(jax.grad(lambda w, x: forward(w, x).sum()), w, x)
    return timed(forward, w, x)


def classes(z, y):
    return -jnp.take_along_axis(jax.nn.log_softmax(z), y[:, None], 1).mean()


def labels(count):
    return jnp.arange(count, dtype=jnp.int32) % 10


def logistic():
    def cost(parameters, x, y):
        w, b = parameters
        z = x @ w + b
        return (jax.nn.softplus(z) - y * z).mean() + 0.01 * (w * w).sum()

    x, y = value(400, 784), jnp.asarray((numbers(400) > 0).astype("float32"))
    return trained(cost, [value(784, scale=0.01), jnp.float32(0)], 0.1, x, y)


def softmax():
    def cost(parameters, x, y):
        return classes(x @ parameters[0] + parameters[1], y)

    start = [value(784, 10, scale=0.01), jnp.zeros(10, jnp.float32)]
    return trained(cost, start, 0.1, value(600, 784), labels(600))


def mlp(rows):
    def cost(parameters, x, y):
        w, b, u, c = parameters
        return classes(jnp.tanh(x @ w + b) @ u + c, y)

    start = [
        value(784, 500, scale=0.05, seed=2),
        jnp.zeros(500, jnp.float32),
        value(500, 10, scale=0.05, seed=3),
        jnp.zeros(10, jnp.float32),
    ]
    return trained(cost, start, 0.01, value(rows, 784), labels(rows))


def lenet():
    def layer(x, w, b):
        x = lax.conv_general_dilated(x, w, (1, 1), "VALID")
        x = lax.reduce_window(x, -jnp.inf, lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")
        return jnp.tanh(x + b[:, None, None])

    def cost(p, x, y):
        h = layer(layer(x, p[0], p[1]), p[2], p[3])
        return classes(jnp.tanh(h.reshape(64, -1) @ p[4] + p[5]) @ p[6] + p[7], y)

    shapes = [(20, 1, 5, 5), (20,), (50, 20, 5, 5), (50,), (800, 500), (500,), (500, 10), (10,)]
    start = [value(*shape, scale=0.05, seed=i + 2) for i, shape in enumerate(shapes)]
    return trained(cost, start, 0.01, value(64, 1, 28, 28), labels(64))


def attention():
    def f(q, k, v):
        return jax.nn.softmax(q @ k.swapaxes(-1, -2) * jnp.float32(32**-0.5)) @ v

    return timed(f, *(value(8, 4, 128, 32, seed=seed) for seed in (1, 2, 3)))


def numbers_loop():
    def f(start):
        return lax.scan(lambda a, _: (1 / (1 + a), None), start, None, 1_000_000)[0]

    return timed(f, jnp.float32(0.5))


def square(dtype):
    return timed(jnp.matmul, *(value(512, 512, seed=seed).astype(dtype) for seed in (1, 2)))


def lists():
    rows = numbers((300, 1000)).tolist()
    return lambda: jax.block_until_ready(jnp.asarray(rows, jnp.float32))


def held(length, f):
    return timed(f, value(length))


report({
    "recurrence 10, 20": lambda: recurrence(10, 20),
    "recurrence 100, 200": lambda: recurrence(100, 200),
    "recurrence 512, 512": lambda: recurrence(512, 512),
    "recurrence 100, 200, batch 64": lambda: recurrence(100, 200, (64,)),
    "the same with gradient": lambda: recurrence(100, 200, (64,), True),
    "LSTM 64→128, batch 32": lambda: lstm(False),
    "its gradient": lambda: lstm(True),
    "10⁶ steps of a number": numbers_loop,
    "logistic step 400×784": logistic,
    "softmax step 600×784→10": softmax,
    "MLP step 784-500-10, batch 20": lambda: mlp(20),
    "MLP step 784-500-10, batch 600": lambda: mlp(600),
    "LeNet step, batch 64": lenet,
    "attention 8×4×128×32": attention,
    "product 512": lambda: square(jnp.float32),
    "product 512, float64": lambda: square(jnp.float64),
    "matrix·vector 2048": lambda: timed(jnp.matmul, value(2048, 2048), value(2048, seed=2)),
    "vector·matrix 2048": lambda: timed(jnp.matmul, value(2048, seed=2), value(2048, 2048)),
    "softmax of 1000×1000": lambda: timed(jax.nn.softmax, value(1000, 1000)),
    "chain on 10⁶": lambda: held(10**6, lambda x: jnp.tanh(1.5 * x + 0.5) * jnp.exp(-x * x) + jnp.log1p(jnp.exp(x))),
    "sum of 10⁷": lambda: held(10**7, jnp.sum),
    "cumsum of 10⁶": lambda: held(10**6, jnp.cumsum),
    "sort 10⁶": lambda: held(10**6, jnp.sort),
    "uniform 10⁷": lambda: timed(lambda k: jax.random.uniform(k, (10**7,), jnp.float32), jax.random.key(1)),
    "normal 10⁷": lambda: timed(lambda k: jax.random.normal(k, (10**7,), jnp.float32), jax.random.key(1)),
    "300,000 numbers in lists": lists,
})

"""The works, done by NumPy with its BLAS on one thread; gradients are written by hand."""

import numpy as np

from peers import STEPS, numbers, report


def recurrence(inputs, state, lead=(), backward=False):
    """The products with the inputs are taken for all steps at once."""
    x, y0 = numbers((STEPS, *lead, inputs)), numbers((*lead, state), seed=2)
    w1, w2, w3 = numbers((state, state), 0.05, 3), numbers((inputs, state), 0.1, 4), numbers((inputs, state), 0.1, 5)

    def forward():
        driven = x[1:] @ w2 + x[:-1] @ w3
        ys = np.empty((STEPS, *lead, state), np.float32)
        ys[0] = y0
        for t in range(1, STEPS):
            np.tanh(ys[t - 1] @ w1 + driven[t - 1], out=ys[t])
        return ys

    def both():
        ys = forward()
        slopes = np.empty_like(ys[1:])
        later = np.zeros_like(y0)
        for t in range(STEPS - 1, 0, -1):
            slopes[t - 1] = (1 - ys[t] * ys[t]) * (1 + later)
            later = slopes[t - 1] @ w1.T
        flat = slopes.reshape(-1, state)
        return [
            ys[:-1].reshape(-1, state).T @ flat,
            x[1:].reshape(-1, inputs).T @ flat,
            x[:-1].reshape(-1, inputs).T @ flat,
        ]

    return both if backward else forward


def logistic():
    x, y = numbers((400, 784)), (numbers(400) > 0).astype(np.float32)
    state = [numbers(784, 0.01), np.float32(0)]

    def run():
        w, b = state
        z = x @ w + b
        cost = (np.logaddexp(0, z) - y * z).mean() + 0.01 * (w @ w)
        r = (1 / (1 + np.exp(-z)) - y) / np.float32(400)
        state[0] = w - np.float32(0.1) * (r @ x + np.float32(0.02) * w)
        state[1] = b - np.float32(0.1) * r.sum()
        return cost

    return run


def softmax():
    x, y, rows = numbers((600, 784)), np.arange(600) % 10, np.arange(600)
    state = [numbers((784, 10), 0.01), np.zeros(10, np.float32)]

    def run():
        w, b = state
        z = x @ w + b
        e = np.exp(z - z.max(1, keepdims=True))
        p = e / e.sum(1, keepdims=True)
        cost = -np.log(p[rows, y]).mean()
        p[rows, y] -= 1
        p /= 600
        state[0] = w - np.float32(0.1) * (x.T @ p)
        state[1] = b - np.float32(0.1) * p.sum(0)
        return cost

    return run


def chain():
    x = numbers(10**6)
    return lambda: np.tanh(1.5 * x + 0.5) * np.exp(-x * x) + np.log1p(np.exp(x))


def product():
    a, b = numbers((512, 512)), numbers((512, 512), seed=2)
    return lambda: a @ b


def held(length, function):
    x = numbers(length)
    return lambda: function(x)


def rows_softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def attention():
    q, k, v = (numbers((8, 4, 128, 32), seed=seed) for seed in (1, 2, 3))
    scale = np.float32(32**-0.5)
    return lambda: rows_softmax(q @ k.swapaxes(-1, -2) * scale) @ v


def mlp(rows):
    x, y, each = numbers((rows, 784)), np.arange(rows) % 10, np.arange(rows)
    state = [
        numbers((784, 500), 0.05, 2),
        np.zeros(500, np.float32),
        numbers((500, 10), 0.05, 3),
        np.zeros(10, np.float32),
    ]

    def run():
        w, b, u, c = state
        h = np.tanh(x @ w + b)
        z = h @ u + c
        z -= z.max(1, keepdims=True)
        p = np.exp(z)
        p /= p.sum(1, keepdims=True)
        cost = -np.log(p[each, y]).mean()
        p[each, y] -= 1
        p /= rows
        slope = p @ u.T * (1 - h * h)
        for i, g in enumerate([x.T @ slope, slope.sum(0), h.T @ p, p.sum(0)]):
            state[i] = state[i] - np.float32(0.01) * g
        return cost

    return run


def times_vector(left):
    a, x = numbers((2048, 2048)), numbers(2048, seed=2)
    return (lambda: x @ a) if left else (lambda: a @ x)


def product64():
    a, b = (numbers((512, 512), seed=seed).astype(np.float64) for seed in (1, 2))
    return lambda: a @ b


def lists():
    rows = numbers((300, 1000)).tolist()
    return lambda: np.array(rows, np.float32)


report({
    "recurrence 10, 20": lambda: recurrence(10, 20),
    "recurrence 100, 200": lambda: recurrence(100, 200),
    "recurrence 512, 512": lambda: recurrence(512, 512),
    "recurrence 100, 200, batch 64": lambda: recurrence(100, 200, (64,)),
    "the same with gradient": lambda: recurrence(100, 200, (64,), True),
    "logistic step 400×784": logistic,
    "softmax step 600×784→10": softmax,
    "MLP step 784-500-10, batch 20": lambda: mlp(20),
    "MLP step 784-500-10, batch 600": lambda: mlp(600),
    "attention 8×4×128×32": attention,
    "product 512": product,
    "product 512, float64": product64,
    "matrix·vector 2048": lambda: times_vector(False),
    "vector·matrix 2048": lambda: times_vector(True),
    "softmax of 1000×1000": lambda: (lambda x: lambda: rows_softmax(x))(numbers((1000, 1000))),
    "chain on 10⁶": chain,
    "sum of 10⁷": lambda: held(10**7, np.sum),
    "cumsum of 10⁶": lambda: held(10**6, np.cumsum),
    "sort 10⁶": lambda: held(10**6, np.sort),
    "uniform 10⁷": lambda: (lambda: np.random.default_rng(1).random(10**7, np.float32)),
    "normal 10⁷": lambda: (lambda: np.random.default_rng(1).standard_normal(10**7, np.float32)),
    "300,000 numbers in lists": lists,
})

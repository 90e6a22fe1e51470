"""The works, done by PyTensor, compiled by numba: the loops, which are what it has in common with Croton."""

import numpy as np
import pytensor
import pytensor.tensor as pt

from peers import LSTM_STEPS, STEPS, numbers, report

pytensor.config.floatX = "float32"


def held(array):
    return pytensor.shared(array, borrow=True)


def function(outputs, updates=None):
    f = pytensor.function([], outputs, updates=updates, mode="NUMBA")
    return lambda: f()


def scan(*args, **options):
    found = pytensor.scan(*args, **options)
    return found[0] if isinstance(found, tuple) else found


def recurrence(inputs, state, lead=(), backward=False):
    x, y0 = held(numbers((STEPS, *lead, inputs))), held(numbers((*lead, state), seed=2))
    w1, w2, w3 = held(numbers((state, state), 0.05, 3)), held(numbers((inputs, state), 0.1, 4)), held(numbers((inputs, state), 0.1, 5))
    ys = scan(
        lambda before, now, last: pt.tanh(last @ w1 + now @ w2 + before @ w3),
        sequences=[dict(input=x, taps=[-1, 0])],
        outputs_info=[y0],
    )
    return function(pt.grad(ys.sum(), [w1, w2, w3]) if backward else ys)


def lstm(backward):
    x = held(numbers((LSTM_STEPS, 32, 64)))
    w, u, b = held(numbers((64, 512), 0.1, 2)), held(numbers((128, 512), 0.1, 3)), held(numbers(512, 0.1, 4))
    zero = pt.zeros((32, 128), dtype="float32")

    def step(x, h, c):
        z = x @ w + h @ u + b
        i, f, o, g = (z[:, 128 * k : 128 * (k + 1)] for k in range(4))
        c = pt.sigmoid(f) * c + pt.sigmoid(i) * pt.tanh(g)
        return pt.sigmoid(o) * pt.tanh(c), c

    hs = scan(step, sequences=[x], outputs_info=[zero, zero])[0]
    return function(pt.grad(hs.sum(), [w, u, b]) if backward else hs)


def numbers_loop():
    one = np.float32(1)
    ys = scan(lambda a: one / (one + a), outputs_info=held(np.float32(0.5)), n_steps=1_000_000)
    return function(ys[-1])


def chain():
    x = held(numbers(10**6))
    return function(pt.tanh(1.5 * x + 0.5) * pt.exp(-x * x) + pt.log1p(pt.exp(x)))


report({
    "recurrence 10, 20": lambda: recurrence(10, 20),
    "recurrence 100, 200": lambda: recurrence(100, 200),
    "recurrence 100, 200, batch 64": lambda: recurrence(100, 200, (64,)),
    "the same with gradient": lambda: recurrence(100, 200, (64,), True),
    "LSTM 64→128, batch 32": lambda: lstm(False),
    "its gradient": lambda: lstm(True),
    "10⁶ steps of a number": numbers_loop,
    "chain on 10⁶": chain,
})

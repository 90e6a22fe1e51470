"""Values, gradients and Hessians to 50 digits, by mpmath: python reference.py > reference.json

Elementwise rows have points, and of each the value and the first two derivatives; the others have a point,
and of the sum of what they give the gradient and the Hessian."""

import json
import struct

import mpmath as mp
from mpmath import cosh, erf, erfc, exp, expm1, hypot, log, log1p, loggamma, mpf, sqrt, tanh

mp.mp.dps = 1200


def single(x):
    """The nearest float32, so that both precisions have the same points; a float64 where it has none."""
    x = float(x)
    return struct.unpack("f", struct.pack("f", x))[0] if 1e-37 < abs(x) < 3e38 or x == 0 else x


def sigmoid(x):
    return 1 / (1 + exp(-x))


def normal(x):
    return erfc(-x / sqrt(mpf(2))) / 2


wide = [-1000, -60, -1, 0.5, 60, 1000]
up = [0.5, 60, 1000]
tiny = [-1e-20, -1e-9, 1e-9, 1e-20, 1e-3]
little = [1e-20, 1e-9, 1e-3, 0.5]
y = mpf(0.25)

elementwise = {
    "log(1 + exp(x))": (lambda x: log(1 + exp(x)), wide),
    "log1p(exp(x))": (lambda x: log1p(exp(x)), wide),
    "log2(1 + exp(x))": (lambda x: log(1 + exp(x), 2), wide),
    "log10(1 + exp(x))": (lambda x: log(1 + exp(x), 10), wide),
    "log(1 + exp(-x))": (lambda x: log(1 + exp(-x)), wide),
    "log(3 + exp(x))": (lambda x: log(3 + exp(x)), wide),
    "log(sigmoid(x))": (lambda x: log(sigmoid(x)), wide),
    "log(1 - sigmoid(x))": (lambda x: log(sigmoid(-x)), wide),
    "log1p(-sigmoid(x))": (lambda x: log(sigmoid(-x)), wide),
    "log(1 / (1 + exp(-x)))": (lambda x: log(1 / (1 + exp(-x))), wide),
    "1 - 1 / (1 + exp(-x))": (lambda x: 1 - 1 / (1 + exp(-x)), [-600, -60, 0.5, 60]),
    "exp(x) / (1 + exp(x))": (lambda x: exp(x) / (1 + exp(x)), [-600, -60, 0.5, 60, 1000]),
    "1 - sigmoid(x)": (lambda x: 1 - sigmoid(x), [-60, 0.5, 60, 600]),
    "sigmoid(x) * (1 - sigmoid(x))": (lambda x: sigmoid(x) * (1 - sigmoid(x)), [-60, 0.5, 60, 600]),
    "cross-entropy of sigmoid(x)": (lambda x: -y * log(sigmoid(x)) - (1 - y) * log(sigmoid(-x)), wide),
    "log(sigmoid(x) / (1 - sigmoid(x)))": (lambda x: x, [-60, 0.5, 60, 1000]),
    "exp(x) * sigmoid(-x)": (lambda x: exp(x) * sigmoid(-x), [-60, 0.5, 60, 1000]),
    "exp(x) - 1": (lambda x: exp(x) - 1, tiny),
    "2 - 2 * exp(x)": (lambda x: 2 - 2 * exp(x), tiny),
    "log(1 + x)": (lambda x: log(1 + x), tiny),
    "log(1 - x)": (lambda x: log(1 - x), tiny),
    "log(exp(x) - 1)": (lambda x: log(exp(x) - 1), [*little, 60, 1000]),
    "log(1 - exp(-x))": (lambda x: log(1 - exp(-x)), [*little, 60]),
    "log(1 - exp(x))": (lambda x: log(1 - exp(x)), [-60, -0.5, -1e-9, -1e-20]),
    "exp(log(1 + x)) - 1": (lambda x: x, tiny),
    "log(exp(x))": (lambda x: x, wide),
    "log(3 * exp(x))": (lambda x: log(3 * exp(x)), wide),
    "log(exp(x) + exp(-x))": (lambda x: log(exp(x) + exp(-x)), wide),
    "log(exp(x) + exp(2 * x))": (lambda x: log(exp(x) + exp(2 * x)), wide),
    "log(1 + exp(x) + exp(2 * x))": (lambda x: log(1 + exp(x) + exp(2 * x)), wide),
    "x - log(1 + exp(x))": (lambda x: x - log(1 + exp(x)), [-60, 0.5, 60, 600]),
    "exp(x) / exp(x - 2)": (lambda x: exp(mpf(2)) + 0 * x, [-1000, 0.5, 1000]),
    "exp(x) * exp(1 - x)": (lambda x: exp(mpf(1)) + 0 * x, [-1000, 0.5, 1000]),
    "(1 - exp(-x)) / (1 + exp(-x))": (lambda x: tanh(x / 2), [-1000, -1e-9, 1e-20, 0.5, 20]),
    "(exp(x) - exp(-x)) / (exp(x) + exp(-x))": (lambda x: tanh(x), [-1000, -1e-9, 1e-20, 0.5, 20]),
    "log(cosh(x))": (lambda x: log(cosh(x)), [-1000, -60, 0.5, 60, 1000]),
    "1 - tanh(x)": (lambda x: 1 - tanh(x), [-1, 0.5, 30]),
    "log(1 - tanh(x))": (lambda x: log(2 * sigmoid(-2 * x)), [-1, 0.5, 30, 600]),
    "log(1 + tanh(x))": (lambda x: log(2 * sigmoid(2 * x)), [-600, -30, 0.5, 1]),
    "1 - erf(x)": (lambda x: 1 - erf(x), [-1, 0.5, 6, 9]),
    "1 + erf(x)": (lambda x: 1 + erf(x), [-9, -6, 0.5]),
    "erf(x) - 1": (lambda x: erf(x) - 1, [-1, 0.5, 6, 9]),
    "log(erfc(x))": (lambda x: log(erfc(x)), [-3, 0.5, 6, 30, 1000]),
    "log(1 - erf(x))": (lambda x: log(erfc(x)), [-3, 0.5, 6, 30, 1000]),
    "log of the normal distribution": (lambda x: log(normal(x)), [-1000, -40, -6, 0.5, 3]),
    "log(x ** 20)": (lambda x: 20 * log(x), [1e-30, 0.5, 1e30]),
    "log(sqr(x))": (lambda x: 2 * log(abs(x)), [-1e25, 1e-25, 1e-200, 1e200]),
    "log(gamma(x))": (lambda x: loggamma(x), [1.5, 60, 200]),
    "log(softplus(x))": (lambda x: log(log1p(exp(x))), wide),
    "log(-log(sigmoid(x)))": (lambda x: log(log1p(exp(-x))), wide),
    "log(maximum(exp(x), exp(-x)))": (lambda x: abs(x), wide),
    "log(minimum(exp(x), exp(2 * x) + 1))": (lambda x: x, wide),
    "log(abs(3 * exp(x)))": (lambda x: log(3) + x, wide),
    "log(where(x > 0, sigmoid(-x), softplus(x)))": (lambda x: log(sigmoid(-x)) if x > 0 else log(log1p(exp(x))), wide),
    "1 - cos(x)": (lambda x: 1 - mp.cos(x), [1e-20, 1e-9, 1e-3, 0.5]),
    "sqrt(sqr(x) + 1)": (lambda x: sqrt(x * x + 1), [-1e25, 0.5, 1e200]),
}

w = [mpf("0.5"), mpf(2), mpf("0.25")]
spread = [1000, 998.5, -1000]
far = [-1000, -1001, -1002.5]


def total(values):
    return sum(values, mpf(0))


def softmax(x):
    whole = total(exp(v) for v in x)
    return [exp(v) / whole for v in x]


def weighted(values):
    return total(a * b for a, b in zip(w, values))


def mean(x):
    return total(x) / len(x)


def variance(x):
    middle = mean(x)
    return mean([(v - middle) ** 2 for v in x])


whole = {
    "log(sum(exp(x)))": (lambda x: log(total(exp(v) for v in x)), spread),
    "log(mean(exp(x)))": (lambda x: log(mean([exp(v) for v in x])), far),
    "log(sum(w * exp(x)))": (lambda x: log(weighted([exp(v) for v in x])), spread),
    "log(dot(w, exp(x)))": (lambda x: log(weighted([exp(v) for v in x])), far),
    "log(sum(exp(x) ** 2))": (lambda x: log(total(exp(v) ** 2 for v in x)), spread),
    "log(prod(exp(x)))": (lambda x: total(x), spread),
    "log(prod(x))": (lambda x: log(x[0] * x[1] * x[2]), [1e200, 1e140, 0.5]),
    "log(cumsum(exp(x)))": (
        lambda x: total(w[i] * log(total(exp(v) for v in x[: i + 1])) for i in range(3)),
        spread,
    ),
    "exp(x) / sum(exp(x))": (lambda x: weighted(softmax(x)), spread),
    "log(softmax(x))": (lambda x: weighted([log(p) for p in softmax(x)]), spread),
    "log(exp(x) / sum(exp(x)))": (lambda x: weighted([log(p) for p in softmax(x)]), far),
    "-log(softmax(x)[2])": (lambda x: -log(softmax(x)[2]), spread),
    "sum(w * exp(x)) / sum(exp(x))": (lambda x: weighted(softmax(x)), far),
    "exp(x) / max(exp(x))": (lambda x: weighted([exp(v - x[0]) for v in x]), far),
    "log(exp(x[0]) + exp(x[1]))": (lambda x: log(exp(x[0]) + exp(x[1])), spread),
    "log(max(exp(x)))": (lambda x: max(x), spread),
    "log(min(w * exp(x)))": (lambda x: min(log(a) + v for a, v in zip(w, x)), spread),
    "log(abs(sum(exp(x))))": (lambda x: log(total(exp(v) for v in x)), far),
    "log(maximum(exp(x[0]) + exp(x[1]), exp(x[2])))": (lambda x: log(max(exp(x[0]) + exp(x[1]), exp(x[2]))), spread),
    "maximum(exp(x), exp(x - 1)) / sum(exp(x))": (lambda x: weighted(softmax(x)), spread),
    "var(x)": (variance, [2.0**30, 2.0**30 + 2, 2.0**30 + 8]),
    "std(x)": (lambda x: sqrt(variance(x)), [2.0**30, 2.0**30 + 2, 2.0**30 + 8]),
    "hypot(x[0], x[1])": (lambda x: sqrt(x[0] * x[0] + x[1] * x[1]), [3 * 2.0**600, 2.0**602, 0.0]),
}


def digits(x):
    if x == 0:
        return "0"
    return mp.nstr(mpf(x), 50, strip_zeros=True)


def row(f, points):
    at = [single(x) for x in points]
    return {
        "at": at,
        "value": [digits(f(mpf(x))) for x in at],
        "gradient": [digits(derivative(f, x, 1)) for x in at],
        "hessian": [digits(derivative(f, x, 2)) for x in at],
    }


def derivative(f, x, n):
    """By differences with a step that leaves 300 digits and more; what is below them all is zero."""
    x = mpf(x)
    h = mpf(10) ** -300 * max(abs(x), mpf(10) ** -20)
    if n == 1:
        found = (f(x + h) - f(x - h)) / (2 * h)
    else:
        found = (f(x + h) - 2 * f(x) + f(x - h)) / (h * h)
    return found if abs(found) > mpf(10) ** -520 else mpf(0)


def partial(f, x, i, j=None):
    def moved(*steps):
        at = [mpf(v) for v in x]
        for k, by in steps:
            at[k] += by
        return f(at)

    size = lambda k: mpf(10) ** -300 * max(abs(mpf(x[k])), mpf(1))
    h = size(i)
    if j is None:
        found = (moved((i, h)) - moved((i, -h))) / (2 * h)
    else:
        k = size(j)
        found = (
            moved((i, h), (j, k)) - moved((i, h), (j, -k)) - moved((i, -h), (j, k)) + moved((i, -h), (j, -k))
        ) / (4 * h * k)
    return found if abs(found) > mpf(10) ** -290 else mpf(0)


def whole_row(f, point):
    at = [float(x) for x in point]
    n = range(len(at))
    return {
        "at": at,
        "value": [digits(f([mpf(x) for x in at]))],
        "gradient": [digits(partial(f, at, i)) for i in n],
        "hessian": [digits(partial(f, at, i, j)) for i in n for j in n],
    }


print(
    json.dumps(
        {
            "elementwise": {name: row(*given) for name, given in elementwise.items()},
            "whole": {name: whole_row(*given) for name, given in whole.items()},
        },
        indent=1,
    )
)

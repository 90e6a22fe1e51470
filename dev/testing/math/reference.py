"""The rows of reference.ts, by mpmath (pip install mpmath).

    python3 dev/testing/math/reference.py           checks all rows
    python3 dev/testing/math/reference.py sinh cosh prints new rows of these functions, to put there

A new function takes a line in FUNCTIONS: its formula, and the intervals that arguments are drawn from, one
list for each argument.
"""

import pathlib
import random
import sys

from mpmath import mp, mpf

mp.prec = 300

WIDE = [(-1, 1), (-8, 8), (-700, 700)]
POSITIVE = [(0, 2), (0, 100), (0, 1e300)]
UNIT = [(-1, 1), (-1e-3, 1e-3), (-1e-12, 1e-12)]


def exactly(f):
    """With as many more digits as a difference of nearly equal numbers may lose."""

    def value(*args):
        with mp.workprec(3000):
            return f(*args)

    return value


def inverse(f, slope, start):
    """The x at which f(x) is y, by Newton's method."""

    def value(y):
        x = start(y)
        for _ in range(12):
            x -= (f(x) - y) / slope(x)
        return x

    return value


def lgamma(x):
    return mp.log(abs(mp.gamma(x))) if x < 1e5 else mp.loggamma(x).real


def erfcinv(y):
    if y > 0.5:
        return mp.erfinv(1 - y)
    start = mp.sqrt(-mp.log(y * mp.sqrt(mp.pi * -mp.log(y))))
    return inverse(mp.erfc, lambda x: -2 / mp.sqrt(mp.pi) * mp.exp(-x * x), lambda _: start)(y)


FUNCTIONS = {
    "exp": (mp.exp, WIDE),
    "exp2": (lambda x: mp.power(2, x), WIDE),
    "expm1": (exactly(lambda x: mp.exp(x) - 1), WIDE),
    "log": (mp.log, POSITIVE),
    "log2": (lambda x: mp.log(x) / mp.log(2), POSITIVE),
    "log10": (mp.log10, POSITIVE),
    "log1p": (exactly(lambda x: mp.log(1 + x)), [(-1, 1), (0, 100), (-1e-9, 1e-9)]),
    "sin": (exactly(mp.sin), WIDE + [(-1e15, 1e15)]),
    "cos": (exactly(mp.cos), WIDE + [(-1e15, 1e15)]),
    "tan": (exactly(mp.tan), WIDE + [(-1e15, 1e15)]),
    "asin": (mp.asin, UNIT),
    "acos": (mp.acos, UNIT),
    "atan": (mp.atan, WIDE),
    "atan2": (mp.atan2, WIDE, WIDE),
    "sinh": (exactly(mp.sinh), WIDE),
    "cosh": (mp.cosh, WIDE),
    "tanh": (exactly(mp.tanh), [(-1, 1), (-20, 20), (-1e-9, 1e-9)]),
    "asinh": (exactly(mp.asinh), WIDE),
    "acosh": (exactly(mp.acosh), [(1, 1.001), (1, 10), (1, 1e300)]),
    "atanh": (exactly(mp.atanh), UNIT),
    "sigmoid": (lambda x: 1 / (1 + mp.exp(-x)), WIDE),
    "softplus": (exactly(lambda x: mp.log(1 + mp.exp(x))), WIDE),
    "logaddexp": (exactly(lambda x, y: mp.log(mp.exp(x) + mp.exp(y))), [(0, 50)], [(-50, 50)]),
    "logdiffexp": (exactly(lambda x, y: mp.log(mp.exp(x) - mp.exp(y))), [(-9, 0)], [(-50, -9)]),
    "log1mexp": (exactly(lambda x: mp.log(1 - mp.exp(x))), [(-1, 0), (-30, 0), (-1e-9, 0)]),
    "pow": (mp.power, [(0, 10)], [(-100, 100)]),
    "erf": (mp.erf, [(-1, 1), (-6, 6), (-1e-9, 1e-9)]),
    "erfc": (mp.erfc, [(-1, 1), (-6, 26), (-1e-9, 1e-9)]),
    "erfinv": (mp.erfinv, UNIT),
    "erfcinv": (erfcinv, [(0, 2), (0, 1e-9), (0.9, 1.1)]),
    "gamma": (mp.gamma, [(0, 2), (-20, 30), (0, 170)]),
    "lgamma": (lgamma, POSITIVE),
    "digamma": (lambda x: mp.psi(0, x), POSITIVE),
    "trigamma": (lambda x: mp.psi(1, x), [(-10, 10), (0, 100), (0, 1e300)]),
}


def result(name, args):
    return float(FUNCTIONS[name][0](*map(mpf, args)))


def rows(name, count=60):
    intervals = FUNCTIONS[name][1:]
    for i in range(count):
        args = [random.uniform(*choices[i % len(choices)]) for choices in intervals]
        yield " ".join([name, *map(repr, args), repr(result(name, args))])


def check():
    """Prints the rows that are not the number next to the true value, and says whether there were rows and all are right."""
    text = pathlib.Path(__file__).with_name("reference.ts").read_text()
    lines = text.split("= `\n")[1].split("`")[0].splitlines()
    wrong = 0
    for line in lines:
        name, *numbers = line.split(" ")
        *args, said = map(float, numbers)
        if result(name, args) != said:
            print(f"{line}: expected {result(name, args)!r}")
            wrong += 1
    print(f"{len(lines)} rows, {wrong} wrong")
    return wrong == 0 and len(lines) > 0


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(not check())
    for name in sys.argv[1:]:
        print(*rows(name), sep="\n")

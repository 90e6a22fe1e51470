"""True values of special functions, by mpmath: prints functions.json (pip install mpmath scipy).

    python3 dev/testing/special/reference.py > dev/testing/special/functions.json

Each row: a list of arguments, the value, and for some functions the derivative in each argument. Edges come
from SciPy, but for Bessel functions of infinite arguments, which SciPy does not give.
"""

import json
import math

import numpy
import scipy.special
from mpmath import mp, mpf

mp.dps = 130
inf, nan = math.inf, math.nan


def pairs(shapes, factors):
    return [(a, a * f) for a in shapes for f in factors]


SHAPES = [1e-6, 0.1, 0.7, 1.0, 2.5, 9.0, 11.0, 40.0, 200.0, 1e3, 1e4]
GAMMA = pairs(SHAPES, [1e-3, 0.3, 0.8, 0.97, 1.0, 1.03, 1.3, 3.0]) + [(0.3, 2.5), (1e-6, 0.9), (0.5, 30.0)]
BETA = [
    (a, b, x)
    for a in [1e-3, 0.4, 1.0, 3.0, 12.0, 150.0]
    for b in [0.02, 0.6, 1.0, 7.0, 90.0, 1e3]
    for x in [1e-4, 0.05, 0.3, a / (a + b), 0.7, 0.99]
]
LINE = [-710.0, -90.0, -30.5, -29.5, -8.0, -2.0, -0.3, -1e-5, 0.0, 1e-5, 0.3, 1.0, 3.3, 12.0, 29.9, 30.1, 75.0, 700.0]
RIGHT = [1e-300, 1e-20, 1e-5, 0.3, 1.0, 2.5, 3.3, 8.0, 12.0, 25.0, 29.9, 30.1, 75.0, 700.0]
UNIT = [1e-30, 1e-5, 0.01, 0.2, 0.25, 0.3, 0.4999, 0.5, 0.6, 0.9, 0.999]


def plain(xs):
    return [(x,) for x in xs]


def P(a, x):
    return mp.gammainc(a, 0, x, regularized=True)


def Q(a, x):
    return mp.gammainc(a, x, mp.inf, regularized=True)


def I(a, b, x):
    return mp.betainc(a, b, 0, x, regularized=True)


def Phi(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


FUNCTIONS = {
    "gammainc": (P, GAMMA, True),
    "gammaincc": (Q, GAMMA, True),
    "betainc": (I, BETA, True),
    "betaln": (lambda a, b: mp.log(mp.beta(a, b)), [(a, b) for a in SHAPES for b in SHAPES], False),
    "j0": (lambda x: mp.besselj(0, x), plain(LINE), False),
    "j1": (lambda x: mp.besselj(1, x), plain(LINE), False),
    "y0": (lambda x: mp.bessely(0, x), plain(RIGHT), True),
    "y1": (lambda x: mp.bessely(1, x), plain(RIGHT), True),
    "i0": (lambda x: mp.besseli(0, x), plain(LINE), False),
    "i1": (lambda x: mp.besseli(1, x), plain(LINE), False),
    "i0e": (lambda x: mp.besseli(0, x) * mp.exp(-abs(x)), plain(LINE + [1e6]), False),
    "i1e": (lambda x: mp.besseli(1, x) * mp.exp(-abs(x)), plain(LINE + [1e6]), False),
    "logit": (lambda p: mp.log(p / (1 - p)), plain(UNIT), False),
    "sinc": (mp.sincpi, plain([0.0, 1e-5, 0.3, 0.499, 0.501, 1.0, 1.25, 2.0, 2.75, -3.6, 41.3, 1e5 + 0.25]), False),
    "ndtr": (Phi, plain([-37.0, -10.0, -2.0, -0.3, 0.0, 0.5, 1.5, 6.0]), False),
    "logNdtr": (lambda x: mp.log(Phi(x)), plain([-1e4, -40.0, -10.0, -2.0, -0.3, 0.0, 0.5, 1.5, 6.0, 20.0]), False),
    "ndtri": (lambda p: mp.sqrt(2) * mp.erfinv(2 * p - 1), plain(UNIT), False),
    "polygamma2": (lambda x: mp.psi(2, x), plain([0.01, 0.3, 1.0, 2.5, 12.0, 1e3, -0.3, -4.7]), False),
    "polygamma5": (lambda x: mp.psi(5, x), plain([0.01, 0.3, 1.0, 2.5, 12.0, 1e3, -0.3, -4.7]), False),
}

S = scipy.special
E = [-inf, -1.0, 0.0, 0.5, 1.0, 2.0, inf, nan]
EDGES = {
    "gammainc": (S.gammainc, [(a, x) for a in E for x in E]),
    "gammaincc": (S.gammaincc, [(a, x) for a in E for x in E]),
    "betainc": (S.betainc, [(a, b, x) for a in [-1.0, 0.0, 0.5, 1.0, inf, nan] for b in [-1.0, 0.0, 1.0, inf] for x in [-0.1, 0.0, 0.5, 1.0, 1.1, nan]]),
    "betaln": (S.betaln, [(a, b) for a in [0.0, 1.0, 2.0] for b in [0.0, 0.5]] + [(1.0, nan)]),
    "logit": (S.logit, plain([-0.1, 0.0, 1.0, 1.1, inf, nan])),
    "sinc": (numpy.sinc, plain([0.0, nan])),
    "ndtr": (S.ndtr, plain([-inf, inf, nan])),
    "logNdtr": (S.log_ndtr, plain([-inf, inf, nan])),
    "ndtri": (S.ndtri, plain([-0.1, 0.0, 1.0, 1.1, nan])),
    **{name: (getattr(S, name), plain([nan, 0.0])) for name in ["j0", "j1", "i0", "i1", "i0e", "i1e"]},
    **{name: (getattr(S, name), plain([nan, 0.0, -0.0, -1.0, -40.0, -inf])) for name in ["y0", "y1"]},
    "polygamma2": (lambda x: S.polygamma(2, x), plain([inf, nan])),
    "polygamma5": (lambda x: S.polygamma(5, x), plain([inf, nan])),
}


def text(x):
    x = float(x)
    return x if math.isfinite(x) else str(x).replace("inf", "Infinity").replace("nan", "NaN")


def slopes(f, args):
    args = [mpf(x) for x in args]
    return [text(mp.diff(f, tuple(args), tuple(int(i == k) for i in range(len(args))))) for k in range(len(args))]


table = {}
for name, (f, points, derived) in FUNCTIONS.items():
    rows = []
    for args in points:
        row = [list(args), text(f(*map(mpf, args)))]
        if derived and all(0.01 < abs(x) < 500 for x in args):
            found = slopes(f, args)
            if all(abs(x) > 1e-60 for x in found):
                row.append(found)
        rows.append(row)
    edges = [[[text(x) for x in args], text(EDGES[name][0](*args))] for args in EDGES[name][1]]
    table[name] = {"rows": rows, "edges": edges}

lines = []
for name, parts in table.items():
    inner = ",\n".join(
        f'    "{kind}": [\n' + ",\n".join("      " + json.dumps(row) for row in rows) + "\n    ]"
        for kind, rows in parts.items()
    )
    lines.append(f'  "{name}": {{\n{inner}\n  }}')
print("{\n" + ",\n".join(lines) + "\n}")

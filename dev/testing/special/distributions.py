"""Densities and distribution functions by SciPy: prints distributions.json (pip install scipy).

    python3 dev/testing/special/distributions.py > dev/testing/special/distributions.json
    python3 dev/testing/special/distributions.py gamma beta prints the rows of these, to put there

Each row: arguments, the number first, then the logarithm of the density and the distribution function.
"""

import json
import math
import sys

import scipy
import scipy.stats as s

inf, nan = math.inf, math.nan
LINE = [-inf, -40.0, -1.5, 0.3, 2.0, 30.0, inf, nan]
HALF = [-1.0, 0.0, 1e-3, 0.4, 1.0, 3.5, 40.0, inf, nan]
COUNTS = [-1.0, 0.0, 1.0, 2.5, 3.0, 7.0, 12.0, nan]

D = {
    "normal": (s.norm, LINE, [(0.5, 2.0), (0.0, -1.0)], lambda m, d: (m, d)),
    "uniform": (s.uniform, LINE, [(-2.0, 1.5)], lambda a, b: (a, b - a)),
    "exponential": (s.expon, HALF, [(2.0,)], lambda c: (0, c)),
    "gumbel": (s.gumbel_r, LINE, [(0.5, 2.0)], lambda a, b: (a, b)),
    "laplace": (s.laplace, LINE, [(0.5, 2.0)], lambda a, b: (a, b)),
    "cauchy": (s.cauchy, LINE, [(0.5, 2.0)], lambda a, b: (a, b)),
    "logistic": (s.logistic, LINE, [(0.5, 2.0)], lambda a, b: (a, b)),
    "gamma": (s.gamma, HALF, [(0.5, 2.0), (1.0, 2.0), (3.0, 1.0), (-1.0, 1.0)], lambda a, c: (a, 0, c)),
    "chisquare": (s.chi2, HALF, [(3.0,)], lambda k: (k,)),
    "beta": (s.beta, [-0.1, 0.0, 1e-3, 0.3, 0.9, 1.0, 1.1, nan], [(0.5, 3.0), (2.0, 1.0), (1.0, 0.5)], lambda a, b: (a, b)),
    "studentT": (s.t, LINE, [(3.0, 0.5, 2.0), (0.7, 0.0, 1.0)], lambda k, m, d: (k, m, d)),
    "lognormal": (s.lognorm, HALF, [(0.5, 2.0)], lambda m, d: (d, 0, math.exp(m))),
    "weibull": (s.weibull_min, HALF, [(1.5, 2.0), (1.0, 2.0), (0.5, 2.0)], lambda a, c: (a, 0, c)),
    "pareto": (s.pareto, HALF, [(1.5, 0.5)], lambda a, c: (a, 0, c)),
    "truncatedNormal": (s.truncnorm, LINE, [(0.5, 2.0)], lambda m, d: (-2, 2, m, d)),
    "vonMises": (s.vonmises, [-2.0, 0.3, 3.0], [(0.5, 2.0)], lambda m, k: (k, m)),
    "binomial": (s.binom, COUNTS, [(7.0, 0.3), (3.0, 0.0), (3.0, 1.0)], lambda n, p: (n, p)),
    "bernoulli": (s.bernoulli, COUNTS, [(0.3,)], lambda p: (p,)),
    "poisson": (s.poisson, COUNTS, [(2.5,), (0.0,)], lambda m: (m,)),
    "geometric": (s.geom, COUNTS, [(0.3,), (1.0,)], lambda p: (p,)),
    "integers": (s.randint, COUNTS, [(1.0, 8.0)], lambda a, b: (a, b)),
}


def text(x):
    x = float(x)
    return x if math.isfinite(x) else str(x).replace("inf", "Infinity").replace("nan", "NaN")


lines = []
for name in sys.argv[1:] or D:
    d, points, parameters, to = D[name]
    rows = []
    for p in parameters:
        for x in points:
            a = to(*p)
            density = d.logpmf(x, *a) if hasattr(d, "pmf") else d.logpdf(x, *a)
            if math.isinf(x) and math.isnan(density) and not math.isnan(d.cdf(x, *a)):
                density = -inf  # infinity less infinity there
            rows.append([*map(text, (x, *p)), text(density), text(d.cdf(x, *a))])
    lines.append(f'    "{name}": [\n' + ",\n".join("      " + json.dumps(r) for r in rows) + "\n    ]")
body = ",\n".join(lines)
if len(sys.argv) > 1:
    print(body)
else:
    print(f'{{\n  "scipy": "{scipy.__version__}",\n  "distributions": {{\n{body}\n  }}\n}}')

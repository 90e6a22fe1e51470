"""Solutions by SciPy, with their derivatives: python reference.py > reference.json"""

import json

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import minimize, root


def predators(p, y0, times, t_eval=None):
    """Lotka's and Volterra's equations."""
    f = lambda t, y: [p[0] * y[0] - p[1] * y[0] * y[1], p[3] * y[0] * y[1] - p[2] * y[1]]
    found = solve_ivp(f, (times[0], times[-1]), y0, method="DOP853", t_eval=times, rtol=1e-13, atol=1e-13)
    return found.y.T


def central(f, x, h=1e-4):
    """Derivatives along a first axis of f, by differences of order 4."""
    x = np.asarray(x, float)
    rows = []
    for i in range(len(x)):
        e = np.zeros(len(x))
        e[i] = h
        rows.append((8 * (f(x + e) - f(x - e)) - (f(x + 2 * e) - f(x - 2 * e))) / (12 * h))
    return np.array(rows)


p, y0, times = [1.1, 0.4, 0.4, 0.1], [10.0, 5.0], [0.0, 0.5, 2.0, 3.0]
lotka = {
    "p": p,
    "y0": y0,
    "times": times,
    "y": predators(p, y0, times).tolist(),
    # Of the sum of the last row.
    "dp": central(lambda p: predators(p, y0, times)[-1].sum(), p).tolist(),
    "dy0": central(lambda y: predators(p, y, times)[-1].sum(), y0).tolist(),
}

rng = np.random.default_rng(7)
X = np.round(rng.normal(size=(20, 3)), 2)
labels = (X @ [1, -2, 0.5] + rng.normal(size=20) > 0).astype(float)


def logistic(weight):
    cost = lambda w: np.logaddexp(0, -(2 * labels - 1) * (X @ w)).sum() + weight * w @ w
    slope = lambda w: X.T @ (1 / (1 + np.exp(-X @ w)) - labels) + 2 * weight * w
    w = minimize(cost, np.zeros(3), jac=slope, method="BFGS", options={"gtol": 1e-9}).x
    for _ in range(5):
        s = 1 / (1 + np.exp(-X @ w))
        w = w - np.linalg.solve((X.T * (s * (1 - s))) @ X + 2 * weight * np.eye(3), slope(w))
    return w


regression = {
    "X": X.tolist(),
    "y": labels.tolist(),
    "weight": 0.3,
    "w": logistic(0.3).tolist(),
    "dweight": central(lambda a: logistic(a[0]), [0.3])[0].tolist(),
}


def system(a):
    f = lambda x: [
        3 * x[0] - np.cos(x[1] * x[2]) - a[0],
        x[0] ** 2 - 81 * (x[1] + 0.1) ** 2 + np.sin(x[2]) + a[1],
        np.exp(-x[0] * x[1]) + 20 * x[2] + a[2],
    ]
    return root(f, [0.1, 0.1, -0.1], tol=1e-14).x


a = [0.5, 1.06, 9.4719755]
roots = {"a": a, "x": system(a).tolist(), "da": central(system, a, 1e-3).tolist()}

print(json.dumps({"lotka": lotka, "regression": regression, "roots": roots}, indent=1))

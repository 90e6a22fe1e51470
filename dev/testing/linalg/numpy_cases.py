"""Factorisations and solutions by NumPy and SciPy, for core/ops/linalg/*_test.ts.

Run with a Python that has numpy and scipy: python3 numpy_cases.py > numpy_cases.json
"""

import json

import numpy as np
import scipy.linalg as sl

rng = np.random.default_rng(7)


def flat(x):
    """Numbers as text in one line, which takes less place than a list."""
    return " ".join(repr(float(v)) for v in np.asarray(x, dtype=np.float64).ravel())


def positive(n):
    m = rng.standard_normal((n, n))
    return m @ m.T + 0.5 * np.eye(n)


cases = []


def case(name, inputs, outputs, **options):
    cases.append({
        "name": name,
        "options": options,
        "inputs": [{"shape": list(np.shape(x)), "data": flat(x)} for x in inputs],
        "outputs": [{"shape": list(np.shape(x)), "data": flat(x)} for x in outputs],
    })


for n in (1, 3, 7):
    a, b, v = positive(n), rng.standard_normal((n, 2)), rng.standard_normal(n)
    g = rng.standard_normal((n, n))
    case("cholesky", [a], [np.linalg.cholesky(a)])
    case("cholesky", [a], [sl.cholesky(a)], lower=False)
    case("solve", [g, b], [np.linalg.solve(g, b)])
    case("solve", [g, v], [np.linalg.solve(g, v)])
    case("solve", [g, v], [np.linalg.solve(g.T, v)], transposed=True)
    case("solve", [a, b], [sl.solve(a, b, assume_a="pos")], assume="positive definite")
    case("solve", [a, b], [sl.solve(a, b, assume_a="sym")], assume="symmetric")
    t = np.tril(g) + 2 * np.eye(n)
    case("solveTriangular", [t, b], [sl.solve_triangular(t, b, lower=True)], lower=True)
    case("solveTriangular", [t.T, v], [sl.solve_triangular(t.T, v)])
    case("solveTriangular", [t, v], [sl.solve_triangular(t, v, lower=True, trans="T")],
         lower=True, transposed=True)
    case("solveTriangular", [g, b],
         [sl.solve_triangular(g, b, lower=True, unit_diagonal=True)], lower=True, unitDiagonal=True)
    case("inv", [g], [np.linalg.inv(g)])
    case("det", [g], [np.linalg.det(g)])
    case("slogdet", [g], list(np.linalg.slogdet(g)))
    case("choleskySolve", [np.linalg.cholesky(a), v],
         [sl.cho_solve((np.linalg.cholesky(a), True), v)])

for m, n in ((4, 4), (5, 3), (3, 6)):
    g = rng.standard_normal((m, n))
    case("lu", [g], list(sl.lu(g)))
    case("luFactor", [g], list(sl.lu_factor(g)) if m == n else list(sl.lapack.dgetrf(g)[:2]))
integers = np.array([[1.0, 2, 3], [1, 4, 1], [-1, 1, 2]])
case("lu", [integers], list(sl.lu(integers)))
case("lu", [np.zeros((2, 3))], list(sl.lu(np.zeros((2, 3)))))

batch = rng.standard_normal((2, 3, 4, 4))
case("inv", [batch], [np.linalg.inv(batch)])
case("det", [batch], [np.linalg.det(batch)])
right = rng.standard_normal((3, 4, 2))
case("solve", [batch, right], [np.linalg.solve(batch, right)])



def signed(vectors, axis):
    """The sign of each vector by which its first large number is positive."""
    rows = np.moveaxis(vectors, axis, 0)
    large = np.abs(rows) >= 0.37 * np.abs(rows).max(axis=1, keepdims=True)
    first = np.argmax(large, axis=1)
    return np.sign(rows[np.arange(len(rows)), first])


for n in (1, 4, 6):
    g = rng.standard_normal((n, n))
    w, v = np.linalg.eigh(g + g.T)
    case("eigh", [g + g.T], [w, v * signed(v, 1)])
    case("eigvalsh", [g + g.T], [w])
    p = positive(n)
    case("sqrtm", [p], [sl.sqrtm(p)])
    case("expm", [g], [sl.expm(g)])
    case("expm", [30 * (g - g.T)], [sl.expm(30 * (g - g.T))])
    case("cond", [g], [np.linalg.cond(g)])

for m, n in ((4, 4), (6, 3), (3, 5)):
    g, b = rng.standard_normal((m, n)), rng.standard_normal((m, 2))
    u, s, vt = np.linalg.svd(g, full_matrices=False)
    sign = signed(vt, 0)
    case("svd", [g], [u * sign, s, vt * sign[:, None]])
    case("svdvals", [g], [s])
    case("qr", [g], list(np.linalg.qr(g)))
    case("qr", [g], list(np.linalg.qr(g, mode="complete")), mode="complete")
    case("pinv", [g], [np.linalg.pinv(g)])
    x, _, rank, s = np.linalg.lstsq(g, b, rcond=None)
    case("lstsq", [g, b], [x, ((b - g @ x) ** 2).sum(0), rank, s])
    low = g[:, :2] @ g[:2, :]
    case("matrixRank", [low], [np.linalg.matrix_rank(low)])
    case("pinv", [low], [np.linalg.pinv(low, rcond=1e-10)], rcond=1e-5)

# Values in the order of their real parts, and of imaginary ones where these are conjugates.
rng = np.random.default_rng(8)
for n, parts in ((3, 1), (4, 2), (7, 1), (12, 1), (8, 2)):
    g = [rng.standard_normal((n, n)) for _ in range(parts)]
    w = np.linalg.eigvals(g[0] if parts == 1 else g[0] + 1j * g[1])
    w = w[np.lexsort((w.imag, w.real.round(9)))]
    case("eigvals", g, [w.real, w.imag])

print(json.dumps(cases, indent=2))

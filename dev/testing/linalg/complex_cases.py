"""What NumPy and SciPy make of complex matrices, for core/ops/linalg/complex_test.ts.

Run with a Python that has numpy and scipy: python3 complex_cases.py > complex_cases.json
"""

import json

import numpy as np
import scipy.linalg as sl

rng = np.random.default_rng(11)


def points(*shape):
    return rng.standard_normal(shape) + 1j * rng.standard_normal(shape)


def stored(x):
    """Numbers as text in one line, both parts of complex ones one after the other."""
    x = np.asarray(x)
    flat = np.ascontiguousarray(x).ravel()
    numbers = flat.view(np.float64) if np.iscomplexobj(x) else flat.astype(np.float64)
    return {"shape": list(x.shape), "data": " ".join(repr(float(v)) for v in numbers)}


cases = []


def case(name, inputs, outputs, **options):
    cases.append({
        "name": name,
        "options": options,
        "inputs": [stored(np.asarray(x, dtype=np.complex128)) for x in inputs],
        "outputs": [stored(x) for x in outputs],
    })


def phases(vectors):
    """What the first large number of each row is, at size 1."""
    large = np.abs(vectors) >= 0.37 * np.abs(vectors).max(axis=1, keepdims=True)
    first = vectors[np.arange(len(vectors)), np.argmax(large, axis=1)]
    return first / np.abs(first)


for n in (1, 4):
    g, b, v = points(n, n), points(n, 2), points(n)
    a = g @ g.conj().T + 0.5 * np.eye(n)
    low = np.linalg.cholesky(a)
    case("cholesky", [a], [low])
    case("cholesky", [a], [sl.cholesky(a)], lower=False)
    case("choleskySolve", [low, v], [sl.cho_solve((low, True), v)])
    case("solve", [g, b], [np.linalg.solve(g, b)])
    case("solve", [g, v], [np.linalg.solve(g.T, v)], transposed=True)
    case("solve", [a, b], [sl.solve(a, b, assume_a="pos")], assume="positive definite")
    case("solve", [g + g.T, b], [sl.solve(g + g.T, b, assume_a="sym")], assume="symmetric")
    h = g + g.conj().T
    case("solve", [h, b], [sl.solve(h, b, assume_a="her")], assume="hermitian")
    t = np.tril(g) + 2 * np.eye(n)
    case("solveTriangular", [t, b], [sl.solve_triangular(t, b, lower=True)], lower=True)
    case("solveTriangular", [t, v], [sl.solve_triangular(t, v, lower=True, trans="T")],
         lower=True, transposed=True)
    case("inv", [g], [np.linalg.inv(g)])
    case("det", [g], [np.linalg.det(g)])
    case("slogdet", [g], list(np.linalg.slogdet(g)))
    w, u = np.linalg.eigh(h)
    case("eigh", [h], [w, u * phases(u.T).conj()])
    case("eigvalsh", [h], [w])
    case("sqrtm", [a], [sl.sqrtm(a)])
    case("expm", [g], [sl.expm(g)])
    case("expm", [20 * (g - g.conj().T)], [sl.expm(20 * (g - g.conj().T))])
    case("cond", [g], [np.linalg.cond(g)])
    case("norm", [g], [np.linalg.norm(g)])
    case("trace", [g], [np.trace(g)])
    case("kron", [g, b], [np.kron(g, b)])

for m, n in ((4, 4), (5, 3), (2, 4)):
    g, b = points(m, n), points(m, 2)
    p, low, u = sl.lu(g)
    case("lu", [g], [p, low, u])
    u, s, vh = np.linalg.svd(g, full_matrices=False)
    turn = phases(vh)
    case("svd", [g], [u * turn, s, vh * turn.conj()[:, None]])
    case("svdvals", [g], [s])
    case("qr", [g], list(np.linalg.qr(g)))
    case("qr", [g], list(np.linalg.qr(g, mode="complete")), mode="complete")
    case("pinv", [g], [np.linalg.pinv(g)])
    x, _, rank, s = np.linalg.lstsq(g, b, rcond=None)
    case("lstsq", [g, b], [x, (np.abs(b - g @ x) ** 2).sum(0), rank, s])
    low = g[:, :1] @ g[:1, :]
    case("matrixRank", [low], [np.linalg.matrix_rank(low)])
    case("pinv", [low], [np.linalg.pinv(low, rcond=1e-10)], rcond=1e-5)

batch = points(2, 2, 3, 3)
case("inv", [batch], [np.linalg.inv(batch)])
case("det", [batch], [np.linalg.det(batch)])
case("eigvalsh", [batch], [np.linalg.eigvalsh(batch)])

print(json.dumps(cases, indent=2))

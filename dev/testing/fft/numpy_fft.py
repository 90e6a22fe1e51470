"""Transforms as NumPy computes them: python numpy_fft.py > numpy_fft.json"""

import json

import numpy as np

rng = np.random.default_rng(5)


def parts(x):
    x = np.asarray(x)
    numbers = x.reshape(-1)
    if np.iscomplexobj(x):
        numbers = np.stack([numbers.real, numbers.imag], -1).reshape(-1)
    return {"shape": list(x.shape), "complex": bool(np.iscomplexobj(x)), "data": [round(float(v), 12) for v in numbers]}


def case(name, shape, real=False, **options):
    x = np.round(rng.normal(size=shape), 3)
    if not real:
        x = x + 1j * np.round(rng.normal(size=shape), 3)
    return {"name": name, "options": options, "x": parts(x), "y": parts(getattr(np.fft, name)(x, **options))}


cases = [
    *[case("fft", (n,)) for n in (1, 2, 3, 5, 8, 12, 13, 16, 17, 22, 34)],
    case("fft", (2, 7), real=True, norm="ortho"),
    case("fft", (6, 2), axis=0, n=4, norm="forward"),
    case("ifft", (2, 3, 2), axis=1, n=5),
    case("ifft", (9,), norm="forward"),
    *[case("rfft", (n,), real=True) for n in (1, 2, 7, 8)],
    case("rfft", (5, 2), real=True, axis=0, n=6, norm="ortho"),
    case("irfft", (4,)),
    case("irfft", (4,), n=7),
    case("irfft", (1,), n=1),
    case("irfft", (2,), n=2, norm="forward"),
    case("irfft", (5, 2), axis=0, n=6, norm="ortho"),
    case("irfft", (3,), n=10),
    case("fft2", (2, 3, 4)),
    case("ifft2", (3, 4), s=(2, 6), axes=(1, 0), norm="ortho"),
    case("rfft2", (3, 4), real=True),
    case("irfft2", (3, 3), s=(3, 5)),
    case("fftn", (2, 3, 2)),
    case("ifftn", (2, 3, 2), axes=(0, 2)),
    case("rfftn", (2, 3, 4), real=True, norm="forward"),
    case("irfftn", (2, 3, 3), norm="ortho"),
    case("fftshift", (5, 4)),
    case("ifftshift", (5, 4), axes=0),
]
rest = {
    "fftfreq": [[n, d, list(np.fft.fftfreq(n, d))] for n, d in ((1, 1), (5, 0.5), (6, 2))],
    "rfftfreq": [[n, d, list(np.fft.rfftfreq(n, d))] for n, d in ((1, 1), (5, 0.5), (6, 2))],
}
print(json.dumps({"cases": cases, **rest}))

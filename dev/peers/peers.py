"""What the programs in Python share: the same inputs, clock and report as those of work.ts."""

import json
import math
import os
import sys
import time

import numpy as np

STEPS = 1001
LSTM_STEPS = 100

if os.environ.get("PEER_THREADS") == "1" and hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[0]})


def numbers(shape, scale=1.0, seed=1):
    """Numbers between -scale and scale that are the same in every run and every program."""
    size = int(np.prod(shape))
    factors = np.cumprod(np.full(size, 1664525, np.uint32), dtype=np.uint32)
    before = np.concatenate([np.ones(1, np.uint32), factors])[:size]
    offsets = np.cumsum(before, dtype=np.uint32) * np.uint32(1013904223)
    state = factors * np.uint32(seed * 2654435761 % 2**32) + offsets
    return ((state / 2.0**31 - 1) * scale).astype(np.float32).reshape(shape)


def times(run):
    begin = time.perf_counter()
    run(), run()
    once = (time.perf_counter() - begin) / 2 * 1000
    for _ in range(math.ceil(min(200, 300 / once))):
        run()
    inner = max(1, math.ceil(1 / once))
    found, end = [], time.perf_counter() + 0.8
    while len(found) < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        for _ in range(inner):
            run()
        found.append((time.perf_counter() - start) / inner * 1000)
    found.sort()
    return {"milliseconds": found[len(found) // 2], "least": found[0]}


def parts(value):
    if isinstance(value, (tuple, list)):
        return [part for each in value for part in parts(each)]
    return [np.asarray(value, np.float64).ravel()]


def digest(value):
    found = parts(value)
    return [
        sum(part.size for part in found),
        float(sum(part.sum() for part in found)),
        float(sum((part * part).sum() for part in found)),
    ]


def report(works):
    """Does the works and prints one line of JSON for each."""
    wanted = sys.argv[1:]
    for work, setup in works.items():
        if wanted and work not in wanted:
            continue
        start = time.perf_counter()
        run = setup()
        value = run()
        first = (time.perf_counter() - start) * 1000
        if work.startswith("recurrence") or work.startswith("LSTM"):
            value = np.asarray(value)[-1]
        found = {"work": work, **times(run), "first": first, "digest": digest(value)}
        print(json.dumps(found), flush=True)

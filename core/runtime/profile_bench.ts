/**
 * What it costs to profile a function: each pair runs the same work without and with `profile: true`, which may
 * take 5 % longer.
 */

import { compile, grad, scan, shared, T, Tensor } from "../../all.ts";

/** Numbers from 0 to 1. */
function numbers(count: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: count }, (_, i) => i * 0.618 % 1);
}

const works = {
  "a number": async (profile: boolean) => {
    const x = T.fscalar("x");
    const f = await compile([x], T.tanh(x), { profile, device: "cpu" });
    return () => f(1);
  },
  "many small kernels": async (profile: boolean) => {
    const x = T.fvector("x");
    let y = x.mul(1);
    for (let i = 0; i < 20; i++) y = T.cumsum(y).mul(0.5);
    const f = await compile([x], y, { profile, device: "cpu" });
    const data = new Tensor("float32", [32], numbers(32));
    return () => f(data);
  },
  "a step of a perceptron": async (profile: boolean) => {
    const x = T.fmatrix("x"), w = shared(new Tensor("float32", [64, 64], numbers(4096)));
    const cost = T.tanh(x.dot(w)).sqr().mean();
    const f = await compile([x], cost, {
      updates: [[w, w.sub(T.mul(0.1, grad(cost, w)))]],
      profile,
      device: "cpu",
    });
    const data = new Tensor("float32", [64, 64], numbers(4096));
    return () => f(data);
  },
  "a loop of short steps": async (profile: boolean) => {
    const x = T.fmatrix("x"), w = shared(new Tensor("float32", [8, 8], numbers(64)));
    const [h] = scan((row, h) => T.tanh(row.add(h.dot(w))), {
      sequences: x,
      outputsInfo: T.zeros([8], "float32"),
    });
    const f = await compile([x], h.at(-1), { profile, device: "cpu" });
    const data = new Tensor("float32", [200, 8], numbers(1600));
    return () => f(data);
  },
};

for (const [name, make] of Object.entries(works)) {
  for (const profile of [false, true]) {
    const work = await make(profile);
    for (let i = 0; i < 2000; i++) work();
    Deno.bench({
      name: `${name}, ${profile ? "with" : "without"} a profile`,
      group: name,
      baseline: !profile,
      fn: () => {
        work();
      },
    });
  }
}

// What a program costs before it runs: compile and first call by the number of its ops, and calls with
// lengths that change. Each bench compiles anew.

import { compile, grad, shared, T, tensor, type Variable } from "../../mod.ts";

const device = "cpu";
const few = { n: 3, warmup: 0 };
const x = T.fvector("x");

function chain(length: number): Variable {
  let y: Variable = x;
  for (let i = 0; i < length; i++) y = i % 2 === 0 ? T.sin(y) as Variable : y.mul(x);
  return y;
}

for (const length of [250, 1000]) {
  Deno.bench({
    name: `gradient of a chain of ${length} sin, mul: compile and first call`,
    group: "gradient of a chain",
    ...few,
    fn: async () => {
      const f = await compile([x], grad(chain(length).sum(), x), { device });
      f([0.1, 0.2, 0.3]).dispose();
    },
  });
}

for (const length of [2000, 8000]) {
  Deno.bench({
    name: `chain of ${length} sin, mul: compile and first call`,
    group: "chain",
    ...few,
    fn: async () => {
      const f = await compile([x], chain(length), { device });
      f([0.1, 0.2, 0.3]).dispose();
    },
  });
}

for (const count of [500, 2000]) {
  Deno.bench({
    name: `sum of ${count} inputs with gradients: compile and first call`,
    group: "sum of inputs",
    ...few,
    fn: async () => {
      const inputs = Array.from({ length: count }, (_, i) => T.fvector(`x${i}`));
      const sum = inputs.reduce<Variable>((a, b) => a.add(b), T.constant(0, { dtype: "float32" }));
      const f = await compile(inputs, [sum, ...grad(sum.sqr().sum(), inputs)], { device });
      f(...inputs.map(() => new Float32Array(3)));
    },
  });
}

Deno.bench({
  name: "1,000 shared variables with updates: compile and first call",
  ...few,
  fn: async () => {
    const all = Array.from({ length: 1000 }, () => shared(new Float32Array(10)));
    const f = await compile([x], [], {
      device,
      updates: all.map((w) => [w, w.sub(x.mul(0.1))] as const),
    });
    f(new Float32Array(10));
  },
});

Deno.bench({
  name: "5,000 outputs: compile and first call",
  ...few,
  fn: async () => {
    const f = await compile([x], Array.from({ length: 5000 }, (_, i) => x.add(i).sqr()), {
      device,
    });
    f([1, 2, 3]);
  },
});

const values = Array.from({ length: 1000 }, (_, i) => tensor(new Float32Array(2 + i)));
const varying = await compile([x], [x.sqr().sum(), x.cumsum()], { device });
for (const value of values) varying(value);
let next = 0;

Deno.bench({
  name: "a call with another length than the last one",
  group: "lengths",
  fn: () => {
    for (const result of varying(values[next++ % 1000]!)) result.dispose();
  },
});

Deno.bench({
  name: "a call with the same length as the last one",
  group: "lengths",
  fn: () => {
    for (const result of varying(values[500]!)) result.dispose();
  },
});

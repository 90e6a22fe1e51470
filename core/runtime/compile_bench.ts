/**
 * Compiled functions on the CPU: training steps, products, chains of elementwise operations, reductions, and what a
 * call and an import cost.
 *
 * `deno task bench core/runtime/`
 */

import {
  compile,
  type CompileOptions,
  grad,
  shared,
  type SharedVariable,
  T,
  tensor,
  type Variable,
} from "../../all.ts";

const device = "cpu";

function values(shape: readonly number[], scale = 1): SharedVariable {
  const length = shape.reduce((a, b) => a * b, 1);
  const data = Float32Array.from({ length }, (_, i) => Math.sin(i * 12.9898) * scale);
  return shared(tensor(data, { shape }));
}

/** The steps that take a cost down its gradient. */
function descend(cost: Variable, w: SharedVariable, b: SharedVariable): CompileOptions {
  const [gw, gb] = grad(cost, [w, b]);
  return { updates: [[w, w.sub(gw.mul(0.1))], [b, b.sub(gb.mul(0.1))]], device };
}

{
  const x = values([400, 784]), w = values([784], 0.01), b = shared(0);
  const y = shared(Float32Array.from({ length: 400 }, (_, i) => i % 2));
  const p = T.sigmoid(x.dot(w).add(b));
  const cost = T.binaryCrossentropy(p, y).mean().add(w.sqr().sum().mul(0.01));
  const train = await compile([], cost, descend(cost, w, b));
  Deno.bench({ name: "logistic regression, 400×784", group: "training step" }, () => {
    train();
  });
}
{
  const x = values([600, 784]), w = values([784, 10], 0.01), b = shared(new Float32Array(10));
  const y = shared(Int32Array.from({ length: 600 }, (_, i) => i % 10));
  const p = T.softmax(x.dot(w).add(b));
  const cost = T.log(p).at(T.arange(600), y).mean().neg();
  const train = await compile([], cost, descend(cost, w, b));
  Deno.bench({ name: "softmax regression, 600×784→10", group: "training step" }, () => {
    train();
  });
}
for (const size of [128, 512]) {
  const product = await compile([], values([size, size]).dot(values([size, size])), { device });
  Deno.bench({ name: `product ${size}³`, group: "product" }, () => {
    product();
  });
}
{
  const x = values([1e6]), group = "chain tanh(a·x+b)·exp(−x²)+log1p(exp x) on 10⁶";
  const left = T.tanh(x.mul(1.5).add(0.5)).mul(T.exp(x.sqr().neg()));
  const chain = await compile([], left.add(T.log1p(T.exp(x))), { device });
  Deno.bench({ name: `${group}, compiled`, group, baseline: true }, () => {
    chain();
  });
  const source = Float32Array.from({ length: 1e6 }, (_, i) => Math.sin(i)), out = source.slice();
  Deno.bench({ name: `${group}, loop over typed arrays`, group }, () => {
    for (let i = 0; i < source.length; i++) {
      const v = source[i]!;
      out[i] = Math.tanh(1.5 * v + 0.5) * Math.exp(-v * v) + Math.log1p(Math.exp(v));
    }
  });
}
{
  const sum = await compile([], values([1e7]).sum(), { device });
  Deno.bench({ name: "sum of 10⁷", group: "reduction" }, () => {
    sum();
  });
}
{
  const a = T.dscalar("a"), b = T.dscalar("b"), group = "call";
  const add = await compile([a, b], a.add(b), { device });
  Deno.bench({ name: "function of two scalars", group }, () => {
    add(1, 2);
  });
  Deno.bench({ name: "function of two scalars, result read", group }, () => {
    add(1, 2).item();
  });
}

/** Milliseconds of the import in a process of its own, without the start of the process. */
Deno.bench({ name: "import, least of 5 processes", group: "import", n: 1, warmup: 0 }, async () => {
  const url = new URL("../../all.ts", import.meta.url).href;
  const code = `const start = performance.now(); await import("${url}");` +
    `console.log(performance.now() - start);`;
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", code] }).output();
    times.push(Number(new TextDecoder().decode(stdout)));
  }
  console.log(`import of mod.ts: ${Math.min(...times).toFixed(0)} ms`);
});

import { onDevices, type TestDevice } from "../dev/devices.ts";
import {
  compile,
  evaluateGraph,
  shared,
  type SharedVariable,
  T,
  type Tensor,
  tensor,
  type Value,
  type Variable,
} from "../mod.ts";

/** Mulberry32: small, seeded, good enough to choose programs with. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Program {
  inputs: Variable[];
  shapes: number[][];
  state: SharedVariable;
  outputs: Variable[];
  update: Variable;
  text: string[];
}

/** A random program over a few matrices and vectors; `text` says how to write it. */
function randomProgram(random: () => number): Program {
  const pick = <X>(list: readonly X[]): X => list[Math.floor(random() * list.length)]!;
  const length = () => pick([0, 1, 1, 2, 3, 5, 8]);
  const [m, n] = [length(), length()];
  const text: string[] = [];
  const pool: { variable: Variable; name: string; shape: number[] }[] = [];
  const add = (variable: Variable, shape: number[], how: string) => {
    const name = `v${pool.length}`;
    text.push(`const ${name} = ${how}; // [${shape}]`);
    pool.push({ variable, name, shape });
  };
  const shapes = [[m, n], [n], [m, 1], []];
  const inputs = shapes.map((shape) =>
    shape.length === 2 ? T.matrix() : shape.length === 1 ? T.vector() : T.scalar()
  );
  inputs.forEach((input, i) =>
    add(input, shapes[i]!, `T.${["matrix", "vector", "matrix", "scalar"][i]}()`)
  );
  const state = shared(new Float32Array(n).fill(0.5));
  add(state, [n], "shared(...)");
  const broadcast = (a: number[], b: number[]): number[] | null => {
    const out: number[] = [];
    for (let d = 1; d <= Math.max(a.length, b.length); d++) {
      const p = a.at(-d) ?? 1, q = b.at(-d) ?? 1;
      if (p !== q && p !== 1 && q !== 1) return null;
      out.unshift(p === 1 ? q : p);
    }
    return out;
  };
  const unary = [
    "neg",
    "abs",
    "tanh",
    "sigmoid",
    "exp",
    "sqr",
    "sign",
    "floor",
    "softplus",
    "atan",
  ] as const;
  const binary = ["add", "sub", "mul", "maximum", "minimum", "div"] as const;
  for (let step = 0; step < 12; step++) {
    const a = pick(pool), b = pick(pool);
    const kind = random();
    if (kind < 0.25) {
      const f = pick(unary);
      add(T[f](a.variable) as Variable, a.shape, `T.${f}(${a.name})`);
    } else if (kind < 0.55) {
      const shape = broadcast(a.shape, b.shape);
      if (shape === null) continue;
      const f = pick(binary);
      const apply = T[f] as (x: Variable, y: Variable) => Variable;
      add(apply(a.variable, b.variable), shape, `T.${f}(${a.name}, ${b.name})`);
    } else if (kind < 0.7 && a.shape.length > 0) {
      const f = pick(["sum", "mean", "max"] as const);
      const axis = Math.floor(random() * a.shape.length);
      if (a.shape[axis] === 0) continue;
      const keepdims = random() < 0.5;
      const shape = keepdims
        ? a.shape.map((size, d) => d === axis ? 1 : size)
        : a.shape.filter((_, d) => d !== axis);
      const apply = T[f] as (x: Variable, options: { axis: number; keepdims: boolean }) => Variable;
      add(
        apply(a.variable, { axis, keepdims }),
        shape,
        `T.${f}(${a.name}, { axis: ${axis}, keepdims: ${keepdims} })`,
      );
    } else if (kind < 0.78 && a.shape.length === 2) {
      add(a.variable.T, a.shape.toReversed(), `${a.name}.T`);
    } else if (kind < 0.88 && a.shape.length > 0 && b.shape.length > 0) {
      if (a.shape.at(-1) !== (b.shape.length === 1 ? b.shape[0] : b.shape.at(-2))) continue;
      const shape = [...a.shape.slice(0, -1), ...b.shape.slice(b.shape.length === 1 ? 1 : -1)];
      add(T.dot(a.variable, b.variable), shape, `T.dot(${a.name}, ${b.name})`);
    } else if (kind < 0.94 && a.shape.length > 0) {
      const spec = pick([[null, null, -1], [1, null, null], [null, -1, 2]] as const);
      const range = Array.from({ length: a.shape[0]! }, (_, i) => i);
      const count = spec[2] === -1
        ? range.length
        : spec[0] === 1
        ? range.slice(1).length
        : Math.ceil(range.slice(0, -1).length / 2);
      add(
        T.index(a.variable, [T.slice(...spec)]) as Variable,
        [count, ...a.shape.slice(1)],
        `T.index(${a.name}, [T.slice(${spec.map(String)})])`,
      );
    } else {
      const shape = broadcast(a.shape, b.shape);
      if (shape === null) continue;
      add(
        T.where(T.gt(a.variable, b.variable), a.variable, T.mul(b.variable, 0.5)) as Variable,
        shape,
        `T.where(T.gt(${a.name}, ${b.name}), ${a.name}, T.mul(${b.name}, 0.5))`,
      );
    }
  }
  const made = pool.slice(5);
  const outputs = made.slice(-3).map(({ variable }) => variable);
  const fitting = made.filter(({ shape }) => shape.length === 1 && shape[0] === n);
  const update = fitting.at(-1)?.variable ?? state.mul(0.5);
  return { inputs, shapes, state, outputs, update, text };
}

const special = [0, -0, NaN, Infinity, -Infinity, 1e30, -1e-30, 1e4];

async function runProgram(seed: number, device: TestDevice): Promise<void> {
  const random = generator(seed);
  const { inputs, shapes, state, outputs, update, text } = randomProgram(random);
  const wild = random() < 0.25;
  const values = shapes.map((shape): Value => {
    const size = shape.reduce((n, length) => n * length, 1);
    const data = Float64Array.from({ length: size }, () =>
      Math.fround(
        wild && random() < 0.2 ? special[Math.floor(random() * special.length)]! : random() * 4 - 2,
      ));
    return { dtype: "float32", shape, data };
  });
  const known = new Map<Variable, Value>(inputs.map((input, i) => [input, values[i]!]));
  known.set(state, {
    dtype: "float32",
    shape: state.container.shape,
    data: new Float64Array(state.container.hostSync() as Float32Array),
  });
  const expected = evaluateGraph([...outputs, update], known);
  const f = await compile(inputs, outputs, {
    updates: [[state, update]],
    device,
    onUnusedInput: "ignore",
    // Rewrites that take values as finite are for finite values.
    mode: wild ? { base: "none" } : "fastRun",
  });
  const args = values.map(({ shape, data }) =>
    tensor(Float32Array.from(data as Float64Array), { shape })
  );
  const results = [...(f as (...args: Tensor[]) => Tensor[])(...args), state.getValue()];
  results.forEach((found, i) => {
    const want = expected[i]!, have = found.dataSync();
    const fail = (what: string): never => {
      throw new Error(
        `seed ${seed} on ${device}: result ${i} ${what}\n${text.join("\n")}\n${f.explain()}`,
      );
    };
    if (found.shape.join() !== want.shape.join()) {
      fail(`has shape [${found.shape}], not [${want.shape}]`);
    }
    for (let k = 0; k < have.length; k++) {
      const x = Number(have[k]), y = Math.fround(Number(want.data[k]));
      if (Object.is(x, y) || x === y || Number.isNaN(x) && Number.isNaN(y)) continue;
      // Huge values may overflow on one side and not on the other when sums are ordered differently.
      if (wild && !(Math.abs(x) < 1e20 && Math.abs(y) < 1e20)) continue;
      if (Math.abs(x - y) > 2e-3 * Math.max(1, Math.abs(y))) fail(`is ${x} at ${k}, not ${y}`);
    }
  });
}

const first = Number(Deno.env.get("CROTON_FUZZ")?.split(":")[0] ?? 1);
const count = Number(Deno.env.get("CROTON_FUZZ")?.split(":")[1] ?? 60);

onDevices(
  `${count} random programs agree with the reference, from seed ${first} on`,
  async (device) => {
    for (let seed = first; seed < first + count; seed++) await runProgram(seed, device);
  },
);

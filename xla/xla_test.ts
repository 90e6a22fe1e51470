// Modules run by XLA: ops, random programs, worked cases, models, functions and random numbers.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { accuracy, type MathName } from "../core/math/accuracy.ts";
import { applyOp } from "../core/graph/graph.ts";
import type { Params } from "../core/graph/op.ts";
import { sizeOf, toTypedArray, type Value } from "../core/graph/value.ts";
import { type CaseTest, registrar } from "../dev/cases/harness.ts";
import { build, resultValue, valueOf, withStates } from "../dev/fuzz/build.ts";
import { expectedValues, mismatch } from "../dev/fuzz/compare.ts";
import { Generator } from "../dev/fuzz/generator.ts";
import { kinds } from "../dev/fuzz/kinds/mod.ts";
import { programText } from "../dev/fuzz/program.ts";
import { ulps } from "../dev/testing/math/evaluate.ts";
import { reference } from "../dev/testing/math/reference.ts";
import { allOps } from "../dev/testing/ops/all.ts";
import { examples } from "../dev/testing/ops/examples.ts";
import { randomSource, value } from "../dev/testing/ops/harness.ts";
import { type Program, programs } from "../dev/testing/ops/programs.ts";
import { type Call, difference, keepCall, runByXla } from "../dev/testing/xla/check.ts";
import { exampleModels, makeModels, type Model, trainingStep } from "../dev/testing/xla/models.ts";
import { findJax, JaxRunner } from "../dev/testing/xla/runner.ts";
import {
  compile,
  evaluateGraph,
  pp,
  RandomStreams,
  type SharedVariable,
  T,
  type Tensor,
  tensor,
  type Variable,
} from "../all.ts";
import { exportStableHlo, type Functions, type Mesh, shard, type ShardSpec } from "./all.ts";

const jax = await findJax();
const cases: CaseTest[] = [];
if ("python" in jax) {
  // Cases are no tests of this file, but programs whose calls XLA makes once more.
  const { add } = registrar;
  registrar.add = (test) => void cases.push(test);
  for (const { name } of Deno.readDirSync(new URL("../dev/cases/", import.meta.url))) {
    if (!/_test\.ts$/.test(name) || /^(cases|debug|random)/.test(name)) continue;
    await import(`../dev/cases/${name}`);
  }
  registrar.add = add;
}

type Run = (runner: JaxRunner) => Promise<void>;

/** A number of programs, and what is wrong with them. */
interface Found {
  count: number;
  readonly wrong: string[];
}

function textOf({ name, output, feeds }: Program): string {
  const given = [...feeds.values()].map(({ dtype, shape, data }) => `${dtype} [${shape}]: ${data}`);
  return `${name}: ${pp(output)}, given ${given.join("; ")}`;
}

/** Programs in one module, or one by one where that fails. */
async function together(runner: JaxRunner, all: readonly Program[], found: Found): Promise<void> {
  const values = new Map(all.flatMap(({ feeds }) => [...feeds]));
  [...values.keys()].forEach((variable, i) => variable.name = `input ${i}`);
  try {
    const f = await compile([...values.keys()], all.map(({ output }) => output), {
      device: "cpu",
      mode: { base: "none" },
      onUnusedInput: "ignore",
    });
    const results = await runByXla(runner, f, values);
    if (results === null) throw new TypeError("there is no module");
    found.count += all.length;
    all.forEach((program, i) => {
      const problem = difference(results[i]!, program.expected);
      if (problem !== null) found.wrong.push(`${textOf(program)}: ${problem}`);
    });
  } catch (error) {
    if (all.length === 1) found.wrong.push(`${textOf(all[0]!)}: ${error}`);
    else for (const program of all) await together(runner, [program], found);
  }
}

const everyOp: Run = async (runner) => {
  const found: Found = { count: 0, wrong: [] }, made = new Set<string>();
  for (const style of ["plain", "special"] as const) {
    const all = programs(1, { style });
    for (const { name } of all) made.add(name);
    for (let i = 0; i < all.length; i += 16) await together(runner, all.slice(i, i + 16), found);
  }
  assertEquals([...examples.keys()].filter((name) => !made.has(name)), []);
  assertEquals(found.wrong, []);
  console.log(`${found.count} examples of ${made.size} ops`);
};

/** Decompositions of matrices of all forms, against the reference. */
const decompositions: Run = async (runner) => {
  const next = randomSource(5), all: Program[] = [];
  const add = (name: string, params: Params, ...from: Value[]): void => {
    const op = allOps.get(name)!;
    const inputs = from.map(({ shape }) => T.tensor("float64", shape.map(() => null)));
    const apply = applyOp(op, inputs, params), expected = op.evaluate(from, params, apply);
    const feeds = new Map<Variable, Value>(inputs.map((x, i) => [x, from[i]!]));
    apply.outputs.forEach((output, i) =>
      all.push({ name, apply, output, feeds, expected: expected[i]! })
    );
  };
  for (const shape of [[1, 1], [5, 4], [3, 6], [2, 4, 4], [0, 3], [3, 0]]) {
    const size = sizeOf(shape), [m, n] = shape.slice(-2) as [number, number];
    const data = Array.from({ length: size }, () => 2 * next() - 1);
    const from = value("float64", shape, data);
    for (const complete of [false, true]) add("qr", { complete }, from);
    // Further vectors on the right are any that are orthogonal.
    for (const full of m < n ? [false] : [false, true]) add("svd", { vectors: true, full }, from);
    add("svd", { vectors: false, full: false }, from);
    add("pinv", { rcond: null }, from);
    if (m !== n) continue;
    const other = value("float64", shape, data.map((one, i) => one * Math.sin(i)));
    for (const vectors of [false, true]) {
      add("eigh", { vectors }, from);
      add("eig", { vectors }, from);
      add("eig", { vectors }, from, other);
    }
    const positive = data.map((one, i) => i % (n * n) % (n + 1) === 0 ? one + 2 * n : one);
    add("sqrtm", {}, value("float64", shape, positive));
  }
  for (const [m, n] of [[4, 4], [2, 3]] as const) addComplex(all, next, m, n);
  const found: Found = { count: 0, wrong: [] };
  for (let i = 0; i < all.length; i += 16) await together(runner, all.slice(i, i + 16), found);
  assertEquals(found.wrong, []);
};

/** The same of complex matrices, with phases on vectors as the functions put them there. */
function addComplex(all: Program[], next: () => number, m: number, n: number): void {
  const numbers = (shape: readonly number[]) =>
    value("complex128", shape, Array.from({ length: 2 * sizeOf(shape) }, () => 2 * next() - 1));
  const a = T.zmatrix("a") as Variable, b = T.zmatrix("b") as Variable, L = T.linalg;
  const feeds = new Map([[a, numbers([m, n])], [b, numbers([m, 2])]]);
  const results = [L.qr(a as never), L.svd(a as never), L.pinv(a as never), L.lu(a as never)];
  if (m === n) {
    const positive = T.add(a, T.mul(T.eye(n, n, 0, "float64"), 9)) as never;
    results.push(
      L.eigh(a as never) as never,
      L.sqrtm(positive),
      L.cholesky(positive),
      L.inv(a as never),
      L.det(a as never) as never,
      L.solve(positive, b, { assume: "positive definite" }) as never,
      L.solve(a as never, b, { transposed: true }) as never,
      L.solveTriangular(a as never, b) as never,
    );
  }
  for (const output of results.flat() as Variable[]) {
    const [expected] = evaluateGraph([output], feeds), apply = output.owner!;
    all.push({ name: apply.op.name, apply, output, feeds, expected: expected! });
  }
}

/** Programs of each kind. */
const COUNT = 2;

const randomPrograms: Run = async (runner) => {
  const found: Found = { count: 0, wrong: [] };
  let left = 0;
  for (const kind of kinds) {
    for (let seed = 1; seed <= COUNT; seed++) {
      const generator = new Generator(seed, null, kind.calls);
      kind.generate(generator);
      const program = generator.finish();
      if (program === null) continue;
      const built = build(program), [call] = program.calls;
      const named = (name: string) => built.variables.get(name)!;
      const outputs = program.outputs.map(named);
      const updates = program.updates.map(([target, to]) =>
        [named(target) as SharedVariable, named(to)] as const
      );
      const wanted = [...outputs, ...updates.map(([, to]) => to)];
      const own = program.inputs.map((input) =>
        [named(input.name), valueOf(input, call![input.name]!)] as const
      );
      const values = withStates(wanted, new Map(own));
      try {
        evaluateGraph(wanted, values);
      } catch {
        continue; // It is one that every device refuses.
      }
      const inputs = program.inputs.filter(({ shared }) => !shared).map(({ name }) => named(name));
      const f = await compile(inputs, outputs, {
        device: "cpu",
        updates,
        mode: program.mode,
        onUnusedInput: "ignore",
      });
      // New values of shared variables come in the order of the arguments.
      const place = ([target]: (typeof updates)[number]) => f.sharedVariables.indexOf(target);
      const ordered = updates.toSorted((a, b) => place(a) - place(b));
      wanted.splice(outputs.length, updates.length, ...ordered.map(([, to]) => to));
      const results = await runByXla(runner, f, values);
      if (results === null) {
        left++;
        continue;
      }
      found.count++;
      const check = (rounds: number) => {
        const expected = expectedValues(wanted, values, rounds);
        return expected.map((one, i) =>
          mismatch(one, results[i]!, typeof program.mode === "string")
        )
          .filter((problem) => problem !== null);
      };
      const wrong = check(5).length > 0 ? check(60) : [];
      found.wrong.push(
        ...wrong.map((one) => `${kind.name} ${seed}: ${one}\n${programText(program, "cpu")}`),
      );
    }
  }
  assertEquals(found.wrong, []);
  // Lengths that hang on data and have no bound.
  assert(left <= kinds.length * COUNT / 10, `${left} programs have no module`);
  console.log(`${found.count} random programs; ${left} have lengths without a bound`);
};

const workedCases: Run = async (runner) => {
  const float32 = cases.filter(({ device, dtype }) => device === "cpu" && dtype === "float32");
  const known = new Set(float32.map(({ name }) => name.split(",")[0]));
  const others = cases.filter(({ name, device }) =>
    device === "cpu" && !known.has(name.split(",")[0])
  );
  const calls: Call[] = [], wrong: string[] = [];
  const keeping: typeof compile = async (inputs, outputs, options) => {
    const f = await compile(inputs, outputs, options);
    keepCall(f, calls);
    return f;
  };
  let count = 0, left = 0;
  for (const one of [...float32, ...others]) {
    await one.run(keeping);
    for (const { f, inputs, shared, module, results } of calls.splice(0)) {
      if (module === null) {
        left++;
        continue;
      }
      const found = (await runner.run(module, [...inputs, ...shared])).results;
      count++;
      results.forEach((result, i) => {
        const problem = difference(found[i]!, result);
        if (problem !== null) wrong.push(`${one.name}, "${f.name}", result ${i}: ${problem}`);
      });
    }
  }
  assertEquals(wrong, []);
  console.log(`${count} calls of ${float32.length + others.length} worked cases; ${left} left out`);
};

/** Names of functions of T that are others than those of the promises. */
const named: Partial<Record<MathName, string>> = { lgamma: "gammaln" };

const accurate: Run = async (runner) => {
  const rows = reference.trim().split("\n").map((line) => line.split(" "));
  const names = Object.keys(accuracy) as MathName[];
  const table = names.map((name) =>
    rows.filter(([one]) => one === name).map((row) => row.slice(1))
  );
  const parts: [number, string][] = [], wrong: string[] = [];
  for (const [dtype, type] of [["float64", "f64"], ["float32", "f32"]] as const) {
    const round = dtype === "float32" ? Math.fround : Number;
    const points = table.map((rows) =>
      rows.map((row) => row.slice(0, -1).map((x) => round(Number(x))))
    );
    const inputs = names.map((_, i) => points[i]![0]!.map(() => T.tensor(dtype, 1)));
    const apply = (i: number) => {
      const f = (T as unknown as Record<string, (...x: Variable[]) => Variable>)[
        named[names[i]!] ?? names[i]!
      ]!;
      return f(...inputs[i]!);
    };
    const f = await compile(inputs.flat(), names.map((_, i) => apply(i)), {
      device: "cpu",
      mode: { base: "none" },
    });
    const args = points.flatMap((rows) =>
      rows[0]!.map((_, k) => value(dtype, [rows.length], rows.map((row) => row[k]!)))
    );
    const { results } = await runner.run(
      exportStableHlo(f, { shapes: args.map(({ shape }) => shape) }),
      args,
    );
    const plain = f(...args.map((arg) => tensor(toTypedArray(arg)))) as unknown as Tensor[];
    names.forEach((name, i) => {
      let most = 0;
      points[i]!.forEach(([x], k) => {
        const { where } = accuracy[name];
        if (where === "x > 0" && !(x! > 0) || where === "x <= 0" && !(x! <= 0)) return;
        // In float64 the table says what is right; in float32 the CPU, which keeps its promise, is near it.
        const right = type === "f64"
          ? Number(table[i]![k]!.at(-1))
          : Number(plain[i]!.dataSync()[k]);
        const tiny = type === "f64" ? 2 ** -1022 : 2 ** -126;
        if (!Number.isFinite(right) || Math.abs(right) < tiny || Math.abs(x!) < tiny) return;
        most = Math.max(most, ulps(type, Number(results[i]!.data[k]), right));
      });
      const allowed = accuracy[name][type] * (type === "f64" ? 1 : 2);
      if (most > allowed) wrong.push(`${name} of ${dtype}: ${most} units, promised ${allowed}`);
      parts.push([most / allowed, `${name} of ${dtype}, ${most.toFixed(2)} of ${allowed} units`]);
    });
  }
  assertEquals(wrong, []);
  const [, nearest] = parts.reduce((a, b) => b[0] > a[0] ? b : a);
  console.log(`${parts.length} functions; nearest to its promise: ${nearest}`);
};

const randomNumbers: Run = async (runner) => {
  const streams = new RandomStreams(9), x = T.vector("x");
  const draws = [
    streams.uniform({ size: [7, 3] }),
    streams.uniform({ size: [5], dtype: "float64" }),
    streams.integers({ size: [9], low: 0, high: 1000 }),
    streams.normal({ size: [6] }),
  ];
  const f = await compile([x], [...draws, x], { device: "cpu" });
  const values = new Map([[x as Variable, value("float32", [1], [0])]]);
  const first = await runByXla(runner, f, values);
  const own = f(new Float32Array(1)) as unknown as Tensor[];
  const found = own.map(resultValue);
  draws.forEach((_, i) => {
    const problem = i < 3
      ? toTypedArray(first![i]!).join() === toTypedArray(found[i]!).join() ? null : "other bits"
      : difference(first![i]!, found[i]!);
    assertEquals(problem, null, `draw ${i}`);
  });
  // The states that the module gave are those that the call left.
  f.sharedVariables.forEach((state, i) =>
    assertEquals(first![5 + i], resultValue(state.getValue()))
  );
};

/** Values of a batch. */
function batchOf({ example, inputs }: Model, size: number): Value[] {
  const next = randomSource(3), shape = [size, ...example];
  const x = Array.from({ length: sizeOf(shape) }, () => 2 * next() - 1);
  const y = Array.from({ length: size }, () => Math.floor(4 * next()));
  return [value(inputs[0].dtype, shape, x), value("int32", [size], y)];
}

const CALLS = 3;

/** A model's parameters that are spread over a mesh, beside its batch. */
const spread: Readonly<Record<string, readonly [string, ShardSpec]>> = {
  MLP: ["w", [null, "model"]],
};

const models = (
  mesh?: Mesh,
  functions: Functions = "croton",
  make: () => Promise<Model[]> = makeModels,
): Run =>
async (runner) => {
  for (const model of await make()) {
    const f = await trainingStep(model), batch = batchOf(model, 16);
    const shared = f.sharedVariables.map((v) => resultValue(v.getValue()));
    const [name, spec] = spread[model.name] ?? [];
    const parameter = model.parameters.find((one) => one.name === name);
    const list = [
      ...model.inputs.map((input) =>
        shard(input, input.type.shape.map((_, d) => d === 0 ? "data" : null))
      ),
      ...mesh?.model !== undefined && parameter !== undefined ? [shard(parameter, spec!)] : [],
      ...mesh?.model !== undefined && model.hidden !== undefined
        ? [shard(model.hidden, ["data", "model"])]
        : [],
    ];
    const module = exportStableHlo(f, {
      shapes: batch.map(({ shape }) => shape),
      functions,
      ...(mesh && { mesh, shard: list }),
    });
    const { results, text, shards } = await runner.run(module, [...batch, ...shared], {
      calls: CALLS,
      text: true,
    });
    if (mesh !== undefined) {
      // A device has its part of the batch and no more, and they add up their gradients.
      const lengths = [16 / mesh.data!, ...model.example];
      assert(text.includes(`f32[${lengths}]`), `${model.name}: no part of ${lengths}`);
      assert(!text.includes(`f32[${[16, ...model.example]}]`), `${model.name}: a whole batch`);
      assertMatch(text, /all-reduce/);
      if (parameter !== undefined && mesh.model !== undefined) {
        const at = module.description.results.findIndex((one) => one.name === name);
        const shape = parameter.getValue().shape;
        assertEquals(shards[at], `(${shape[0]}, ${shape[1]! / mesh.model})`);
      }
    } else assert(!text.includes("all-reduce"));
    let loss: Value | null = null;
    for (let i = 0; i < CALLS; i++) {
      const call = f as unknown as (...args: Tensor[]) => Tensor;
      loss = resultValue(
        call(
          ...batch.map((one) =>
            tensor(toTypedArray(one) as never, { shape: one.shape, dtype: one.dtype })
          ),
        ),
      );
    }
    const wanted = [loss!, ...f.sharedVariables.map((v) => resultValue(v.getValue()))];
    wanted.forEach((one, i) =>
      assertEquals(difference(results[i]!, one), null, `${model.name}, result ${i}`)
    );
  }
};

const programsOfXla: Readonly<Record<string, Run>> = {
  "examples of every op": everyOp,
  "decompositions of matrices of all forms": decompositions,
  "random programs of every kind": randomPrograms,
  "worked cases": workedCases,
  "functions are as accurate as promised": accurate,
  "random numbers have the same bits": randomNumbers,
  "steps of training": models(),
  "steps of training the examples": models(undefined, "croton", exampleModels),
  "steps of training by XLA's own functions": models(undefined, "xla"),
  "steps of training on eight devices, by examples": models({ data: 8 }),
  "steps of training on eight devices, by examples and columns": models({ data: 4, model: 2 }),
};

/** One process for all of them, started by the first that runs. */
let started: ReturnType<typeof JaxRunner.start> | null = null;

for (const [name, run] of Object.entries(programsOfXla)) {
  Deno.test({
    name: `XLA: ${name}${"python" in jax ? "" : ` (left out: ${jax.reason})`}`,
    ignore: !("python" in jax),
    // The process outlives the test.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      if (!("python" in jax)) return;
      if (started === null) {
        started = JaxRunner.start(jax.python, 8);
        console.log(`JAX ${(await started).version}`);
      }
      await run((await started).runner);
    },
  });
}

Deno.test.afterAll(async () => await (await started)?.runner.stop());

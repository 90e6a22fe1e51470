// Examples of every op: the reference, types, lengths, plans, both devices and gradients against each other.

import { assert, assertEquals } from "@std/assert";
import { allOps } from "../../dev/testing/ops/all.ts";
import { examples } from "../../dev/testing/ops/examples.ts";
import { runPlanned } from "../../dev/testing/ops/harness.ts";
import { type Program, programs } from "../../dev/testing/ops/programs.ts";
import { onDevices } from "../../dev/testing/devices.ts";
import { compile, NullGradientError, pp, type Tensor, tensor, verifyGrad } from "../../all.ts";
import { dtypes, isDiscrete, isFloat } from "../graph/dtype.ts";
import { makeConstant, type Variable } from "../graph/graph.ts";
import { evaluateGraph } from "../graph/reference.ts";
import { fromTypedArray, toTypedArray, type Value } from "../graph/value.ts";
import { replace } from "../graph/walk.ts";
import { castTo } from "./common/build.ts";
import { knownDims } from "./shape/known_lengths.ts";

/** Says where values differ; null if they do not. */
function difference(got: Value, want: Value): string | null {
  if (got.dtype !== want.dtype || got.shape.join() !== want.shape.join()) {
    return `${got.dtype} [${got.shape}] instead of ${want.dtype} [${want.shape}]`;
  }
  const [a, b] = [got, want].map((v) => toTypedArray(v) as ArrayLike<number | bigint>) as [
    ArrayLike<number | bigint>,
    ArrayLike<number | bigint>,
  ];
  const unit = want.dtype === "float16" ? 2e-3 : 1e-5;
  for (let i = 0; i < a.length; i++) {
    const x = Number(a[i]), y = Number(b[i]);
    const isNear = !isDiscrete(want.dtype) && Math.abs(x - y) <= unit * Math.max(1, Math.abs(y));
    if (a[i] === b[i] || Number.isNaN(x) && Number.isNaN(y) || isNear) continue;
    return `number ${i} is ${a[i]}, expected ${b[i]}`;
  }
  return null;
}

function textOf({ name, output, feeds }: Program): string {
  const given = [...feeds.values()].map(({ dtype, shape, data }) => `${dtype} [${shape}]: ${data}`);
  return `${name}: ${pp(output)}, given ${given.join("; ")}`;
}

Deno.test("every op has examples", () => {
  assert(allOps.size > 110, `${allOps.size}`);
  const without = [...examples].flatMap(([name, example]) => example === null ? [name] : []);
  assertEquals(without, [], "add an example in dev/testing/ops/examples.ts");
  const made = new Set(programs(1, { lengths: [2, 3] }).map(({ name }) => name));
  assertEquals([...examples.keys()].filter((name) => !made.has(name)), [], "no example fits");
});

Deno.test("types, lengths in the graph and plans are those of the values", () => {
  const wrong: string[] = [];
  for (const program of programs(6, {})) {
    const { output, feeds, expected } = program, { shape } = expected;
    const fits = output.ndim === shape.length && output.dtype === expected.dtype &&
      output.type.shape.every((n, d) => n === null || n === shape[d]);
    if (!fits) wrong.push(`${textOf(program)}: ${output.type} is not that of [${shape}]`);
    const found = evaluateGraph(knownDims(output), feeds).map(({ data }) => Number(data[0]));
    if (found.join() !== shape.join()) {
      wrong.push(`${textOf(program)}: lengths ${found}, not ${shape}`);
    }
    const problem = difference(runPlanned([output], [...feeds])[0]!, expected);
    if (problem !== null) wrong.push(`${textOf(program)}: ${problem}`);
  }
  assertEquals(wrong, []);
});

function argument(value: Value): Tensor {
  return tensor(toTypedArray(value) as never, { dtype: value.dtype, shape: value.shape });
}

/** Programs run together, or one by one where one of them fails. */
async function onDevice(device: "cpu" | "gpu", all: readonly Program[]): Promise<string[]> {
  const inputs = all.flatMap(({ feeds }) => [...feeds.keys()]);
  const values = all.flatMap(({ feeds }) => [...feeds.values()]);
  // Rules take numbers for finite.
  const options = { device, mode: { base: "none" }, onUnusedInput: "ignore" } as const;
  try {
    const f = await compile(inputs, all.map(({ output }) => output), options);
    const found = f(...values.map(argument)) as Tensor[];
    return all.flatMap((program, i) => {
      const { dtype, shape } = found[i]!;
      const problem = difference(
        fromTypedArray(dtype, shape, found[i]!.dataSync()),
        program.expected,
      );
      return problem === null ? [] : [`${textOf(program)}: ${problem}`];
    });
  } catch (error) {
    if (all.length === 1) return [`${textOf(all[0]!)}: ${error}`];
    const each: string[] = [];
    for (const program of all) each.push(...await onDevice(device, [program]));
    return each;
  }
}

const onGpu = dtypes.filter((dtype) => !["float64", "complex128", "float16"].includes(dtype));

onDevices("examples of every op give what the reference gives", async (device) => {
  const among = device === "cpu" ? dtypes : onGpu, wrong: string[] = [];
  const made = new Set<string>();
  for (const style of ["plain", "special"] as const) {
    const all = programs(2, { style, among });
    for (const { name } of all) made.add(name);
    for (let i = 0; i < all.length; i += 16) {
      wrong.push(...await onDevice(device, all.slice(i, i + 16)));
    }
  }
  assertEquals([...examples.keys()].filter((name) => !made.has(name)), []);
  assertEquals(wrong, []);
});

/** Ops whose gradient is not that of their value. */
const redefined = ["zeroGrad", "disconnectedGrad", "gradScale", "gradClip", "bitcast"];

Deno.test("gradients of every op, and gradients of these, are what differences say", () => {
  const wrong: string[] = [];
  const all = programs(3, { style: "domain", lengths: [2, 3], among: ["float64"] });
  for (const program of all) {
    const { name, output, feeds } = program;
    if (redefined.includes(name)) continue;
    const [points, others] = [true, false].map((is) =>
      [...feeds].filter(([v]) => isFloat(v.dtype) === is)
    );
    const fixed = others!.map(([v, value]) => [v, makeConstant(value)] as const);
    const build = (...variables: Variable[]) => {
      const places = points!.map(([v], i) => [v, variables[i]!] as const);
      return castTo(replace([output], new Map([...places, ...fixed]))[0]!, "float64");
    };
    try {
      verifyGrad(build, points!.map(([, v]) => argument(v)), {
        order: 2,
        absTol: 1e-4,
        relTol: 1e-4,
      });
    } catch (error) {
      if (error instanceof NullGradientError) continue;
      wrong.push(`${textOf(program)}: ${error}`);
    }
  }
  assertEquals(wrong, []);
});

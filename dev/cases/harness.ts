/**
 * Runs the worked cases of `cases.json` as tests. Each case gives a program in Theano's notation, its
 * inputs and its outputs; a test is the same program in Croton's notation. It runs on the CPU in
 * float64, on the CPU in float32, and in float32 on the GPU where there is one.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  compile,
  type CompiledFunction,
  type CompileOptions,
  config,
  type DType,
  type InputLike,
  MissingInputError,
  type NestedArray,
  type OutputSpec,
  type ScanResult,
  Tensor,
  tensor,
  type Variable,
} from "../../all.ts";
import { availability } from "../testing/gpu_device.ts";

/** Numbers, truths or words, nested as the axes are. */
type Data = number | boolean | string | readonly Data[];

interface Datum {
  readonly value: Data;
  readonly dtype: "float" | "int" | "bool" | "string";
  readonly numpy_dtype?: DType;
  readonly shape: readonly number[];
}

interface Case {
  readonly id: string;
  readonly kind: "value" | "property" | "text" | "error";
  readonly inputs: Readonly<Record<string, Datum>>;
  readonly outputs: readonly (Datum & { readonly name: string })[];
  readonly tolerance: {
    readonly rtol: number;
    readonly atol: number;
    readonly rtol_float64: number;
    readonly atol_float64: number;
  };
  readonly expected_error?: {
    readonly when: "build" | "call";
    readonly exception_family: string;
    readonly message_should_convey: string;
  };
}

/** All cases by id. */
export const cases: ReadonlyMap<string, Case> = new Map(
  (JSON.parse(Deno.readTextFileSync(new URL("cases.json", import.meta.url))) as { cases: Case[] })
    .cases.map((one) => [one.id, one]),
);

/** What a program may give for an output. */
export type Given = Tensor | Data;

/** Where and in which precision a program runs. */
export interface Setting {
  readonly device: "cpu" | "gpu";
  /** The dtype of numbers: also `config.floatX` while the program runs. */
  readonly dtype: "float32" | "float64";
  /** `compile` for the device. */
  compile<const I extends readonly InputLike[], const O extends OutputSpec = undefined>(
    inputs: I,
    outputs?: O,
    options?: CompileOptions,
  ): Promise<CompiledFunction<I, O>>;
}

/** Gives an input of the case: numbers in the dtype of the setting, whole numbers in their own. */
export type Input = (name: string) => Tensor;

/** A case as a program: gives all outputs by name. */
export type Program = (
  input: Input,
  setting: Setting,
) => Promise<Readonly<Record<string, Given>>> | Readonly<Record<string, Given>>;

/** What is special about a case. */
export interface CaseOptions {
  /** Why the program runs in float64 only. */
  readonly float64Only?: string;
  /** Why the program does not run on the GPU. */
  readonly cpuOnly?: string;
  /** Outputs where Croton's choice differs, with what it gives. */
  readonly choices?: Readonly<Record<string, Data>>;
}

interface Run {
  readonly device: "cpu" | "gpu";
  readonly dtype: "float32" | "float64";
}

const runs: readonly Run[] = [
  { device: "cpu", dtype: "float64" },
  { device: "cpu", dtype: "float32" },
  { device: "gpu", dtype: "float32" },
];

/** The results of a loop with one output. */
export function one(result: ScanResult): Variable {
  if (result === null || Array.isArray(result)) throw new TypeError("Expected one output");
  return result;
}

/** The results of a loop with several outputs. */
export function many(result: ScanResult): readonly [Variable, Variable, Variable, Variable] {
  if (!Array.isArray(result)) throw new TypeError("Expected several outputs");
  return result as unknown as readonly [Variable, Variable, Variable, Variable];
}

function find(id: string): Case {
  const found = cases.get(id);
  if (found === undefined) throw new TypeError(`There is no case "${id}"`);
  return found;
}

function inputOf(one: Case, dtype: "float32" | "float64"): Input {
  return (name) => {
    const datum = one.inputs[name];
    if (datum === undefined) throw new TypeError(`The case "${one.id}" has no input "${name}"`);
    return tensor(datum.value as NestedArray, {
      dtype: datum.dtype === "float" ? dtype : datum.numpy_dtype ?? "int64",
      shape: datum.shape,
    });
  };
}

/** A case, where and in which precision it runs, and how: by a `compile` of one's own, if one likes. */
export interface CaseTest {
  readonly name: string;
  readonly device: "cpu" | "gpu";
  readonly dtype: "float32" | "float64";
  run(own?: typeof compile): Promise<void>;
}

/** What becomes of cases: tests, unless something else wants them. */
export const registrar: { add(test: CaseTest): void } = {
  add: ({ name, device, dtype, run }) => {
    const missing = device === "gpu" && !availability.available;
    const reason = missing && !availability.available ? ` (ignored: ${availability.reason})` : "";
    Deno.test({
      name: `${name}, ${device}, ${dtype}${reason}`,
      ignore: missing,
      fn: () => run(),
    });
  },
};

function register(
  name: string,
  { device, dtype }: Run,
  body: (setting: Setting) => Promise<void>,
): void {
  const run = async (own = compile) => {
    const before = config.floatX;
    config.floatX = dtype;
    try {
      await body({
        device,
        dtype,
        compile: (inputs, outputs, options = {}) => own(inputs, outputs, { device, ...options }),
      });
    } finally {
      config.floatX = before;
    }
  };
  registrar.add({ name, device, dtype, run });
}

function runsOf(options: CaseOptions): readonly Run[] {
  return runs.filter(({ device, dtype }) =>
    !(options.float64Only !== undefined && dtype === "float32") &&
    !(options.cpuOnly !== undefined && device === "gpu")
  );
}

/** Tests that a program gives the outputs of a case. */
export function testCase(id: string, program: Program, options: CaseOptions = {}): void {
  const one = find(id);
  for (const run of runsOf(options)) {
    register(id, run, async (setting) => {
      const given = await program(inputOf(one, run.dtype), setting);
      assertEquals(Object.keys(given).sort(), one.outputs.map(({ name }) => name).sort());
      for (const output of one.outputs) {
        const choice = options.choices?.[output.name];
        const wanted = choice === undefined ? output : { ...output, value: choice };
        await compare(wanted, given[output.name]!, one, run.dtype);
      }
    });
  }
}

const families: Record<string, (error: unknown) => boolean> = {
  TypeError: (error) => error instanceof TypeError,
  ValueError: (error) => error instanceof TypeError || error instanceof RangeError,
  IndexError: (error) => error instanceof RangeError,
  MissingInputError: (error) => error instanceof MissingInputError,
  any: (error) => error instanceof TypeError || error instanceof RangeError,
};

/**
 * Tests that a program fails as a case says. A failure of a call is told apart from one of building:
 * the program gives the call then, as a function.
 */
export function testError(
  id: string,
  message: RegExp,
  program: (setting: Setting) => unknown,
  options: CaseOptions = {},
): void {
  const expected = find(id).expected_error;
  assert(expected !== undefined);
  for (const run of runsOf(options)) {
    register(id, run, async (setting) => {
      const error = await failure(expected.when, program, setting);
      const family = families[expected.exception_family];
      assert(family !== undefined && family(error), `got the error ${error}`);
      assertMatch((error as Error).message, message);
    });
  }
}

async function failure(
  when: "build" | "call",
  program: (setting: Setting) => unknown,
  setting: Setting,
): Promise<unknown> {
  let call: unknown;
  try {
    call = await program(setting);
  } catch (error) {
    assertEquals(when, "build", `failed before the call: ${error}`);
    return error;
  }
  assertEquals(when, "call", "nothing was thrown");
  assert(typeof call === "function");
  try {
    const result: unknown = call();
    if (result instanceof Tensor) await result.data();
  } catch (error) {
    return error;
  }
  throw new TypeError("nothing was thrown");
}

async function compare(
  wanted: Datum & { readonly name: string },
  given: Given,
  one: Case,
  dtype: "float32" | "float64",
): Promise<void> {
  const { name } = wanted;
  const [shape, values] = await flat(given);
  assertEquals(shape, [...wanted.shape], `shape of ${name}`);
  const [, expected] = await flat(wanted.value);
  if (wanted.dtype !== "float") {
    assertEquals(values, expected, name);
    return;
  }
  const { tolerance } = one;
  const double = dtype === "float64";
  const rtol = double ? tolerance.rtol_float64 : tolerance.rtol;
  const atol = double ? tolerance.atol_float64 : tolerance.atol;
  expected.forEach((want, i) => {
    const have = values[i];
    assert(typeof want === "number" && typeof have === "number", `${name} is not made of numbers`);
    const near = Math.abs(have - want) <= atol + rtol * Math.abs(want);
    assert(near || Object.is(have, want), `${name}[${i}] is ${have}, expected ${want}`);
  });
}

async function flat(given: Given): Promise<[number[], (number | boolean | string)[]]> {
  if (given instanceof Tensor) {
    const data = [...await given.data()].map(Number);
    return [[...given.shape], given.dtype === "bool" ? data.map((x) => x !== 0) : data];
  }
  if (typeof given !== "object") return [[], [given]];
  const parts = await Promise.all(given.map(flat));
  return [[given.length, ...parts[0]?.[0] ?? []], parts.flatMap(([, values]) => values)];
}

/** The value of a tensor of one element, as a number. */
export function num(value: Tensor): number {
  return Number(value.item());
}

/** Whether two tensors have equal elements. */
export function same(a: Tensor, b: Tensor): boolean {
  const other = b.dataSync();
  return a.shape.join() === b.shape.join() && a.dataSync().every((x, i) => x === other[i]);
}

/** Whether no element of one tensor equals that of another at its place. */
export function allDiffer(a: Tensor, b: Tensor): boolean {
  const other = b.dataSync();
  return a.dataSync().every((x, i) => x !== other[i]);
}

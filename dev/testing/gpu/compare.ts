/**
 * For tests: runs a program on the GPU and on the interpreter, and compares what they compute.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Backend, DeviceBuffer } from "../../../core/runtime/backend.ts";
import { type DType, dtypeInfo, type TypedArray } from "../../../core/graph/dtype.ts";
import { availability, testDevice } from "../gpu_device.ts";
import { createInterpreterBackend } from "../interpret.ts";
import type { BufferDecl, BufferRole, LoopNest, Program, Step } from "../../../core/ir/program.ts";
import { Guards, type Size, sizeAt } from "../../../core/ir/size.ts";
import { createGpuBackend, type GpuBackend } from "../../../gpu/backend.ts";

let backend: Promise<GpuBackend> | null = null;

/** The backend that all tests of a file share. */
export function gpu(): Promise<GpuBackend> {
  backend ??= testDevice().then((device) => createGpuBackend({ device }));
  return backend;
}

/** A test that needs a GPU; the device may stay open behind it. */
export function gpuTest(name: string, body: () => Promise<void> | void): void {
  const reason = availability.available ? "" : ` (ignored: ${availability.reason})`;
  Deno.test({
    name: name + reason,
    ignore: !availability.available,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: body,
  });
}

/** A program and its data, in short. */
export interface Setup {
  /** Buffers are numbered by their position. */
  readonly buffers: readonly (readonly [name: string, dtype: DType, elements: Size, BufferRole])[];
  readonly steps: readonly Step[];
  readonly commit?: readonly Step[];
  readonly checks?: readonly string[];
  readonly inputs?: readonly TypedArray[];
  readonly shared?: readonly TypedArray[];
  readonly env?: readonly number[];
}

/** An argument. */
export const input = (i: number): BufferRole => ({ kind: "input", input: i });
/** A result. */
export const output = (i: number): BufferRole => ({ kind: "output", output: i });
/** A shared variable. */
export const sharedRole = (i: number): BufferRole => ({ kind: "shared", shared: i });
/** Scratch memory. */
export const temp: BufferRole = { kind: "temp" };

/** A nest with what is not given empty. */
export function nest(parts: Partial<LoopNest>): LoopNest {
  return {
    kind: "nest",
    name: "k",
    axes: [],
    loops: [],
    reductions: [],
    inner: [],
    outer: [],
    checks: [],
    ...parts,
  };
}

/** The program of a setup. */
export function programOf(setup: Setup): Program {
  return {
    name: "test",
    buffers: setup.buffers.map(([name, dtype, elements, role], id): BufferDecl => ({
      id,
      name,
      dtype,
      elements,
      role,
    })),
    steps: setup.steps,
    commit: setup.commit ?? [],
    checks: (setup.checks ?? []).map((message) => ({ message })),
    symbols: [],
    guards: new Guards(),
  };
}

/** Results of a run. */
export interface Results {
  readonly outputs: TypedArray[];
  readonly shared: TypedArray[];
}

/** Runs a setup on a backend, several times over on the same memory if asked to. */
export async function runOn(device: Backend, setup: Setup, times = 1): Promise<Results> {
  const program = programOf(setup);
  const env = Float64Array.from(setup.env ?? []);
  const bind = (kind: "input" | "shared" | "output", data: readonly TypedArray[]): DeviceBuffer[] =>
    program.buffers.filter((decl) => decl.role.kind === kind).map((decl, i) => {
      const buffer = device.allocate(decl.dtype, sizeAt(decl.elements, env));
      const init = data[i] ?? dtypeInfo(decl.dtype).array(sizeAt(decl.elements, env));
      buffer.write(decl.dtype, init);
      return buffer;
    });
  const inputs = bind("input", setup.inputs ?? []);
  const shared = bind("shared", setup.shared ?? []);
  const outputs = bind("output", []);
  const executable = await device.prepareAsync(program);
  for (let i = 0; i < times; i++) executable.run({ env, inputs, shared, outputs });
  const read = (kind: string, from: DeviceBuffer[]) =>
    Promise.all(
      program.buffers.filter((decl) => decl.role.kind === kind)
        .map((decl, i) => from[i]!.read(decl.dtype, sizeAt(decl.elements, env))),
    );
  const results = { outputs: await read("output", outputs), shared: await read("shared", shared) };
  for (const buffer of [...inputs, ...shared, ...outputs]) buffer.dispose();
  executable.dispose();
  return results;
}

/** How far float results may be apart. */
export interface Tolerance {
  /** Relative to the larger value. */
  readonly relative?: number;
  readonly absolute?: number;
}

/** Runs a setup on both; fails if they differ. Gives the results of the GPU. */
export async function compare(
  setup: Setup,
  { relative = 1e-6, absolute = 1e-30 }: Tolerance = {},
  device?: Backend,
): Promise<Results> {
  const expected = await runOn(createInterpreterBackend(), setup);
  const got = await runOn(device ?? await gpu(), setup);
  for (const kind of ["outputs", "shared"] as const) {
    expected[kind].forEach((want, i) => {
      assertClose(got[kind][i]!, want, `${kind} ${i}`, relative, absolute);
    });
  }
  return got;
}

/** Compares two arrays; floats may differ a little, NaN and infinities must be where they are. */
export function assertClose(
  got: TypedArray,
  want: TypedArray,
  what: string,
  relative: number,
  absolute: number,
): void {
  assertEquals(got.length, want.length, `length of ${what}`);
  for (let i = 0; i < want.length; i++) {
    const a = got[i]!, b = want[i]!;
    if (typeof a === "bigint" || typeof b === "bigint") {
      assert(a === b, `${what}[${i}] is ${a}, expected ${b}`);
      continue;
    }
    if (Object.is(a, b) || a === b || (Number.isNaN(a) && Number.isNaN(b))) continue;
    const close = want instanceof Float32Array || want instanceof Float16Array
      ? Math.abs(a - b) <= absolute + relative * Math.max(Math.abs(a), Math.abs(b)) &&
        Number.isFinite(a) && Number.isFinite(b)
      : false;
    assert(close, `${what}[${i}] is ${a}, expected ${b}`);
  }
}

/** Reproducible random numbers in [0, 1): mulberry32. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Random float32 values in (-1, 1). */
export function floats(n: number, seed = 1): Float32Array<ArrayBuffer> {
  const next = random(seed);
  return Float32Array.from({ length: n }, () => 2 * next() - 1);
}

/** Short ways to write programs in tests. */

import type { Backend, DeviceBuffer } from "../../../core/runtime/backend.ts";
import type { DType, TypedArray } from "../../../core/graph/dtype.ts";
import type { BufferDecl, BufferRole, LoopNest, Program, Step } from "../../../core/ir/program.ts";
import { Guards, type Size, sizeAt } from "../../../core/ir/size.ts";

/** A program in few words: buffers are numbered by position. */
export interface Setup {
  buffers: [name: string, dtype: DType, elements: Size, role: BufferRole][];
  steps: Step[];
  commit?: Step[];
  checks?: string[];
}

/** The role of an argument. */
export function input(i: number): BufferRole {
  return { kind: "input", input: i };
}

/** The role of a result. */
export function output(i: number): BufferRole {
  return { kind: "output", output: i };
}

/** The role of a shared variable. */
export function sharedRole(i: number): BufferRole {
  return { kind: "shared", shared: i };
}

/** Scratch memory. */
export const temp: BufferRole = { kind: "temp" };

/** A nest with nothing in what is left open. */
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

/** A program with the buffers that it runs on. */
export class Runner {
  readonly program: Program;
  readonly inputs: DeviceBuffer[];
  readonly shared: DeviceBuffer[];
  readonly outputs: DeviceBuffer[];
  readonly #run: () => void;

  constructor(
    backend: Backend,
    setup: Setup,
    data: { inputs?: TypedArray[]; shared?: TypedArray[]; env?: number[] } = {},
  ) {
    this.program = programOf(setup);
    const env = Float64Array.from(data.env ?? []);
    const bind = (kind: "input" | "shared" | "output", values: TypedArray[]) =>
      this.program.buffers.filter((decl) => decl.role.kind === kind).map((decl, i) => {
        const buffer = backend.allocate(decl.dtype, sizeAt(decl.elements, env));
        if (values[i] !== undefined) buffer.write(decl.dtype, values[i]);
        return buffer;
      });
    this.inputs = bind("input", data.inputs ?? []);
    this.shared = bind("shared", data.shared ?? []);
    this.outputs = bind("output", []);
    const executable = backend.prepare(this.program);
    const bindings = {
      env,
      inputs: this.inputs,
      shared: this.shared,
      outputs: this.outputs,
    };
    this.#run = () => executable.run(bindings);
    this.#env = env;
  }

  readonly #env: Float64Array;

  /** Runs the program; gives this runner. */
  run(): this {
    this.#run();
    return this;
  }

  #read(kind: "shared" | "output", buffers: readonly DeviceBuffer[]): TypedArray[] {
    return this.program.buffers.filter((decl) => decl.role.kind === kind)
      .map((decl, i) => buffers[i]!.readSync(decl.dtype, sizeAt(decl.elements, this.#env)));
  }

  /** The values of the outputs. */
  results(): TypedArray[] {
    return this.#read("output", this.outputs);
  }

  /** The values of the shared variables. */
  sharedValues(): TypedArray[] {
    return this.#read("shared", this.shared);
  }
}

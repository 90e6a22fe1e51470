/**
 * Runs a program on a device and compares everything with the reference.
 *
 * @module
 */

import { rounded, type Value } from "../../core/graph/value.ts";
import { toposort } from "../../core/graph/walk.ts";
import { isScan } from "../../scan/node.ts";
import {
  compile,
  config,
  evaluateGraph,
  ShapeError,
  type SharedVariable,
  type Tensor,
  type Variable,
} from "../../all.ts";
import { build, type Built, resultValue, tensorOf, valueOf, withStates } from "./build.ts";
import { expectedValues, mismatch } from "./compare.ts";
import { isRefusal } from "./generator.ts";
import { namesOf, type Program } from "./program.ts";
import { wrongDerivative } from "./slopes.ts";
import { variesByStep } from "./uneven.ts";

/** A device of Croton. */
export type Device = "cpu" | "gpu";

/** What is wrong with a program; `kind` is equal for failures that are likely the same. */
export interface Failure {
  readonly kind: string;
  readonly message: string;
}

/** How a check ended: well, without saying anything, or badly. */
export type Outcome =
  | { readonly status: "passed" }
  | { readonly status: "skipped"; readonly reason: string }
  | { readonly status: "failed"; readonly failure: Failure };

const passed: Outcome = { status: "passed" };

/** Rounds of noise: a few, and many before something is called wrong. */
const FEW = 5, MANY = 60;

function failed(kind: string, message: string): Outcome {
  return { status: "failed", failure: { kind, message } };
}

/** An error without the numbers and names of the program, to tell kinds of errors apart. */
function errorKind(stage: string, error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `${stage}: ${
    text.split("\n")[0]!.replaceAll(/"[^"]*"|\[[^\]]*\]|-?\d[\d.e+n]*|\b[vxs]_?\d*\b/g, "#").slice(
      0,
      120,
    )
  }`;
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}

/** dtypes of all variables, also of those in steps. */
export function dtypesOf(outputs: readonly Variable[], found = new Set<string>()): Set<string> {
  for (const output of outputs) found.add(output.dtype);
  for (const apply of toposort(outputs)) {
    for (const variable of [...apply.inputs, ...apply.outputs]) found.add(variable.dtype);
    if (isScan(apply)) dtypesOf(apply.params.step.outputs, found);
  }
  return found;
}

/** Whether the GPU may refuse a graph. */
function isForCpu(outputs: readonly Variable[]): boolean {
  const dtypes = dtypesOf(outputs);
  return dtypes.has("float64") || dtypes.has("complex128") || dtypes.has("float16");
}

interface Run {
  readonly device: Device;
  readonly program: Program;
  readonly built: Built;
  readonly outputs: readonly Variable[];
  readonly updates: readonly (readonly [SharedVariable, Variable])[];
  readonly wanted: readonly Variable[];
  readonly names: readonly string[];
}

/** Checks a program on a device. */
export async function check(program: Program, device: Device): Promise<Outcome> {
  let built: Built;
  try {
    built = build(program);
  } catch (error) {
    return failed(errorKind("build", error), errorText(error));
  }
  const named = (name: string) => built.variables.get(name)!;
  const outputs = program.outputs.map(named);
  const updates = program.updates.map(([target, value]) =>
    [named(target) as SharedVariable, named(value)] as const
  );
  const spelled = new Map(
    program.laws.flatMap((law) => law.kind === "equal" ? [[law.output, law.other] as const] : []),
  );
  const all = [...program.outputs, ...program.updates.map(([, value]) => value)];
  const wanted = all.map((name) => named(spelled.get(name) ?? name));
  const names = [...program.outputs, ...program.updates.map(([target]) => `update of ${target}`)];
  if (device === "gpu" && isForCpu([...outputs, ...updates.map(([, value]) => value)])) {
    return { status: "skipped", reason: "float64" };
  }
  const { plans, planBytes, deviceBytes } = config;
  Object.assign(config, program.room);
  try {
    return await runCalls({ device, program, built, outputs, updates, wanted, names });
  } finally {
    Object.assign(config, { plans, planBytes, deviceBytes });
  }
}

async function runCalls(run: Run): Promise<Outcome> {
  const { device, program, built, outputs, updates, wanted } = run;
  const given = program.inputs.filter(({ shared }) => !shared);
  const states = new Map<Variable, Value>();
  for (const input of program.inputs) {
    if (!input.shared) continue;
    states.set(built.variables.get(input.name)!, valueOf(input, program.calls[0]![input.name]!));
  }
  let f: { (...args: Tensor[]): Tensor[]; free(): void };
  try {
    const variables = given.map(({ name }) => built.variables.get(name)!);
    const compiled = await compile(variables, outputs, {
      device,
      updates,
      mode: program.mode,
      onUnusedInput: "ignore",
    });
    f = compiled as unknown as typeof f;
  } catch (error) {
    return failed(errorKind("compile", error), errorText(error));
  }
  for (const call of program.calls) {
    const inputs = withStates(wanted, states);
    for (const input of given) {
      inputs.set(built.variables.get(input.name)!, valueOf(input, call[input.name]!));
    }
    let reference: Value[] | null;
    try {
      reference = evaluateGraph(wanted, inputs);
    } catch {
      reference = null;
    }
    let found: Value[];
    try {
      const results = f(...given.map((input) => tensorOf(input, call[input.name]!)));
      found = results.map(resultValue);
    } catch (error) {
      if (isVaryingShape(error) && variesByStep(statedLoops(program, built))) {
        return { status: "skipped", reason: "shapes that vary from step to step" };
      }
      // A program that cannot be evaluated fails on every device, or computes less of itself.
      if (reference !== null || !isRefusal(error)) {
        return failed(errorKind("call", error), errorText(error));
      }
      const wrong = changedState(states);
      if (wrong !== null) return failed("changed by a call that fails", wrong);
      continue;
    }
    if (reference === null) {
      // Where nothing was read yet, the GPU tells when something is.
      const error = readingError(updates);
      if (error === null) {
        if (!program.laws.some(({ kind }) => kind === "refused")) break;
        return failed("not refused", "the reference refuses a call that goes well");
      }
      if (!isRefusal(error)) return failed(errorKind("read", error), errorText(error));
      const wrong = changedState(states);
      if (wrong !== null) return failed("changed by a call that fails", wrong);
      continue;
    }
    found.push(...updates.map(([target]) => resultValue(target.getValue())));
    const wrong = compareAll(run, inputs, found) ?? brokenLaw(run, inputs);
    if (wrong !== null) return { status: "failed", failure: wrong };
    updates.forEach(([target], i) => states.set(target, rounded(found[outputs.length + i]!)));
  }
  f.free();
  return passed;
}

/** Whether an error says that shapes in a loop depend on what its steps compute. */
export function isVaryingShape(error: unknown): boolean {
  const text = /the shapes inside a loop must be the same at each step/;
  return error instanceof ShapeError && text.test(error.message);
}

/** What the loops that a program states give: those of derivatives are the library's business. */
function statedLoops({ statements }: Program, { variables }: Built): Variable[] {
  return statements.filter(({ expr }) => expr.kind === "call" && expr.fn === "scan")
    .flatMap(({ pattern }) => namesOf(pattern)).map((name) => variables.get(name)!);
}

function readingError(updates: Run["updates"]): unknown {
  try {
    for (const [target] of updates) target.getValue();
    return null;
  } catch (error) {
    return error;
  }
}

/** Says which shared variable does not have its value. */
function changedState(states: ReadonlyMap<Variable, Value>): string | null {
  for (const [variable, value] of states) {
    const found = resultValue((variable as SharedVariable).getValue());
    const wrong = mismatch({ value, tolerance: () => 0 }, found, false);
    if (wrong !== null) return `${variable.name}: ${wrong}`;
  }
  return null;
}

function compareAll(run: Run, inputs: Map<Variable, Value>, found: Value[]): Failure | null {
  const { wanted, names, program } = run, hasSigns = run.device === "cpu";
  const onlyFinite = typeof program.mode === "string";
  let expected = expectedValues(wanted, inputs, FEW, hasSigns);
  const differs = (i: number) => mismatch(expected[i]!, found[i]!, onlyFinite);
  for (let i = 0; i < wanted.length; i++) {
    if (differs(i) === null) continue;
    expected = expectedValues(wanted, inputs, MANY, hasSigns);
    const wrong = differs(i);
    if (wrong !== null) return { kind: "value", message: `${names[i]}: ${wrong}` };
  }
  return null;
}

function brokenLaw({ built, program }: Run, inputs: Map<Variable, Value>): Failure | null {
  const named = (name: string) => built.variables.get(name)!;
  for (const law of program.laws) {
    if (law.kind !== "derivative") continue;
    const wrong = wrongDerivative(
      named(law.of),
      named(law.wrt),
      named(law.is),
      inputs,
      law.defined,
    );
    if (wrong === null) continue;
    const message = `${law.is}, the derivative of ${law.of} by ${law.wrt}: ${wrong}`;
    return { kind: "derivative", message };
  }
  return null;
}

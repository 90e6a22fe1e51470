/**
 * `mode: "nanGuard"`: the first op whose result is bad.
 *
 * The graph as it runs gets one more result: a number that is 0 if all is well, else tells an op. It is a
 * check like others, so that a call that fails changes nothing. Ops of one shape are looked at together, in
 * one pass over what they are made of; loops keep a number for each step. Which op it was, at which step, and
 * what it was given is found out by functions of their own, when a call has failed.
 *
 * @module
 */

import { NanGuardError } from "../base/errors.ts";
import { isComplex, isFloat } from "../graph/dtype.ts";
import { type Apply, applyOp, outputOf, type Variable, withOriginOf } from "../graph/graph.ts";
import { inheritName, inSession } from "../graph/sessions.ts";
import { heldInputs } from "../graph/op.ts";
import { toposort } from "../graph/walk.ts";
import { writtenAs } from "../graph/written.ts";
import { castTo } from "../ops/common/build.ts";
import { asVariable } from "../ops/common/literal.ts";
import { assert } from "../ops/control/assert.ts";
import { printOp, type PrintParams } from "../ops/control/print_op.ts";
import { noteReport, type ReportItem, takeReports, tracingOf } from "../ops/control/reports.ts";
import { abs } from "../ops/elementwise/arithmetic.ts";
import { eq, gt, isinf, isnan, or, where } from "../ops/elementwise/logic.ts";
import { any, max } from "../ops/reduce/reduce.ts";
import type { NanGuardOptions } from "../rewrite/mode.ts";
import { Reporter } from "./reporting.ts";
import type { Tensor } from "./tensor.ts";

/** Codes of ops, the first the greatest. */
const FIRST_CODE = 1 << 24;

/** What runs a graph once. */
type RunOnce = (outputs: readonly Variable[]) => Tensor[];

/** The guard of one function. */
export class NanGuard {
  readonly #roots: readonly Variable[];
  readonly #options: NanGuardOptions;

  /**
   * @param roots All that the function computes.
   * @param options What is bad.
   */
  constructor(roots: readonly Variable[], options: NanGuardOptions) {
    this.#roots = roots;
    this.#options = options;
  }

  /** A guard of another function of the kind. */
  with(roots: readonly Variable[]): NanGuard {
    return new NanGuard(roots, this.#options);
  }

  /** The graph, and the result that is an error if something is bad. */
  guarded(): { readonly roots: readonly Variable[]; readonly check: Variable } {
    const { outputs, items, values } = takeReports(this.#marked(null).roots);
    const codes = codesAmong(items, values).map((value) =>
      castTo(value.ndim === 0 ? value : max(value), "int32")
    );
    const worst = codes.reduce((a, b) => where(gt(a, b), a, b), asVariable(0, "int32"));
    return { roots: outputs, check: assert(worst, eq(worst, 0), MESSAGE) };
  }

  /** Whether an error is that something was bad. */
  isOwn(error: unknown): boolean {
    return error instanceof Error && error.message.startsWith(MESSAGE);
  }

  /** What was bad in a call that failed; null if a second look finds nothing. */
  errorOf(name: string, run: RunOnce): NanGuardError | null {
    let found: { readonly code: number; readonly steps: readonly number[] } | null = null;
    this.#look(
      run,
      this.#marked(null, ([code], steps) => {
        const value = Number(code!.dataSync()[0]);
        if (value > 0) found ??= { code: value, steps };
      }),
    );
    if (found === null) return null;
    const { code, steps } = found as { code: number; steps: readonly number[] };
    let values: readonly Tensor[] = [];
    const marked = this.#marked(code, (given, at) => {
      if (at.join() === steps.join()) values = given;
    });
    this.#look(run, marked);
    const [, value, ...inputs] = values, { apply, loops } = marked.places.get(code)!;
    return new NanGuardError(textOf(name, apply, loops, steps, value!, inputs), {
      value: value!,
      inputs,
      steps,
      op: apply.op.name,
      place: apply.output.written.place,
    });
  }

  #look(run: RunOnce, { roots }: Marked): void {
    const { items, values } = takeReports(roots);
    new Reporter(items).report(run(values));
  }

  #marked(only: number | null, take: Take = () => {}): Marked {
    noteReport();
    const marker = new Marker(this.#options, only, take);
    return { roots: inSession(() => marker.mark(this.#roots, [])), places: marker.places };
  }
}

const MESSAGE = "A result is NaN, infinite or huge";

type Take = (values: readonly Tensor[], steps: readonly number[]) => void;

interface GuardedPlace {
  readonly apply: Apply;
  /** The loops around. */
  readonly loops: readonly Apply[];
}

interface Marked {
  readonly roots: readonly Variable[];
  readonly places: ReadonlyMap<number, GuardedPlace>;
}

/** An application made again. */
interface Made {
  readonly code: number;
  readonly inputs: readonly Variable[];
  readonly results: readonly Variable[];
}

let marks = 0;

/** Puts ops that report codes into a graph: of all that is checked, or of one and with what it was given. */
class Marker {
  readonly places = new Map<number, GuardedPlace>();
  readonly #checked = new Map<Apply, Made>();
  readonly #options: NanGuardOptions;
  readonly #only: number | null;
  readonly #take: Take;
  #next = FIRST_CODE;

  constructor(options: NanGuardOptions, only: number | null, take: Take) {
    this.#options = options;
    this.#only = only;
    this.#take = take;
  }

  mark(outputs: readonly Variable[], loops: readonly Apply[]): readonly Variable[] {
    const order = toposort(outputs), groups = groupsOf(order, outputs);
    const made = new Map<Variable, Variable>();
    for (const apply of order) {
      const results = withOriginOf(apply.output, () => {
        const inputs = apply.inputs.map((input) => made.get(input) ?? input);
        return this.#again(apply, inputs, loops, groups.get(apply) ?? []);
      });
      apply.outputs.forEach((output, i) => {
        if (results[i] === output) return;
        inheritName(results[i]!, output.name);
        made.set(output, results[i]!);
      });
    }
    return outputs.map((output) => made.get(output) ?? output);
  }

  #again(
    apply: Apply,
    inputs: readonly Variable[],
    loops: readonly Apply[],
    members: readonly Apply[],
  ): readonly Variable[] {
    const same = inputs.every((input, i) => input === apply.inputs[i]);
    const fresh = same ? apply : applyOp(apply.op, inputs, apply.params), results = fresh.outputs;
    const tracing = tracingOf(apply.op.name), inner = apply.op.inner?.(apply);
    if (tracing !== undefined && inner !== undefined) {
      return tracing(fresh, this.mark(inner.outputs, [...loops, apply]), []).outputs;
    }
    if (!isChecked(apply)) return results;
    const code = this.#next--, own: Made = { code, inputs, results };
    this.places.set(code, { apply, loops });
    this.#checked.set(apply, own);
    if (this.#only === code) return this.#reported(results, [own], [results[0]!, ...inputs]);
    if (this.#only !== null || members.length === 0) return results;
    return this.#reported(results, members.map((member) => this.#checked.get(member)!), []);
  }

  #reported(
    results: readonly Variable[],
    members: readonly Made[],
    more: readonly Variable[],
  ): readonly Variable[] {
    const codes = members.length === 1 ? this.#codeOf(members[0]!) : max(this.#firstOf(members));
    const report = { label: "guard", every: 1, partsOnly: true, take: this.#take };
    const params: PrintParams = { id: `guard ${marks++}`, isGradient: false, report };
    const [first, ...rest] = results;
    return [outputOf(printOp, [first!, codes, ...more], params), ...rest];
  }

  /** The code of an op, or 0. */
  #codeOf({ code, results }: Made): Variable {
    const bad = results.filter(isGuarded).map((v) => any(this.#isBad(v)) as Variable);
    return castTo(bad.reduce((a, b) => or(a, b)), "int32").mul(int32(code));
  }

  /** The code of the first of elementwise ops that is bad, by element. */
  #firstOf(members: readonly Made[]): Variable {
    return members.reduceRight<Variable>(
      (rest, { code, results }) => where(this.#isBad(results[0]!), int32(code), rest),
      int32(0),
    );
  }

  #isBad(v: Variable): Variable {
    const { nan = true, inf = true, huge = 1e10, test } = this.#options;
    const tests = [
      ...nan ? [isnan(v)] : [],
      ...inf ? [isinf(v)] : [],
      ...Number.isFinite(huge) ? [gt(abs(v), huge)] : [],
      ...test === undefined ? [] : [castTo(test(v), "bool")],
    ];
    return tests.reduce((a, b) => or(a, b) as Variable, asVariable(false)) as Variable;
  }
}

/** The values that are codes; others say what was executed. */
function codesAmong(items: readonly ReportItem[], values: readonly Variable[]): Variable[] {
  return items.flatMap((item) =>
    "items" in item ? codesAmong(item.items, values.slice(item.first)) : [values[item.first]!]
  );
}

const int32 = (n: number) => asVariable(n, "int32");

const isGuarded = ({ dtype }: Variable) => isFloat(dtype) || isComplex(dtype);

/** Whether results are computed, and not values that were there already. */
function isChecked(apply: Apply): boolean {
  const { op, outputs } = apply;
  const isThere = heldInputs(apply) !== null || op.pick !== undefined || op.facts?.has("made");
  return !isThere && outputs.some(isGuarded);
}

/**
 * The ops that are looked at in one pass, by the last of each: elementwise ones of which nothing but others
 * of the group reads results.
 */
function groupsOf(order: readonly Apply[], outputs: readonly Variable[]): Map<Apply, Apply[]> {
  const last = new Map<Apply, Apply | null>(
    outputs.flatMap(({ owner }) => owner ? [[owner, null]] : []),
  );
  const groups = new Map<Apply, Apply[]>();
  for (const apply of order.toReversed()) {
    const isInside = isElementwise(apply) && last.get(apply) != null;
    const own = isInside ? last.get(apply)! : apply;
    if (isChecked(apply)) groups.set(own, [apply, ...groups.get(own) ?? []]);
    const reads = isElementwise(apply) && isChecked(own) ? own : null;
    for (const { owner } of apply.inputs) {
      if (owner === null) continue;
      last.set(owner, last.has(owner) && last.get(owner) !== reads ? null : reads);
    }
  }
  return groups;
}

const isElementwise = ({ op }: Apply) => op.lowering.kind === "elementwise";

/** What went wrong, in words. */
function textOf(
  name: string,
  apply: Apply,
  loops: readonly Apply[],
  steps: readonly number[],
  value: Tensor,
  inputs: readonly Tensor[],
): string {
  const where = loops.map((loop, i) => `step ${steps[i]} of ${labelOf(loop)}`).join(", ");
  const lines = inputs.map((input, i) => `  ${apply.inputs[i]!.label} = ${short(input)}`);
  return [
    `The function "${name}" computed a bad value: ${apply.op.name} gave ${short(value)}`,
    ...(where === "" ? [] : [`  at ${where}`]),
    `  ${writtenAs(apply)}`,
    ...lines,
  ].join("\n");
}

function labelOf({ op, params }: Apply): string {
  const { name } = params as { name?: unknown };
  return typeof name === "string" ? `${op.name} "${name}"` : op.name;
}

function short(tensor: Tensor): string {
  const text = String(tensor).replaceAll("\n", "");
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`;
}

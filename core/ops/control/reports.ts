/**
 * Taking what a graph reports out of it: the values become results of their own, and the ops that report
 * them vanish, so that nothing hinders rewriting. Loops get a trace of each value.
 *
 * @module
 */

import { type Apply, applyOp, type Variable, withOriginOf } from "../../graph/graph.ts";
import { inheritName, inSession } from "../../graph/sessions.ts";
import { eagerInputs, lazyInputs } from "../../graph/op.ts";
import { toposort } from "../../graph/walk.ts";
import { zerosLike } from "../create/alloc.ts";
import { and, invert, or } from "../elementwise/logic.ts";
import { ifelseOp, type IfElseParams } from "./ifelse_op.ts";
import { printOp, type PrintParams, type Report } from "./print_op.ts";

/** Something reported; numbers are those of values. */
export type ReportItem =
  & { readonly ran: number | null }
  & (
    | { readonly report: Report; readonly first: number; readonly count: number }
    | LoopItem
  );

/** What a loop reports, step by step; the values of its items are numbered from its first on. */
interface LoopItem {
  readonly items: readonly ReportItem[];
  readonly first: number;
  /** How many steps were executed; null for as many as there are rows. */
  readonly steps: number | null;
}

/** A graph without what reports, and what it reports. */
interface Reports {
  readonly outputs: readonly Variable[];
  readonly items: readonly ReportItem[];
  readonly values: readonly Variable[];
}

/** A loop made again with another step, and with more results of it whose rows are kept. */
type Tracing = (
  apply: Apply,
  step: readonly Variable[],
  traced: readonly Variable[],
) => {
  readonly outputs: readonly Variable[];
  readonly traces: readonly Variable[];
  /** How many rows there are if not all of them. */
  readonly steps: Variable | null;
};

const tracings = new Map<string, Tracing>();

/** Says how an op that runs a graph keeps values of it. */
export function registerTracing(op: string, tracing: Tracing): void {
  tracings.set(op, tracing);
}

/** How an op that runs a graph keeps values of it; undefined for other ops. */
export function tracingOf(op: string): Tracing | undefined {
  return tracings.get(op);
}

/** Whether anything was ever to be reported. */
let isUsed = false;

/** Says that there is something to report. */
export function noteReport(): void {
  isUsed = true;
}

/** What becomes of an op that reports: its values are collected, or it goes, or it stays. */
type Fate = "collect" | "drop" | "keep";

/** Takes out all that a graph reports. */
export function takeReports(outputs: readonly Variable[]): Reports {
  return isUsed ? visit(outputs, () => "collect") : { outputs, items: [], values: [] };
}

/** A part of a gradient without what the values that it is computed from report. */
export function withoutReports(outputs: readonly Variable[]): readonly Variable[] {
  if (!isUsed) return outputs;
  return visit(outputs, ({ isGradient }) => isGradient ? "keep" : "drop").outputs;
}

function visit(outputs: readonly Variable[], fate: (params: PrintParams) => Fate): Reports {
  const order = toposort(outputs);
  const concerned = order.some(({ op }) => op.name === printOp.name || tracings.has(op.name));
  if (!concerned) return { outputs, items: [], values: [] };
  return inSession(() => new Visit(order, fate).reports(outputs));
}

/** The graph of one level made again. */
class Visit {
  readonly #order: readonly Apply[];
  readonly #fate: (params: PrintParams) => Fate;
  readonly #made = new Map<Variable, Variable>();
  readonly #values: Variable[] = [];

  constructor(order: readonly Apply[], fate: (params: PrintParams) => Fate) {
    this.#order = order;
    this.#fate = fate;
  }

  reports(outputs: readonly Variable[]): Reports {
    const found: { readonly apply: Apply; readonly item: ReportItem; readonly end: number }[] = [];
    for (const apply of this.#order) {
      const item = withOriginOf(apply.output, () => this.#visit(apply));
      if (item !== null) found.push({ apply, item, end: this.#values.length });
    }
    const conditions = this.#conditions(outputs, found.map(({ apply }) => apply));
    const items = found.map(({ apply, item, end }): ReportItem => {
      const condition = conditions.get(apply);
      if (condition === undefined) return item;
      for (let i = item.first; i < end; i++) this.#values[i] = ifRun(condition, this.#values[i]!);
      return { ...item, ran: this.#values.push(condition) - 1 };
    });
    return { outputs: outputs.map((v) => this.#of(v)), items, values: this.#values };
  }

  #of(variable: Variable): Variable {
    return this.#made.get(variable) ?? variable;
  }

  #became(apply: Apply, outputs: readonly Variable[]): void {
    apply.outputs.forEach((output, i) => {
      inheritName(outputs[i]!, output.name);
      this.#made.set(output, outputs[i]!);
    });
  }

  /** Makes an application again; what it reports. */
  #visit(apply: Apply): ReportItem | null {
    const inputs = apply.inputs.map((input) => this.#of(input));
    if (apply.op.name === printOp.name) {
      const params = apply.params as unknown as PrintParams, fate = this.#fate(params);
      if (fate !== "keep") this.#made.set(apply.output, inputs[0]!);
      if (fate === "drop") return null;
      if (fate === "collect") {
        const first = this.#values.length;
        const wanted = params.report.partsOnly === true ? inputs.slice(1) : inputs;
        this.#values.push(...wanted);
        return { report: params.report, first, count: wanted.length, ran: null };
      }
    }
    const same = inputs.every((input, i) => input === apply.inputs[i]);
    const fresh = same ? apply : applyOp(apply.op, inputs, apply.params);
    if (!same) this.#became(apply, fresh.outputs);
    const tracing = tracings.get(apply.op.name), inner = apply.op.inner?.(apply);
    if (tracing === undefined || inner === undefined) return null;
    const within = visit(inner.outputs, this.#fate);
    if (within.outputs.every((output, i) => output === inner.outputs[i])) return null;
    const loop = tracing(fresh, within.outputs, within.values);
    this.#became(apply, loop.outputs);
    if (within.items.length === 0) return null;
    const first = this.#values.length;
    this.#values.push(...loop.traces);
    const steps = loop.steps === null ? null : this.#values.push(loop.steps) - 1;
    return { items: within.items, first, steps, ran: null };
  }

  /** For what only some sides of choices need: whether one of them is taken. */
  #conditions(
    outputs: readonly Variable[],
    wanted: readonly Apply[],
  ): ReadonlyMap<Apply, Variable> {
    const always = new Set(toposort(outputs, () => false, eagerInputs));
    const found = new Map<Apply, Variable>();
    if (wanted.every((apply) => always.has(apply))) return found;
    const add = (apply: Apply | null, condition: Variable) => {
      if (apply === null || always.has(apply)) return;
      const have = found.get(apply);
      found.set(apply, have === undefined ? condition : or(have, condition));
    };
    for (const apply of this.#order.toReversed()) {
      const own = found.get(apply), lazy = lazyInputs(apply);
      for (const [i, { owner }] of apply.inputs.entries()) {
        if (!lazy.includes(i)) {
          if (own !== undefined) add(owner, own);
        } else if (apply.op.name === ifelseOp.name) {
          const { n } = apply.params as unknown as IfElseParams;
          const condition = this.#of(apply.inputs[0]!);
          const side = i <= n ? condition : invert(condition);
          add(owner, own === undefined ? side : and(own, side));
        }
      }
    }
    return found;
  }
}

/** A value that is computed only if a condition holds. */
function ifRun(condition: Variable, value: Variable): Variable {
  return applyOp<IfElseParams>(ifelseOp, [condition, value, zerosLike(value)], { n: 1 }).output;
}

/**
 * Which variables are computed into memory, and which are computed again inside the kernels that read
 * them.
 *
 * @module
 */

import { type KernelLimits, noLimits } from "../ir/capabilities.ts";
import type { Apply, Variable } from "../graph/graph.ts";
import { isIndexInput, lazyInputs, type Params, type PlainLowering } from "../graph/op.ts";
import { toposort } from "../graph/walk.ts";
import { isView, loweringOf, viewBase } from "./lowering.ts";
import type { Shapes } from "./shapes.ts";
import { splitLarge } from "./split.ts";

/** Computing an expression of at most this cost again costs no more than writing and reading it. */
const CHEAP = 3;

/** Inputs of an application that its kernels read; integers known on the host are not among them. */
export function dataInputs(apply: Apply, shapes: Shapes): Variable[] {
  const { dataFrom = 0 } = apply.op;
  const unread = unreadInputs(apply, shapes);
  return apply.inputs.filter((input, i) =>
    i >= dataFrom && !unread.includes(i) && (!isIndexInput(apply, i) || !shapes.knows(input))
  );
}

/** Numbers of the inputs that need not be there. */
function unreadInputs(apply: Apply, shapes: Shapes): readonly number[] {
  const { idle } = apply.op, lazy = lazyInputs(apply);
  return idle === undefined ? lazy : [...lazy, ...shapes.located(apply, () => idle(shapes, apply))];
}

interface Use {
  /** The root whose kernel computes with the variable, or that there are several. */
  reader: Apply | Variable | "several" | null;
  /** How many times an element is read, roughly. */
  reads: number;
  required: boolean;
}

/** What a level of a plan stores, and how. */
interface Materialised {
  readonly materialised: Set<Variable>;
  /** What anything reads. */
  readonly used: ReadonlySet<Variable>;
  /** What is read in the place of variables that are others as they are. */
  readonly same: ReadonlyMap<Variable, Variable>;
  /** Variables whose memory another takes over. */
  readonly taken: ReadonlyMap<Variable, Variable>;
  /** The applications, inputs first. */
  readonly order: readonly Apply[];
}

const unused: Use = { reader: null, reads: 0, required: false };

/**
 * Decides the roots of a graph: outputs, what has kernels of its own, what a product or a gather reads,
 * and what would be computed too often otherwise. `placed` variables are in memory already; kernels stay
 * within `limits`.
 */
export function chooseMaterialised(
  outputs: readonly Variable[],
  placed: (variable: Variable) => boolean,
  shapes: Shapes,
  limits: KernelLimits = noLimits,
): Materialised {
  const all = toposort(outputs, placed, (apply) => {
    const unread = unreadInputs(apply, shapes);
    return apply.inputs.filter((_, i) => !unread.includes(i));
  });
  const same = findSame(all, outputs, shapes);
  const order = all.filter((apply) => !same.has(apply.output));
  const inputs = new Map(
    order.map((apply) =>
      [apply, dataInputs(apply, shapes).map((input) => same.get(input) ?? input)] as const
    ),
  );
  const inputsOf = (apply: Apply) => inputs.get(apply)!;
  const uses = new Map<Variable, Use>();
  const use = (variable: Variable): Use => {
    let found = uses.get(variable);
    if (found === undefined) {
      uses.set(variable, found = { reader: null, reads: 0, required: false });
    }
    return found;
  };
  for (const output of outputs) use(output).required = true;
  const materialised = new Set<Variable>();
  const cost = inlineCosts(order, inputsOf, shapes);

  for (const apply of order.toReversed()) {
    const lowering = loweringOf(apply, shapes);
    const own = lowering.kind === "emit" || lowering.kind === "control";
    for (const output of apply.outputs) {
      const mine = uses.get(output);
      if (mine === undefined) continue;
      // Where a view is read often, what it looks at is worth storing, not the view.
      const stores = isView(apply, shapes)
        ? mine.required
        : own || mustStore(output, lowering, mine, cost.get(output) ?? 1, shapes);
      if (stores) materialised.add(output);
    }
    if (!apply.outputs.some((output) => uses.has(output))) continue;
    const stored = materialised.has(apply.output) || own;
    const mine = uses.get(apply.output) ?? unused;
    for (const input of inputsOf(apply)) {
      const theirs = use(input);
      const reader = !stored ? mine.reader : own ? apply : apply.output;
      if (theirs.reader === null) theirs.reader = reader;
      else if (reader !== null && reader !== theirs.reader) theirs.reader = "several";
      const times = stored
        ? 1
        : Math.max(1, mine.reads / Math.max(1, shapes.elements(apply.output)));
      const each = lowering.kind === "reduce" || own
        ? shapes.elements(input)
        : shapes.elements(apply.output);
      theirs.reads += each * times;
    }
    markRequired(apply, lowering, (input) => use(same.get(input) ?? input), shapes);
  }
  for (const [variable, mine] of uses) {
    if (mine.required && variable.owner !== null) materialised.add(variable);
  }
  const used = new Set(uses.keys());
  splitLarge({ order, inputsOf, used, materialised, placed, shapes }, limits);
  const taken = findTaken(order, outputs, placed, same, shapes);
  return { materialised, used, same, taken, order };
}

/** What has kernels of its own, and is read only by what starts as it and changes it. */
function findTaken(
  order: readonly Apply[],
  outputs: readonly Variable[],
  placed: (variable: Variable) => boolean,
  same: ReadonlyMap<Variable, Variable>,
  shapes: Shapes,
): Map<Variable, Variable> {
  const taken = new Map<Variable, Variable>();
  for (const apply of order) {
    const lowering = loweringOf(apply, shapes);
    if (lowering.kind !== "emit" || lowering.from === undefined) continue;
    const input = apply.inputs[lowering.from]!,
      source = same.get(input) ?? input,
      { owner } = source;
    if (owner?.outputs.length !== 1 || outputs.includes(source) || placed(source)) continue;
    if (loweringOf(owner, shapes).kind === "emit") taken.set(source, apply.output);
  }
  if (taken.size === 0) return taken;
  // What not every run needs may read it, too.
  const reads = new Map<Variable, number>();
  for (const apply of toposort(outputs, placed)) {
    if (same.has(apply.output)) continue;
    for (const input of apply.inputs) {
      const source = same.get(input) ?? input;
      reads.set(source, (reads.get(source) ?? 0) + 1);
    }
  }
  for (const source of [...taken.keys()]) if (reads.get(source) !== 1) taken.delete(source);
  return taken;
}

/** The variables that are others as they are, for the shapes at hand; outputs have memory of their own. */
function findSame(
  order: readonly Apply[],
  outputs: readonly Variable[],
  shapes: Shapes,
): Map<Variable, Variable> {
  const same = new Map<Variable, Variable>();
  const own = new Set(outputs);
  for (const apply of order) {
    const lowering = loweringOf(apply, shapes);
    if (lowering.kind !== "virtual" || lowering.same !== true || own.has(apply.output)) continue;
    const input = apply.inputs[0]!;
    same.set(apply.output, same.get(input) ?? input);
  }
  return same;
}

function markRequired(
  apply: Apply,
  lowering: PlainLowering<Params>,
  use: (variable: Variable) => Use,
  shapes: Shapes,
): void {
  if (lowering.kind === "matmul") {
    for (const input of apply.inputs) {
      const base = viewBase(input, shapes);
      // A reshape of something with kernels of its own is read in place, too.
      use(base).required = true;
    }
  }
  if (lowering.kind === "virtual") {
    for (const i of lowering.materialise ?? []) use(apply.inputs[i]!).required = true;
  }
  if (lowering.kind === "emit") {
    for (const i of lowering.buffers ?? []) use(apply.inputs[i]!).required = true;
  }
  if (lowering.kind === "control") {
    const copied = new Set([...lowering.reads?.(apply) ?? [], ...unreadInputs(apply, shapes)]);
    apply.inputs.forEach((input, i) => {
      if (!copied.has(i)) use(viewBase(input, shapes)).required = true;
    });
  }
}

function mustStore(
  output: Variable,
  lowering: PlainLowering<Params>,
  mine: Use,
  cost: number,
  shapes: Shapes,
): boolean {
  if (mine.required) return true;
  const again = mine.reads > 1.5 * shapes.elements(output);
  if (lowering.kind === "reduce" || lowering.kind === "matmul") {
    return again || mine.reader === "several";
  }
  return cost > CHEAP && (again || mine.reader === "several");
}

/** Cost of one element when nothing between it and the leaves is stored. */
function inlineCosts(
  order: readonly Apply[],
  inputsOf: (apply: Apply) => readonly Variable[],
  shapes: Shapes,
): Map<Variable, number> {
  const cost = new Map<Variable, number>();
  for (const apply of order) {
    const lowering = loweringOf(apply, shapes);
    let total = lowering.kind === "elementwise" || lowering.kind === "virtual"
      ? lowering.cost
      : 100;
    for (const input of inputsOf(apply)) total += cost.get(input) ?? 0;
    for (const output of apply.outputs) cost.set(output, Math.min(total, 1e6));
  }
  return cost;
}

/**
 * The gradient of a scan: a scan that runs backwards over the steps that were executed.
 *
 * At step t (from the last to the first) it knows the gradient of every state of step t that later steps
 * contribute, adds what reaches the traces from outside, and pulls it back through one step. A state
 * that reads `d` steps back keeps `d` pending gradients. Contributions to values that are the same at
 * each step are summed up; where they are matrix products, the factors are stacked instead, and one
 * product over time follows the loop.
 *
 * A loop that may end early has as many rows as it could have steps, and so has its gradient, which runs
 * over those that were executed: no shape depends on how many there were.
 *
 * @module
 */

import { type Gradient as Pulled, zeroGradient } from "../autodiff/gradient.ts";
import { pullback } from "../autodiff/pullback.ts";
import { stableFormsOf } from "../autodiff/stable.ts";
import {
  asKink,
  chosenBeside,
  declareSupport,
  replaceWithKinks,
  support,
} from "../autodiff/support.ts";
import { isComplex, isFloat } from "../core/graph/dtype.ts";
import {
  type Apply,
  applyOp,
  makeConstant,
  makeVariable,
  type Variable,
} from "../core/graph/graph.ts";
import { toposort } from "../core/graph/walk.ts";
import { arange } from "../core/ops/create/ranges.ts";
import { stretched } from "../core/ops/shape/broadcast_to.ts";
import { cumsum } from "../core/ops/order/order.ts";
import { knownDims } from "../core/ops/shape/known_lengths.ts";
import { valueOf } from "../core/ops/common/literal.ts";
import {
  add,
  and,
  cast,
  eq,
  ge,
  gt,
  lt,
  maximum,
  minimum,
  sub,
  where,
} from "../core/ops/elementwise/elementwise.ts";
import { incIndex, index, slice } from "../core/ops/index/indexing.ts";
import { join, stack } from "../core/ops/shape/combine.ts";
import { matmul } from "../core/ops/linalg/linalg.ts";
import { dimshuffle } from "../core/ops/shape/dimshuffle.ts";
import { reshape } from "../core/ops/shape/reshape.ts";
import { shapeOf } from "../core/ops/shape/shape.ts";
import { any, sum } from "../core/ops/reduce/reduce.ts";
import { zerosLike } from "../core/ops/create/alloc.ts";
import { TensorType } from "../core/graph/type.ts";
import { withAxes } from "../autodiff/shapes.ts";
import { depthOf, endsEarly, StepGraph } from "./inner.ts";
import { scanInputs, type ScanOutputs, scanOutputs, type ScanParams } from "./node.ts";
import { scanOp } from "./op.ts";
import { chosenRows, earlySteps, readTimes } from "./early_steps.ts";

type Gradient = Variable | null;

/** The trace that says where a gradient may be other than zero, and what made it so. */
interface Choice {
  readonly at: number;
  readonly kind: "indexed" | "explicit";
}

function differentiable(variable: Variable): boolean {
  return isFloat(variable.dtype) || isComplex(variable.dtype);
}

/** Collects what the backward step reads and gives. */
class BackwardStep {
  readonly sequences: { outer: Variable; place: Variable }[] = [];
  readonly carried: { initial: Variable; place: Variable; next: Variable }[] = [];
  readonly maps: Variable[] = [];
  readonly #mapIndex = new Map<Variable, number>();
  readonly #known = new Map<Variable, Variable>();

  /** A placeholder for the rows of `outer`, which is in the order of the backward steps. */
  sequence(outer: Variable): Variable {
    const have = this.#known.get(outer);
    if (have !== undefined) return have;
    const place = makeVariable(TensorType.of(outer.dtype, outer.type.shape.slice(1)));
    this.sequences.push({ outer, place });
    this.#known.set(outer, place);
    return place;
  }

  /** Number of the trace that records an expression of the step. */
  map(variable: Variable): number {
    let at = this.#mapIndex.get(variable);
    if (at === undefined) {
      at = this.maps.length;
      this.maps.push(variable);
      this.#mapIndex.set(variable, at);
    }
    return at;
  }
}

/**
 * What the steps give that the gradient reads. Where it flows through stable forms, they are computed by
 * these, too: a state that has overflowed in one step would be wrong in the derivatives of the next. With
 * all rewrites, that is the loop that runs anyway.
 */
function valuesOf(apply: Apply<ScanParams>): ScanOutputs {
  const { params, inputs } = apply, { step: { layout, inputs: places, outputs } } = params;
  // A loop that draws numbers draws them once.
  const stable = params.shared.size === 0 && layout.states.length + layout.carried > 0
    ? stableFormsOf(outputs)
    : null;
  if (stable === null) return scanOutputs(apply);
  // Placeholders belong to one step only.
  const fresh = new Map(places.map((place) => [place, makeVariable(place.type)] as const));
  const own = new StepGraph(layout, [...fresh.values()], replaceWithKinks(stable, fresh));
  return scanOutputs(applyOp(scanOp, inputs, { ...params, step: own }));
}

/** Gradients of the inputs of a scan node, from those of its outputs; null where there is none. */
export function scanGradient(
  apply: Apply<ScanParams>,
  outputGradients: readonly Gradient[],
  wanted: readonly boolean[] = apply.inputs.map(() => true),
): Pulled[] {
  const { params } = apply;
  const { step } = params;
  const { layout, placeholders, results } = step;
  const outer = scanInputs(params, apply.inputs);
  const outputs = scanOutputs(apply), values = valuesOf(apply);
  const given = new Map(apply.outputs.map((output, i) => [output, outputGradients[i] ?? null]));
  const gradientOf = (output: Variable): Gradient => given.get(output) ?? null;

  const ends = endsEarly(layout);
  const executed = ends ? values.count : outer.steps;
  const truncated = (count: Variable) =>
    params.truncateGradient < 0 ? count : minimum(count, cast(params.truncateGradient, "int64"));
  const steps = truncated(outer.steps);
  const limit = ends ? truncated(executed) : null;
  const first = params.truncateGradient < 0 ? null : sub(executed, limit ?? steps);
  /** How many steps from the end each of some steps is. */
  const fromEnd = (count: Variable) => sub(sub(executed, 1), arange(count));
  /** Rows of the steps that the gradient visits, last first; row t is element t + tap. */
  const backwards = (rows: Variable, tap = 0): Variable => {
    if (ends) return index(rows, [add(maximum(fromEnd(steps), 0), tap)]);
    const start = first === null ? tap === 0 ? null : tap : add(first, tap);
    const stop = tap === 0 ? executed : add(executed, tap);
    return index(index(rows, [slice(start, stop)]), [slice(null, null, -1)]);
  };

  const back = new BackwardStep();
  // What the forward step read, and what it gave: neither is computed again.
  const known = new Map<Variable, Variable>();
  placeholders.sequences.forEach((taps, i) =>
    taps.forEach((tap, k) =>
      known.set(tap, back.sequence(backwards(outer.sequences[i]!, layout.sequences[i]![k]!)))
    )
  );
  placeholders.states.forEach((taps, i) => {
    const depth = depthOf(layout.states[i]!);
    const rows = join(0, index(outer.initials[i]!, [slice(null, depth)]), values.traces[i]!);
    taps.forEach((tap, k) =>
      known.set(tap, back.sequence(backwards(rows, depth + layout.states[i]![k]!)))
    );
  });
  placeholders.carried.forEach((state, i) =>
    known.set(state, back.sequence(backwards(values.histories[i]!)))
  );
  results.states.forEach((state, i) => {
    if (state.owner !== null) known.set(state, back.sequence(backwards(values.traces[i]!)));
  });

  // Gradients on their way back.
  const pending = layout.states.map((taps, i) => {
    const state = results.states[i]!;
    if (!differentiable(state)) return [];
    const row = index(outer.initials[i]!, [0]);
    return Array.from({ length: depthOf(taps) }, (_, j) => ({
      initial: j === 0 ? gradientOf(outputs.finals[i]!) ?? zerosLike(row) : zerosLike(row),
      place: makeVariable(TensorType.of(state.dtype, state.type.shape)),
    }));
  });
  const adjoint = results.carried.map((state, i) =>
    differentiable(state)
      ? {
        initial: gradientOf(outputs.carried[i]!) ?? zerosLike(outer.carried[i]!),
        place: makeVariable(TensorType.of(state.dtype, state.type.shape)),
      }
      : null
  );

  // What is known of the zeros of gradients on their way: at the last step, nothing has come back yet to
  // what starts as zeros; what was chosen from carries the choice with it.
  const choices: { initial: Variable; place: Variable; of: Variable }[] = [];
  const none = makeConstant(valueOf(false));
  const arriving = [
    ...pending.map((entries, i) => ({
      entries,
      last: gradientOf(outputs.finals[i]!),
      rows: gradientOf(outputs.traces[i]!),
    })),
    ...adjoint.map((entry, i) => ({
      entries: entry === null ? [] : [entry],
      last: gradientOf(outputs.carried[i]!),
      rows: gradientOf(outputs.histories[i]!),
    })),
  ].map(({ entries, last, rows }) => ({
    entries,
    last,
    mask: last === null ? none : chosenBeside(last, [], "indexed"),
    later: rows === null ? none : chosenRows(rows),
    isPlain: rows === null || chosenBeside(rows, [0], "indexed") === null,
    isExplicit: [last, rows].some((part) => part !== null && support(part, "explicit") !== null),
  }));
  // Whole rows at early steps need no more than to know the steps.
  const isChosen = arriving.some(({ mask, later, isPlain }) =>
    mask !== null && later !== null && (mask !== none || !isPlain)
  );
  // Nothing comes back to steps behind the last row that is read.
  const traced = outputs.traces.flatMap((trace) => gradientOf(trace) ?? []);
  const early = isChosen ? new Map<Variable, Variable>() : new Map(traced.flatMap((rows) => {
    const at = earlySteps(rows);
    return at === null ? [] : [[rows, at] as const];
  }));
  /** At which steps an output is read; null if that may be at the end, undefined if it is not. */
  const timesOf = (rows: Variable | undefined, ends: readonly (Variable | undefined)[]) => {
    if (ends.some((output) => output !== undefined && gradientOf(output) !== null)) return null;
    const gradient = rows === undefined ? null : gradientOf(rows);
    return gradient === null ? undefined : early.get(gradient) ?? null;
  };
  const readers = early.size === 0 ? null : readTimes(step, [
    ...results.states.map((_, i) => timesOf(outputs.traces[i], [outputs.finals[i]])),
    ...results.carried.map((_, i) =>
      timesOf(undefined, [outputs.carried[i], outputs.histories[i]])
    ),
    ...results.maps.map((_, j) => {
      const i = layout.states.length + j;
      return timesOf(outputs.traces[i], [outputs.finals[i]]);
    }),
  ]);
  const isEarly = readers !== null && readers.some((times) => times !== null);
  const isLater = back.sequence(gt(arange(steps), 0));
  const kind = arriving.some(({ isExplicit }) => isExplicit) ? "explicit" : "indexed";
  arriving.forEach(({ entries, last, mask, later }, i) => {
    const isRead = readers?.[i] ?? null;
    const isReached = isRead === null ? null : back.sequence(reachedLater(backwards(isRead)));
    entries.forEach(({ initial, place }, j) => {
      if (!isChosen || mask === null || later === null) {
        if (isReached !== null) declareSupport(place, isReached, "explicit");
        else if (j === 0 && last === null) declareSupport(place, isLater, "all");
        return;
      }
      const chosen = makeVariable(TensorType.of("bool", place.type.shape));
      declareSupport(place, chosen, kind);
      const first = stretched(j === 0 ? mask : none, knownDims(initial));
      choices.push({ initial: first, place: chosen, of: place });
    });
  });
  const rowChoice = (rows: Variable) =>
    isChosen ? chosenRows(rows) : chosenBeside(rows, [0], "indexed");
  /** Rows that reach the steps from outside, with what they are chosen by. */
  const rowOf = (rows: Variable, mask: Gradient, isKink: boolean): Variable => {
    const row = back.sequence(backwards(rows));
    const times = isEarly ? early.get(rows) : undefined;
    if (times !== undefined) return where(back.sequence(backwards(times)), row, 0);
    if (mask === null) return row;
    const chosen = back.sequence(backwards(stretched(mask, knownDims(rows))));
    if (isKink && support(rows, "explicit") === null) asKink(chosen, chosen);
    return where(chosen, row, 0);
  };

  const cotangentsOf = (live: ReadonlySet<Variable>): Map<Variable, Variable> => {
    const cotangents = new Map<Variable, Variable>();
    const contribute = (output: Variable, gradient: Variable) => {
      const have = cotangents.get(output);
      cotangents.set(output, have === undefined ? gradient : add(have, gradient));
    };
    results.states.forEach((state, i) => {
      const mine = pending[i]![0];
      if (mine === undefined) return;
      if (live.has(state)) contribute(state, mine.place);
      const rows = gradientOf(outputs.traces[i]!);
      if (rows !== null) contribute(state, rowOf(rows, rowChoice(rows), true));
    });
    results.maps.forEach((map, j) => {
      if (!differentiable(map)) return;
      const i = layout.states.length + j;
      const rows = traceGradient(
        gradientOf(outputs.traces[i]!),
        gradientOf(outputs.finals[i]!),
        outputs.traces[i]!,
        executed,
      );
      if (rows !== null) contribute(map, rowOf(rows, support(rows), false));
    });
    results.carried.forEach((state, i) => {
      if (adjoint[i] !== null && live.has(state)) contribute(state, adjoint[i]!.place);
    });
    return cotangents;
  };

  const innerWanted = step.inputs.filter(differentiable);
  // What no later step has a way from has no gradient at all: zeros that are multiplied need not stay zero.
  const live = new Set<Variable>([
    ...results.states.filter((_, i) => gradientOf(outputs.finals[i]!) !== null),
    ...results.carried.filter((_, i) =>
      gradientOf(outputs.carried[i]!) !== null || gradientOf(outputs.histories[i]!) !== null
    ),
  ]);
  let raw: ReadonlyMap<Variable, Gradient> = new Map();
  for (let size = -1; size !== live.size;) {
    size = live.size;
    const cotangents = cotangentsOf(live);
    const pulled = pullback([...cotangents.keys()], [...cotangents.values()], innerWanted);
    raw = new Map(innerWanted.map((variable, i) => [variable, pulled[i] ?? null] as const));
    const isReached = (place: Variable) => (raw.get(place) ?? null) !== null;
    results.states.forEach((state, i) => {
      if (placeholders.states[i]!.some(isReached)) live.add(state);
    });
    results.carried.forEach((state, i) => {
      if (isReached(placeholders.carried[i]!)) live.add(state);
    });
  }
  const through = (gradient: Gradient): Gradient =>
    gradient === null ? null : replaceKnown(gradient, known);
  const contribution = (variable: Variable): Gradient => through(raw.get(variable) ?? null);

  // The next pending gradients: those of one step earlier.
  results.states.forEach((state, i) => {
    if (!live.has(state)) pending[i] = [];
  });
  layout.states.forEach((taps, i) => {
    pending[i]!.forEach(({ initial, place }, j) => {
      const later = pending[i]![j + 1]?.place ?? null;
      const at = taps.indexOf(-(j + 1));
      const mine = at < 0 ? null : contribution(placeholders.states[i]![at]!);
      const next = later === null ? mine : mine === null ? later : add(later, mine);
      back.carried.push({ initial, place, next: next ?? zerosLike(place) });
    });
  });
  const adjoints = adjoint.map((entry, i) => {
    if (entry === null || !live.has(results.carried[i]!)) return -1;
    const outside = gradientOf(outputs.histories[i]!);
    const mine = contribution(placeholders.carried[i]!);
    const extra = outside && rowOf(outside, rowChoice(outside), true);
    const next = mine === null ? extra : extra === null ? mine : add(mine, extra);
    back.carried.push({ ...entry, next: next ?? zerosLike(entry.place) });
    return back.carried.length - 1;
  });

  const chosen = choices.flatMap(({ initial, place, of }) => {
    const entry = back.carried.find((carried) => carried.place === of);
    if (entry === undefined) return [];
    const mask = stretched(
      support(entry.next, "indexed") ?? makeConstant(valueOf(true)),
      knownDims(of),
    );
    back.carried.push({ initial, place, next: mask });
    return [{ at: back.carried.indexOf(entry), mask: back.carried.length - 1 }];
  });

  // Sequences: one trace for each tap.
  const maskOf = (gradient: Variable): Choice | null => {
    const mask = chosenBeside(gradient, [], "indexed");
    return mask && {
      at: back.map(withAxes(mask, Array.from({ length: gradient.ndim - mask.ndim }, (_, d) => d))),
      kind: support(gradient, "explicit") === null ? "indexed" : "explicit",
    };
  };
  const sequenceMaps = placeholders.sequences.map((taps, i) =>
    taps.map((tap) => {
      const mine = wanted[1 + i] ? contribution(tap) : null;
      return mine === null ? null : { at: back.map(mine), mask: maskOf(mine) };
    })
  );
  const firstOther = 1 + layout.sequences.length + layout.states.length + layout.carried;
  const sums = placeholders.others.map((other, i) => {
    if (!wanted[firstOther + i] || !differentiable(other)) return null;
    const mine = contribution(other);
    if (mine === null) return null;
    const mask = maskOf(mine);
    return { finish: sumOverTime(back, mine, outer.others[i]!, !ends), mask };
  });

  const built = buildBackward(
    back,
    params,
    { steps, limit },
    placeholders.others,
    outer.others,
  );
  const traces = built.traces, finals = built.carried;
  for (const { at, mask } of chosen) declareSupport(finals[at]!, finals[mask]!, kind);

  // Back to the order of the inputs.
  const gradients: Pulled[] = apply.inputs.map(() => null);
  // First values show in the results, but may have no way to the cost.
  const others = 1 + layout.sequences.length;
  gradients.fill(zeroGradient, others, others + layout.states.length + layout.carried);
  sequenceMaps.forEach((maps, i) => {
    let total: Gradient = null;
    maps.forEach((map, k) => {
      if (map === null) return;
      const { at, mask } = map;
      if (mask !== null) declareSupport(traces[at]!, traces[mask.at]!, mask.kind);
      const tap = layout.sequences[i]![k]!;
      const into = total ?? zerosLike(outer.sequences[i]!);
      if (ends) {
        const rows = rowsForward(traces[at]!, fromEnd(outer.steps), steps);
        total = incIndex(into, [slice(tap, add(outer.steps, tap))], rows);
        return;
      }
      const rows = index(traces[at]!, [slice(null, null, -1)]);
      const start = first === null ? tap : add(first, tap);
      total = incIndex(into, [slice(start, add(executed, tap))], rows);
    });
    gradients[1 + i] = total;
  });
  const whole = first === null ? null : eq(limit ?? steps, executed);
  const ifWhole = (gradient: Variable): Variable =>
    whole === null ? gradient : where(whole, gradient, zerosLike(gradient));
  let at = 0;
  layout.states.forEach((_, i) => {
    const rows = pending[i]!.map(() => ifWhole(finals[at++]!));
    // Pending gradient j belongs to the row j steps before the first.
    if (rows.length > 0) {
      const stacked = stack(rows.toReversed(), 0);
      const initial = outer.initials[i]!;
      gradients[1 + layout.sequences.length + i] = incIndex(
        zerosLike(initial),
        [slice(null, rows.length)],
        stacked,
      );
    }
  });
  adjoints.forEach((place, i) => {
    if (place < 0) return;
    gradients[1 + layout.sequences.length + layout.states.length + i] = ifWhole(finals[place]!);
  });
  sums.forEach((sum, i) => {
    if (sum === null) return;
    const total = sum.finish(traces, finals);
    if (sum.mask !== null) {
      declareSupport(total, any(traces[sum.mask.at]!, { axis: 0 }), sum.mask.kind);
    }
    gradients[firstOther + i] = total;
  });
  return gradients;
}

/** Where there is a step before that is reached. */
function reachedLater(reached: Variable): Variable {
  const count = cast(reached, "int32");
  return gt(sub(cumsum(count, 0), count), 0);
}

/** Rows of backward steps for the forward steps they belong to; zeros for those that have none. */
function rowsForward(rows: Variable, places: Variable, count: Variable): Variable {
  const has = and(ge(places, 0), lt(places, count));
  const taken = index(rows, [where(has, places, 0)]);
  return where(dimshuffle(has, 0, ...rows.type.shape.slice(1).map(() => "x" as const)), taken, 0);
}

/** Gradient of a trace, with that of its last row added to it. */
function traceGradient(
  trace: Gradient,
  last: Gradient,
  rows: Variable,
  executed: Variable,
): Gradient {
  if (last === null) return trace;
  return incIndex(trace ?? zerosLike(rows), [sub(executed, 1)], last);
}

/** The expression with the results of the forward step read from their traces. */
function replaceKnown(gradient: Variable, known: ReadonlyMap<Variable, Variable>): Variable {
  return replaceWithKinks([gradient], known)[0]!;
}

type Finish = (traces: readonly Variable[], finals: readonly Variable[]) => Variable;

/** The sum over all steps of a contribution of one step. */
function sumOverTime(
  back: BackwardStep,
  contribution: Variable,
  other: Variable,
  byProducts: boolean,
): Finish {
  const finishes: Finish[] = [];
  const rest: Variable[] = [];
  for (const term of terms(contribution)) {
    const product = byProducts ? productOverTime(back, term) : null;
    if (product !== null) finishes.push(product);
    else rest.push(term);
  }
  for (const term of rest) {
    const traced = back.maps.includes(term);
    if (traced) {
      const at = back.map(term);
      finishes.push((traces) => sum(traces[at]!, { axis: 0 }));
      continue;
    }
    const place = makeVariable(TensorType.of(term.dtype, term.type.shape));
    const at = back.carried.length;
    back.carried.push({ initial: zerosLike(other), place, next: add(place, term) });
    finishes.push((_, finals) => finals[at]!);
  }
  return (traces, finals) =>
    finishes.map((finish) => finish(traces, finals)).reduce((a, b) => add(a, b));
}

function terms(variable: Variable): Variable[] {
  const found: Variable[] = [];
  const stack = [variable];
  while (stack.length > 0) {
    const top = stack.pop()!;
    if (top.owner?.op.name === "add") stack.push(...top.owner.inputs.toReversed());
    else found.push(top);
  }
  return found;
}

/** For a product of two matrices that change with the step: one product of their stacks. */
function productOverTime(back: BackwardStep, term: Variable): Finish | null {
  const owner = term.owner;
  if (owner?.op.name === "dimshuffle") {
    const inner = productOverTime(back, owner.inputs[0]!);
    if (inner === null) return null;
    const { pattern } = owner.params as { pattern: readonly (number | "x")[] };
    return (traces, finals) => dimshuffle(inner(traces, finals), ...pattern);
  }
  if (owner?.op.name !== "matmul" || term.ndim !== 2) return null;
  const [left, right] = owner.inputs as [Variable, Variable];
  const a = stackOverTime(back, left), b = stackOverTime(back, right);
  return (traces) => {
    // sum over t of A_t B_t, as (m, t*k) times (t*k, n).
    const whole = dimshuffle(a(traces), 1, 0, 2), other = b(traces);
    const m = shapeOf(whole, 0), n = shapeOf(other, 2);
    return matmul(reshape(whole, [m, -1]), reshape(other, [-1, n]));
  };
}

/** An expression of the step for all steps at once, on a leading axis. */
function stackOverTime(
  back: BackwardStep,
  variable: Variable,
): (traces: readonly Variable[]) => Variable {
  const known = back.sequences.find(({ place }) => place === variable);
  if (known !== undefined) return () => known.outer;
  if (variable.owner?.op.name === "dimshuffle") {
    const inner = stackOverTime(back, variable.owner.inputs[0]!);
    const { pattern } = variable.owner.params as { pattern: readonly (number | "x")[] };
    const shifted = pattern.map((axis) => axis === "x" ? axis : axis + 1);
    return (traces) => dimshuffle(inner(traces), 0, ...shifted);
  }
  const at = back.map(variable);
  return (traces) => traces[at]!;
}

/** Makes the node of the backward loop. */
function buildBackward(
  back: BackwardStep,
  forward: ScanParams,
  { steps, limit }: { steps: Variable; limit: Variable | null },
  others: readonly Variable[],
  outerOthers: readonly Variable[],
): { traces: readonly Variable[]; carried: readonly Variable[] } {
  const results = [...back.maps, ...back.carried.map(({ next }) => next)];
  const reached = new Set<Variable>();
  for (const apply of toposort(results)) for (const input of apply.inputs) reached.add(input);
  for (const result of results) reached.add(result);
  const used = back.sequences.filter(({ place }) => reached.has(place));
  const fixed = others.flatMap((other, i) => reached.has(other) ? [i] : []);
  // Placeholders belong to one step only: the others get new ones here.
  const fresh = new Map(fixed.map((i) => [others[i]!, makeVariable(others[i]!.type)] as const));
  const step = new StepGraph(
    {
      sequences: used.map(() => [0]),
      states: [],
      maps: back.maps.length,
      carried: back.carried.length,
      others: fixed.length,
      until: false,
      limited: limit !== null,
    },
    [
      ...used.map(({ place }) => place),
      ...back.carried.map(({ place }) => place),
      ...fixed.map((i) => fresh.get(others[i]!)!),
    ],
    replaceWithKinks(results, fresh),
  );
  const node = applyOp(scanOp, [
    steps,
    ...used.map(({ outer }) => outer),
    ...back.carried.map(({ initial }) => initial),
    ...fixed.map((i) => outerOthers[i]!),
    ...(limit === null ? [] : [limit]),
  ], {
    step,
    name: `gradient of ${forward.name ?? "scan"}`,
    truncateGradient: -1,
    strategy: null,
    checkpoint: null,
    shared: new Map(),
    implicit: new Set<number>(),
  });
  const made = scanOutputs(node);
  return { traces: made.traces, carried: made.carried };
}

/** Whether an input can change an output: the step reads it, for something else than its length. */
export function scanConnected(apply: Apply<ScanParams>, input: number): boolean {
  if (input === 0) return false;
  const { step } = apply.params;
  const { layout, placeholders, results } = step;
  const places: readonly (readonly Variable[])[] = [
    ...placeholders.sequences,
    ...layout.states.map(() => []),
    ...layout.carried === 0 ? [] : placeholders.carried.map(() => []),
    ...placeholders.others.map((other) => [other]),
  ];
  const mine = places[input - 1] ?? [];
  // First values always show in the results.
  const initial = input - 1 - layout.sequences.length;
  if (initial >= 0 && initial < layout.states.length + layout.carried) return true;
  const reached = new Set<Variable>([...results.states, ...results.maps, ...results.carried]);
  for (const part of toposort(step.outputs)) for (const v of part.inputs) reached.add(v);
  return mine.some((place) => reached.has(place));
}

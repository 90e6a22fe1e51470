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
import { connectedTo } from "../autodiff/connected.ts";
import { pullback } from "../autodiff/pullback.ts";
import { chosenBeside, declareSupport, replaceWithKinks, support } from "../autodiff/support.ts";
import type { Apply, Variable } from "../core/graph/graph.ts";
import { ancestors, toposort } from "../core/graph/walk.ts";
import { withAxes } from "../core/ops/common/axes.ts";
import { zerosLike } from "../core/ops/create/alloc.ts";
import { ifelseOp } from "../core/ops/control/ifelse_op.ts";
import { add, sub } from "../core/ops/elementwise/elementwise.ts";
import { elementwiseOps } from "../core/ops/elementwise/table.ts";
import { incIndex, index, slice } from "../core/ops/index/indexing.ts";
import { any } from "../core/ops/reduce/reduce.ts";
import { join, stack } from "../core/ops/shape/combine.ts";
import { type BackwardResults, BackwardStep } from "./backward/backward_step.ts";
import { differentiable, ForwardLoop, type Gradient } from "./backward/forward_loop.ts";
import { type Finish, sumOverTime } from "./backward/over_time.ts";
import { VisitedSteps } from "./backward/visited_steps.ts";
import { type Ways, waysOf } from "./backward/ways.ts";
import { Zeros } from "./backward/zeros.ts";
import { depthOf, type StepGraph } from "./inner.ts";
import type { ScanParams } from "./node.ts";
import { scanOp } from "./op.ts";

/** The trace that says where a gradient may be other than zero, and what made it so. */
interface RecordedMask {
  readonly at: number;
  readonly kind: "indexed" | "explicit";
}

/** Gradients of the inputs of a scan node, from those of its outputs; null where there is none. */
export function scanGradient(
  apply: Apply<ScanParams>,
  outputGradients: readonly Gradient[],
  wanted: readonly boolean[] = apply.inputs.map(() => true),
): Pulled[] {
  const loop = new ForwardLoop(apply, outputGradients), { layout } = loop.step;
  const visited = new VisitedSteps(loop);
  const { back, known, ways, zeros, live, pulled } = pullBack(loop, visited);
  /** What one step contributes to a variable that it reads. */
  const contribution = (place: Variable): Gradient => {
    const mine = pulled.get(place) ?? null;
    return mine && replaceWithKinks([mine], known)[0]!;
  };
  const states = carryStates(loop, back, ways, live, contribution);
  const carried = carryAdjoints(loop, back, ways, live, contribution, zeros);
  const declareMasks = zeros.carry();

  const firstOther = 1 + layout.sequences.length + layout.states.length + layout.carried;
  const sequences = recordSequences(loop, back, (i) => wanted[1 + i]!, contribution);
  const others = sumOthers(loop, visited, back, (i) => wanted[firstOther + i]!, contribution);

  const results = back.build(loop, visited);
  declareMasks(results.finals);
  const atStart = (at: number) => visited.atStart(results.finals[at]!);
  return [
    null,
    ...loop.outer.sequences.map((sequence, i) =>
      sequenceGradient(visited, sequence, layout.sequences[i]!, sequences[i]!, results) ??
        zeroGradient
    ),
    // First values show in the results, but may have no way to the cost.
    ...loop.outer.initials.map((initial, i) =>
      rowsGradient(initial, states[i]!.map(atStart)) ?? zeroGradient
    ),
    ...carried.map((at) => at === null ? zeroGradient : atStart(at)),
    ...others.map((sum) => sum?.(results) ?? zeroGradient),
    ...(layout.limited ? [null] : []),
  ];
}

/** The backward step with what is pulled through it, which carries the choices that it makes itself. */
function pullBack(loop: ForwardLoop, visited: VisitedSteps) {
  const attempt = (isChosenWithin: boolean) => {
    const back = new BackwardStep(), known = knownValues(loop, visited, back);
    const ways = waysOf(loop), zeros = new Zeros(loop, visited, back, ways, isChosenWithin);
    return { back, known, ways, zeros, ...pullThroughStep(loop, visited, ways, zeros) };
  };
  if (!choosesStates(loop.step)) return attempt(false);
  const chosen = attempt(true);
  return chosen.zeros.areChosenWithin(chosen.pulled) ? chosen : attempt(false);
}

/** Whether a step, or a loop in it, chooses between values that depend on its states. */
export function choosesStates({ placeholders, results }: StepGraph): boolean {
  const states = new Set([...placeholders.states.flat(), ...placeholders.carried]);
  const from = (v: Variable) => ancestors([v]).some((one) => states.has(one));
  const all = [...results.states, ...results.carried, ...results.maps];
  return toposort(all).some(({ op, inputs, params }) => {
    if (op === elementwiseOps.switch || op === ifelseOp) return inputs.slice(1).some(from);
    return op === scanOp && choosesStates((params as unknown as ScanParams).step);
  });
}

/** What the forward step read, and what it gave: neither is computed again. */
function knownValues(
  { step: { layout }, placeholders, results, outer, values, products }: ForwardLoop,
  visited: VisitedSteps,
  back: BackwardStep,
): Map<Variable, Variable> {
  const known = new Map<Variable, Variable>();
  const reads = (place: Variable, rows: Variable, tap = 0) =>
    known.set(place, back.sequence(visited.backwards(rows, tap)));
  placeholders.sequences.forEach((places, i) =>
    places.forEach((place, k) => reads(place, outer.sequences[i]!, layout.sequences[i]![k]!))
  );
  placeholders.states.forEach((places, i) => {
    const taps = layout.states[i]!, depth = depthOf(taps);
    const rows = join(0, index(outer.initials[i]!, [slice(null, depth)]), values.traces[i]!);
    places.forEach((place, k) => reads(place, rows, depth + taps[k]!));
  });
  placeholders.carried.forEach((place, i) => reads(place, values.histories[i]!));
  results.states.forEach((state, i) => {
    if (state.owner !== null) reads(state, values.traces[i]!);
  });
  products.forEach((rows, product) => reads(product, rows));
  return known;
}

/** What one step pulls back to what it reads. */
interface Pull {
  /** The results that a later step has a way from. */
  readonly live: ReadonlySet<Variable>;
  readonly pulled: ReadonlyMap<Variable, Gradient>;
}

/**
 * Pulls what reaches the results of a step back through it. What no later step has a way from has no
 * gradient at all: zeros that are multiplied need not stay zero.
 */
function pullThroughStep(
  loop: ForwardLoop,
  visited: VisitedSteps,
  ways: Ways,
  zeros: Zeros,
): Pull {
  const { step, placeholders, results, outputs } = loop;
  const isGiven = (output: Variable) => loop.gradientOf(output) !== null;
  const live = new Set<Variable>([
    ...results.states.filter((_, i) => isGiven(outputs.finals[i]!)),
    ...results.carried.filter((_, i) =>
      isGiven(outputs.carried[i]!) || isGiven(outputs.histories[i]!)
    ),
  ]);
  const wanted = step.inputs.filter(differentiable);
  let pulled: ReadonlyMap<Variable, Gradient> = new Map();
  for (let size = -1; size !== live.size;) {
    size = live.size;
    const cotangents = cotangentsOf(loop, visited, ways, zeros, live);
    const found = pullback([...cotangents.keys()], [...cotangents.values()], wanted);
    pulled = new Map(wanted.map((variable, i) => [variable, found[i] ?? null] as const));
    const isReached = (place: Variable) => (pulled.get(place) ?? null) !== null;
    results.states.forEach((state, i) => {
      if (placeholders.states[i]!.some(isReached)) live.add(state);
    });
    results.carried.forEach((state, i) => {
      if (isReached(placeholders.carried[i]!)) live.add(state);
    });
  }
  return { live, pulled };
}

/** The gradients of the results of a step: from later steps, and from outside the loop. */
function cotangentsOf(
  loop: ForwardLoop,
  { executed }: VisitedSteps,
  ways: Ways,
  zeros: Zeros,
  live: ReadonlySet<Variable>,
): Map<Variable, Variable> {
  const { results, outputs } = loop, cotangents = new Map<Variable, Variable>();
  const contribute = (result: Variable, gradient: Variable) => {
    const have = cotangents.get(result);
    cotangents.set(result, have === undefined ? gradient : add(have, gradient));
  };
  results.states.forEach((state, i) => {
    const mine = ways.states[i]![0];
    if (mine === undefined) return;
    if (live.has(state)) contribute(state, mine.place);
    const rows = loop.gradientOf(outputs.traces[i]!);
    if (rows !== null) contribute(state, zeros.stateRow(rows));
  });
  results.maps.forEach((map, j) => {
    if (!differentiable(map)) return;
    const i = results.states.length + j, trace = outputs.traces[i]!;
    let rows = loop.gradientOf(trace);
    const last = loop.gradientOf(outputs.finals[i]!);
    if (last !== null) rows = incIndex(rows ?? zerosLike(trace), [sub(executed, 1)], last);
    if (rows !== null) contribute(map, zeros.mapRow(rows));
  });
  results.carried.forEach((state, i) => {
    const mine = ways.carried[i]!;
    if (mine !== null && live.has(state)) contribute(state, mine.place);
  });
  return cotangents;
}

/** What a step contributes to a placeholder. */
type Contribution = (place: Variable) => Gradient;

const sumOf = (a: Gradient, b: Gradient): Gradient => a === null ? b : b === null ? a : add(a, b);

/**
 * Carries the pending gradients of states to the step before. Gives for each state the numbers of those
 * that arrive before the first step: that of the row j steps before it is number j.
 */
function carryStates(
  { step: { layout }, placeholders, results }: ForwardLoop,
  back: BackwardStep,
  ways: Ways,
  live: ReadonlySet<Variable>,
  contribution: Contribution,
): number[][] {
  return layout.states.map((taps, i) => {
    const pending = live.has(results.states[i]!) ? ways.states[i]! : [];
    return pending.map(({ initial, place }, j) => {
      const later = pending[j + 1]?.place ?? null, at = taps.indexOf(-(j + 1));
      const mine = at < 0 ? null : contribution(placeholders.states[i]![at]!);
      return back.carry(initial, place, sumOf(later, mine) ?? zerosLike(place));
    });
  });
}

/** Carries the gradients of carried states to the step before; the number of each that has one. */
function carryAdjoints(
  loop: ForwardLoop,
  back: BackwardStep,
  ways: Ways,
  live: ReadonlySet<Variable>,
  contribution: Contribution,
  zeros: Zeros,
): (number | null)[] {
  return ways.carried.map((way, i) => {
    if (way === null || !live.has(loop.results.carried[i]!)) return null;
    const mine = contribution(loop.placeholders.carried[i]!);
    const outside = loop.gradientOf(loop.outputs.histories[i]!);
    const next = sumOf(mine, outside && zeros.stateRow(outside));
    return back.carry(way.initial, way.place, next ?? zerosLike(way.place));
  });
}

/** Records where a gradient of the step may be other than zero, if that is known. */
function maskOf(back: BackwardStep, gradient: Variable): RecordedMask | null {
  const mask = chosenBeside(gradient, [], "indexed");
  return mask && {
    at: back.map(withAxes(mask, Array.from({ length: gradient.ndim - mask.ndim }, (_, d) => d))),
    kind: support(gradient, "explicit") === null ? "indexed" : "explicit",
  };
}

/** What is recorded for one tap of a sequence. */
type Recorded = { readonly at: number; readonly mask: RecordedMask | null } | null;

/** Records the gradients of sequences: one trace for each tap. */
function recordSequences(
  { placeholders }: ForwardLoop,
  back: BackwardStep,
  isWanted: (i: number) => boolean,
  contribution: Contribution,
): Recorded[][] {
  return placeholders.sequences.map((taps, i) =>
    taps.map((place) => {
      const mine = isWanted(i) ? contribution(place) : null;
      return mine && { at: back.map(mine), mask: maskOf(back, mine) };
    })
  );
}

/** The gradient of a sequence, of what was recorded for its taps. */
function sequenceGradient(
  visited: VisitedSteps,
  sequence: Variable,
  taps: readonly number[],
  recorded: readonly Recorded[],
  { traces }: BackwardResults,
): Gradient {
  let total: Gradient = null;
  recorded.forEach((entry, k) => {
    if (entry === null) return;
    const rows = traces[entry.at]!, { mask } = entry;
    if (mask !== null) declareSupport(rows, traces[mask.at]!, mask.kind);
    total = visited.increased(total ?? zerosLike(sequence), rows, taps[k]!);
  });
  return total;
}

/** The gradient of first rows, of those that arrive: the last row's first. */
function rowsGradient(initial: Variable, rows: readonly Variable[]): Gradient {
  if (rows.length === 0) return null;
  return incIndex(zerosLike(initial), [slice(null, rows.length)], stack(rows.toReversed(), 0));
}

/** Sums up the gradients of what is the same at each step. */
function sumOthers(
  { placeholders, outer }: ForwardLoop,
  visited: VisitedSteps,
  back: BackwardStep,
  isWanted: (i: number) => boolean,
  contribution: Contribution,
): (Finish | null)[] {
  return placeholders.others.map((place, i) => {
    if (!isWanted(i) || !differentiable(place)) return null;
    const mine = contribution(place);
    if (mine === null) return null;
    const mask = maskOf(back, mine);
    const finish = sumOverTime(back, mine, outer.others[i]!, !visited.mayEndEarly);
    return (results) => {
      const total = finish(results);
      if (mask !== null) {
        declareSupport(total, any(results.traces[mask.at]!, { axis: 0 }), mask.kind);
      }
      return total;
    };
  });
}

/** What the results of steps depend on, by themselves and by the states of earlier steps. */
const dependencies = new WeakMap<StepGraph, Map<number, ReadonlySet<Variable>>>();

function dependenciesOf(step: StepGraph, result: number): ReadonlySet<Variable> {
  let known = dependencies.get(step);
  if (known === undefined) dependencies.set(step, known = new Map());
  const have = known.get(result);
  if (have !== undefined) return have;
  const { placeholders, results } = step;
  const fed = [
    ...results.states.map((state, i) => [state, placeholders.states[i]!] as const),
    ...results.carried.map((state, i) => [state, [placeholders.carried[i]!]] as const),
  ];
  const ends = new Set([step.outputs[result]!]);
  for (;;) {
    const reached = connectedTo([...ends]), before = ends.size;
    for (const [state, places] of fed) if (places.some((v) => reached.has(v))) ends.add(state);
    if (ends.size > before) continue;
    known.set(result, reached);
    return reached;
  }
}

/** Whether an input can change an output: the step reads it, for something else than its length. */
export function scanConnected(
  apply: Apply<ScanParams>,
  input: number,
  output: number,
): boolean {
  if (input === 0) return false;
  const { step, step: { layout, placeholders } } = apply.params;
  // First values always show in the results.
  const initial = input - 1 - layout.sequences.length;
  const other = initial - layout.states.length - layout.carried;
  if (initial >= 0 && other < 0) return true;
  const place = placeholders.others[other];
  const places = place === undefined ? placeholders.sequences[input - 1] ?? [] : [place];
  const traced = layout.states.length + layout.maps, after = output - 2 * traced;
  if (after >= 2 * layout.carried) return false;
  const reached = dependenciesOf(
    step,
    after < 0 ? output % traced : traced + after % layout.carried,
  );
  return places.some((place) => reached.has(place));
}

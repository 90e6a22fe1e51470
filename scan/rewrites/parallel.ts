/**
 * The strategy "parallel": a loop whose step is `s[t] = a[t] * s[t-1] + b[t]`, element by element, is
 * associative, so that its steps need not run one after the other.
 *
 * The steps are cut into about sqrt(T) pieces of about sqrt(T) steps. One loop composes the steps of all
 * pieces at once, a second one carries the state from piece to piece, and the states follow for all
 * steps at once. That is three passes over the data in place of one, and 2*sqrt(T) dependent steps in
 * place of T (the scan by blocks of Blelloch, "Prefix sums and their applications", 1990).
 *
 * @module
 */

import { pullback } from "../../autodiff/pullback.ts";
import { type Apply, applyOp, makeVariable } from "../../core/graph/graph.ts";
import { replace, toposort } from "../../core/graph/walk.ts";
import { broadcastTo } from "../../core/ops/broadcast_to.ts";
import { join } from "../../core/ops/combine.ts";
import { dimshuffle } from "../../core/ops/dimshuffle.ts";
import { add, elementwiseOps, intDiv, maximum, mul, sub } from "../../core/ops/elementwise.ts";
import { index, slice } from "../../core/ops/indexing.ts";
import { onesLike, zerosLike } from "../../core/ops/alloc.ts";
import { reshape, shapeOf } from "../../core/ops/shape.ts";
import type { Rule } from "../../core/rewrite/rule.ts";
import { TensorType } from "../../core/type.ts";
import type { Variable } from "../../core/variable.ts";
import { batch, type Batched } from "../batch.ts";
import { ceilSqrtOp } from "../checkpoint.ts";
import { endsEarly, StepGraph } from "../inner.ts";
import { isScan, scanInputs, scanOp, scanOutputs, type ScanParams } from "../op.ts";

/** Runs an associative loop in pieces, when that is asked for. */
export const parallelScan: Rule = {
  name: "scan-parallel",
  law: "s[t] = a[t]*s[t-1] + b[t], strategy parallel -> prefix products in pieces",
  roots: ["scan"],
  rewrite: (node) => {
    const apply = node as unknown as Apply<ScanParams>;
    if (!isScan(apply) || apply.params.strategy !== "parallel") return null;
    const { layout, placeholders, results } = apply.params.step;
    const plain = !endsEarly(layout) && layout.carried === 0 && layout.maps === 0 &&
      layout.states.length === 1 && layout.states[0]!.join() === "-1";
    if (!plain) return null;
    const place = placeholders.states[0]![0]!;
    const parts = affineParts(results.states[0]!, place);
    if (parts === null) return null;
    const outer = scanInputs(apply.params, apply.inputs);
    const stacked = stackParts(apply, parts);
    if (stacked === null) return null;
    const initial = index(outer.initials[0]!, [0]);
    const trace = affinePrefix(stacked[0], stacked[1], initial, outer.steps, apply.params);
    const outputs = scanOutputs(apply);
    const last = index(join(0, dimshuffle(initial, "x", ...axes(initial.ndim)), trace), [-1]);
    return apply.outputs.map((output) =>
      output === outputs.traces[0] ? trace : output === outputs.finals[0] ? last : outer.steps
    );
  },
};

function axes(n: number): number[] {
  return Array.from({ length: n }, (_, d) => d);
}

/** Ops that read nothing of their first input but its shape. */
const shapeOnly = new Set(["shapeI", "fill"]);

/** Factor and term of a step that is affine in its state, element by element; else null. */
function affineParts(next: Variable, place: Variable): [Variable, Variable] | null {
  const depends = new Set<Variable>([place]);
  for (const node of toposort([next])) {
    if (!node.inputs.some((input) => depends.has(input))) continue;
    if (!Object.hasOwn(elementwiseOps, node.op.name)) return null;
    for (const output of node.outputs) depends.add(output);
  }
  if (!depends.has(next)) return null;
  const [factor] = pullback([next], [onesLike(next)], [place]);
  if (factor === null || factor === undefined) return null;
  // Reading the shape of the state is not reading the state.
  const data = (node: Apply) => shapeOnly.has(node.op.name) ? node.inputs.slice(1) : node.inputs;
  const free = (variable: Variable) =>
    variable !== place &&
    toposort([variable], undefined, data).every((node) => !data(node).includes(place));
  if (!free(factor)) return null;
  const term = replace([next], new Map([[place, zerosLike(place)]]))[0]!;
  return [factor, term];
}

/** Factor and term for all steps at once. */
function stackParts(
  apply: Apply<ScanParams>,
  parts: readonly [Variable, Variable],
): [Variable, Variable] | null {
  const { layout, placeholders } = apply.params.step;
  const outer = scanInputs(apply.params, apply.inputs);
  const leaves = new Map<Variable, Batched>();
  placeholders.sequences.forEach((taps, i) =>
    taps.forEach((tap, k) => {
      const at = layout.sequences[i]![k]!;
      const rows = index(outer.sequences[i]!, [slice(at, add(outer.steps, at))]);
      leaves.set(tap, { value: rows, stacked: true });
    })
  );
  placeholders.others.forEach((other, i) =>
    leaves.set(other, { value: outer.others[i]!, stacked: false })
  );
  // Only the shape of the state is read any more.
  const initial = index(outer.initials[0]!, [0]);
  leaves.set(placeholders.states[0]![0]!, { value: initial, stacked: false });
  const row = Array.from({ length: initial.ndim }, (_, d) => shapeOf(initial, d));
  const made = batch(parts, leaves).map((found) => {
    if (found === null) return null;
    const value = found.stacked
      ? found.value
      : dimshuffle(found.value, "x", ...axes(found.value.ndim));
    return broadcastTo(value, [outer.steps, ...row]);
  });
  return made[0] && made[1] ? [made[0], made[1]] : null;
}

/** All states of `s = a*s + b`, from stacked factors and terms. */
function affinePrefix(
  a: Variable,
  b: Variable,
  initial: Variable,
  steps: Variable,
  params: ScanParams,
): Variable {
  const length = maximum(applyOp(ceilSqrtOp, [steps], {}).output, 1);
  const pieces = intDiv(sub(add(steps, length), 1), length);
  const row = Array.from({ length: initial.ndim }, (_, d) => shapeOf(initial, d));
  const missing = sub(mul(pieces, length), steps);
  const cut = (rows: Variable, fill: Variable): Variable => {
    const padded = join(0, rows, broadcastTo(fill, [missing, ...row]));
    const pieced = reshape(padded, [pieces, length, ...row]);
    // Steps first, pieces beside each other.
    return dimshuffle(pieced, 1, 0, ...axes(initial.ndim).map((d) => d + 2));
  };
  const one = onesLike(initial), none = zerosLike(initial);
  const [A, B] = [cut(a, one), cut(b, none)];

  // Composition of the first steps of each piece: s -> F*s + G.
  const wide = TensorType.of(initial.dtype, [null, ...initial.type.shape]);
  const [f, g, ta, tb] = Array.from({ length: 4 }, () => makeVariable(wide)) as [
    Variable,
    Variable,
    Variable,
    Variable,
  ];
  const start = (value: Variable) => broadcastTo(value, [1, pieces, ...row]);
  const composed = loop(
    params,
    "compose",
    length,
    [A, B],
    [ta, tb],
    [start(one), start(none)],
    [f, g],
    [mul(ta, f), add(mul(ta, g), tb)],
  );
  const [F, G] = composed.traces as [Variable, Variable];

  // The state at the start of each piece.
  const place = makeVariable(initial.type),
    pf = makeVariable(initial.type),
    pg = makeVariable(initial.type);
  const lastRow = (trace: Variable) => index(trace, [-1]);
  const carried = loop(
    params,
    "carry",
    pieces,
    [lastRow(F), lastRow(G)],
    [pf, pg],
    [dimshuffle(initial, "x", ...axes(initial.ndim))],
    [place],
    [add(mul(pf, place), pg)],
  );
  const first = dimshuffle(initial, "x", ...axes(initial.ndim));
  const starts = index(join(0, first, carried.traces[0]!), [slice(null, pieces)]);
  const states = add(mul(F, dimshuffle(starts, "x", ...axes(starts.ndim))), G);
  const ordered = dimshuffle(states, 1, 0, ...axes(initial.ndim).map((d) => d + 2));
  return index(reshape(ordered, [mul(pieces, length), ...row]), [slice(null, steps)]);
}

function loop(
  params: ScanParams,
  name: string,
  steps: Variable,
  sequences: readonly Variable[],
  taps: readonly Variable[],
  initials: readonly Variable[],
  places: readonly Variable[],
  next: readonly Variable[],
): ReturnType<typeof scanOutputs> {
  const step = new StepGraph(
    {
      sequences: sequences.map(() => [0]),
      states: initials.map(() => [-1]),
      maps: 0,
      carried: 0,
      others: 0,
      until: false,
    },
    [...taps, ...places],
    next,
  );
  return scanOutputs(applyOp(scanOp, [steps, ...sequences, ...initials], {
    ...params,
    step,
    name: `parallel ${params.name ?? "scan"}: ${name}`,
    strategy: null,
  }));
}

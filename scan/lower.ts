/**
 * Plans a scan: memory for its states, the kernels of one step, and the loop around them.
 *
 * States are kept in rings of as many rows as the step reads back, and one more; a trace is written only
 * if somebody reads it.
 *
 * @module
 */

import { IndexError } from "../core/base/errors.ts";
import type { Apply, Variable } from "../core/graph/graph.ts";
import { type Ix, sizeIx } from "../core/ir/builder.ts";
import type { Loop } from "../core/ir/program.ts";
import type { AxisRef, SNode, Term } from "../core/ir/scalar.ts";
import {
  addSize,
  contiguousStrides,
  modSize,
  mulSize,
  productSize,
  type Size,
} from "../core/ir/size.ts";
import { KernelBuilder } from "../core/plan/kernel.ts";
import { arrange, simplify } from "../core/plan/passes.ts";
import { type BufferView, loadView } from "../core/plan/buffer_view.ts";
import { Scope } from "../core/plan/scope.ts";
import { Shapes } from "../core/plan/shapes.ts";
import { StepGraph } from "../core/plan/step_graph.ts";
import { chooseStrategy } from "../core/plan/strategy.ts";
import { depthOf, endsEarly } from "./inner.ts";
import { scanInputs, scanLabel, scanOutputs, type ScanParams } from "./node.ts";
import { placeholderLeaves, stepCount } from "./step_shapes.ts";

/** A state in memory: rows (time + depth) mod modulus. */
interface Ring {
  readonly buffer: number;
  readonly dtype: BufferView["dtype"];
  readonly depth: number;
  readonly modulus: number;
  readonly row: readonly Size[];
}

function rowSize(ring: Ring): Size {
  return productSize(ring.row);
}

/** The row of time t + tap, inside the loop. */
function ringRow(ring: Ring, loop: number, tap: number): BufferView {
  const axis: AxisRef = { kind: "loop", loop, shift: ring.depth + tap, modulus: ring.modulus };
  return {
    buffer: ring.buffer,
    dtype: ring.dtype,
    shape: ring.row,
    base: { offset: 0, terms: [{ axis, stride: rowSize(ring) }], rest: null },
    strides: contiguousStrides(ring.row),
  };
}

/** One row of a view, at step t + tap. */
function stepRow(view: BufferView, loop: number, tap: number): BufferView {
  const stride = view.strides[0]!;
  const term: Term = { axis: { kind: "loop", loop, shift: 0, modulus: 0 }, stride };
  return {
    buffer: view.buffer,
    dtype: view.dtype,
    shape: view.shape.slice(1),
    base: {
      offset: addSize(view.base.offset, mulSize(stride, tap)),
      terms: [...view.base.terms, term].filter((t) => t.stride !== 0),
      rest: view.base.rest,
    },
    strides: view.strides.slice(1),
  };
}

/** Emits the steps of a scan node and places its outputs. */
export function lowerScan(scope: Scope, apply: Apply<ScanParams>): void {
  scope.planner.inLoop(() => lowerLoop(scope, apply));
}

function lowerLoop(scope: Scope, apply: Apply<ScanParams>): void {
  const { planner, shapes } = scope;
  const { params } = apply;
  const { step } = params;
  const { layout, placeholders, results } = step;
  const name = params.name ?? "scan";
  const outer = scanInputs(params, apply.inputs);
  const outputs = scanOutputs(apply);
  const steps = stepCount(shapes, apply);
  const loop = planner.loopId();
  const ends = endsEarly(layout);

  const inner = new Scope(
    planner,
    new Shapes(shapes.guards, placeholderLeaves(shapes, apply), shapes),
    scope,
  );
  placeholders.sequences.forEach((taps, i) => {
    const view = scope.affine(outer.sequences[i]!);
    taps.forEach((tap, k) => inner.bind(tap, stepRow(view, loop, layout.sequences[i]![k]!)));
  });
  placeholders.others.forEach((other, i) => inner.bind(other, scope.affine(outer.others[i]!)));

  const rings = [
    ...layout.states.map((taps, i) =>
      startRing(scope, `${name} state ${i}`, outer.initials[i]!, depthOf(taps), true)
    ),
    ...outer.carried.map((initial, i) => startRing(scope, `${name} carry ${i}`, initial, 1, false)),
  ];
  placeholders.states.forEach((taps, i) =>
    taps.forEach((tap, k) => inner.bind(tap, ringRow(rings[i]!, loop, layout.states[i]![k]!)))
  );
  const carriedRings = rings.slice(layout.states.length);
  placeholders.carried.forEach((state, i) =>
    inner.bind(state, ringRow(carriedRings[i]!, loop, -1))
  );

  // Where each result of the step goes: its ring, its trace, or memory for the last value alone.
  const destinations = new Map<Variable, BufferView[]>();
  const send = (variable: Variable, view: BufferView) => {
    destinations.set(variable, [...destinations.get(variable) ?? [], view]);
  };
  const kept = new Set<number>();
  results.states.forEach((state, i) => send(state, ringRow(rings[i]!, loop, 0)));
  results.carried.forEach((state, i) => send(state, ringRow(carriedRings[i]!, loop, 0)));
  rings.forEach((ring) => kept.add(ring.buffer));
  const traced = [...results.states, ...results.maps];
  outputs.traces.forEach((trace, i) => {
    if (!scope.isUsed(trace)) return;
    const view = scope.destinationOf(trace);
    scope.bind(trace, view);
    kept.add(view.buffer);
    // Rows after the end of a loop that stops early are zero.
    if (ends) fillZero(scope, view);
    send(traced[i]!, stepRow(view, loop, 0));
  });
  outputs.histories.forEach((history, i) => {
    if (!scope.isUsed(history)) return;
    const view = scope.destinationOf(history);
    scope.bind(history, view);
    kept.add(view.buffer);
    if (ends) fillZero(scope, view);
    send(placeholders.carried[i]!, stepRow(view, loop, 0));
  });
  outputs.finals.forEach((final, i) => {
    const mapped = i - layout.states.length;
    if (mapped < 0 || !scope.isUsed(final)) return;
    if (shapes.guards.equal(steps, 0)) {
      throw new IndexError(
        `Cannot take the last result of ${
          scanLabel(params)
        }: it has no steps, and result ${mapped} no ` +
          `first value`,
      );
    }
    const view = scope.destinationOf(final);
    scope.bind(final, view);
    kept.add(view.buffer);
    send(results.maps[mapped]!, view);
  });
  const until = ends ? planner.buffers.add(`${name} until`, "bool", [], { kind: "temp" }) : null;
  if (until !== null) kept.add(until.buffer);
  const limit = outer.limit === null ? null : startLimit(
    scope,
    scanLabel(params),
    outer.limit,
    until!,
    outputs.finals.slice(layout.states.length).some((final) => scope.isUsed(final)),
  );
  if (until !== null && limit === null) send(results.until!, until);

  inner.prepare([
    ...destinations.keys(),
    ...(limit === null || results.until === null ? [] : [results.until]),
  ]);
  for (const [variable, views] of destinations) {
    const first = views[0]!;
    if (inner.viewOf(variable) === null && variable.owner !== null) {
      inner.assignDestination(variable, first);
    }
  }
  for (const [variable, views] of destinations) {
    const computed = variable.owner === null && inner.viewOf(variable) === null
      ? null
      : inner.materialise(variable);
    for (const view of views) {
      if (computed === null || computed !== view) inner.computeInto(variable, view);
    }
  }

  if (limit !== null) {
    const kernel = new KernelBuilder(inner, [], [], false), { b } = kernel;
    const axis: AxisRef = { kind: "loop", loop, shift: 1, modulus: 0 };
    const all = b.compare(
      "ge",
      b.ixNode({ offset: 0, terms: [{ axis, stride: 1 }], rest: null }),
      loadView(b, planner.storage, limit, []) as SNode,
    );
    const also = results.until === null ? null : kernel.readReal(results.until, []);
    const yes = also === null ? all : b.binary("or", all, b.cast(also, "bool"));
    kernel.storeView(until!, [], yes);
    inner.finish(`${name} until`, kernel);
  }

  const needsCount = ends || scope.isUsed(outputs.count);
  const count = needsCount
    ? planner.buffers.add(`${name} steps`, "int32", [], { kind: "temp" })
    : null;
  const level = simplify(new StepGraph(planner, name, inner.steps, kept));
  const asWritten: Loop = {
    kind: "loop",
    name,
    id: loop,
    steps,
    body: level.steps,
    until: until?.buffer ?? null,
    mayBeEmpty: limit !== null,
    count: count?.buffer ?? null,
    strategy: "stepped",
    reason: "",
  };
  const choice = chooseStrategy(asWritten, params.strategy, planner.strategyContext);
  scope.steps.push({ ...asWritten, ...choice, body: arrange(level).steps });

  const last = (ring: Ring, output: Variable) => {
    if (!scope.isUsed(output)) return;
    readLast(scope, ring, output, steps, ends ? count : null);
  };
  layout.states.forEach((_, i) => last(rings[i]!, outputs.finals[i]!));
  outputs.carried.forEach((output, i) => last(carriedRings[i]!, output));
  if (scope.isUsed(outputs.count)) {
    const view = scope.destinationOf(outputs.count);
    scope.bind(outputs.count, view);
    const kernel = new KernelBuilder(scope, [], [], false);
    const node = loadView(kernel.b, planner.storage, count!, []);
    kernel.storeView(view, [], kernel.b.cast(node as never, planner.storage.scalar("int64")));
    scope.finish(`${name} steps`, kernel);
  }
}

/** Memory of a state, with its first rows in it. */
function startRing(
  scope: Scope,
  name: string,
  initial: Variable,
  depth: number,
  rows: boolean,
): Ring {
  const shape = scope.shapes.shape(initial);
  const row = rows ? shape.slice(1) : shape;
  const modulus = depth + 1;
  const view = scope.planner.buffers.add(name, initial.dtype, [modulus, ...row], { kind: "temp" });
  const kernel = new KernelBuilder(scope, rows ? [depth, ...row] : row, [], false);
  const target = {
    ...view,
    shape: kernel.axisSizes,
    strides: rows ? view.strides : view.strides.slice(1),
  };
  kernel.storeView(target, kernel.axes, kernel.read(initial, kernel.axes));
  scope.finish(`${name} start`, kernel);
  return { buffer: view.buffer, dtype: initial.dtype, depth, modulus, row };
}

/** The limit of a loop as an int32, and its condition before the first step. */
function startLimit(
  scope: Scope,
  label: string,
  limit: Variable,
  until: BufferView,
  needsStep: boolean,
): BufferView {
  const { planner } = scope;
  const kernel = new KernelBuilder(scope, [], [], false), { b } = kernel;
  const wide = kernel.readReal(limit, []);
  const zero = b.constant(wide.type, 0);
  kernel.check(
    b.compare("lt", wide, zero),
    (_, bad) =>
      `Cannot run ${label}: the number of steps must be >= 0${bad === null ? "" : `, got ${bad}`}`,
    RangeError,
  );
  const none = b.compare("le", wide, zero);
  if (needsStep) {
    kernel.check(none, `Cannot take the last result of ${label}: it has no steps`);
  }
  const view = planner.buffers.add(`${label} limit`, "int32", [], { kind: "temp" });
  const most = b.constant(wide.type, 2 ** 31 - 1);
  kernel.storeView(view, [], b.cast(b.binary("min", wide, most), "i32"));
  kernel.storeView(until, [], none);
  scope.finish(`${label} limit`, kernel);
  return view;
}

function fillZero(scope: Scope, view: BufferView): void {
  const kernel = new KernelBuilder(scope, view.shape, [], false);
  const zero = kernel.b.constant(scope.planner.storage.scalar(view.dtype), 0);
  kernel.storeView(view, kernel.axes, zero);
  scope.finish("zeros", kernel);
}

/** Copies the row of the last executed step out of a ring. */
function readLast(
  scope: Scope,
  ring: Ring,
  output: Variable,
  steps: Size,
  executed: BufferView | null,
): void {
  const { planner } = scope;
  const view = scope.destinationOf(output);
  scope.bind(output, view);
  const kernel = new KernelBuilder(scope, ring.row, [], false);
  const { b } = kernel;
  let row: Ix;
  if (executed === null) {
    row = sizeIx(modSize(addSize(steps, ring.depth - 1), ring.modulus));
  } else {
    const ran = loadView(b, planner.storage, executed, []) as ReturnType<typeof b.constant>;
    const time = b.add(ran, b.constant("i32", ring.depth - 1));
    row = b.ix(b.prim("rem", "i32", time, b.constant("i32", ring.modulus)));
  }
  const whole: BufferView = {
    buffer: ring.buffer,
    dtype: ring.dtype,
    shape: [ring.modulus, ...ring.row],
    base: { offset: 0, terms: [], rest: null },
    strides: contiguousStrides([ring.modulus, ...ring.row]),
  };
  kernel.storeView(
    view,
    kernel.axes,
    loadView(b, planner.storage, whole, [row, ...kernel.axes]),
  );
  scope.finish("last", kernel);
}

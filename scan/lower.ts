/**
 * Plans a scan: memory for its states, the kernels of one step, and the loop around them.
 *
 * States are kept in rings of as many rows as the step reads back, and one more; a trace is written only
 * if it is read.
 *
 * @module
 */

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
import { bareOf } from "../core/plan/lowering.ts";
import { arrange, simplify } from "../core/plan/passes.ts";
import { type BufferView, loadView } from "../core/plan/buffer_view.ts";
import { Scope } from "../core/plan/scope.ts";
import { Shapes } from "../core/plan/shapes.ts";
import { StepGraph } from "../core/plan/step_graph.ts";
import { chooseStrategy } from "../core/plan/strategy.ts";
import { depthOf, endsEarly } from "./inner.ts";
import {
  firstOther,
  type ScanInputs,
  scanInputs,
  scanLabel,
  type ScanOutputs,
  scanOutputs,
  type ScanParams,
} from "./node.ts";
import { lowerIdle } from "./idle.ts";
import { idleInputs, isIdle, placeholderLeaves, stepCount } from "./step_shapes.ts";

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
  if (isIdle(scope.shapes, apply)) lowerIdle(scope, apply);
  else scope.planner.inLoop(() => new LoopLowering(scope, apply).lower());
}

/** The lowering of one scan node. */
class LoopLowering {
  readonly #scope: Scope;
  readonly #params: ScanParams;
  readonly #name: string;
  readonly #outer: ScanInputs;
  readonly #outputs: ScanOutputs;
  readonly #steps: Size;
  readonly #loop: number;
  /** The level of the step. */
  readonly #inner: Scope;
  /** States in memory: those that are traced, and those that are only carried. */
  readonly #rings: readonly Ring[];
  readonly #carriedRings: readonly Ring[];
  /** Where each result of the step goes: its ring, its trace, or memory for the last value alone. */
  readonly #destinations = new Map<Variable, BufferView[]>();
  /** Buffers that are read behind the loop. */
  readonly #kept = new Set<number>();

  constructor(scope: Scope, apply: Apply<ScanParams>) {
    const { planner, shapes } = scope, { params } = apply;
    this.#scope = scope;
    this.#params = params;
    this.#name = params.name ?? "scan";
    this.#outer = scanInputs(params, apply.inputs);
    this.#outputs = scanOutputs(apply);
    this.#steps = stepCount(shapes, apply);
    this.#loop = planner.loopId();
    const leaves = placeholderLeaves(shapes, apply);
    this.#inner = new Scope(planner, new Shapes(shapes.guards, leaves, shapes), scope);
    this.#bindFixed(apply);
    this.#rings = this.#startRings();
    this.#carriedRings = this.#rings.slice(params.step.layout.states.length);
    this.#bindStates();
  }

  lower(): void {
    this.#sendStates();
    this.#sendTraces();
    this.#sendLastResults();
    const end = this.#prepareEnd();
    this.#computeResults(end);
    if (end !== null) this.#storeEnd(end);
    const count = this.#emitLoop(end);
    this.#readStates(count);
    this.#storeCount(count);
  }

  /** Binds what the step reads of sequences, and what is the same in each step. */
  #bindFixed(apply: Apply<ScanParams>): void {
    const scope = this.#scope, { layout, placeholders } = this.#params.step;
    placeholders.sequences.forEach((taps, i) => {
      const view = scope.affine(this.#outer.sequences[i]!);
      taps.forEach((place, k) =>
        this.#inner.bind(place, stepRow(view, this.#loop, layout.sequences[i]![k]!))
      );
    });
    const idle = idleInputs(scope.shapes, apply), first = firstOther(this.#params);
    placeholders.others.forEach((place, i) => {
      if (!idle.includes(first + i)) this.#inner.bind(place, scope.affine(this.#outer.others[i]!));
    });
  }

  #startRings(): Ring[] {
    const { initials, carried } = this.#outer, { layout } = this.#params.step;
    return [
      ...layout.states.map((taps, i) =>
        startRing(this.#scope, `${this.#name} state ${i}`, initials[i]!, depthOf(taps), true)
      ),
      ...carried.map((initial, i) =>
        startRing(this.#scope, `${this.#name} carry ${i}`, initial, 1, false)
      ),
    ];
  }

  #bindStates(): void {
    const { layout, placeholders } = this.#params.step, loop = this.#loop;
    placeholders.states.forEach((taps, i) =>
      taps.forEach((place, k) =>
        this.#inner.bind(place, ringRow(this.#rings[i]!, loop, layout.states[i]![k]!))
      )
    );
    placeholders.carried.forEach((place, i) =>
      this.#inner.bind(place, ringRow(this.#carriedRings[i]!, loop, -1))
    );
  }

  #send(result: Variable, view: BufferView): void {
    const variable = bareOf(result, this.#inner.shapes);
    this.#destinations.set(variable, [...this.#destinations.get(variable) ?? [], view]);
    this.#kept.add(view.buffer);
  }

  #sendStates(): void {
    const { results } = this.#params.step, loop = this.#loop;
    results.states.forEach((state, i) => this.#send(state, ringRow(this.#rings[i]!, loop, 0)));
    results.carried.forEach((state, i) =>
      this.#send(state, ringRow(this.#carriedRings[i]!, loop, 0))
    );
  }

  /** Memory of an output of the loop. */
  #place(output: Variable): BufferView {
    const view = this.#scope.destinationOf(output);
    this.#scope.bind(output, view);
    return view;
  }

  /** Results and carried states whose rows are read. */
  #sendTraces(): void {
    const { layout, placeholders, results } = this.#params.step;
    const { traces, histories } = this.#outputs;
    const traced = [...results.states, ...results.maps, ...placeholders.carried];
    // Where results are the same, as gradients of summands are, one trace serves all.
    const known = new Map<Variable, BufferView>();
    [...traces, ...histories].forEach((output, i) => {
      if (!this.#scope.isUsed(output)) return;
      const result = bareOf(traced[i]!, this.#inner.shapes), same = known.get(result);
      if (same !== undefined && !this.#scope.hasDestination(output)) {
        this.#scope.bind(output, same);
        return;
      }
      const view = this.#place(output);
      known.set(result, view);
      // Rows after the end of a loop that stops early are zero.
      if (endsEarly(layout)) fillZero(this.#scope, view);
      this.#send(result, stepRow(view, this.#loop, 0));
    });
  }

  /** The last values of results that are not states. */
  get #lastResults(): readonly Variable[] {
    return this.#outputs.finals.slice(this.#params.step.layout.states.length);
  }

  #sendLastResults(): void {
    const { results } = this.#params.step;
    this.#lastResults.forEach((final, i) => {
      if (!this.#scope.isUsed(final)) return;
      this.#send(results.maps[i]!, this.#place(final));
    });
  }

  /** Memory for the condition that ends the loop early, and for its limit; null where none does. */
  #prepareEnd(): End | null {
    const scope = this.#scope, { step } = this.#params;
    if (!endsEarly(step.layout)) return null;
    const until = scope.planner.buffers.add(`${this.#name} until`, "bool", [], { kind: "temp" });
    this.#kept.add(until.buffer);
    const needsStep = this.#lastResults.some((final) => scope.isUsed(final));
    const limit = this.#outer.limit === null
      ? null
      : startLimit(scope, scanLabel(this.#params), this.#outer.limit, until, needsStep);
    if (limit === null) this.#send(step.results.until!, until);
    return { until, limit };
  }

  /** Emits the kernels of the step. */
  #computeResults(end: End | null): void {
    const inner = this.#inner, { until } = this.#params.step.results;
    const isRead = (end?.limit ?? null) !== null && until !== null;
    inner.prepare([...this.#destinations.keys(), ...isRead ? [until] : []]);
    for (const [variable, [first]] of this.#destinations) {
      if (inner.viewOf(variable) === null && variable.owner !== null) {
        inner.assignDestination(variable, first!);
      }
    }
    for (const [variable, views] of this.#destinations) {
      const computed = variable.owner === null && inner.viewOf(variable) === null
        ? null
        : inner.materialise(variable);
      for (const view of views) {
        if (computed === null || computed !== view) inner.computeInto(variable, view);
      }
    }
  }

  /** Stores whether a loop with a limit ends behind a step. */
  #storeEnd({ until, limit }: End): void {
    if (limit === null) return;
    const { results } = this.#params.step, { storage } = this.#scope.planner;
    const kernel = new KernelBuilder(this.#inner, [], [], false), { b } = kernel;
    const axis: AxisRef = { kind: "loop", loop: this.#loop, shift: 1, modulus: 0 };
    const all = b.compare(
      "ge",
      b.ixNode({ offset: 0, terms: [{ axis, stride: 1 }], rest: null }),
      loadView(b, storage, limit, []) as SNode,
    );
    const also = results.until === null ? null : kernel.readReal(results.until, []);
    const yes = also === null ? all : b.binary("or", all, b.cast(also, "bool"));
    kernel.storeView(until, [], yes);
    this.#inner.finish(`${this.#name} until`, kernel);
  }

  /** Emits the loop around the step; where the number of executed steps is, if that is needed. */
  #emitLoop(end: End | null): BufferView | null {
    const scope = this.#scope, { planner } = scope, name = this.#name;
    const needsCount = end !== null || scope.isUsed(this.#outputs.count);
    const count = needsCount
      ? planner.buffers.add(`${name} steps`, "int32", [], { kind: "temp" })
      : null;
    const level = simplify(new StepGraph(planner, name, this.#inner.steps, this.#kept));
    const asWritten: Loop = {
      kind: "loop",
      name,
      id: this.#loop,
      steps: this.#steps,
      body: level.steps,
      until: end?.until.buffer ?? null,
      mayBeEmpty: (end?.limit ?? null) !== null,
      count: count?.buffer ?? null,
      strategy: "stepped",
      reason: "",
    };
    const choice = chooseStrategy(asWritten, this.#params.strategy, planner.strategyContext);
    scope.steps.push({ ...asWritten, ...choice, body: arrange(level).steps });
    return count;
  }

  /** Reads the last rows of states. */
  #readStates(count: BufferView | null): void {
    const { layout } = this.#params.step, { finals, carried } = this.#outputs;
    const executed = endsEarly(layout) ? count : null;
    [...finals.slice(0, layout.states.length), ...carried].forEach((output, i) => {
      if (!this.#scope.isUsed(output)) return;
      readLast(this.#scope, this.#rings[i]!, this.#place(output), this.#steps, executed);
    });
  }

  /** Stores how many steps were executed. */
  #storeCount(count: BufferView | null): void {
    const scope = this.#scope, { storage } = scope.planner, output = this.#outputs.count;
    if (!scope.isUsed(output)) return;
    const view = this.#place(output);
    const kernel = new KernelBuilder(scope, [], [], false);
    const node = loadView(kernel.b, storage, count!, []);
    kernel.storeView(view, [], kernel.b.cast(node as never, storage.scalar("int64")));
    scope.finish(`${this.#name} steps`, kernel);
  }
}

/** How a loop ends early. */
interface End {
  /** The condition. */
  readonly until: BufferView;
  /** How many steps it makes at most, if that is another number than its rows. */
  readonly limit: BufferView | null;
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

/** Copies the row of the last executed step out of a ring into a view. */
function readLast(
  scope: Scope,
  ring: Ring,
  view: BufferView,
  steps: Size,
  executed: BufferView | null,
): void {
  const { planner } = scope;
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

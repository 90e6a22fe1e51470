/**
 * One level of a plan: the function itself, the body of a loop, or one side of a branch. It knows where
 * its variables live and emits the steps that compute them.
 *
 * @module
 */

import { isComplex } from "../graph/dtype.ts";
import { type Apply, Constant, type Variable } from "../graph/graph.ts";
import type { Target } from "../graph/op.ts";
import { toposort } from "../graph/walk.ts";
import { axisIx } from "../ir/builder.ts";
import type { Operand, Step } from "../ir/program.ts";
import { contiguousStrides, sameSizes, type Size, sizeKey } from "../ir/size.ts";
import { Emitter } from "./emitter.ts";
import { checksOfNothing } from "./empty.ts";
import { KernelBuilder } from "./kernel.ts";
import { isInOrder, isView, loweringOf, movedAxes } from "./lowering.ts";
import { realNode } from "./element.ts";
import { replacedStore, substitution } from "./merge.ts";
import { addressOf, type BufferView, loadView } from "./buffer_view.ts";
import type { Planner } from "./planner.ts";
import { chooseMaterialised } from "./materialise.ts";
import type { Shapes } from "./shapes.ts";
import { permuted, reshapedView } from "./views.ts";

/** Where variables of one level are, and the steps that put them there. */
export class Scope {
  readonly steps: Step[] = [];
  readonly parent: Scope | null;
  readonly #views = new Map<Variable, BufferView>();
  /** Where a variable must be computed to: an output of the function, or a row of a loop. */
  readonly #destinations = new Map<Variable, BufferView>();
  #materialised = new Set<Variable>();
  #used: ReadonlySet<Variable> = new Set();
  #same: ReadonlyMap<Variable, Variable> = new Map();
  /** Variables whose memory another takes over. */
  #taken: ReadonlyMap<Variable, Variable> = new Map();
  /** Applications in the order in which they are emitted, where each is, and how many of them were. */
  #order: readonly Apply[] = [];
  #positions: ReadonlyMap<Apply | null, number> = new Map();
  #emitted = 0;
  /** How many emissions are under way, one inside the other. */
  #emitting = 0;
  /** Variables whose kernel is being built: it reads through them. */
  readonly #open = new Set<Variable>();

  constructor(readonly planner: Planner, readonly shapes: Shapes, parent: Scope | null = null) {
    this.parent = parent;
  }

  /** Says where a variable is in memory. */
  bind(variable: Variable, view: BufferView): void {
    this.#views.set(variable, view);
    this.planner.note(view.buffer, variable, view.shape);
  }

  /** Where a variable is, or null if it is nowhere yet. */
  viewOf(variable: Variable): BufferView | null {
    if (this.#open.has(variable)) return null;
    return this.#views.get(variable) ?? this.parent?.viewOf(variable) ?? null;
  }

  /** Whether a variable gets memory of its own. */
  isMaterialised(variable: Variable): boolean {
    if (this.#open.has(variable)) return false;
    return this.#materialised.has(variable) || (this.parent?.isMaterialised(variable) ?? false);
  }

  /** Plans a choice by input 0 between two lists of `n` inputs. */
  branch(apply: Apply, n: number): void {
    this.planner.branch(this, apply, n);
  }

  /** Whether anything at this level reads a variable. */
  isUsed(variable: Variable): boolean {
    return this.#used.has(variable);
  }

  /** What is read in the place of a variable: where that is another one as it is, the other. */
  standIn(variable: Variable): Variable {
    return this.#same.get(variable) ?? this.parent?.standIn(variable) ?? variable;
  }

  /** Whether a variable must be computed to a given place. */
  hasDestination(variable: Variable): boolean {
    return this.#destinations.has(variable);
  }

  /** Asks for a variable to be computed into a given piece of memory. */
  assignDestination(variable: Variable, view: BufferView): void {
    this.#destinations.set(variable, view);
  }

  /** Decides what is stored, for these outputs. */
  prepare(outputs: readonly Variable[]): void {
    const placed = (variable: Variable) => this.viewOf(variable) !== null;
    const chosen = chooseMaterialised(outputs, placed, this.shapes, this.planner.kernelLimits);
    this.#materialised = chosen.materialised;
    this.#used = chosen.used;
    this.#same = chosen.same;
    this.#taken = chosen.taken;
    this.#order = chosen.order;
    this.#positions = new Map(chosen.order.map((apply, i) => [apply, i]));
    this.#emitted = 0;
  }

  /** Brings a variable into memory, wherever that is. */
  materialise(given: Variable): BufferView {
    const variable = this.standIn(given);
    const have = this.viewOf(variable);
    if (have !== null) return have;
    if (this.parent?.isMaterialised(variable)) return this.parent.materialise(variable);
    if (variable instanceof Constant) return this.planner.buffers.constant(variable.value);
    this.#emitBefore(variable);
    // An application with several outputs places all of them at once.
    return this.viewOf(variable) ?? this.#emit(variable);
  }

  /** Emits what is stored, inputs first, up to a variable, so that long chains do not recurse. */
  #emitBefore(variable: Variable): void {
    const emit = (apply: Apply) => {
      for (const output of apply.outputs) {
        if (output !== variable && this.#materialised.has(output) && this.viewOf(output) === null) {
          this.#emit(output);
        }
      }
    };
    if (this.#emitting > 0) {
      // What comes next in order may need what is being emitted.
      toposort([variable], (other) => this.viewOf(other) !== null).forEach(emit);
      return;
    }
    const end = this.#positions.get(variable.owner) ?? -1;
    while (this.#emitted < end) emit(this.#order[this.#emitted++]!);
  }

  #emit(variable: Variable): BufferView {
    this.#emitting++;
    try {
      return this.#emitNow(variable);
    } finally {
      this.#emitting--;
    }
  }

  #emitNow(variable: Variable): BufferView {
    const apply = variable.owner;
    if (apply === null) throw new TypeError(`Cannot plan: ${variable.label} has no value`);
    const lowering = loweringOf(apply, this.shapes);
    switch (lowering.kind) {
      case "elementwise":
      case "virtual":
      case "reduce":
      case "matmul":
        this.#allocate(variable);
        this.computeInto(variable, this.#views.get(variable)!);
        break;
      case "emit":
        this.planner.within(
          apply,
          this.shapes.words,
          () => lowering.emit(new Emitter(this, apply), apply),
        );
        break;
      case "control":
        this.planner.within(apply, this.shapes.words, () => lowering.lower(this, apply));
        break;
    }
    const view = this.viewOf(variable);
    if (view === null) {
      throw new TypeError(`Cannot plan: ${apply.op.name} left an output without memory`);
    }
    return view;
  }

  #allocate(variable: Variable): void {
    this.bind(variable, this.destinationOf(variable));
  }

  /** Memory for a variable that is about to be computed. */
  destinationOf(variable: Variable): BufferView {
    let last = variable;
    while (this.#taken.has(last)) last = this.#taken.get(last)!;
    return this.#destinations.get(last) ?? this.planner.buffers.add(
      variable.name ?? variable.owner?.op.name ?? "value",
      variable.dtype,
      this.shapes.shape(variable),
      { kind: "temp" },
    );
  }

  /** Has a variable take over the memory of another that nothing else reads; null where that is not so. */
  takeOver(variable: Variable, source: Variable): BufferView | null {
    const given = this.standIn(source);
    const view = this.#taken.get(given) === variable ? this.#views.get(given) : undefined;
    if (view === undefined) return null;
    this.bind(variable, view);
    return view;
  }

  /** Adds a kernel that computes `variable` (stored or not) into a view. */
  computeInto(variable: Variable, view: BufferView): void {
    const apply = variable.owner;
    if (
      apply !== null && isInOrder(apply, this.shapes) && this.#isNotElsewhere(variable, view) &&
      isContiguous(view)
    ) {
      // The same elements in the same order: computed by the input's own axes, without divisions.
      const inner = apply.inputs[0]!, shape = this.shapes.shape(inner);
      if (this.isMaterialised(inner)) this.materialise(inner);
      return this.computeInto(inner, { ...view, shape, strides: contiguousStrides(shape) });
    }
    const lowering = apply === null ? undefined : loweringOf(apply, this.shapes);
    const shape = this.shapes.shape(variable);
    const kernel = new KernelBuilder(this, shape, [], true);
    const name = variable.name ?? apply?.op.name ?? "copy";
    const elsewhere = this.#views.get(variable);
    if (elsewhere !== undefined && elsewhere.buffer !== view.buffer) {
      if (apply !== null) kernel.note(apply, 1);
      kernel.storeView(
        view,
        kernel.axes,
        loadView(kernel.b, this.planner.storage, elsewhere, kernel.axes),
      );
    } else if (lowering?.kind === "reduce") {
      kernel.storeView(view, kernel.axes, kernel.reduceElement(apply!, lowering));
    } else if (lowering?.kind === "matmul") {
      kernel.product = apply!;
      kernel.storeView(view, kernel.axes, kernel.productElement(apply!));
    } else {
      // The variable itself counts as stored: read through it, not from it.
      const element = lowering?.kind === "elementwise" || lowering?.kind === "virtual"
        ? this.#through(kernel, variable)
        : kernel.read(variable, kernel.axes);
      kernel.storeView(view, kernel.axes, element);
    }
    this.finish(name, kernel);
  }

  /** Whether a variable is not in memory elsewhere already. */
  #isNotElsewhere(variable: Variable, view: BufferView): boolean {
    const elsewhere = this.viewOf(variable);
    return elsewhere === null || elsewhere.buffer === view.buffer;
  }

  #through(kernel: KernelBuilder, variable: Variable): ReturnType<KernelBuilder["read"]> {
    this.#open.add(variable);
    try {
      return kernel.read(variable, kernel.axes);
    } finally {
      this.#open.delete(variable);
    }
  }

  /** Adds the step of a kernel. */
  finish(name: string, kernel: KernelBuilder): void {
    const { parts } = kernel, made = parts.length === 0 ? { name } : { name, parts };
    const unseen = checksOfNothing(name, kernel, this.shapes.guards, kernel.b);
    if (unseen !== null) this.steps.push(unseen);
    if (kernel.product === null) {
      this.steps.push({
        kind: "nest",
        ...made,
        axes: kernel.axisSizes,
        loops: kernel.loopSizes,
        reductions: kernel.reductions,
        inner: kernel.inner,
        outer: kernel.outer,
        checks: kernel.checks,
      });
      return;
    }
    this.#finishProduct(name, kernel, kernel.product);
  }

  #finishProduct(name: string, kernel: KernelBuilder, apply: Apply): void {
    const term = this.planner.part(apply, 2, true);
    const made = term === null ? { name } : { name, parts: [term, ...kernel.parts] };
    const [left, right] = apply.inputs as [Variable, Variable];
    const shape = kernel.axisSizes;
    const batch = shape.slice(0, -2);
    const k = this.shapes.shape(left).at(-1)!;
    const type = this.planner.storage.scalar(apply.output.dtype);
    if (isComplex(apply.output.dtype)) {
      throw new TypeError("Cannot plan a product of complex matrices as one kernel");
    }
    // Checks may read the product: then it is stored, and the rest of the kernel follows.
    const checked = kernel.checks.length > 0;
    const { b, axes } = kernel;
    const kept = checked
      ? this.planner.buffers.add(name, apply.output.dtype, shape, { kind: "temp" })
      : null;
    const stores = kept === null ? kernel.outer : [{
      buffer: kept.buffer,
      address: addressOf(b, kept, axes),
      value: kernel.productElement(apply),
      guard: null,
    }];
    this.steps.push({
      kind: "gemm",
      ...made,
      type,
      batch,
      m: shape.at(-2)!,
      n: shape.at(-1)!,
      k,
      left: this.#operand(left, apply.output),
      right: this.#operand(right, apply.output),
      stores,
    });
    if (kept === null) return;
    const stored = realNode(loadView(b, this.planner.storage, kept, axes));
    const replace = substitution(b, (node) => node.op === "product" ? stored : null);
    this.steps.push({
      kind: "nest",
      name: `${name} epilogue`,
      axes: shape,
      loops: [],
      reductions: [],
      inner: [],
      outer: kernel.outer.map((store) => replacedStore(store, replace)),
      checks: kernel.checks.map((check) => ({ ...check, failed: replace(check.failed) })),
    });
  }

  /** A matrix of a product, read in place where an affine view of memory allows it. */
  #operand(variable: Variable, output: Variable): Operand {
    const view = this.affine(variable, output.dtype === variable.dtype);
    const strides = view.strides;
    return {
      buffer: view.buffer,
      dtype: this.planner.storage.of(view.dtype),
      base: view.base,
      batch: strides.slice(0, -2),
      row: strides.at(-2)!,
      column: strides.at(-1)!,
    };
  }

  /** The variable as an affine view of memory; computed into contiguous memory if it is not one. */
  affine(given: Variable, sameType = true): BufferView {
    const variable = this.standIn(given);
    const placed = this.viewOf(variable);
    if (placed !== null) return placed;
    return (sameType ? this.#view(variable) : null) ?? this.#forced(variable);
  }

  /** The variable as other strides of memory that is there or will be, or null. */
  #view(given: Variable): BufferView | null {
    const variable = this.standIn(given);
    const placed = this.viewOf(variable);
    if (placed !== null) return placed;
    const owner = variable.owner, { shapes } = this;
    if (owner === null) return null;
    if (isInOrder(owner, shapes)) {
      const source = this.#view(owner.inputs[0]!);
      return source && reshapedView(source, shapes.shape(variable));
    }
    const axes = movedAxes(owner, shapes);
    if (axes !== null) {
      const inner = owner.inputs[0]!;
      // Merged axes turned around: stored as they are and read by strides, not divided again.
      const isMerged = inner.owner !== null && isInOrder(inner.owner, shapes);
      const source = this.#view(inner) ?? (isMerged ? this.#forced(inner) : null);
      return source && permuted(source, axes);
    }
    // What only moves indices is read in place, even where it has memory, too.
    const probed = isView(owner, shapes) || !this.isMaterialised(variable)
      ? this.#probe(variable)
      : null;
    return probed ?? (this.isMaterialised(variable) ? this.materialise(variable) : null);
  }

  /** Reads one element and looks whether it is a plain load with one stride for each axis. */
  #probe(variable: Variable): BufferView | null {
    const shape = this.shapes.shape(variable);
    const kernel = new KernelBuilder(this, shape, [], false);
    this.#open.add(variable);
    const element = kernel.read(variable, shape.map((_, d) => axisIx(d)));
    this.#open.delete(variable);
    if (
      !("op" in element) || element.op !== "load" || element.args.length > 0 ||
      element.address.rest !== null || kernel.checks.length > 0 ||
      element.dtype !== this.planner.storage.of(variable.dtype)
    ) return null;
    const strides: Size[] = shape.map(() => 0);
    const outer = element.address.terms.filter((term) => {
      if (term.axis.kind === "axis") strides[term.axis.axis] = term.stride;
      return term.axis.kind === "loop";
    });
    return {
      buffer: element.buffer,
      dtype: variable.dtype,
      shape,
      base: { offset: element.address.offset, terms: outer, rest: null },
      strides,
    };
  }

  #forced(variable: Variable): BufferView {
    if (this.isMaterialised(variable) || variable instanceof Constant) {
      return this.materialise(variable);
    }
    this.#materialised.add(variable);
    return this.materialise(variable);
  }

  /** The variable as contiguous memory that starts at the start of its buffer. */
  contiguous(variable: Variable): Target {
    const view = this.affine(variable);
    const shape = this.shapes.shape(variable);
    const contiguous = contiguousStrides(shape);
    const whole = view.base.offset === 0 && view.base.terms.length === 0 &&
      view.base.rest === null &&
      contiguous.every((stride, d) =>
        shape[d] === 1 || sizeKey(stride) === sizeKey(view.strides[d]!)
      );
    if (whole) return { buffer: view.buffer, dtype: view.dtype, shape };
    const copy = this.planner.buffers.add("copy", variable.dtype, shape, { kind: "temp" });
    const kernel = new KernelBuilder(this, shape, [], false);
    kernel.storeView(
      copy,
      kernel.axes,
      loadView(kernel.b, this.planner.storage, view, kernel.axes),
    );
    this.finish("copy", kernel);
    return { buffer: copy.buffer, dtype: copy.dtype, shape };
  }
}

function isContiguous(view: BufferView): boolean {
  return sameSizes(view.strides, contiguousStrides(view.shape));
}

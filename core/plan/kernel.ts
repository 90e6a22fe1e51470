/**
 * Builds one kernel: reads elements through everything that is not in memory, and collects reductions,
 * a product, checks and stores.
 *
 * @module
 */

import { type DType, isComplex } from "../graph/dtype.ts";
import { type Apply, Constant, type Variable } from "../graph/graph.ts";
import { paramsKey } from "../graph/sessions.ts";
import {
  type CheckMessage,
  type Element,
  type ElementContext,
  isComplexElement,
  type LoopNestBuilder,
  NeedValue,
  type Params,
  type PlainLowering,
  type Target,
} from "../graph/op.ts";
import { axisIx, type Ix, type ScalarBuilder, sizeIx, wrapSmall, zeroIx } from "../ir/builder.ts";
import type {
  CheckError,
  LoopNestCheck,
  ReduceKind,
  Reduction,
  StepPart,
  Store,
} from "../ir/program.ts";
import { scalarFunction } from "../ir/functions.ts";
import { isFloatType, type SNode } from "../ir/scalar.ts";
import {
  contiguousStrides,
  floorDivSize,
  type Guards,
  modSize,
  productSize,
  type Size,
  sizeKey,
  sizeValue,
} from "../ir/size.ts";
import { castElement, constantElement, realNode } from "./element.ts";
import { expectPositions } from "../ir/limits.ts";
import { loweringOf } from "./lowering.ts";
import { addressOf, type BufferView, loadView } from "./buffer_view.ts";
import type { Scope } from "./scope.ts";

type ReduceLowering = PlainLowering<Params> & { kind: "reduce" };
type ElementwiseLowering = PlainLowering<Params> & { kind: "elementwise" };

/** Elementwise ops of at least this cost are functions. */
const LEAST_COST = 8;

/** One kernel under construction. */
export class KernelBuilder implements LoopNestBuilder {
  readonly b: ScalarBuilder;
  readonly axisSizes: readonly Size[];
  loopSizes: readonly Size[];
  readonly reductions: Reduction[] = [];
  readonly inner: Store[] = [];
  readonly outer: Store[] = [];
  readonly checks: LoopNestCheck[] = [];
  /** What it is made of, if that is asked for. */
  readonly parts: StepPart[] = [];
  /** The product whose epilogue this kernel has become. */
  product: Apply | null = null;
  /** Whether reads of reductions and products may become part of this kernel. */
  readonly #fuses: boolean;
  /** Whether what is read belongs to an iteration of the loops (else to a point). */
  #inLoops: boolean;
  readonly #reduced = new Map<Variable, Element>();
  readonly #memo = new Map<string, Element>();
  readonly #memoInLoops = new Map<string, Element>();

  constructor(
    readonly scope: Scope,
    axes: readonly Size[],
    loops: readonly Size[],
    fuses: boolean,
  ) {
    this.b = scope.planner.b;
    this.axisSizes = axes;
    this.loopSizes = loops;
    this.#fuses = fuses;
    this.#inLoops = loops.length > 0;
  }

  get guards(): Guards {
    return this.scope.shapes.guards;
  }

  /** Notes that an op is computed here, for profiles. */
  note(apply: Apply, operations: number, inner: boolean = this.#inLoops): void {
    const part = this.scope.planner.part(apply, operations, inner);
    if (part !== null) this.parts.push(part);
  }

  held(dtype: DType): DType {
    return this.scope.planner.storage.of(dtype);
  }

  get axes(): readonly Ix[] {
    return this.axisSizes.map((size, i) => this.#axis(size, i));
  }

  get loops(): readonly Ix[] {
    return this.loopSizes.map((size, i) => this.#axis(size, this.axisSizes.length + i));
  }

  /** An axis of length 1 is always at 0: addresses stay simple. */
  #axis(size: Size, axis: number): Ix {
    return size === 1 ? zeroIx : axisIx(axis);
  }

  shape(variable: Variable): readonly Size[] {
    return this.scope.shapes.shape(variable);
  }

  integer(variable: Variable): Size {
    return this.scope.shapes.integer(variable);
  }

  integers(variable: Variable): readonly Size[] {
    return this.scope.shapes.integers(variable);
  }

  knows(variable: Variable): boolean {
    return this.scope.shapes.knows(variable);
  }

  read(given: Variable, index: readonly Ix[]): Element {
    const variable = this.scope.standIn(given);
    const key = `${variable.id}@${index.map(ixKey).join(";")}`;
    // What loops give is not there inside of them.
    const memo = this.#inLoops ? this.#memoInLoops : this.#memo;
    let element = memo.get(key);
    if (element === undefined) {
      element = this.#compute(variable, index);
      memo.set(key, element);
    }
    return element;
  }

  readReal(variable: Variable, index: readonly Ix[]): SNode {
    return realNode(this.read(variable, index));
  }

  #compute(variable: Variable, index: readonly Ix[]): Element {
    const { scope, b } = this;
    const storage = scope.planner.storage;
    const view = scope.viewOf(variable);
    if (view !== null) return loadView(b, storage, view, index);
    if (variable instanceof Constant) {
      const value = variable.value, complex = isComplex(variable.dtype);
      if (value.data.length === (complex ? 2 : 1)) {
        return constantElement(b, storage, variable.dtype, value.data[0]!, value.data[1]);
      }
      return loadView(b, storage, scope.planner.buffers.constant(value), index);
    }
    const apply = variable.owner;
    if (apply === null) throw new TypeError(`Cannot plan: ${variable.label} has no value`);
    if (!scope.isMaterialised(variable)) {
      const lowering = loweringOf(apply, scope.shapes);
      if (lowering.kind === "elementwise") return this.#elementwise(apply, index);
      if (lowering.kind === "virtual") {
        this.note(apply, lowering.cost);
        return scope.planner.within(
          apply,
          scope.shapes.words,
          () => lowering.element(this as ElementContext, apply, index, variable.index),
        );
      }
      if (lowering.kind === "reduce" && this.#canInline(variable, index)) {
        return this.#inlineReduction(variable, apply, lowering);
      }
      if (lowering.kind === "matmul" && this.#canInline(variable, index)) {
        if (this.product === null && this.loopSizes.length === 0) {
          this.product = apply;
        }
        if (this.product === apply) return this.productElement(apply);
      }
    }
    return loadView(b, storage, scope.materialise(variable), index);
  }

  #elementwise(apply: Apply, index: readonly Ix[]): Element {
    const { b } = this;
    const lowering = apply.op.lowering;
    if (lowering.kind !== "elementwise") {
      throw new TypeError("Cannot compute a kernel as elementwise");
    }
    this.note(apply, lowering.cost);
    this.scope.shapes.expectCounted(apply.output);
    const storage = this.scope.planner.storage;
    const out = apply.output.dtype;
    const dtypes = apply.inputs.map((input) => input.dtype);
    const compute = lowering.compute(dtypes, apply.params);
    const args = apply.inputs.map((input, i) =>
      castElement(b, storage, this.readBroadcast(input, index), dtypes[i]!, compute[i]!)
    );
    if (lowering.converts === true) return castElement(b, storage, args[0]!, compute[0]!, out);
    const complex = isComplex(out) || compute.some(isComplex);
    let result: Element;
    if (complex) {
      if (lowering.complex === undefined) {
        throw new TypeError(`Cannot compute ${apply.op.name} of complex numbers`);
      }
      result = lowering.complex(b, args, apply.params);
    } else result = this.#function(apply, lowering, args.map(realNode));
    if (isComplexElement(result)) return result;
    return wrapSmall(b, b.cast(result, storage.scalar(out)), out);
  }

  /** An elementwise op of real arguments: functions of floats as nodes where the device takes them. */
  #function(apply: Apply, lowering: ElementwiseLowering, args: readonly SNode[]): SNode {
    const { b } = this, { op, params } = apply, { type } = args[0]!;
    if (b.functions && lowering.cost >= LEAST_COST && isFloatType(type)) {
      const same = args.every((arg) => arg.type === type);
      const func = !same ? null : scalarFunction(
        `${op.name}${paramsKey(op, params)}`,
        { type, count: args.length, ieee: b.ieee },
        (b, args) => lowering.scalar(b, args, params),
      );
      if (func !== null) return b.call(func, args);
    }
    return lowering.scalar(b, args, params);
  }

  /** Reads an input at the index of a broadcast result. */
  readBroadcast(input: Variable, index: readonly Ix[]): Element {
    const shape = this.shape(input);
    const skip = index.length - shape.length;
    return this.read(
      input,
      shape.map((size, d) => this.guards.equal(size, 1) ? zeroIx : index[skip + d]!),
    );
  }

  /** A reduction or product can join this kernel when it is read at the kernel's own point. */
  #canInline(variable: Variable, index: readonly Ix[]): boolean {
    if (!this.#fuses || this.#inLoops) return false;
    const shape = this.shape(variable);
    if (shape.length !== this.axisSizes.length) return false;
    return shape.every((size, d) =>
      sizeKey(size) === sizeKey(this.axisSizes[d]!) && ixKey(index[d]!) === ixKey(this.axes[d]!)
    );
  }

  #inlineReduction(variable: Variable, apply: Apply, lowering: ReduceLowering): Element {
    const have = this.#reduced.get(variable);
    if (have !== undefined) return have;
    const input = apply.inputs[0]!, shape = this.shape(input);
    const loops = lowering.reduction(apply.params, input.dtype).axes.map((axis) => shape[axis]!);
    const same = this.loopSizes.length === 0 && this.reductions.length === 0 ||
      this.loopSizes.length === loops.length &&
        loops.every((size, i) => sizeKey(size) === sizeKey(this.loopSizes[i]!));
    if (!same || this.product !== null) {
      return loadView(
        this.b,
        this.scope.planner.storage,
        this.scope.materialise(variable),
        this.axes,
      );
    }
    const result = this.reduceElement(apply, lowering);
    this.#reduced.set(variable, result);
    return result;
  }

  /** Adds a reduction: the axes that are reduced become the loops of this kernel. */
  reduceElement(apply: Apply, lowering: ReduceLowering): Element {
    const { b } = this;
    const storage = this.scope.planner.storage;
    const input = apply.inputs[0]!, out = apply.output.dtype;
    const { kind, axes, accumulator, keepdims } = lowering.reduction(apply.params, input.dtype);
    const shape = this.shape(input);
    this.loopSizes = axes.map((axis) => shape[axis]!);
    const loops = this.loops, points = this.axes;
    let nextAxis = 0;
    const index = shape.map((_, d) => {
      const at = axes.indexOf(d);
      if (at < 0) return points[nextAxis++]!;
      if (keepdims) nextAxis++;
      return loops[at]!;
    });
    this.#inLoops = true;
    this.note(apply, 1);
    const value = castElement(b, storage, this.read(input, index), input.dtype, accumulator);
    this.#inLoops = false;
    if (isComplexElement(value)) {
      if (kind === "prod") {
        throw new TypeError("Cannot multiply complex numbers over an axis: use exp(sum(log(x)))");
      }
      return { re: this.reduce(kind, value.re), im: this.reduce(kind, value.im) };
    }
    const done = this.reduce(kind, value);
    if (kind === "argmax" || kind === "argmin") return b.cast(done, storage.scalar(out));
    const result = castElement(b, storage, done, accumulator, out);
    // Totals are kept in 32 bits, and a reader expects what memory would hold.
    const grows = kind === "sum" || kind === "prod";
    return grows && accumulator === out ? wrapSmall(b, realNode(result), out) : result;
  }

  /** The product that this kernel is the epilogue of. */
  productElement(apply: Apply): SNode {
    const { dtype } = apply.output;
    return wrapSmall(this.b, this.b.product(this.scope.planner.storage.scalar(dtype)), dtype);
  }

  reduce(kind: ReduceKind, value: SNode): SNode {
    const arg = kind === "argmax" || kind === "argmin";
    const type = arg ? "i32" : value.type;
    this.reductions.push({ kind, value, type });
    return this.b.reduced(this.reductions.length - 1, type);
  }

  runningReduce(kind: "sum" | "prod" | "max" | "min", value: SNode): SNode {
    this.reductions.push({ kind, value, type: value.type });
    return this.b.running(this.reductions.length - 1, value.type);
  }

  scalarIndex(variable: Variable): Ix {
    try {
      return sizeIx(this.integer(variable));
    } catch (error) {
      if (!(error instanceof NeedValue)) throw error;
      return this.b.ix(this.b.cast(this.readReal(variable, []), "i32"));
    }
  }

  check(failed: SNode, message: CheckMessage, error?: CheckError): void {
    if (failed.op === "const" && failed.value === 0) return;
    const check = this.scope.planner.addCheck(message, error);
    this.checks.push({ failed, check, inner: this.#inLoops });
  }

  divMod(index: Ix, by: Size): [Ix, Ix] {
    const { b } = this;
    if (by === 1) return [index, zeroIx];
    if (sizeValue(by) === 0) return [zeroIx, zeroIx];
    const [exact, left] = splitMultiples(b, index, by);
    if (this.#below(left, by)) return [exact, left];
    if (left.terms.length === 0 && left.rest === null) {
      return [
        b.addIx(exact, sizeIx(floorDivSize(left.offset, by))),
        sizeIx(modSize(left.offset, by)),
      ];
    }
    const node = b.ixNode(left), divisor = b.size(by);
    return [b.addIx(exact, b.ix(b.div(node, divisor))), b.ix(b.prim("rem", "i32", node, divisor))];
  }

  /** Whether an affine index is certainly within [0, by). */
  #below(index: Ix, by: Size): boolean {
    if (index.rest !== null || typeof index.offset !== "number" || index.offset < 0) return false;
    let most = index.offset;
    for (const term of index.terms) {
      if (term.axis.kind !== "axis" || sizeValue(term.stride) < 0) return false;
      const axis = term.axis.axis;
      const size = axis < this.axisSizes.length
        ? this.axisSizes[axis]!
        : this.loopSizes[axis - this.axisSizes.length]!;
      if (typeof size !== "number" || typeof term.stride !== "number") {
        // One axis of a symbolic length fits a division by that very length.
        return index.terms.length === 1 && index.offset === 0 && term.stride === 1 &&
          sizeKey(size) === sizeKey(by);
      }
      most += (size - 1) * term.stride;
    }
    return typeof by === "number" && most < by;
  }

  unravel(flat: Ix, shape: readonly Size[]): Ix[] {
    this.#expectFlat(shape);
    const index: Ix[] = new Array(shape.length);
    let rest = flat;
    for (let d = shape.length - 1; d > 0; d--) {
      [rest, index[d]] = this.divMod(rest, shape[d]!);
    }
    if (shape.length > 0) index[0] = rest;
    return index.map((ix, d) => shape[d] === 1 ? zeroIx : ix);
  }

  ravel(index: readonly Ix[], shape: readonly Size[]): Ix {
    this.#expectFlat(shape);
    const strides = contiguousStrides(shape);
    let flat: Ix = zeroIx;
    index.forEach((ix, d) => flat = this.b.addIx(flat, this.b.scaleIx(ix, strides[d]!)));
    return flat;
  }

  #expectFlat(shape: readonly Size[]): void {
    expectPositions(this.guards, "count the elements of a tensor", productSize(shape));
  }

  readTarget(target: Target, index: readonly Ix[]): Element {
    return loadView(this.b, this.scope.planner.storage, targetView(target), index);
  }

  storeInner(target: Target, index: readonly Ix[], value: Element, guard?: SNode): void {
    this.#store(this.inner, targetView(target), index, value, guard);
  }

  storeOuter(target: Target, index: readonly Ix[], value: Element, guard?: SNode): void {
    this.#store(this.outer, targetView(target), index, value, guard);
  }

  /** Stores an element after the loops. */
  storeView(view: BufferView, index: readonly Ix[], value: Element): void {
    this.#store(this.outer, view, index, value);
  }

  #store(
    list: Store[],
    view: BufferView,
    index: readonly Ix[],
    value: Element,
    guard?: SNode,
  ): void {
    const { b } = this;
    const address = addressOf(b, view, index);
    const held = this.scope.planner.storage.scalar(view.dtype);
    const put = (at: Ix, node: SNode) =>
      list.push({
        buffer: view.buffer,
        address: at,
        value: b.cast(node, held),
        guard: guard ?? null,
      });
    if (!isComplex(view.dtype)) return void put(address, realNode(value));
    const parts = isComplexElement(value) ? value : { re: value, im: b.constant(held, 0) };
    const re = b.scaleIx(address, 2);
    put(re, parts.re);
    put(b.addIx(re, sizeIx(1)), parts.im);
  }
}

/** A target as a view. */
function targetView(target: Target): BufferView {
  return {
    buffer: target.buffer,
    dtype: target.dtype,
    shape: target.shape,
    base: zeroIx,
    strides: contiguousStrides(target.shape),
  };
}

function ixKey(ix: Ix): string {
  const terms = ix.terms.map((t) =>
    `${t.axis.kind}${
      t.axis.kind === "axis" ? t.axis.axis : `${t.axis.loop}.${t.axis.shift}.${t.axis.modulus}`
    }*${sizeKey(t.stride)}`
  );
  return `${sizeKey(ix.offset)}+${terms.join("+")}+${ix.rest?.id ?? ""}`;
}

/** Splits off what is certainly a multiple of `by`: index = by * first + second. */
function splitMultiples(b: ScalarBuilder, index: Ix, by: Size): [Ix, Ix] {
  // What is left must not become negative, for the division of it truncates.
  const signed = index.rest !== null || sizeValue(index.offset) < 0 ||
    index.terms.some((t) => sizeValue(t.stride) < 0 && exactQuotient(t.stride, by) === null);
  if (signed) return [zeroIx, index];
  const quotients: Ix["terms"][number][] = [], left: Ix["terms"][number][] = [];
  for (const term of index.terms) {
    const quotient = exactQuotient(term.stride, by);
    if (quotient === null) left.push(term);
    else quotients.push({ axis: term.axis, stride: quotient });
  }
  const offset = exactQuotient(index.offset, by);
  return [
    { offset: offset ?? 0, terms: quotients, rest: null },
    b.addIx(zeroIx, { offset: offset === null ? index.offset : 0, terms: left, rest: index.rest }),
  ];
}

function exactQuotient(a: Size, by: Size): Size | null {
  if (typeof a === "number" && typeof by === "number") return a % by === 0 ? a / by : null;
  if (sizeKey(a) === sizeKey(by)) return 1;
  if (typeof a !== "number" && typeof by === "number") {
    const whole = [...a.terms.values()].every((term) => term.coefficient % by === 0) &&
      a.constant % by === 0;
    return whole ? floorDivSize(a, by) : null;
  }
  return a === 0 ? 0 : null;
}

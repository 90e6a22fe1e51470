/**
 * Lengths of axes, vectors of scalars, and promises about shapes, as ops and as what the library builds of them.
 *
 * @module
 */

import { typed } from "../common/build.ts";
import { type DType, isDiscrete } from "../../graph/dtype.ts";
import { ShapeError } from "../../base/errors.ts";
import { type Apply, Constant, outputOf, Variable, writtenLabel } from "../../graph/graph.ts";
import type { Op } from "../../graph/op.ts";
import { makeValue } from "../../graph/value.ts";
import { scalarTypeOf, type SNode } from "../../ir/scalar.ts";
import { addSize, sizeValue } from "../../ir/size.ts";
import { shown } from "../../base/shown.ts";
import { TensorType } from "../../graph/type.ts";
import {
  asIndexScalar,
  type Dim,
  expectIndexScalars,
  expectInputs,
  intConstant,
  normalizeAxis,
  shapeLabel,
  staticInt,
} from "../common/arguments.ts";
import { lengthsWith } from "../common/length_rules.ts";
import { asVariable, type TensorLike } from "../common/literal.ts";
import { copyElement, zeroValue } from "../common/moving.ts";
import { mapElement } from "../common/elements.ts";
import { dimshuffleOp, type DimshuffleParams } from "./dimshuffle_op.ts";
import { subtensorOp } from "../index/subtensor.ts";
import { expectList } from "../../base/options.ts";
import type { ShapeLike } from "./shape.ts";
import { broadcastAxes, linearIn } from "../common/row_rules.ts";

/** Params of {@linkcode shapeIOp}. */
export interface ShapeIParams {
  /** The axis whose length it is. */
  readonly axis: number;
}

/** The length of one axis, int64. */
export const shapeIOp: Op<ShapeIParams> = {
  name: "shapeI",
  params: { axis: "axis" },
  facts: new Set(["length"]),
  printing: { formula: ([x], { params: { axis } }) => `${x}.shape[${axis}]` },
  dataFrom: 1,
  infer(inputs, { axis }) {
    expectInputs("shapeI", inputs, 1);
    if (!Number.isInteger(axis) || axis < 0 || axis >= inputs[0]!.ndim) {
      throw new RangeError(
        `Cannot take a length of ${shapeLabel(inputs[0]!)}: there is no axis ${axis}`,
      );
    }
    return [TensorType.of("int64", [])];
  },
  shapes() {
    return [[]];
  },
  evaluate(inputs, { axis }) {
    return [makeValue("int64", [], [inputs[0]!.shape[axis]!])];
  },
  integers(context, apply) {
    return [context.shape(apply.inputs[0]!)[apply.params.axis]!];
  },
  lowering: {
    kind: "virtual",
    cost: 0,
    element(context, apply) {
      const size = context.shape(apply.inputs[0]!)[apply.params.axis]!;
      return context.b.size(size, scalarTypeOf(context.held("int64")));
    },
  },
};

/** Params of {@linkcode makeVectorOp}. */
export interface MakeVectorParams {
  /** dtype of the scalars and of the vector. */
  readonly dtype: DType;
}

/** A vector of scalars of one dtype. */
export const makeVectorOp: Op<MakeVectorParams> = {
  name: "makeVector",
  params: { dtype: "plain" },
  holds: (inputs) => inputs,
  facts: new Set(["gathers", "made"]),
  infer(inputs, { dtype }) {
    for (const input of inputs) {
      if (input.ndim !== 0 || input.dtype !== dtype) {
        throw new TypeError(
          `Cannot make a vector: expected scalars of dtype ${
            shown(dtype)
          }, got ${input.label} of type ${input.type}`,
        );
      }
    }
    return [TensorType.of(dtype, [inputs.length])];
  },
  shapes(_context, apply) {
    return [[apply.inputs.length]];
  },
  linear: ({ inputs }) => [inputs.map((_, i) => i)],
  evaluate(inputs, { dtype }) {
    const out = zeroValue(dtype, [inputs.length]);
    inputs.forEach((input, i) => copyElement(out, i, input, 0));
    return [out];
  },
  integers(context, apply) {
    return apply.inputs.map((input) => context.integer(input));
  },
  lowering: {
    kind: "virtual",
    cost: 1,
    element(context, apply, index) {
      const { b } = context, at = b.ixNode(index[0]!);
      const parts = apply.inputs.map((input) => context.read(input, []));
      // Of no elements, as the shape of a scalar, nothing is read.
      let chosen = parts.at(-1) ?? b.constant(scalarTypeOf(context.held(apply.params.dtype)), 0);
      for (let i = parts.length - 2; i >= 0; i--) {
        const here: SNode = b.compare("eq", at, b.constant("i32", i));
        chosen = mapElement([parts[i]!, chosen], ([p, q]) => b.select(here, p!, q!));
      }
      return chosen;
    },
  },
};

/** The fewest rows that an axis must have: those of so many steps, and so many more. */
interface LeastRows {
  /** "given" where the next input says it. */
  readonly steps: number | "given";
  readonly reach: number;
  /** What x is, for messages. */
  readonly what: string;
}

/** Params of {@linkcode specifyShapeOp}. */
export interface SpecifyShapeParams {
  /**
   * Lengths; null for an axis without promise, "given" for one whose length is the next input, and the least
   * of one that may be longer.
   */
  readonly shape: readonly (number | null | "given" | LeastRows)[];
  /** What x is a mask of, for messages: x must have the lengths of its axes from one on. */
  readonly masks?: { readonly label: string; readonly from: number };
  /** What was tried with x, for messages, where the library wants these lengths. */
  readonly action?: string;
}

function shapePromiseError(
  label: string,
  { masks, action }: SpecifyShapeParams,
  axis: number,
  wanted: number,
  got: number,
): ShapeError {
  if (masks !== undefined) {
    return new ShapeError(
      `Cannot index ${masks.label} by the mask ${label}: axis ${
        masks.from + axis
      } of ${masks.label} has length ${wanted}, and axis ${axis} of the mask has length ${got}`,
    );
  }
  return new ShapeError(
    `${
      action ?? `Cannot take ${label} as having the specified shape`
    }: expected length ${wanted} of axis ${axis}, got ${got}`,
  );
}

/** What is wrong with a number of steps that is negative. */
export function negativeSteps(
  { action }: Pick<SpecifyShapeParams, "action">,
  steps: number,
): RangeError {
  return new RangeError(`${action}: the number of steps must be >= 0, got ${steps}`);
}

function tooFewRows(
  label: string | null,
  { action }: SpecifyShapeParams,
  { what, reach }: LeastRows,
  steps: number,
  got: number,
): ShapeError {
  const needs = neededRows(steps, reach);
  const x = label === null ? what : `${what} (${label})`;
  return new ShapeError(`${action}: ${x} has ${got} elements, and ${needs}`);
}

/** How many elements of a sequence steps need, in words. */
export function neededRows(steps: number, reach: number): string {
  const taps = reach > 0 ? ` with taps reaching ${reach} further` : "";
  return `${steps} steps${taps} need ${steps + reach}`;
}

type Promised = SpecifyShapeParams["shape"][number];

/** Whether an input says the length. */
function isGiven(promise: Promised): boolean {
  return (isLeast(promise) ? promise.steps : promise) === "given";
}

function isLeast(promise: Promised): promise is LeastRows {
  return typeof promise === "object" && promise !== null;
}

/** For each axis what the inputs behind x say of it; null where none does. */
export function saidOf<V>(shape: readonly Promised[], given: readonly V[]): (V | null)[] {
  let next = 0;
  return shape.map((promise) => isGiven(promise) ? given[next++]! : null);
}

/** The params, with a mask's tensor as the user wrote it. */
function maskedAs({ inputs, params }: Apply<SpecifyShapeParams>): SpecifyShapeParams {
  const told = inputs[1]?.owner;
  if (params.masks === undefined || told?.op !== shapeIOp || told.inputs[0]!.name !== null) {
    return params;
  }
  return { ...params, masks: { ...params.masks, label: writtenLabel(told.inputs[0]!) } };
}

/** x, whose axes are checked to have the given lengths. */
export const specifyShapeOp: Op<SpecifyShapeParams> = {
  name: "specifyShape",
  params: { shape: "plain", masks: "plain", action: "plain" },
  facts: new Set(["moves", "arranges"]),
  indexFrom: 1,
  infer(inputs, params) {
    const { shape } = params;
    const given = shape.filter(isGiven).length;
    expectInputs("specifyShape", inputs, 1 + given);
    expectIndexScalars("specifyShape", inputs, 1);
    const x = inputs[0]!;
    if (shape.length !== x.ndim) {
      throw new TypeError(
        `Cannot specify the shape of ${
          shapeLabel(x)
        }: expected ${x.ndim} lengths, got ${shape.length}`,
      );
    }
    const said = saidOf(shape, inputs.slice(1));
    const known = shape.map((n, axis) => {
      const have = x.type.shape[axis]!;
      if (isLeast(n)) return have;
      const wanted = n === "given" ? staticInt(said[axis]!) : n;
      if (wanted !== null && have !== null && wanted !== have) {
        const label = params.masks === undefined ? shapeLabel(x) : x.label;
        throw shapePromiseError(label, params, axis, wanted, have);
      }
      return wanted ?? have;
    });
    return [TensorType.of(x.dtype, known)];
  },
  shapes(context, apply) {
    const [x, ...given] = apply.inputs as [Variable, ...Variable[]];
    const said = saidOf(apply.params.shape, given);
    return [
      context.shape(x).map((have, axis) => {
        const promise = apply.params.shape[axis]!;
        if (promise === null) return have;
        const told = said[axis] === null ? null : context.integer(said[axis]!);
        if (isLeast(promise)) {
          const steps = told ?? promise.steps as number, { guards } = context;
          if (guards.less(steps, 0)) throw negativeSteps(apply.params, sizeValue(steps));
          const isLong = !guards.less(have, addSize(steps, promise.reach));
          if (isLong || guards.equal(steps, 0)) return have;
          const [needed, got] = [sizeValue(steps), sizeValue(have)];
          throw tooFewRows(writtenLabel(x), apply.params, promise, needed, got);
        }
        const wanted = promise === "given" ? told! : promise;
        if (!context.guards.equal(have, wanted)) {
          const lengths = [sizeValue(wanted), sizeValue(have)] as const;
          throw shapePromiseError(writtenLabel(x), maskedAs(apply), axis, ...lengths);
        }
        return typeof have === "number" ? have : wanted;
      }),
    ];
  },
  lengths: lengthsWith((own, named, { shape }) => {
    const said = saidOf(shape, named);
    return shape.map((n, axis) =>
      n === null || isLeast(n) ? own[axis]! : n === "given" ? said[axis]! : n
    );
  }),
  along: broadcastAxes,
  linear: linearIn(0),
  evaluate(inputs, params) {
    const said = saidOf(params.shape, inputs.slice(1));
    params.shape.forEach((promise, axis) => {
      if (promise === null) return;
      const have = inputs[0]!.shape[axis]!;
      const told = said[axis] === null ? null : Number(said[axis]!.data[0]);
      if (isLeast(promise)) {
        const steps = told ?? promise.steps as number;
        if (steps < 0) throw negativeSteps(params, steps);
        if (steps === 0 || have >= steps + promise.reach) return;
        throw tooFewRows(null, params, promise, steps, have);
      }
      const wanted = promise === "given" ? told! : promise;
      if (have === wanted) return;
      const label = params.masks === undefined ? "a value" : "of bools";
      throw shapePromiseError(label, params, axis, wanted, have);
    });
    return [inputs[0]!];
  },
  integers(context, apply) {
    return context.integers(apply.inputs[0]!);
  },
  lowering: {
    kind: "virtual",
    view: true,
    cost: 0,
    element(context, apply, index) {
      return context.read(apply.inputs[0]!, index);
    },
  },
};

/** x, which must have the rows of so many steps along its first axis when the function is called. */
export function withRows(
  x: Variable,
  { steps, reach, what }: { steps: Variable; reach: number; what: string },
  action: string,
): Variable {
  const have = x.type.shape[0]!, known = staticInt(steps);
  if (known !== null && (known === 0 || have !== null && have >= known + reach)) return x;
  if (reach === 0 && steps === shapeOf(x, 0)) return x;
  const rows: LeastRows = { steps: known ?? "given", reach, what };
  const shape = x.type.shape.map((_, axis) => axis === 0 ? rows : null);
  const given = known === null ? [steps] : [];
  return outputOf<SpecifyShapeParams>(specifyShapeOp, [x, ...given], { shape, action });
}

/** Whether a variable is checked to have enough rows for the steps of a loop. */
export function hasCheckedRows({ owner }: Variable): boolean {
  return owner?.op === specifyShapeOp as Op &&
    isLeast((owner.params as SpecifyShapeParams).shape[0]!);
}

/**
 * The length of one axis of x as an int64 scalar: a constant where it is known from the type.
 *
 * Throws a RangeError for an axis that x does not have.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [rows, columns] = T.matrix("m").shape; // the same, for each axis
 * ```
 */
export function shapeOf(x: TensorLike, axis: number): Variable<"int64", 0> {
  const v = asVariable(x);
  return typed(
    lengthOf(v, normalizeAxis(axis, v.ndim, `Cannot take a length of ${shapeLabel(v)}`)),
  );
}

/** The length of an axis, asked of the variable that it comes from. */
function lengthOf(x: Variable, axis: number): Variable {
  const known = x.type.shape[axis]!;
  if (known !== null) return intConstant(known);
  const owner = x.owner;
  if (owner?.op === dimshuffleOp as Op) {
    const { pattern } = owner.params as DimshuffleParams;
    return lengthOf(owner.inputs[0]!, pattern[axis] as number);
  }
  if (owner?.op.name === "broadcastTo") {
    const given = owner.inputs[1 + axis]!;
    if (given.dtype === "int64") return given;
  }
  return outputOf<ShapeIParams>(shapeIOp, [x], { axis });
}

/** Whether lengths are certainly those of x. */
export function hasShape(x: Variable, dims: readonly Variable[]): boolean {
  return dims.length === x.ndim && dims.every((dim, axis) => {
    const known = x.type.shape[axis]!;
    return known === null ? dim === lengthOf(x, axis) : known === staticInt(dim);
  });
}

/** The lengths of all axes as int64 scalars. */
export function dimsOf(x: TensorLike): Variable[] {
  const v = asVariable(x);
  return v.type.shape.map((_, axis) => shapeOf(v, axis));
}

/** Vectors of more scalars than this are joined from parts. */
export const LONG_VECTOR = 16;

/** A mask, which is checked to have the lengths of the axes of x from one on. */
export function maskOf(x: Variable, mask: Variable, from: number): Variable {
  const lengths = dimsOf(x).slice(from, from + mask.ndim);
  return withShape(mask, lengths, { masks: { label: x.label, from } });
}

/** x, with a promise about its shape, and what an error says that was tried. */
export function withShape(
  v: Variable,
  shape: readonly (Dim | null)[],
  more: Pick<SpecifyShapeParams, "masks" | "action"> = {},
): Variable {
  const action = `Cannot specify the shape of ${shapeLabel(v)}`;
  const given: Variable[] = [];
  const promises = Array.from(expectList(action, shape, "a list of lengths"), (dim, axis) => {
    if (dim === null) return null;
    const variable = asIndexScalar(dim, action, `the length of axis ${axis}`);
    const known = staticInt(variable);
    if (known === null) given.push(variable);
    return known ?? "given";
  });
  const told = promises.every((n, axis) => n === null || n === v.type.shape[axis]);
  if (told && promises.length === v.ndim) return v;
  return outputOf<SpecifyShapeParams>(specifyShapeOp, [v, ...given], { shape: promises, ...more });
}

/**
 * The lengths that a shape argument stands for, as 0-d integer variables.
 *
 * @param ndim How many there are, needed for a vector whose own length is not known.
 */
export function asDims(shape: ShapeLike, action: string, ndim?: number): Variable[] {
  if (shape instanceof Variable && shape.ndim === 1) {
    const count = ndim ?? shape.type.shape[0] ?? null;
    if (count === null) {
      throw new TypeError(
        `${action}: expected a shape of known length, got the vector ${shape.label}; give the rank with it`,
      );
    }
    if (!isDiscrete(shape.dtype)) {
      throw new TypeError(
        `${action}: expected a shape of integers, got ${shape.label} of type ${shape.type}`,
      );
    }
    return vectorElements(shape, count);
  }
  const list = Array.isArray(shape) ? shape as readonly Dim[] : [shape as Dim];
  if (ndim !== undefined && list.length !== ndim) {
    throw new RangeError(`${action}: expected ${shown(ndim)} lengths, got ${list.length}`);
  }
  return Array.from(list, (dim, axis) => asIndexScalar(dim, action, `the length of axis ${axis}`));
}

/** The first `count` elements of a vector as scalars, without a detour over the vector if possible. */
function vectorElements(vector: Variable, count: number): Variable[] {
  const owner = vector.owner;
  if (owner !== null && owner.op.name === "makeVector" && owner.inputs.length === count) {
    return [...owner.inputs];
  }
  if (vector instanceof Constant && vector.value.shape[0] === count && isDiscrete(vector.dtype)) {
    return Array.from(vector.value.data, intConstant);
  }
  return Array.from(
    { length: count },
    (_, i) => outputOf(subtensorOp, [vector, intConstant(i)], { index: [{ kind: "int" }] }),
  );
}

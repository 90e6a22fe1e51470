/**
 * Arguments of a call: bound to inputs by place and name, checked and converted.
 *
 * @module
 */

import {
  canCastLosslessly,
  canHold,
  type DType,
  dtypeInfo,
  isComplex,
  isInt,
  type TypedArray,
} from "../graph/dtype.ts";
import { sizeOf, toTypedArray } from "../graph/value.ts";
import {
  castHost,
  flattenNested,
  hostElements,
  isComplexNumber,
  isHostTensor,
  isTypedArray,
  type NestedElement,
  nestedNumbers,
  nestedValue,
  valueOf,
} from "../ops/common/literal.ts";
import type { SharedValue } from "./shared.ts";
import { commaText, cut, shown, shownShape } from "../base/shown.ts";
import { Tensor, tensor } from "./tensor.ts";
import { Variable } from "../graph/graph.ts";
import type { InputSpec } from "./inputs.ts";

/** An argument on its way to the device: a tensor of the user's, or elements made for this call. */
export interface Argument {
  readonly dtype: DType;
  readonly shape: readonly number[];
  dataSync(): TypedArray;
}

/** Host elements made for one call. */
export class HostArgument implements Argument {
  constructor(
    readonly dtype: DType,
    readonly shape: readonly number[],
    readonly elements: TypedArray,
  ) {
  }

  dataSync(): TypedArray {
    return this.elements;
  }
}

const scalarShape: readonly number[] = Object.freeze([]);

/** Conversion rules of one input. */
interface ConversionRules {
  readonly allowDowncast: boolean;
  readonly strict: boolean;
}

/** Binds values to inputs; undefined where the default is to be used. */
export function bindArguments(
  specs: readonly InputSpec[],
  values: readonly unknown[],
  what: string,
): unknown[] {
  let positional = values.length;
  let named: Record<string, unknown> | null = null;
  const last = values[positional - 1];
  const isNumber = isComplexNumber(last) &&
    !specs.some(({ name }) => name === "re" || name === "im");
  if (positional > 0 && isNamed(last) && !isNumber) {
    checkNoTensor(specs, last, what);
    named = last;
    positional--;
  }
  if (positional > specs.length) {
    throw new TypeError(
      `Cannot call ${what}: too many arguments, expected at most ${specs.length} and got ${positional}`,
    );
  }
  const bound: unknown[] = new Array(specs.length);
  for (let i = 0; i < positional; i++) bound[i] = values[i];
  if (named !== null) bindNamed(specs, bound, named, positional, what);
  return bound;
}

/** Throws a TypeError for what looks like a tensor, and gives no elements: it names no inputs. */
function checkNoTensor(
  specs: readonly InputSpec[],
  given: Record<string, unknown>,
  what: string,
): void {
  const keys = ["dtype", "shape", "data", "dataSync"].filter((key) => Object.hasOwn(given, key));
  if (keys.length < 2 || specs.some(({ name }) => name !== null && keys.includes(name))) return;
  throw new TypeError(
    `Cannot call ${what}: ${
      shown(given)
    } is not a tensor; give a Tensor, a typed array, nested arrays, ` +
      `or an object with the values of inputs by name`,
  );
}

function bindNamed(
  specs: readonly InputSpec[],
  bound: unknown[],
  named: Record<string, unknown>,
  positional: number,
  what: string,
): void {
  for (const [name, value] of Object.entries(named)) {
    const matches = specs.flatMap((spec, i) => spec.name === name ? [i] : []);
    if (matches.length === 0) {
      const known = specs.flatMap((spec) => spec.name === null ? [] : [`"${cut(spec.name)}"`]);
      const unnamed = specs.length - known.length;
      throw new TypeError(
        `Cannot call ${what}: unknown input ${shown(name)}; named inputs are ${
          commaText(known) || "none"
        }` +
          (unnamed > 0 ? `, and ${unnamed} without a name` : ""),
      );
    }
    if (matches.length > 1) {
      throw new TypeError(`Cannot call ${what}: ${matches.length} inputs are named ${shown(name)}`);
    }
    const i = matches[0]!;
    if (i < positional && bound[i] !== undefined) {
      throw new TypeError(`Cannot call ${what}: multiple values for input ${shown(name)}`);
    }
    bound[i] = value;
  }
}

/** Converts one value for an input, or says why it cannot. */
export function convertArgument(
  spec: InputSpec,
  value: unknown,
  rules: ConversionRules,
  where: () => string,
): Argument {
  const { variable } = spec;
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") {
    if (variable.ndim !== 0) throw wrongRank(spec, [], where());
    return scalarArgument(spec, value, rules, where);
  }
  const argument = arrayArgument(spec, value, rules, where);
  const shape = argument.shape, expected = variable.type.shape;
  if (shape.length !== expected.length) throw wrongRank(spec, shape, where());
  for (let d = 0; d < shape.length; d++) {
    if (expected[d] !== null && expected[d] !== shape[d]) {
      throw new TypeError(
        `${where()}: axis ${d} of ${variable.label} must have length ${expected[d]}, got shape ${
          text(shape)
        }`,
      );
    }
  }
  return argument;
}

/** Errors of what makes tensors say which input it was for. */
function arrayArgument(
  spec: InputSpec,
  value: unknown,
  rules: ConversionRules,
  where: () => string,
): Argument {
  try {
    return convertArray(spec, value, rules, where);
  } catch (error) {
    const isOurs = error instanceof Error &&
      /^Cannot (make a tensor|use a t(ensor|yped array))\b/.test(error.message);
    if (isOurs) error.message = `${where()}: ${error.message}`;
    throw error;
  }
}

function wrongRank(spec: InputSpec, shape: readonly number[], where: string): TypeError {
  return new TypeError(
    `${where}: wrong number of dimensions: expected ${spec.variable.ndim}, got ${shape.length} ` +
      `with shape ${text(shape)}`,
  );
}

/** A shape in a message, as users have always seen it, shortened when it is long. */
function text(shape: readonly number[]): string {
  return shape.length > 8 ? shownShape(shape) : `[${shape}]`;
}

function scalarArgument(
  spec: InputSpec,
  value: number | boolean | bigint,
  rules: ConversionRules,
  where: () => string,
): Argument {
  const dtype = spec.variable.dtype;
  if (!rules.allowDowncast) checkNumber(dtype, value, where);
  const elements = spec.scratch ??= dtypeInfo(dtype).array(1);
  if (elements instanceof BigInt64Array || elements instanceof BigUint64Array) {
    const finite = typeof value !== "number" || Number.isFinite(value);
    elements[0] = finite ? BigInt(typeof value === "number" ? Math.trunc(value) : value) : 0n;
  } else if (dtype === "bool") elements[0] = value ? 1 : 0;
  else if (isInt(dtype)) elements[0] = Math.trunc(Number(value));
  else elements[0] = Number(value);
  return new HostArgument(dtype, scalarShape, elements);
}

/** Numbers of the host may be rounded to any float, but integers must stay what they are. */
function checkNumber(dtype: DType, value: NestedElement, where: () => string): void {
  if (typeof value === "object") {
    if (isComplex(dtype)) return;
    throw new TypeError(`${where()}: ${value.re} + ${value.im}i cannot be stored as ${dtype}`);
  }
  if (canHold(dtype, value)) return;
  const number = cut(String(value));
  if (dtype === "bool") throw new TypeError(`${where()}: expected a bool, got ${number}`);
  throw new TypeError(
    `${where()}: ${number} cannot be stored as ${dtype} without loss; give a value of the dtype, or ` +
      `compile with allowInputDowncast: true`,
  );
}

function convertArray(
  spec: InputSpec,
  value: unknown,
  rules: ConversionRules,
  where: () => string,
): Argument {
  const dtype = spec.variable.dtype;
  if (value instanceof Variable) {
    throw new TypeError(
      `${where()}: expected a value, got the symbolic variable ${value.label}; for a shared variable ` +
        `give its getValue()`,
    );
  }
  if (Tensor.is(value) && value.dtype === dtype) {
    if (value.disposed) throw new TypeError(`${where()}: the tensor was disposed of`);
    return value;
  }
  const host = hostElements(value, where);
  if (host !== null) {
    if (host.dtype === dtype) return new HostArgument(dtype, host.shape, host.data);
    if (rules.strict || !(rules.allowDowncast || canCastLosslessly(host.dtype, dtype))) {
      // A typed array of integers is as good as an array of whole numbers; a tensor has a dtype.
      if (rules.strict || !isTypedArray(value) || !isInt(host.dtype)) {
        throw new TypeError(
          `${where()}: expected ${dtype}, got ${host.dtype}, which it cannot hold without loss; ` +
            `convert the value, or compile with allowInputDowncast: true`,
        );
      }
      for (const element of host.data) checkNumber(dtype, element, where);
    }
    const source = valueOf({ ...host, dataSync: () => host.data });
    return new HostArgument(dtype, source.shape, toTypedArray(castHost(source, dtype)));
  }
  if (!Array.isArray(value) && !isComplexNumber(value)) {
    throw new TypeError(
      `${where()}: expected a number, nested arrays, a typed array or a Tensor, got ${
        typeof value === "object" || typeof value === "undefined" ? shown(value) : typeof value
      }`,
    );
  }
  const plain = nestedNumbers(value, dtype);
  if (plain !== null) return new HostArgument(dtype, padded(plain.shape, spec), plain.data);
  const flat = flattenNested(value);
  const { shape, elements } = flat;
  if (!rules.allowDowncast || elements.some((element) => typeof element === "object")) {
    for (const element of elements) {
      if (typeof element === "object" || !isComplex(dtype)) checkNumber(dtype, element, where);
    }
  }
  const numbers = toTypedArray(nestedValue(flat, dtype));
  return new HostArgument(dtype, padded(shape, spec), numbers);
}

/** The shape of nested arrays: [] says nothing of the axes below it. */
function padded(shape: number[], { variable: { ndim } }: InputSpec): number[] {
  if (sizeOf(shape) === 0) { while (shape.length < ndim) shape.push(0); }
  return shape;
}

/** A default value as a tensor of the input's type. */
export function defaultTensor(spec: InputSpec, value: SharedValue, what: string): Tensor {
  const argument = convertArgument(
    spec,
    value,
    { allowDowncast: spec.options.allowDowncast ?? false, strict: false },
    () => `Cannot use the default of input ${spec.variable.label} of ${what}`,
  );
  return tensor(argument.dataSync(), { dtype: argument.dtype, shape: argument.shape });
}

/** Whether a value is an object of named arguments: a plain object that is no tensor. */
function isNamed(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || isHostTensor(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Objects of another realm, such as a frame or a node:vm context, have an Object.prototype of their own.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * Arguments of a call: bound to inputs by place and name, checked and converted.
 *
 * @module
 */

import { canCastLosslessly, canHold, type DType, dtypeInfo, isComplex, isInt } from "../dtype.ts";
import type { TypedArray } from "../dtype.ts";
import { sizeOf, toTypedArray } from "../graph/value.ts";
import { castHost, dtypeOfArray, isHostTensor, isTypedArray, valueOf } from "../ops/literal.ts";
import { flattenNested, type NestedArray } from "../ops/literal.ts";
import type { SharedValue } from "../shared.ts";
import { Tensor, tensor } from "../tensor.ts";
import { Variable } from "../variable.ts";
import type { InputSpec } from "./inputs.ts";
import { isNamed } from "./kinds.ts";

/** An argument on its way to the device: a tensor of the user's, or elements made for this call. */
export interface Argument {
  readonly dtype: DType;
  readonly shape: readonly number[];
  dataSync(): TypedArray;
}

/** Host elements made for one call. */
export class HostArgument implements Argument {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly elements: TypedArray;

  constructor(dtype: DType, shape: readonly number[], elements: TypedArray) {
    this.dtype = dtype;
    this.shape = shape;
    this.elements = elements;
  }

  dataSync(): TypedArray {
    return this.elements;
  }
}

const scalarShape: readonly number[] = Object.freeze([]);

/** Conversion rules of one input. */
export interface ConversionRules {
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
  if (positional > 0 && isNamed(last)) {
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
      const known = specs.flatMap((spec) => spec.name === null ? [] : [`"${spec.name}"`]);
      const unnamed = specs.length - known.length;
      throw new TypeError(
        `Cannot call ${what}: unknown input "${name}"; named inputs are ${
          known.join(", ") || "none"
        }` +
          (unnamed > 0 ? `, and ${unnamed} without a name` : ""),
      );
    }
    if (matches.length > 1) {
      throw new TypeError(`Cannot call ${what}: ${matches.length} inputs are named "${name}"`);
    }
    const i = matches[0]!;
    if (i < positional && bound[i] !== undefined) {
      throw new TypeError(`Cannot call ${what}: multiple values for input "${name}"`);
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
  const argument = convertArray(spec, value, rules, where);
  const shape = argument.shape, expected = variable.type.shape;
  if (shape.length !== expected.length) throw wrongRank(spec, shape, where());
  for (let d = 0; d < shape.length; d++) {
    if (expected[d] !== null && expected[d] !== shape[d]) {
      throw new TypeError(
        `${where()}: axis ${d} of ${variable.label} must have length ${
          expected[d]
        }, got shape [${shape}]`,
      );
    }
  }
  return argument;
}

function wrongRank(spec: InputSpec, shape: readonly number[], where: string): TypeError {
  return new TypeError(
    `${where}: wrong number of dimensions: expected ${spec.variable.ndim}, got ${shape.length} ` +
      `with shape [${shape}]`,
  );
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
function checkNumber(dtype: DType, value: number | bigint | boolean, where: () => string): void {
  if (canHold(dtype, value)) return;
  if (dtype === "bool") throw new TypeError(`${where()}: expected a bool, got ${value}`);
  throw new TypeError(
    `${where()}: ${value} cannot be stored as ${dtype} without loss; give a value of the dtype, or ` +
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
  if (isHostTensor(value) || isTypedArray(value)) {
    const host = isTypedArray(value) ? null : value;
    const from = host === null ? dtypeOfArray(value as TypedArray) : host.dtype;
    if (from === dtype) {
      if (value instanceof Tensor) return value as Argument;
      if (host !== null) return new HostArgument(dtype, host.shape, host.dataSync());
      return new HostArgument(dtype, [(value as TypedArray).length], value as TypedArray);
    }
    if (rules.strict || !(rules.allowDowncast || canCastLosslessly(from, dtype))) {
      throw new TypeError(
        `${where()}: expected ${dtype}, got ${from}, which it cannot hold without loss; convert the ` +
          `value, or compile with allowInputDowncast: true`,
      );
    }
    const source = valueOf(value);
    return new HostArgument(dtype, source.shape, toTypedArray(castHost(source, dtype)));
  }
  if (!Array.isArray(value)) {
    throw new TypeError(
      `${where()}: expected a number, nested arrays, a typed array or a Tensor, got ${
        value === null ? "null" : typeof value
      }`,
    );
  }
  const { shape, elements } = flattenNested(value as NestedArray);
  if (!rules.allowDowncast && !isComplex(dtype)) {
    for (const element of elements) checkNumber(dtype, element, where);
  }
  if (sizeOf(shape) === 0 && shape.length < spec.variable.ndim) {
    // [] says nothing of the axes below it.
    while (shape.length < spec.variable.ndim) shape.push(0);
  }
  const host = toTypedArray(valueOf(value as NestedArray, dtype));
  return new HostArgument(dtype, shape, host);
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

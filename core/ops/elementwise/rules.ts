/**
 * dtype rules of elementwise ops: to which dtypes arguments are converted, and what comes out.
 *
 * The rules are strict: float functions want floats. The builder functions, which users call, convert
 * integers to floatX first, so that a graph does not depend on later changes of `config`.
 *
 * @module
 */

import {
  type DType,
  dtypeInfo,
  isComplex,
  isDiscrete,
  isInt,
  promote,
  realOf,
} from "../../graph/dtype.ts";
import { listText } from "../../base/shown.ts";

/** dtypes of one application. */
export interface DTypes {
  /** What each argument is converted to. */
  readonly compute: readonly DType[];
  readonly output: DType;
}

/** The dtype that several meet in. */
function promoteAll(dtypes: readonly DType[]): DType {
  return dtypes.reduce(promote);
}

function all(inputs: readonly DType[], compute: DType, output: DType): DTypes {
  return { compute: inputs.map(() => compute), output };
}

/** The TypeError for dtypes that an op has no meaning for. */
export function wrongDType(name: string, inputs: readonly DType[], expected: string): TypeError {
  return new TypeError(`Cannot apply "${name}" to ${listText(inputs)}: expected ${expected}`);
}

/** Real floats of one dtype; the result too. */
export function floats(name: string, inputs: readonly DType[]): DTypes {
  const dtype = promoteAll(inputs);
  if (dtypeInfo(dtype).kind !== "float") {
    throw wrongDType(name, inputs, isComplex(dtype) ? "real numbers" : "floats (cast them first)");
  }
  return all(inputs, dtype, dtype);
}

/** Floats, real or complex. */
export function fields(name: string, inputs: readonly DType[]): DTypes {
  const dtype = promoteAll(inputs);
  if (isDiscrete(dtype)) throw wrongDType(name, inputs, "floats (cast them first)");
  return all(inputs, dtype, dtype);
}

/** Integers and real floats. */
export function reals(name: string, inputs: readonly DType[]): DTypes {
  const dtype = promoteAll(inputs);
  if (dtype === "bool") throw wrongDType(name, inputs, "numbers (cast bools first)");
  if (isComplex(dtype)) throw wrongDType(name, inputs, "real numbers");
  return all(inputs, dtype, dtype);
}

/** Everything but bools. */
export function numbers(name: string, inputs: readonly DType[]): DTypes {
  const dtype = promoteAll(inputs);
  if (dtype === "bool") throw wrongDType(name, inputs, "numbers (cast bools first)");
  return all(inputs, dtype, dtype);
}

/** Anything with an absolute value; that of a complex number is real. */
export function magnitudes(name: string, inputs: readonly DType[]): DTypes {
  const { output } = numbers(name, inputs);
  return all(inputs, output, realOf(output));
}

/** Any dtypes; the result is bool. */
export function equality(_name: string, inputs: readonly DType[]): DTypes {
  return compared(inputs, promoteAll(inputs));
}

/** Ordered dtypes; the result is bool. */
export function order(name: string, inputs: readonly DType[]): DTypes {
  const dtype = promoteAll(inputs);
  if (isComplex(dtype)) throw wrongDType(name, inputs, "real numbers, complex ones have no order");
  return compared(inputs, dtype);
}

/** No integer holds both uint64 and int64, and a float64 would take neighbours for equal. */
function compared(inputs: readonly DType[], dtype: DType): DTypes {
  if (isDiscrete(dtype) || !inputs.every(isDiscrete)) return all(inputs, dtype, "bool");
  return { compute: inputs.map((x) => x === "uint64" ? x : "int64"), output: "bool" };
}

/** Bools or integers. */
export function bits(name: string, inputs: readonly DType[]): DTypes {
  const dtype = promoteAll(inputs);
  if (!isDiscrete(dtype)) throw wrongDType(name, inputs, "integers or bools");
  return all(inputs, dtype, dtype);
}

/** Integers. */
export function integers(name: string, inputs: readonly DType[]): DTypes {
  const dtype = promoteAll(inputs);
  if (!isInt(dtype)) throw wrongDType(name, inputs, "integers");
  return all(inputs, dtype, dtype);
}

/** Integers of 32 or 64 bits, whose products have a high word. */
export function words(name: string, inputs: readonly DType[]): DTypes {
  const rule = integers(name, inputs);
  if (dtypeInfo(rule.output).bytes < 4) throw wrongDType(name, inputs, "integers of 32 or 64 bits");
  return rule;
}

/** Any dtype; the result has it too. */
export function same(_name: string, inputs: readonly DType[]): DTypes {
  const dtype = promoteAll(inputs);
  return all(inputs, dtype, dtype);
}

/** A condition, then values of one dtype. */
export function choice(_name: string, inputs: readonly DType[]): DTypes {
  const dtype = promoteAll(inputs.slice(1));
  return { compute: ["bool", dtype, dtype], output: dtype };
}

/** Any dtype; the result is the real dtype of its parts. */
export function parts(name: string, inputs: readonly DType[]): DTypes {
  const dtype = promoteAll(inputs);
  if (dtype === "bool") throw wrongDType(name, inputs, "numbers");
  return all(inputs, dtype, realOf(dtype));
}

/** float32 or float64 parts; the result is the complex dtype of such parts. */
export function pairs(name: string, inputs: readonly DType[]): DTypes {
  const dtype = promoteAll(inputs);
  if (dtype === "float32") return all(inputs, dtype, "complex64");
  if (dtype === "float64") return all(inputs, dtype, "complex128");
  throw wrongDType(name, inputs, "float32 or float64");
}

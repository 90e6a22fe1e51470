/**
 * The specification of graphs, as code: what every node must be, whatever made it.
 *
 * - A constant has a value of its type, in the array that its dtype is held in.
 * - An application has the outputs that its op infers from its inputs and parameters; a length that
 *   is known may be known from elsewhere, but must not contradict.
 * - Parameters are those that the op names, and plain data unless it says otherwise.
 * - Inputs that say where or how much are 0-d integers or bools.
 * - No variable depends on itself.
 *
 * @module
 */

import { type DType, isComplex, isDiscrete } from "../graph/dtype.ts";
import { type Apply, Constant, type Variable } from "../graph/graph.ts";
import { isIndexInput, type ParamKind } from "../graph/op.ts";
import { sizeOf, type Value, valueData } from "../graph/value.ts";

/**
 * Checks that a graph is as it must be. Throws a TypeError that names the node and what is wrong with
 * it.
 *
 * @param when When the check is made, for the message: `after the phase "fold"`.
 */
export function validateGraph(outputs: readonly Variable[], when: string): void {
  const fail = (apply: Apply | null, what: string) =>
    new TypeError(
      `The graph is not valid ${when}: ${apply === null ? "" : `${apply.op.name} `}${what}`,
    );
  const done = new Set<Variable>(), open = new Set<Apply>();
  const stack = [...outputs].reverse();
  while (stack.length > 0) {
    const variable = stack[stack.length - 1]!;
    const apply = variable.owner;
    if (done.has(variable)) {
      stack.pop();
      continue;
    }
    if (apply === null) {
      if (variable instanceof Constant) {
        const wrong = wrongValue(variable);
        if (wrong !== null) throw fail(null, `the constant ${variable.label} ${wrong}`);
      }
      done.add(variable);
      stack.pop();
      continue;
    }
    if (!open.has(apply)) {
      open.add(apply);
      for (const input of apply.inputs) {
        if (input.owner !== null && open.has(input.owner) && !done.has(input)) {
          throw fail(apply, "depends on itself");
        }
        if (!done.has(input)) stack.push(input);
      }
      continue;
    }
    if (apply.outputs[variable.index] !== variable) {
      throw fail(apply, `does not have ${variable.label} as output ${variable.index}`);
    }
    const wrong = wrongApply(apply);
    if (wrong !== null) throw fail(apply, wrong);
    for (const output of apply.outputs) done.add(output);
    stack.pop();
  }
}

function wrongValue({ type, value }: Constant): string | null {
  if (value.dtype !== type.dtype) return `of dtype ${type.dtype} holds ${value.dtype}`;
  if (value.shape.join() !== type.shape.join()) {
    return `of shape (${type.shape}) holds a value of shape (${value.shape})`;
  }
  const wanted = arrayName(value.dtype);
  if (value.data.constructor.name !== wanted) {
    return `of dtype ${type.dtype} is held in a ${value.data.constructor.name}, not in a ${wanted}`;
  }
  const length = sizeOf(value.shape) * (isComplex(value.dtype) ? 2 : 1);
  if (value.data.length !== length) {
    return `of shape (${value.shape}) holds ${value.data.length} numbers, not ${length}`;
  }
  return wrongElement(value);
}

function arrayName(dtype: DType): string {
  return valueData(dtype, 0).constructor.name;
}

/** Elements of integers and bools are in range; only a few are looked at. */
function wrongElement({ dtype, data }: Value): string | null {
  if (!isDiscrete(dtype) || !(data instanceof Float64Array)) return null;
  for (let i = 0; i < Math.min(data.length, 1000); i++) {
    const x = data[i]!;
    const fits = dtype === "bool" ? x === 0 || x === 1 : Number.isInteger(x);
    if (!fits) return `of dtype ${dtype} holds ${x} at position ${i}`;
  }
  return null;
}

function wrongApply(apply: Apply): string | null {
  const { op, inputs, params } = apply;
  const kinds: Readonly<Record<string, ParamKind>> = op.params ?? {};
  for (const [key, value] of Object.entries(params)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(kinds, key)) return `has a parameter "${key}", which its params do not name`;
    if (kinds[key] !== "graph" && !isPlain(value)) {
      return `has a parameter "${key}" that is no plain data`;
    }
  }
  for (const [i, input] of inputs.entries()) {
    if (!isIndexInput(apply, i) || isDiscrete(input.dtype) && input.ndim === 0) continue;
    return `has input ${i} of type ${input.type}, which must be a 0-d integer`;
  }
  const types = inferred(apply);
  if (typeof types === "string") return `cannot be applied: ${types}`;
  if (types.length !== apply.outputs.length) {
    return `has ${apply.outputs.length} outputs, not ${types.length}`;
  }
  const bad = types.findIndex((type, i) => !type.compatible(apply.outputs[i]!.type));
  return bad < 0
    ? null
    : `has output ${bad} of type ${apply.outputs[bad]!.type}, but gives ${types[bad]}`;
}

function inferred(apply: Apply): ReturnType<Apply["op"]["infer"]> | string {
  try {
    return apply.op.infer(apply.inputs, apply.params);
  } catch (error) {
    if (error instanceof Error) return error.message;
    throw error;
  }
}

function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isPlain);
  if (typeof value === "object" && value !== null) {
    return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isPlain);
  }
  return value === undefined || value === null ||
    ["number", "string", "boolean", "bigint"].includes(typeof value);
}

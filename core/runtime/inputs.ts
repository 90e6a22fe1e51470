/**
 * Inputs of compiled functions: variables, with defaults, names and implicit updates.
 *
 * @module
 */

import type { DType, TypedArray } from "../graph/dtype.ts";
import { UnusedInputError } from "../base/errors.ts";
import { type SharedValue, SharedVariable } from "./shared.ts";
import { checkOptions } from "../base/options.ts";
import { shown } from "../base/shown.ts";
import { Constant, Variable } from "../graph/graph.ts";

/** Options of `In`. */
export interface InOptions {
  /** Default value: the argument may be left out. */
  readonly value?: SharedValue;
  /** Name for calls by name; default: the variable's. */
  readonly name?: string;
  /**
   * New value of the default after each call, an expression of the same type. The input becomes a state
   * of the function; a value that is passed replaces the state for that call.
   */
  readonly update?: Variable;
  /** Take only values of the exact dtype. */
  readonly strict?: boolean;
  /** Take values that lose precision. */
  readonly allowDowncast?: boolean;
  /** The caller may not give a value. */
  readonly implicit?: boolean;
}

/** An input with more than its variable. */
export class In<
  D extends DType = DType,
  N extends number = number,
  O extends InOptions = InOptions,
> {
  /** The variable that the argument stands for. */
  readonly variable: Variable<D, N>;
  /** Default, name, update and conversion rules. */
  readonly options: O;

  /**
   * Describes an input.
   *
   * @param variable The variable that the argument stands for.
   * @param options Default, name, update and conversion rules.
   */
  constructor(variable: Variable<D, N>, options: O = {} as O) {
    if (!(variable instanceof Variable)) {
      throw new TypeError("Cannot make an input: expected a variable as first argument of In");
    }
    checkOptions<InOptions>(`Cannot make an input of ${variable.label}`, options, {
      value: "any",
      name: "string",
      update: "any",
      strict: "boolean",
      allowDowncast: "boolean",
      implicit: "boolean",
    });
    const update = options.update;
    if (update !== undefined && !(update instanceof Variable)) {
      throw new TypeError(
        `Cannot update the input ${variable.label}: expected a variable, got ${shown(update)}`,
      );
    }
    if (
      update !== undefined && (update.dtype !== variable.dtype || update.ndim !== variable.ndim)
    ) {
      throw new TypeError(
        `Cannot update the input ${variable.label}: expected ${variable.type}, got ${update.type}`,
      );
    }
    this.variable = variable;
    this.options = options;
  }
}

/** An output with more than its variable. */
export class Out<D extends DType = DType, N extends number = number> {
  /** The variable whose value is wanted. */
  readonly variable: Variable<D, N>;
  /** The result may be memory that the next call overwrites. */
  readonly borrow: boolean;

  /**
   * Describes an output.
   *
   * @param variable The variable whose value is wanted.
   * @param options `borrow`: the result may be memory that the next call overwrites.
   */
  constructor(variable: Variable<D, N>, options: { borrow?: boolean } = {}) {
    if (!(variable instanceof Variable)) {
      throw new TypeError("Cannot make an output: expected a variable as first argument of Out");
    }
    const action = `Cannot make an output of ${variable.label}`;
    this.variable = variable;
    this.borrow = checkOptions(action, options, { borrow: "boolean" }).borrow ?? false;
  }
}

/** What stands in a list of inputs. */
export type InputLike = Variable | In;

/** One input, checked. */
export interface InputSpec {
  readonly variable: Variable;
  readonly name: string | null;
  readonly options: InOptions;
  /** Memory for numbers on their way to the device, made once: calls with numbers are frequent. */
  scratch: TypedArray | null;
}

/** Checks a list of inputs. */
export function checkInputs(inputs: readonly InputLike[], what: string): InputSpec[] {
  if (!Array.isArray(inputs)) {
    throw new TypeError(`Cannot compile ${what}: expected a list of inputs, as in compile([x], y)`);
  }
  const seen = new Map<Variable, number>();
  return Array.from(inputs, (input: unknown, i): InputSpec => {
    const variable = input instanceof In ? input.variable : input;
    if (!(variable instanceof Variable)) {
      throw new TypeError(
        `Cannot compile ${what}: input ${i} is not a variable but ${shown(input)}`,
      );
    }
    if (variable instanceof SharedVariable) {
      throw new TypeError(
        `Cannot compile ${what}: input ${i}, ${variable.label}, is a shared variable; to run with ` +
          `another value, give a new input in its place by "givens"`,
      );
    }
    if (variable instanceof Constant) {
      throw new TypeError(`Cannot compile ${what}: input ${i} is a constant`);
    }
    const before = seen.get(variable);
    if (before !== undefined) {
      throw new UnusedInputError(
        `Cannot compile ${what}: inputs ${before} and ${i} are the same variable ${variable.label}`,
      );
    }
    seen.set(variable, i);
    const options: InOptions = input instanceof In ? input.options : {};
    return { variable, name: options.name ?? variable.name, options, scratch: null };
  });
}

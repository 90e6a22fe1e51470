// Made of core/runtime/function.ts by `deno task types`.
/**
 * `compile`: from a graph to a function.
 *
 * @module
 */
import { type InputLike } from "./inputs.d.ts";
import type { CompiledFunction, OutputSpec } from "./types.d.ts";
import type { CompileOptions } from "./definition.d.ts";
/**
 * Compiles a function of `inputs` that computes `outputs` and applies `updates`.
 *
 * The result of a call has the form of `outputs`: one variable gives one tensor, a list a list, an
 * object an object, nothing gives undefined. Calls are synchronous; values stay on the device until they
 * are read.
 *
 * Throws (rejects) with a TypeError for a wrong list of inputs, updates or givens, a MissingInputError
 * when the outputs need a variable that is not given, an UnusedInputError for an input without use.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 * const x = T.dscalar("x"), y = T.dscalar("y");
 * const add = await compile([x, y], x.add(y));
 * console.assert(add(2, 3).item() === 5);
 * ```
 */
export declare function compile<const I extends readonly InputLike[], const O extends OutputSpec = undefined>(inputs: I, outputs?: O, options?: CompileOptions): Promise<CompiledFunction<I, O>>;

/**
 * What modules export that are loaded while a program runs, as far as those use it who load them. Checkers
 * of types read this in their place (`@ts-types`), and not all that makes functions and runs them.
 *
 * @module
 */

import type { Backend } from "./backend.ts";
import type { Definition } from "./definition.ts";
import type { Variable } from "../graph/graph.ts";
import type { Value } from "../graph/value.ts";
import type { CompiledFunction, ShownPage, ShowOptions } from "./types.ts";

/** Opens the CPU. */
export declare function createCpuBackend(): Backend;

/** Opens the GPU. */
export declare function createGpuBackend(): Promise<Backend>;

/** Whether there is a GPU. */
export declare function gpuAvailable(): Promise<
  | { available: true; info: { description: string; isFallbackAdapter: boolean } }
  | { available: false; reason: string }
>;

/** Shows a page of a function. */
export declare function show(
  what: CompiledFunction,
  options?: ShowOptions,
): Promise<ShownPage>;

/** Makes the function that a definition says; `start` is when compiling began. */
export declare function build(definition: Definition, start: number): Promise<CompiledFunction>;

/** Compares gradients of outputs with finite differences at a point. */
export type GradientCheck = (
  outputs: readonly Variable[],
  inputs: ReadonlyMap<Variable, Value>,
) => void;

/** Gives `mode: { gradients: true }` what compares gradients. */
export declare function registerGradientCheck(check: GradientCheck): void;

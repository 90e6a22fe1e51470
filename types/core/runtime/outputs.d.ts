// Made of core/runtime/outputs.ts by `deno task types`.
/**
 * The form of the outputs of a function: one variable, a list, an object, or nothing.
 *
 * @module
 */
import { Variable } from "../graph/graph.d.ts";
import type { Tensor } from "./tensor.d.ts";
import type { OutputSpec } from "./types.d.ts";
export interface OutputForm {
    readonly variables: readonly Variable[];
    readonly keys: readonly (string | number)[];
    wrap(tensors: readonly Tensor[]): unknown;
}
export declare function formOf(outputs: OutputSpec, what: string): OutputForm;

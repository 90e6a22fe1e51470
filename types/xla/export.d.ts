// Made of xla/export.ts by `deno task types`.
/**
 * Writes a compiled function as a StableHLO module, with a description of its arguments and results.
 *
 * @module
 */
import type { DType } from "../core/graph/dtype.d.ts";
import type { CompiledFunction } from "../core/runtime/types.d.ts";
import { type ShapesOption } from "./arguments.d.ts";
import { type Functions } from "./level.d.ts";
import { type Mesh, type Sharding } from "./sharding.d.ts";
/** Options of {@linkcode exportStableHlo}. */
export interface ExportOptions {
    /**
     * Shapes of the inputs, in order or by name; where one is left out, or null, the type of the input must
     * say it.
     */
    readonly shapes?: ShapesOption;
    /**
     * Integers that lengths hang on, such as a number of steps, by the name of the input: the module is for
     * these alone.
     */
    readonly values?: Readonly<Record<string, number>>;
    /**
     * Whose functions such as `exp` are taken: "croton" (default) writes them out as primitives, so that all
     * of XLA's devices have the accuracy that Croton promises; "xla" takes its own, which are fewer operations.
     */
    readonly functions?: Functions;
    /** The devices that tensors are spread over. */
    readonly mesh?: Mesh;
    /** What is spread over them; everything else is on each device. */
    readonly shard?: readonly Sharding[];
}
/** A tensor that goes into a module or comes out of it. */
export interface TensorDescription {
    /** Name of the variable, or its place. */
    readonly name: string;
    /** Type of the elements. */
    readonly dtype: DType;
    /** Lengths of the axes. */
    readonly shape: readonly number[];
    /** For each axis the axes of the mesh that it is spread over; only where there is a mesh. */
    readonly sharding?: readonly (readonly string[])[];
    /**
     * Of a result whose lengths hang on data: the axes of which the first rows count alone, and the results
     * that say how many.
     */
    readonly rows?: readonly (readonly [axis: number, result: number])[];
}
/** What a module takes and gives, as plain JSON. Arguments are the inputs, then the shared variables. */
export interface ModuleDescription {
    /** Name of the function. */
    readonly name: string;
    /** The inputs. */
    readonly inputs: readonly TensorDescription[];
    /** The shared variables, which are arguments, too. */
    readonly shared: readonly TensorDescription[];
    /** The results: outputs, new values of shared variables, those of inputs that are states, numbers of rows. */
    readonly results: readonly TensorDescription[];
    /** How many of the results are outputs. */
    readonly outputs: number;
    /** For arguments that have a new value among the results: the numbers of both. */
    readonly updates: readonly (readonly [argument: number, result: number])[];
    /** Those of them whose memory the result takes. */
    readonly donated: readonly (readonly [argument: number, result: number])[];
    /** The axes of the mesh in order, or null. */
    readonly mesh: readonly (readonly [name: string, devices: number])[] | null;
}
/** A function as XLA takes it. */
export interface ExportedModule {
    /** The module as text. */
    readonly module: string;
    /** What it takes and gives. */
    readonly description: ModuleDescription;
}
/**
 * Writes a compiled function, after rewriting, as a StableHLO module for XLA, for one set of shapes.
 *
 * Arguments of the module are the inputs, then the shared variables; results are the outputs, then the
 * new values of shared variables, in the same order, whose memory is donated. Values are not checked: a position out of
 * range is brought into range.
 *
 * Throws a TypeError for options that cannot be, and a ShapeError where a shape depends on a value that
 * is not given.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 * import { exportStableHlo } from "@croton/croton/xla";
 * const x = T.matrix("x"), w = T.vector("w");
 * const f = await compile([x, w], x.dot(w).exp().sum());
 * const { module, description } = exportStableHlo(f, { shapes: [[16, 4], [4]] });
 * console.assert(module.includes("stablehlo.dot_general"));
 * console.assert(description.results[0]!.shape.length === 0);
 * ```
 */
export declare function exportStableHlo(f: Pick<CompiledFunction, "name" | "graph" | "inputs" | "sharedVariables">, options?: ExportOptions): ExportedModule;

// Made of core/ops/common/arguments.ts by `deno task types`.
/**
 * Arguments that say where and how much: lengths, axes, positions.
 *
 * @module
 */
import { type DType } from "../../graph/dtype.d.ts";
import { Variable } from "../../graph/graph.d.ts";
/** A length or a position: a number, or a 0-d integer variable. */
export type Dim = number | bigint | Variable;
/** An int64 scalar constant. */
export declare function intConstant(value: number | bigint): Variable;
/**
 * A length or position as a 0-d integer variable.
 *
 * @param what How a message calls it, as in `the length of axis 0`.
 */
export declare function asIndexScalar(dim: Dim, action: string, what: string): Variable;
/** The value of a 0-d integer variable when the graph says it; null otherwise. */
export declare function staticInt(variable: Variable): number | null;
/** The value of a dim when it is known; null otherwise. */
export declare function staticDim(dim: Dim): number | null;
/** An axis counted from the front. Throws a RangeError for one that is not there. */
export declare function normalizeAxis(axis: number, ndim: number, action: string): number;
/** Different axes counted from the front, in the order given. */
export declare function normalizeAxes(axes: readonly number[], ndim: number, action: string): number[];
/** Axes one by one, or in a list; nothing or null stands for all, or for those that the op takes then. */
export type AxesArguments = readonly number[] | readonly [axes?: number | readonly number[] | null];
/** The axes in a list of arguments, not checked yet; null for none. */
export declare function axesOf(rest: readonly unknown[]): readonly number[] | null;
/**
 * A list given as one argument or as several: `f(0, 1)` is `f([0, 1])`.
 *
 * @param rest The arguments of a method that takes a list.
 */
export declare function listed<T>(rest: readonly (T | readonly T[])[]): readonly T[];
/** A variable with its shape, for messages: `"x" of shape (3, ?)`. */
export declare function shapeLabel(variable: Variable): string;
/** Throws a TypeError unless there are as many inputs as the op takes. */
export declare function expectInputs(name: string, inputs: readonly Variable[], from: number, to?: number): void;
/** Throws a TypeError unless the inputs from `start` on are 0-d integers. */
export declare function expectIndexScalars(name: string, inputs: readonly Variable[], start: number): void;
/** Throws a TypeError unless all the inputs have one dtype, which is returned. */
export declare function expectSameDType(name: string, inputs: readonly Variable[]): DType;

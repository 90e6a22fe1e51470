// Made of core/ops/control/print.ts by `deno task types`.
/**
 * Seeing values inside of a graph.
 *
 * @module
 */
import type { Tensor } from "../../runtime/tensor.d.ts";
import type { Like } from "../../graph/type_arithmetic.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
/** What `T.print` can show of a value. */
export type PrintAttribute = "value" | "shape" | "mean" | "min" | "max" | "nans";
/** Options of `T.print`. */
export interface PrintOptions {
    /** What is shown; default: the value alone. */
    readonly attrs?: readonly PrintAttribute[];
    /** Of how many evaluations one is shown: of calls, or in a loop of its steps; default 1. */
    readonly every?: number;
    /** Whether gradients that flow through it are shown, too; default false. */
    readonly gradient?: boolean;
    /** What takes each text; default `console.log`. */
    readonly write?: (text: string) => void;
}
/** Options of `T.hook`. */
export interface HookOptions {
    /** Of how many evaluations one is given; default 1. */
    readonly every?: number;
    /** Whether gradients that flow through it are given, too; default false. */
    readonly gradient?: boolean;
}
/** Where a value that a hook is given comes from. */
export interface HookInfo {
    /** The step of each loop around, the outermost first. */
    readonly steps: readonly number[];
    /** Whether it is a gradient. */
    readonly isGradient: boolean;
}
/**
 * `x`; functions that compute it print its value.
 *
 * Values come back with the results of a call and are printed at its end, in the order in which a program
 * would compute them, those of a loop step by step. Only what a function computes is printed, so the result
 * has to be used. Rewriting changes nothing of it, and values are those of the graph as it is written. A
 * gradient prints nothing of its own, unless `gradient` asks for it.
 *
 * @example
 * ```ts
 * import { compile, scan, T } from "@croton/croton";
 * import { assertEquals } from "@std/assert";
 *
 * const lines: string[] = [], write = (text: string) => void lines.push(text);
 * const v = T.dvector("v");
 * const [sums] = scan((x, sum) => T.print("sum", sum.add(x), { write }), {
 *   sequences: v,
 *   outputsInfo: T.constant(0, "float64"),
 * });
 * const f = await compile([v], T.print("all", sums, { attrs: ["shape", "mean"], write }));
 * f([1, 2, 3]);
 * assertEquals(lines, [
 *   "sum, step 0 = 1",
 *   "sum, step 1 = 3",
 *   "sum, step 2 = 6",
 *   "all: shape [3], mean 3.33333333",
 * ]);
 * ```
 */
export declare function print<A extends TensorLike>(label: string, x: A, options?: PrintOptions): Like<A>;
/**
 * `x`; functions that compute it give its value to a function of one's own, at the end of a call, as
 * `T.print` prints it.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 * import { assertEquals } from "@std/assert";
 *
 * const seen: unknown[] = [], x = T.dvector("x");
 * const f = await compile([x], T.hook(x.mul(2), (value) => seen.push([...value.dataSync()])).sum());
 * f([1, 2]);
 * assertEquals(seen, [[2, 4]]);
 * ```
 */
export declare function hook<A extends TensorLike>(x: A, take: (value: Tensor, info: HookInfo) => void, options?: HookOptions): Like<A>;

// Made of core/ops/control/print_op.ts by `deno task types`.
/**
 * The op that reports what it is given.
 *
 * @module
 */
import type { Variable } from "../../graph/graph.d.ts";
import type { Op } from "../../graph/op.d.ts";
import type { Tensor } from "../../runtime/tensor.d.ts";
/** What is done with the values of one place in a graph. */
export interface Report {
    readonly label: string;
    /** Of how many evaluations one is reported. */
    readonly every: number;
    /** Whether the first input itself is not wanted. */
    readonly partsOnly?: boolean;
    /** Takes what is evaluated: the values of all inputs, and the step of each loop around. */
    take(values: readonly Tensor[], steps: readonly number[]): void;
    /** Reports a gradient, if that is asked for; `id` is that of the place. */
    ofGradient?(gradient: Variable, id: string): Variable;
}
/** Params of {@linkcode printOp}. */
export interface PrintParams {
    /** Tells the places apart. */
    readonly id: string;
    readonly report: Report;
    /** Whether it reports a gradient. */
    readonly isGradient: boolean;
}
/** The first input; the lengths of its axes and what else is reported of it follow. */
export declare const printOp: Op<PrintParams>;

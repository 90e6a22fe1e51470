// Made of core/ops/control/reports.ts by `deno task types`.
/**
 * Taking what a graph reports out of it: the values become results of their own, and the ops that report
 * them vanish, so that nothing hinders rewriting. Loops get a trace of each value.
 *
 * @module
 */
import { type Apply, type Variable } from "../../graph/graph.d.ts";
import { type Report } from "./print_op.d.ts";
/** Something reported; numbers are those of values. */
export type ReportItem = {
    readonly ran: number | null;
} & ({
    readonly report: Report;
    readonly first: number;
    readonly count: number;
} | LoopItem);
/** What a loop reports, step by step; the values of its items are numbered from its first on. */
interface LoopItem {
    readonly items: readonly ReportItem[];
    readonly first: number;
    /** How many steps were executed; null for as many as there are rows. */
    readonly steps: number | null;
}
/** A graph without what reports, and what it reports. */
interface Reports {
    readonly outputs: readonly Variable[];
    readonly items: readonly ReportItem[];
    readonly values: readonly Variable[];
}
/** A loop made again with another step, and with more results of it whose rows are kept. */
type Tracing = (apply: Apply, step: readonly Variable[], traced: readonly Variable[]) => {
    readonly outputs: readonly Variable[];
    readonly traces: readonly Variable[];
    /** How many rows there are if not all of them. */
    readonly steps: Variable | null;
};
/** Says how an op that runs a graph keeps values of it. */
export declare function registerTracing(op: string, tracing: Tracing): void;
/** How an op that runs a graph keeps values of it; undefined for other ops. */
export declare function tracingOf(op: string): Tracing | undefined;
/** Says that there is something to report. */
export declare function noteReport(): void;
/** Takes out all that a graph reports. */
export declare function takeReports(outputs: readonly Variable[]): Reports;
/** A part of a gradient without what the values that it is computed from report. */
export declare function withoutReports(outputs: readonly Variable[]): readonly Variable[];
export {};

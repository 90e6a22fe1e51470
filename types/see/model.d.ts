// Made of see/model.ts by `deno task types`.
/**
 * Graphs as boxes and arrows: what every picture is drawn from.
 *
 * @module
 */
import { type Apply, Variable } from "../core/graph/graph.d.ts";
import type { CompiledFunction } from "../core/runtime/types.d.ts";
/** What can be drawn: a variable, several, or a compiled function. */
export type Drawable = Variable | readonly Variable[] | Pick<CompiledFunction, "graph" | "inputs" | "name">;
/** Options of all pictures. */
export interface DrawOptions {
    /** Of a compiled function, the graph as it is written or as it runs; default "compiled". */
    readonly stage?: "written" | "compiled";
    /** Whether the steps of loops are drawn, too; default true. */
    readonly steps?: boolean;
}
/** A box or an ellipse. */
export interface Node {
    readonly id: string;
    readonly kind: "op" | "input" | "shared" | "constant" | "output";
    readonly label: string;
    /** Its colour, as Theano's pictures have it. */
    readonly color: string;
    /** All that is known of it, a line each. */
    readonly facts: readonly string[];
    /** What it stands for. */
    readonly of: Variable;
}
/** An arrow. */
interface Edge {
    readonly from: string;
    readonly to: string;
    /** Which input it is, and its type. */
    readonly label: string;
    /** For the new value of a shared variable. */
    readonly isUpdate?: boolean;
}
/** A graph to draw, with those of the steps of its loops. */
export interface Model {
    readonly title: string;
    readonly nodes: readonly Node[];
    readonly edges: readonly Edge[];
    readonly steps: readonly Model[];
}
/** Roots with their names; for updates also their targets. */
export interface Roots {
    readonly name: string;
    readonly outputs: readonly Variable[];
    readonly updates: readonly (readonly [Variable, Variable])[];
}
/** What is to be drawn. Throws a TypeError for anything else. */
export declare function rootsOf(what: Drawable, stage?: DrawOptions["stage"]): Roots;
/** The device that runs what is to be drawn; null for a plain graph. */
export declare function deviceOf(what: Drawable): "cpu" | "gpu" | null;
/** The colour of an op, as in Theano's pictures. */
export declare function colorOf({ op }: Apply): string;
/** A graph as nodes and arrows. */
export declare function modelOf({ name, outputs, updates }: Roots, withSteps?: boolean, prefix?: string): Model;
export {};

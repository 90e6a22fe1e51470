// Made of autodiff/gradient.ts by `deno task types`.
/**
 * What can flow backwards along an edge of a graph: a gradient, or a reason for there being none.
 *
 * @module
 */
import type { Variable } from "../core/graph/graph.d.ts";
/** No gradient flows although there is a connection: through floor, a comparison, an integer. */
export declare class ZeroGradient {
    /** For telling the kinds apart. */
    readonly kind = "zero";
}
/** The zero gradient, for which nothing is computed. */
export declare const zeroGradient: ZeroGradient;
/** A gradient that mathematics does not define, or that no rule can give. */
export declare class UndefinedGradient {
    /** For telling the kinds apart. */
    readonly kind = "undefined";
    /** Why there is none, as the end of a message. */
    readonly reason: string;
    /**
     * Makes the marker.
     *
     * @param reason Why there is none, as the end of a message.
     */
    constructor(reason: string);
}
/**
 * A gradient that is zero but in one part of a tensor. It is put onto the sum of what else flows to the
 * tensor, so that many parts of one tensor cost no more than one.
 */
export declare class Scattered {
    /** For telling the kinds apart. */
    readonly kind = "scattered";
    /** The gradient added to `base`, which has the shape of the whole tensor. */
    readonly onto: (base: Variable) => Variable;
    /**
     * Makes the gradient.
     *
     * @param onto Adds the part to a gradient of the whole tensor.
     */
    constructor(onto: (base: Variable) => Variable);
}
/**
 * A gradient that is zero unless a condition holds (or fails). The choice is made as late as possible:
 * then both branches of an `ifelse` meet in an `ifelse` again, and one of them is never computed.
 */
export declare class Conditional {
    /** For telling the kinds apart. */
    readonly kind = "conditional";
    /** A bool scalar. */
    readonly condition: Variable;
    /** Whether the gradient is there where the condition holds, or where it fails. */
    readonly holds: boolean;
    /** The gradient. */
    readonly value: Variable | Scattered | Conditional;
    /**
     * Makes the gradient.
     *
     * @param condition A bool scalar.
     * @param holds Whether it is there where the condition holds, or where it fails.
     * @param value The gradient.
     */
    constructor(condition: Variable, holds: boolean, value: Variable | Scattered | Conditional);
}
/** A gradient with a value. */
export type Flow = Variable | Scattered | Conditional;
/** What a rule gives for an input; null where the output does not depend on its values. */
export type Gradient = Flow | ZeroGradient | UndefinedGradient | null;
/** Whether a gradient has a value. */
export declare function isFlow(gradient: Gradient): gradient is Flow;

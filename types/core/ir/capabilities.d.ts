// Made of core/ir/capabilities.ts by `deno task types`.
/**
 * What the planner must know of a device.
 *
 * @module
 */
/** How much there must be to do row by row. */
export interface RowLimits {
    /** Bytes of results that pass from one nest to another. */
    readonly bytes: number;
    /** Elements of a row. */
    readonly elements: number;
}
/** What one kernel of a device can do. */
export interface KernelLimits {
    /** How many buffers it can read and write. */
    readonly buffers: number;
    /** How many primitives it has at most where it can be helped: larger ones take too long to compile. */
    readonly nodes: number;
}
/** Kernels can do anything. */
export declare const noLimits: KernelLimits;
/** Loops in kernels. */
export interface LoopKernels {
    /** From how many steps on an associative loop is run by a prefix scan unasked. */
    readonly parallelSteps: number;
}

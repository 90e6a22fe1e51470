// Made of core/runtime/measured.ts by `deno task types`.
/**
 * What a profile of a function says.
 *
 * @module
 */
/** Calls and times of a function. All times in milliseconds. */
export interface Profile {
    /** Name of the function. */
    readonly name: string;
    /** Number of calls. */
    readonly calls: number;
    /** Time in calls, the first and its compilation included. */
    readonly callTime: number;
    /** Time of the first call, which plans and compiles for its shapes. */
    readonly firstCallTime: number;
    /** Time spent in rewriting the graph. */
    readonly rewriteTime: number;
    /** Time from compile() to the function: checks, rewriting, opening the device. */
    readonly compileTime: number;
    /** Time spent in planning, for all shapes so far. */
    readonly planTime: number;
    /** Time spent in printing plans and compiling what was printed. */
    readonly printTime: number;
    /** The rewrites, the one that took longest first. */
    readonly rewrites: readonly RewriteCount[];
    /** The phases of rewriting, with their times. */
    readonly phases: readonly {
        readonly name: string;
        readonly milliseconds: number;
    }[];
    /**
     * The kernels and loops of all plans, in the order in which they run, each loop before what is in it. What
     * the machine can do is measured the first time that anything looks, once for a device, in less than
     * 100 ms.
     */
    readonly kernels: readonly KernelProfile[];
    /** The calls of the user's, with their parts of the kernels; the one that took longest first. */
    readonly ops: readonly OpProfile[];
    /** The most that the device was measured to do, for what kernels of profiles do; null where nobody measured. */
    readonly limits: MachineLimits | null;
    /** What the plans so far hold, the largest first. */
    readonly memory: readonly MemoryProfile[];
    /** When the plan that holds most memory holds most; `memory` says what. */
    readonly memoryPeak: MemoryPeak | null;
    /** The most bytes in use on the device, of all functions together. */
    readonly peakBytes: number;
    /**
     * What each kernel takes on the GPU, by timestamps around it, while `work` calls the function. Kernels that
     * run meanwhile are slower as a whole.
     *
     * Throws (rejects) with a TypeError for a device without timestamps; the CPU measures all the time.
     */
    timeKernels(work: () => unknown): Promise<readonly KernelTime[]>;
    /**
     * Waits for the times that a GPU has still to tell, and for what it can do. Where the host can wait for the
     * device, as in Deno, nobody needs this.
     */
    settle(): Promise<this>;
    /** All that was measured, as plain data. */
    toJSON(): Readonly<Record<string, unknown>>;
    /** A trace for Chrome or Perfetto: how compiling went, then a call, with the mean time of each kernel. */
    toTrace(): string;
    /** Tables of the measurements. */
    toString(): string;
}
/** Time, and what was done in it. */
export interface Rates {
    /** Milliseconds in all calls; null where the device does not tell. */
    readonly milliseconds: number | null;
    /** Part of the time of all kernels. */
    readonly share: number | null;
    /** Bytes that a call touches: of each buffer no more than there are. */
    readonly bytes: number;
    /** Primitive operations of a call. */
    readonly operations: number;
    /** Billions of bytes in a second. */
    readonly gigabytesPerSecond: number | null;
    /** Billions of operations in a second. */
    readonly gigaflops: number | null;
    /** Which limit of the machine it would come to first, moving bytes or doing operations; null where unknown. */
    readonly bound: "bytes" | "operations" | null;
    /** How near it comes to that limit: 1 is as fast as the machine was measured to be. */
    readonly limitShare: number | null;
}
/** A part of a kernel's work that a call of the user's is. */
export interface KernelPart {
    /** The call, as in `tanh`, `tanh "hidden"` or `gradient of tanh`. */
    readonly op: string;
    /** Where it was made, as `file:line:column`; "" where unknown. */
    readonly place: string;
    /** Which part of the kernel's operations it is, from 0 to 1. */
    readonly share: number;
}
/** What one kernel or loop of a plan took. */
export interface KernelProfile extends Rates {
    /** Its name, made of the names and ops of the user's. */
    readonly name: string;
    /** What it is: "nest", "gemm", "sort", "nonzero", "branch", or "loop" with its strategy. */
    readonly kind: string;
    /** Number of the plan, from 1 on. */
    readonly plan: number;
    /** The number, in the list of kernels, of the loop or branch that it is inside of; null where there is none. */
    readonly within: number | null;
    /** How often it ran: in a loop, in all steps of all calls. */
    readonly calls: number;
    /** Whether its part of the time around it is found by counting operations, not measured. */
    readonly estimated: boolean;
    /** The calls of the user's that it computes. */
    readonly ops: readonly KernelPart[];
}
/** What one call of the user's took: its parts of all kernels that compute it. */
export interface OpProfile extends Rates {
    /** The call, as in `tanh`, `tanh "hidden"` or `gradient of tanh`. */
    readonly op: string;
    /** Where it was made, as `file:line:column`; "" where unknown. */
    readonly place: string;
    /** How often kernels ran that compute it. */
    readonly calls: number;
}
/** A piece of memory of a plan. */
export interface MemoryProfile {
    /** What is in it. */
    readonly name: string;
    /** Whose it is: "input", "shared", "output", "constant" or "temp", which may share memory with others. */
    readonly role: string;
    /** Its size. */
    readonly bytes: number;
    /** Number of the plan, from 1 on. */
    readonly plan: number;
    /** Whether it is held while the plan holds most. */
    readonly atPeak: boolean;
}
/** When a plan holds most memory. */
export interface MemoryPeak {
    /** Number of the plan, from 1 on. */
    readonly plan: number;
    /** Bytes that are held then: arguments, shared variables, results, constants and temps in use. */
    readonly bytes: number;
    /** The kernel that runs then. */
    readonly kernel: string;
}
/** The most that a device was measured to do, as far as anybody asked. */
export interface MachineLimits {
    /** How fast memory is copied, by the bytes that are read and written, the fewest first. */
    readonly copies: readonly CopyLimit[];
    /** Billions of operations in a second, by what does them. */
    readonly gigaflops: Readonly<Partial<Record<ComputeLimit, number>>>;
}
/** How fast so many bytes are copied. */
export interface CopyLimit {
    /** Bytes that are read and written. */
    readonly bytes: number;
    /** Billions of them in a second. */
    readonly gigabytesPerSecond: number;
}
/** What does operations: kernels of floats, or products of matrices, which may have means of their own. */
export type ComputeLimit = "float32" | "float64" | "product32" | "product64";
/** What one rule did in a function. */
export interface RewriteCount {
    /** The rule. */
    readonly rule: string;
    /** What it does, as `x * 1 -> x`. */
    readonly law: string;
    /** How often it fired. */
    readonly fired: number;
    /** What it took, where it did not fire included. */
    readonly milliseconds: number;
}
/** What a device's timer found of a kernel. */
export interface KernelTime {
    /** Its label. */
    readonly label: string;
    /** How often it ran. */
    readonly calls: number;
    /** The sum of its times. */
    readonly milliseconds: number;
}

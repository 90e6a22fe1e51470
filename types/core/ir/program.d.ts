// Made of core/ir/program.ts by `deno task types`.
/**
 * What the planner hands to a backend: buffers, and a list of kernels, loops and branches over them.
 *
 * @module
 */
import type { DType } from "../graph/dtype.d.ts";
import type { Address, ScalarType, SNode } from "./scalar.d.ts";
import type { Guards, Size, SizeEnv, Sym } from "./size.d.ts";
/** Where the memory of a buffer comes from. */
export type BufferRole = 
/** Bound at each call: an argument. Never written. */
{
    readonly kind: "input";
    readonly input: number;
}
/** Bound at each call: the value of a shared variable (by its slot in the program). */
 | {
    readonly kind: "shared";
    readonly shared: number;
}
/** Data that is the same at each call, uploaded once. */
 | {
    readonly kind: "constant";
    readonly data: ArrayBufferView;
}
/** Fresh memory at each call that the caller keeps: an output or the new value of a shared variable. */
 | {
    readonly kind: "output";
    readonly output: number;
}
/** Scratch memory, live from its first writer to its last reader. */
 | {
    readonly kind: "temp";
};
/** A linear piece of memory. */
export interface BufferDecl {
    /** Number in the program. */
    readonly id: number;
    /** For messages and profiles. */
    readonly name: string;
    /** How elements are stored; complex values are stored as their float parts, two to a value. */
    readonly dtype: DType;
    /** Number of stored elements. */
    readonly elements: Size;
    /** Whose memory it is. */
    readonly role: BufferRole;
}
/** Ways to combine values over loop axes. */
export type ReduceKind = "sum" | "prod" | "max" | "min" | "any" | "all" | "argmax" | "argmin";
/**
 * A value accumulated over the loop axes of a nest.
 *
 * `max` and `min` propagate NaN. `argmax`/`argmin` compare `value` and give, as i32, the row-major
 * position within the loop axes of the first extreme (the first NaN if there is one).
 */
export interface Reduction {
    /** How iterations are combined. */
    readonly kind: ReduceKind;
    /** The value of one iteration. */
    readonly value: SNode;
    /** Type of the accumulator and of the result (i32 for arg kinds). */
    readonly type: ScalarType;
}
/** Writes `value` to `buffer[address]`, converted to the buffer's dtype. */
export interface Store {
    /** Number of the buffer that is written. */
    readonly buffer: number;
    /** Which element is written. */
    readonly address: Address;
    /** What is written. */
    readonly value: SNode;
    /** Where false, nothing is written. */
    readonly guard: SNode | null;
}
/** Where `failed` is true an index is out of range. */
export interface LoopNestCheck {
    /** What must not be true. */
    readonly failed: SNode;
    /** The number of the check in `Program.checks`. */
    readonly check: number;
    /** Whether it is made in each iteration of the loops, as `inner` stores (else as `outer` ones). */
    readonly inner: boolean;
}
/** A call of the user's that a step computes, for profiles. */
export interface StepPart {
    /** In words, as in `tanh "hidden"` or `gradient of tanh`. */
    readonly op: string;
    /** `file:line:column`, or "" when unknown. */
    readonly place: string;
    /** About how many primitive operations it takes: for an element, or for an iteration of the step's loops. */
    readonly operations: number;
    /** Whether it is computed in each iteration of the loops. */
    readonly inner: boolean;
}
/** What all steps have. */
interface AnyStep {
    /** Label for profiles and printed programs. */
    readonly name: string;
    /** What it is made of, in programs that are timed. */
    readonly parts?: readonly StepPart[];
}
/**
 * A nest of loops: for every point of `axes` (independent of each other), the loops of `loops` run in
 * order, innermost last. Kernel axis numbers: `axes` first (0, 1, …), then `loops`.
 *
 * Guarantees: `inner` stores may read what earlier iterations of the same point wrote to the same
 * buffer (scatter-add: `reads` of a stored buffer). Otherwise no store of the kernel writes what
 * another point reads.
 */
export interface LoopNest extends AnyStep {
    /** Tells the steps apart. */
    readonly kind: "nest";
    /** Lengths of the independent axes. */
    readonly axes: readonly Size[];
    /** Lengths of the loop axes, innermost last. */
    readonly loops: readonly Size[];
    /** Values accumulated over the loops. */
    readonly reductions: readonly Reduction[];
    /** Executed in each iteration of the loops (once per point when there are none). */
    readonly inner: readonly Store[];
    /** Executed after the loops. */
    readonly outer: readonly Store[];
    /** Index checks; all that depend on a reduction are made after the loops. */
    readonly checks: readonly LoopNestCheck[];
}
/** One operand of a product: element (batch…, row, column). */
export interface Operand {
    /** Number of the buffer that is read. */
    readonly buffer: number;
    /** Type of its elements. */
    readonly dtype: DType;
    /** Offset in elements, with terms only of enclosing loops. */
    readonly base: Address;
    /** One stride for each batch axis. */
    readonly batch: readonly Size[];
    /** Elements from one row to the next. */
    readonly row: Size;
    /** Elements from one column to the next. */
    readonly column: Size;
}
/**
 * A batch of matrix products; axes of the epilogue are (batch…, m, n) numbered from 0.
 * The node `product` is the sum over k of left[m, k] * right[k, n].
 */
export interface Gemm extends AnyStep {
    /** Tells the steps apart. */
    readonly kind: "gemm";
    /** Type in which it is computed: f32, f64, or an integer type. */
    readonly type: ScalarType;
    /** Lengths of the batch axes. */
    readonly batch: readonly Size[];
    /** Rows of the product. */
    readonly m: Size;
    /** Columns of the product. */
    readonly n: Size;
    /** Length of the axis that is summed over. */
    readonly k: Size;
    /** The left operand, m by k. */
    readonly left: Operand;
    /** The right operand, k by n. */
    readonly right: Operand;
    /** Stores of the results, as functions of `product`. */
    readonly stores: readonly Store[];
    /** Of which product it computes some rows, columns or products, in the way that is chosen for all of it. */
    readonly whole?: Gemm;
}
/** Sorts rows; `values` and/or `positions` receive the results. NaN sorts last; stable. */
export interface Sort extends AnyStep {
    /** Tells the steps apart. */
    readonly kind: "sort";
    /** Type of the elements. */
    readonly dtype: DType;
    /** Number of the buffer that is sorted; it is not changed. */
    readonly source: number;
    /** Rows are contiguous: `rows` of `length` elements. */
    readonly rows: Size;
    /** Elements of one row. */
    readonly length: Size;
    /** Whether the greatest comes first. */
    readonly descending: boolean;
    /** Number of the buffer that receives the sorted elements, if any. */
    readonly values: number | null;
    /** Number of the buffer that receives int64 positions in the row, if any. */
    readonly positions: number | null;
}
/** Flat positions (int32) of the non-zero elements of a contiguous source, and their number (int32). */
export interface Nonzero extends AnyStep {
    /** Tells the steps apart. */
    readonly kind: "nonzero";
    /** Type of the elements. */
    readonly dtype: DType;
    /** Number of the buffer that is searched. */
    readonly source: number;
    /** Number of its elements. */
    readonly length: Size;
    /** Number of the buffer that receives the positions. */
    readonly positions: number;
    /** Number of the buffer that receives how many there are. */
    readonly count: number;
}
/** How a loop is run. */
export type LoopStrategy = "lanes" | "resident" | "parallel" | "stepped";
/**
 * Runs `body` for t = 0 … steps-1. Addresses inside may have terms with the axis
 * `{ kind: "loop", loop: id }`.
 */
export interface Loop extends AnyStep {
    /** Tells the steps apart. */
    readonly kind: "loop";
    /** Number of the loop, by which addresses in its body refer to it. */
    readonly id: number;
    /** How often the body runs at most. */
    readonly steps: Size;
    /** What runs in each step. */
    readonly body: readonly Step[];
    /** A bool buffer of one element: after a step in which it is non-zero the loop ends. */
    readonly until: number | null;
    /** Whether that buffer is written before the loop, too: then the loop may have no step at all. */
    readonly mayBeEmpty?: boolean;
    /** An int32 buffer of one element that receives the number of executed steps. */
    readonly count: number | null;
    /** Where no step depends on another: the buffers that hold what belongs to one step only. */
    readonly rows?: ReadonlySet<number>;
    /** Where rows of all that the body writes don't depend on each other: the block of rows that it is about. */
    readonly block?: RowBlock;
    /** The strategy asked for or chosen by the planner, and why. */
    readonly strategy: LoopStrategy;
    /** Why that strategy, for the profile. */
    readonly reason: string;
}
/** A block of rows that a loop runs for by itself. */
export interface RowBlock {
    /** How many rows there are. */
    readonly rows: number;
    /** The loop axis whose counter is the first row of the block. */
    readonly first: number;
    /** How many rows the block has. */
    readonly count: Sym;
    /** Blocks start at multiples of this, and have at least so many rows. */
    readonly unit: number;
    /** About how many multiplications a step takes for a row. */
    readonly work: number;
}
/** Runs one of two lists of steps by a bool buffer of one element. */
export interface Branch extends AnyStep {
    /** Tells the steps apart. */
    readonly kind: "branch";
    /** Number of the bool buffer that decides. */
    readonly condition: number;
    /** What runs where it is true. */
    readonly then: readonly Step[];
    /** What runs where it is false. */
    readonly otherwise: readonly Step[];
}
/** One thing to do. */
export type Step = LoopNest | Gemm | Sort | Nonzero | Loop | Branch;
/** Makes the error of a check that failed. */
export type CheckError = new (message: string) => Error;
/** A run-time check and the error it stands for. */
export interface Check {
    /** What the error says. */
    readonly message: string;
    /** Its class; default: an IndexError. */
    readonly error?: CheckError;
    /** The message for the sizes of a call, and the integer that failed where it is known. */
    readonly describe?: (env: SizeEnv, bad: bigint | null) => string;
}
/** The error of a failed check. */
export declare function checkError(check: Check | undefined, env: SizeEnv, bad: bigint | null): Error;
/** The integer that a check compares with its limits; null where the check is not of that form. */
export declare function checkedInteger(failed: SNode): SNode | null;
/** A whole function for one set of shapes. */
export interface Program {
    /** For profiles. */
    readonly name: string;
    /** All memory that it reads and writes, by number. */
    readonly buffers: readonly BufferDecl[];
    /**
     * Everything but `commit`. Memory of temps may be shared by liveness over this order.
     */
    readonly steps: readonly Step[];
    /** Run last, and only if no check failed: stores into shared buffers in place. */
    readonly commit: readonly Step[];
    /** What may fail in a call. */
    readonly checks: readonly Check[];
    /** Names of the base symbols by slot of the size environment. */
    readonly symbols: readonly string[];
    /** Facts about lengths that it relies on. */
    readonly guards: Guards;
    /** Whether each step is timed, on devices that can. */
    readonly isTimed?: boolean;
}
export {};

// Made of xla/text/block.ts by `deno task types`.
/**
 * The text of one region of a module: operations in order, each of which names its results.
 *
 * @module
 */
import { type ElementType } from "./types.d.ts";
import type { DType, TypedArray } from "../../core/graph/dtype.d.ts";
/** A value of the module: its name, and the type of the tensor that it is. */
export interface Hlo {
    readonly name: string;
    readonly type: ElementType;
    readonly shape: readonly number[];
}
/** Ops of one argument with a result of its type. */
export type UnaryName = "abs" | "ceil" | "cosine" | "exponential" | "exponential_minus_one" | "floor" | "log" | "log_plus_one" | "logistic" | "negate" | "not" | "round_nearest_even" | "sine" | "sqrt" | "tan" | "tanh";
/** Ops of two arguments of one type with a result of that type. */
export type BinaryName = "add" | "and" | "atan2" | "divide" | "maximum" | "minimum" | "multiply" | "or" | "power" | "remainder" | "shift_left" | "shift_right_arithmetic" | "shift_right_logical" | "subtract" | "xor";
/** Comparisons. */
export type Comparison = "EQ" | "NE" | "LT" | "LE" | "GT" | "GE";
/** What a loop carries. */
type Carried = readonly Hlo[];
/** What is added on each axis. */
interface Padding {
    readonly low: readonly number[];
    readonly high: readonly number[];
    /** Between two elements; default: nothing. */
    readonly interior?: readonly number[];
}
/** The type of a value. */
export declare function typeOf({ type, shape }: Hlo): string;
/** Writes operations. Regions inside are blocks of their own that see what stands before them. */
export declare class Block {
    #private;
    constructor(parent?: Block | null);
    /** The operations, a line each. */
    get text(): string;
    /** Adds a line, or several. */
    line(text: string): void;
    /** A name that no other value has. */
    fresh(type: ElementType, shape: readonly number[]): Hlo;
    /** Adds an operation with one result. */
    op(text: string, type: ElementType, shape: readonly number[]): Hlo;
    /** One number in all places of a shape. */
    constant(type: ElementType, shape: readonly number[], value: number | bigint): Hlo;
    /** Given elements. */
    elements(dtype: DType, type: ElementType, shape: readonly number[], data: TypedArray): Hlo;
    /** x, through which XLA does not look. */
    barrier(x: Hlo): Hlo;
    /** x, spread over devices. */
    spread(x: Hlo, sharding: string): Hlo;
    unary(op: UnaryName, x: Hlo): Hlo;
    binary(op: BinaryName, x: Hlo, y: Hlo): Hlo;
    compare(how: Comparison, x: Hlo, y: Hlo): Hlo;
    select(condition: Hlo, x: Hlo, y: Hlo): Hlo;
    convert(x: Hlo, type: ElementType): Hlo;
    bitcast(x: Hlo, type: ElementType): Hlo;
    real(x: Hlo): Hlo;
    imag(x: Hlo): Hlo;
    complex(re: Hlo, im: Hlo): Hlo;
    /** Absolute values of complex numbers. */
    modulus(x: Hlo): Hlo;
    /** x with its axes at `axes` of a shape, those of length 1 stretched. */
    broadcast(x: Hlo, shape: readonly number[], axes: readonly number[]): Hlo;
    /** x broadcast as NumPy does: its last axes are those of the shape. */
    stretch(x: Hlo, shape: readonly number[]): Hlo;
    reshape(x: Hlo, shape: readonly number[]): Hlo;
    transpose(x: Hlo, axes: readonly number[]): Hlo;
    /** Positions along an axis. */
    iota(type: ElementType, shape: readonly number[], axis: number): Hlo;
    /** x[start:stop:step] on all axes; steps are at least 1. */
    slice(x: Hlo, start: readonly number[], stop: readonly number[], step?: readonly number[]): Hlo;
    /** x[start:stop] on one axis. */
    sliceAxis(x: Hlo, axis: number, start: number, stop: number, step?: number): Hlo;
    reverse(x: Hlo, axes: readonly number[]): Hlo;
    pad(x: Hlo, value: Hlo, { low, high, interior }: Padding): Hlo;
    concatenate(parts: readonly Hlo[], axis: number): Hlo;
    /** The part of some lengths from computed positions on, which are brought into range. */
    dynamicSlice(x: Hlo, starts: readonly Hlo[], shape: readonly number[]): Hlo;
    /** x with that part replaced. */
    dynamicUpdate(x: Hlo, part: Hlo, starts: readonly Hlo[]): Hlo;
    /** A reduction by an op over axes, from `init` on. */
    reduce(op: BinaryName, x: Hlo, init: Hlo, axes: readonly number[]): Hlo;
    /** Products of matrices: contracts one axis each, the first `batch` axes go together. */
    matmul(x: Hlo, y: Hlo, batch: number): Hlo;
    /** An operation in the generic form with regions, each of which gets its arguments and returns values. */
    generic(name: string, args: readonly Hlo[], attributes: string, regions: readonly {
        readonly args: readonly Hlo[];
        build(block: Block, args: readonly Hlo[]): readonly Hlo[];
    }[], results: readonly Omit<Hlo, "name">[]): Hlo[];
    /** Repeats a step while a condition holds; both get what is carried. */
    loop(start: Carried, condition: (block: Block, carried: Carried) => Hlo, step: (block: Block, carried: Carried) => Carried): Hlo[];
}
export {};

// Made of core/ir/scalar.ts by `deno task types`.
/**
 * The scalar language inside kernels: a small set of primitive operations on machine types, from
 * which every elementwise function, every index and every random generator is built. A backend that
 * prints these primitives has all of them.
 *
 * Rules that hold on every backend:
 * - `min`/`max` propagate NaN; `-0 < +0` is not promised.
 * - integer `add`, `sub`, `mul`, `neg`, `shl` wrap; shift amounts are taken modulo the width.
 * - `div` of integers truncates towards zero; `x/0` is 0, `MIN/-1` is MIN. `rem` takes the sign of
 *   the dividend; `x rem 0` is 0.
 * - `cast` from float to integer truncates and saturates, NaN gives 0; between integers it wraps;
 *   to bool it tests for non-zero; from bool it gives 0 or 1.
 * - comparisons with NaN are false, except `ne`.
 * - `select(c, a, b)` may compute both branches.
 * - `madd(a, b, c)` is a*b+c with one or two roundings, as the machine likes.
 *
 * @module
 */
import type { DType } from "../graph/dtype.d.ts";
import type { ScalarFunction } from "./functions.d.ts";
import type { Size } from "./size.d.ts";
/** Machine types that values have inside a kernel. */
export type ScalarType = "bool" | "i32" | "u32" | "i64" | "u64" | "f32" | "f64";
/** Primitive operations of one argument. */
export type UnaryPrim = "neg" | "abs" | "floor" | "ceil" | "trunc" | "nearest" | "sqrt" | "not";
/** Primitive operations of two arguments with a result of the same type. */
export type BinaryPrim = "add" | "sub" | "mul" | "div" | "rem" | "min" | "max" | "and" | "or" | "xor" | "shl" | "shr" | "mulhi";
/** Comparisons; the result is bool. */
export type ComparePrim = "eq" | "ne" | "lt" | "le" | "gt" | "ge";
/** Operations that take arguments only. */
export type Prim = UnaryPrim | BinaryPrim | ComparePrim | "madd" | "select" | "cast" | "bitcast";
/** An axis that an index can vary with: a kernel axis, or the counter of an enclosing loop. */
export type AxisRef = {
    readonly kind: "axis";
    readonly axis: number;
}
/** The value is `(t + shift) mod modulus`, or `t + shift` when modulus is 0. */
 | {
    readonly kind: "loop";
    readonly loop: number;
    readonly shift: number;
    readonly modulus: number;
};
/** One affine term of an address. */
export interface Term {
    /** The axis or loop counter. */
    readonly axis: AxisRef;
    /** Elements from one position to the next. */
    readonly stride: Size;
}
/** An element index into a buffer: `offset + sum(stride * axis) + rest`. */
export interface Address {
    /** The element at position 0 of all axes. */
    readonly offset: Size;
    /** The parts that are affine in the axes. */
    readonly terms: readonly Term[];
    /** A computed part (i32) that is not affine in the axes. */
    readonly rest: SNode | null;
}
/** Common part of all scalar nodes. Nodes are hash-consed by their builder. */
export interface NodeBase {
    /** Creation number within the builder. */
    readonly id: number;
    /** Type of the value. */
    readonly type: ScalarType;
    /** The nodes it is computed from. */
    readonly args: readonly SNode[];
}
/** A literal. i64 and u64 hold bigint, bool holds 0 or 1. */
export interface ConstNode extends NodeBase {
    /** Tells the nodes apart. */
    readonly op: "const";
    /** The number. */
    readonly value: number | bigint;
}
/** The value of an axis or loop counter, as i32. */
export interface IndexNode extends NodeBase {
    /** Tells the nodes apart. */
    readonly op: "index";
    /** The axis or loop counter. */
    readonly axis: AxisRef;
}
/** A size as i32 (or i64/f32/f64 by type): a parameter of the call when it is a Sym. */
export interface SizeNode extends NodeBase {
    /** Tells the nodes apart. */
    readonly op: "size";
    /** The size. */
    readonly size: Size;
}
/**
 * One element of a buffer. `args` is [] or [guard]: where the guard is false nothing is read and the
 * value is 0. `address.rest` counts as a dependency beside `args`.
 */
export interface LoadNode extends NodeBase {
    /** Tells the nodes apart. */
    readonly op: "load";
    /** Number of the buffer that is read. */
    readonly buffer: number;
    /** Type of its elements. */
    readonly dtype: DType;
    /** Which element is read. */
    readonly address: Address;
}
/** The final value of reduction `reduction` of the kernel; only for stores after the loops. */
export interface ReducedNode extends NodeBase {
    /** Tells the nodes apart. */
    readonly op: "reduced";
    /** Number of the reduction in the kernel. */
    readonly reduction: number;
}
/** The value of a reduction up to and including this iteration; only for stores inside the loops. */
export interface RunningNode extends NodeBase {
    /** Tells the nodes apart. */
    readonly op: "running";
    /** Number of the reduction in the kernel. */
    readonly reduction: number;
}
/** The product of a gemm kernel at this output element; only in its epilogue. */
export interface ProductNode extends NodeBase {
    /** Tells the nodes apart. */
    readonly op: "product";
}
/** A primitive applied to arguments. */
export interface PrimNode extends NodeBase {
    /** The primitive. */
    readonly op: Prim;
}
/** A function applied to arguments; only where the builder makes such nodes. */
export interface CallNode extends NodeBase {
    /** Tells the nodes apart. */
    readonly op: "call";
    /** The function. */
    readonly func: ScalarFunction;
}
/** A node of the scalar language. */
export type SNode = ConstNode | IndexNode | SizeNode | LoadNode | ReducedNode | RunningNode | ProductNode | CallNode | PrimNode;
/** The machine type that a stored dtype has inside kernels. Complex buffers are stored as their parts. */
export declare function scalarTypeOf(dtype: DType): ScalarType;
/** Whether the type is f32 or f64. */
export declare function isFloatType(type: ScalarType): boolean;

// Made of core/ir/builder.ts by `deno task types`.
/**
 * Builds scalar nodes: hash-consed, with constants folded and the identities that are exact applied.
 *
 * @module
 */
import type { DType } from "../graph/dtype.d.ts";
import { type Address, type AxisRef, type BinaryPrim, type ComparePrim, type Prim, type ScalarType, type SNode, type UnaryPrim } from "./scalar.d.ts";
import type { ScalarFunction } from "./functions.d.ts";
import { type Size } from "./size.d.ts";
/** Text of an axis, equal for equal axes. */
export declare function axisKey(axis: AxisRef): string;
/** Text of an address, equal for equal addresses. */
export declare function addressKey(address: Address): string;
/** An integer index while an expression is built: affine in the axes plus one computed part. */
export type Ix = Address;
/** The index 0. */
export declare const zeroIx: Ix;
/** A constant or per-call index. */
export declare function sizeIx(size: Size): Ix;
/** The index that runs with an axis. */
export declare function axisIx(axis: AxisRef | number): Ix;
/** Makes nodes. One builder serves one kernel, so that equal nodes are the same object. */
export declare class ScalarBuilder {
    #private;
    /**
     * Whether the machine computes NaN and infinity as IEEE 754 says, as WebAssembly does. Otherwise
     * (WGSL) functions are built so that NaN goes round the arithmetic, chosen by its bits.
     */
    readonly ieee: boolean;
    /** Whether functions are nodes; otherwise their primitives are built at once. */
    readonly functions: boolean;
    /**
     * Makes a builder without nodes; `ieee` and `functions` are false by default. `firstId` keeps the nodes
     * apart from those of another builder that are used beside them.
     */
    constructor(options?: {
        readonly ieee?: boolean;
        readonly functions?: boolean;
        readonly firstId?: number;
    });
    /** A literal; for f32 the value is rounded, for integers wrapped, for bool made 0 or 1. */
    constant(type: ScalarType, value: number | bigint | boolean): SNode;
    /** The value of an axis, i32. */
    index(axis: AxisRef): SNode;
    /** A size as a number of the given type. */
    size(size: Size, type?: ScalarType): SNode;
    /** One element of a buffer that stores `dtype`. */
    load(buffer: number, dtype: DType, address: Address, guard?: SNode): SNode;
    /** The final value of a reduction. */
    reduced(reduction: number, type: ScalarType): SNode;
    /** The running value of a reduction. */
    running(reduction: number, type: ScalarType): SNode;
    /** The product of a gemm kernel. */
    product(type: ScalarType): SNode;
    /** A function of arguments. */
    call(func: ScalarFunction, args: readonly SNode[]): SNode;
    /** A primitive; constants are folded and exact identities applied. */
    prim(op: Prim, type: ScalarType, ...args: SNode[]): SNode;
    /** One argument, same type. */
    unary(op: UnaryPrim, a: SNode): SNode;
    /** Two arguments of one type. */
    binary(op: BinaryPrim, a: SNode, b: SNode): SNode;
    /** A comparison. */
    compare(op: ComparePrim, a: SNode, b: SNode): SNode;
    /** a + b */
    add(a: SNode, b: SNode): SNode;
    /** a - b */
    sub(a: SNode, b: SNode): SNode;
    /** a * b */
    mul(a: SNode, b: SNode): SNode;
    /** a / b; see the rules for integers in scalar.ts. */
    div(a: SNode, b: SNode): SNode;
    /** a*b + c */
    madd(a: SNode, b: SNode, c: SNode): SNode;
    /** condition ? a : b */
    select(condition: SNode, a: SNode, b: SNode): SNode;
    /** Conversion of the value. */
    cast(a: SNode, type: ScalarType): SNode;
    /** Conversion of the bits, between types of one width. */
    bitcast(a: SNode, type: ScalarType): SNode;
    /** Whether a float is NaN, by its bits (compilers may fold `x != x`). */
    isNan(a: SNode): SNode;
    /** Whether a float is +Inf or -Inf, by its bits. */
    isInf(a: SNode): SNode;
    /** A computed i32 as an index. Constants and axes become affine again. */
    ix(node: SNode): Ix;
    /** a + b */
    addIx(a: Ix, b: Ix): Ix;
    /** a * k */
    scaleIx(a: Ix, k: Size): Ix;
    /** The index as an i32 node. */
    ixNode(a: Ix): SNode;
}
/** Brings an integer that is held in 32 bits back to the range of its dtype. */
export declare function wrapSmall(b: ScalarBuilder, node: SNode, dtype: DType): SNode;

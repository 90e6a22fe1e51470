// Made of core/graph/op.ts by `deno task types`.
/**
 * What an operation must say about itself: result types, shapes, the reference evaluation, and how the
 * planner turns it into kernels.
 *
 * @module
 */
import type { DType } from "./dtype.d.ts";
import type { Ix, ScalarBuilder } from "../ir/builder.d.ts";
import type { CheckError, ReduceKind, Step } from "../ir/program.d.ts";
import type { ScalarType, SNode } from "../ir/scalar.d.ts";
import type { Guards, Size } from "../ir/size.d.ts";
import type { SharedVariable } from "../runtime/shared.d.ts";
import type { TensorType } from "./type.d.ts";
import type { Apply, Variable } from "./graph.d.ts";
import type { Value } from "./value.d.ts";
/** Static parameters of an application: plain data, compared by content. */
export type Params = {};
/** A complex number inside a kernel. */
export interface ComplexElement {
    /** Real part. */
    readonly re: SNode;
    /** Imaginary part. */
    readonly im: SNode;
}
/** One element of a tensor inside a kernel. */
export type Element = SNode | ComplexElement;
/** Whether an element is complex. */
export declare function isComplexElement(element: Element): element is ComplexElement;
/** Shapes and host-known integers at plan time. */
export interface ShapeContext {
    /** Facts about lengths that the plan relies on; a call that breaks one plans anew. */
    readonly guards: Guards;
    /** The shape of a variable. */
    shape(variable: Variable): readonly Size[];
    /**
     * The value of a 0-d integer or bool variable, when it can be had without running a kernel (from
     * constants, shapes and arguments). Otherwise throws `NeedValue`, and the planner runs a function
     * that computes it first.
     */
    integer(variable: Variable): Size;
    /** The same for the elements of a vector. */
    integers(variable: Variable): readonly Size[];
    /** Whether the integers of a variable are known without running anything. */
    knows(variable: Variable): boolean;
}
/** Thrown by a ShapeContext: a shape depends on the value of `variable`. */
export declare class NeedValue extends Error {
    /** What must be known. */
    readonly variable: Variable;
    /** Whether it must be this one: what is computed from it belongs to a step of a loop. */
    readonly isOutside: boolean;
    /** Says that a shape depends on `variable`, `isOutside` the loop that asks. */
    constructor(variable: Variable, isOutside?: boolean);
}
/** What a check says when it fails; one that depends on sizes is made when it is shown. */
export type CheckMessage = string | ((valueOf: (size: Size) => number, bad: bigint | null) => string);
/** Reading elements of variables inside a kernel. */
export interface ElementContext extends ShapeContext {
    /** Makes the nodes of the kernel. */
    readonly b: ScalarBuilder;
    /** The element of `variable` at an index (one Ix for each axis). */
    read(variable: Variable, index: readonly Ix[]): Element;
    /** The same for a variable that is not complex. */
    readReal(variable: Variable, index: readonly Ix[]): SNode;
    /** A 0-d integer as i32: a parameter where the host knows it, else loaded. */
    scalarIndex(variable: Variable): Ix;
    /** How a dtype is held on the device: complex numbers as their parts. */
    held(dtype: DType): DType;
    /** Reports an error, an IndexError by default, when `failed` is true in any iteration. */
    check(failed: SNode, message: CheckMessage, error?: CheckError): void;
    /** Quotient and remainder of a non-negative index by a size, simplified where possible. */
    divMod(index: Ix, by: Size): [Ix, Ix];
    /**
     * Element at a flat row-major position of a shape: the index for each axis.
     */
    unravel(flat: Ix, shape: readonly Size[]): Ix[];
    /** Flat row-major position of an index in a shape. */
    ravel(index: readonly Ix[], shape: readonly Size[]): Ix;
}
/** Builds one nest. Axis Ix come from `axes` and `loops`. */
export interface LoopNestBuilder extends ElementContext {
    /** Positions along the independent axes, as i32. */
    readonly axes: readonly Ix[];
    /** Positions along the loop axes, as i32. */
    readonly loops: readonly Ix[];
    /** Adds a reduction over the loops and returns its final value, for `storeOuter`. */
    reduce(kind: ReduceKind, value: SNode): SNode;
    /** Adds a reduction and returns the value up to this iteration, for `storeInner`. */
    runningReduce(kind: "sum" | "prod" | "max" | "min", value: SNode): SNode;
    /** Loads an element of a target that this nest also stores (read-modify-write in loop order). */
    readTarget(target: Target, index: readonly Ix[]): Element;
    /** Writes an element in each iteration of the loops, where `guard` is not false. */
    storeInner(target: Target, index: readonly Ix[], value: Element, guard?: SNode): void;
    /** Writes an element once, after the loops, where `guard` is not false. */
    storeOuter(target: Target, index: readonly Ix[], value: Element, guard?: SNode): void;
}
/** Memory that kernels of an op write: a buffer holding a contiguous tensor of `shape`. */
export interface Target {
    /** Number of the buffer in the program. */
    readonly buffer: number;
    /** Type of the elements. */
    readonly dtype: DType;
    /** Lengths of the axes. */
    readonly shape: readonly Size[];
}
/** A part of the matrices that a target holds in its last two axes. */
export interface MatrixView {
    /** What holds them; axes before the last two count them. */
    readonly target: Target;
    /** Where it begins in each of them. */
    readonly row: Size;
    /** Where it begins in each of them. */
    readonly column: Size;
    /** Its rows, as they are read. */
    readonly rows: Size;
    /** Its columns, as they are read. */
    readonly columns: Size;
    /** Whether its rows are columns of the target. */
    readonly isTurned: boolean;
    /** Whether its elements are conjugates of those of the target, which no product reads so; default false. */
    readonly isConjugate?: boolean;
}
/** Emitting steps for an op that needs kernels of its own. */
export interface EmitContext extends ShapeContext {
    /** The memory of output `i`, allocated on first use. */
    output(i: number): Target;
    /** Whether anything reads output `i`: one that nothing reads needs no memory. */
    isUsed(i: number): boolean;
    /** The memory of output `i`, with the elements of `source` in it: a copy, or what `from` takes over. */
    outputFrom(i: number, source: Variable): Target;
    /** Scratch memory. */
    temp(name: string, dtype: DType, shape: readonly Size[]): Target;
    /** The variable as contiguous memory, computed if need be. */
    buffer(variable: Variable): Target;
    /** How a dtype is held on the device: complex numbers as their parts. */
    held(dtype: DType): DType;
    /** Adds a nest of `axes` (independent points) and `loops` (in order). */
    nest(name: string, axes: readonly Size[], loops: readonly Size[], build: (nest: LoopNestBuilder) => void): void;
    /** Adds a product of matrices; `build` stores it, at its place along the axes. */
    product(name: string, left: MatrixView, right: MatrixView, build: (nest: LoopNestBuilder, product: SNode) => void): void;
    /**
     * Adds a loop of what `build` adds, which gets a function for the number of the step, plus `shift` and
     * modulo `modulus` if these are given. After a step in which the bool `until` is true it ends. What is
     * read of variables must be in memory before.
     */
    loop(name: string, steps: Size, build: (counter: (shift?: number, modulus?: number) => Ix) => void, until?: Target | null): void;
    /** Adds any step. */
    push(step: Step): void;
}
/** One level of a plan, opaque to ops: what `core/plan/scope.ts` makes of it. */
export interface ControlScope {
    /** Whether anything at this level reads a variable. */
    isUsed(variable: Variable): boolean;
    /** Plans a choice by input 0 between two lists of `n` inputs. */
    branch(apply: Apply, n: number): void;
}
/** How the planner computes an op, for all shapes or as it says for those at hand. */
export type Lowering<P extends Params> = PlainLowering<P> | {
    readonly kind: "byShape";
    choose(context: ShapeContext, apply: Apply<P>): PlainLowering<P>;
};
/** How the planner computes an op. */
export type PlainLowering<P extends Params> = 
/** Output element = function of the input elements at the broadcast index. */
{
    readonly kind: "elementwise";
    /** dtypes that the inputs are converted to before `scalar` sees them. */
    compute(inputs: readonly DType[], params: P): readonly DType[];
    scalar(b: ScalarBuilder, args: readonly SNode[], params: P): SNode;
    /** The same when any input or the output is complex; args are all complex if any compute dtype is. */
    complex?(b: ScalarBuilder, args: readonly Element[], params: P): Element;
    /** Rough cost: 1 for an addition, about 10 for exp. */
    readonly cost: number;
    /** Whether it is input 0 as it is, index by index, whatever the dtype; default false. */
    readonly view?: boolean;
    /** Whether it is input 0 in the output's dtype, as the planner converts; default false. */
    readonly converts?: boolean;
}
/** Output element = something read or made at an index that is computed from the output index. */
 | {
    readonly kind: "virtual";
    element(context: ElementContext, apply: Apply<P>, index: readonly Ix[], output: number): Element;
    /** Inputs that must be in memory first (gathered at computed places, where fusing would recompute). */
    readonly materialise?: readonly number[];
    /**
     * Whether each element is one of input 0 as it is, so that only indices move; default false. Products
     * and loops read through such views, and where one is read often, what it looks at is stored instead.
     */
    readonly view?: boolean;
    /** Whether it is input 0 as it is, index by index; default false. */
    readonly same?: boolean;
    /** Whether it has the elements of input 0 in the same row-major order; default false. */
    readonly inOrder?: boolean;
    /** For a view that only moves axes: which of input 0 each is, or "x" for one of length 1. */
    axes?(params: P): readonly (number | "x")[];
    readonly cost: number;
}
/** A reduction of input 0 over axes; the output has the other axes. */
 | {
    readonly kind: "reduce";
    reduction(params: P, input: DType): {
        readonly kind: ReduceKind;
        readonly axes: readonly number[];
        /** dtype in which values are accumulated. */
        readonly accumulator: DType;
        /** Whether the output keeps the reduced axes, with length 1; default false. */
        readonly keepdims?: boolean;
    };
}
/** Batched matrix product: inputs (…, m, k) and (…, k, n). */
 | {
    readonly kind: "matmul";
}
/** Kernels of its own, for all outputs at once. */
 | {
    readonly kind: "emit";
    emit(context: EmitContext, apply: Apply<P>): void;
    /** Inputs that `emit` reads through `context.buffer`; others are read through nests (default: none). */
    readonly buffers?: readonly number[];
    /** The input that output 0 starts as: its memory is taken over where nothing else reads it. */
    readonly from?: number;
}
/**
 * Loops and branches: steps that hold steps. `lower` plans what is inside in scopes of its own and
 * places all outputs.
 */
 | {
    readonly kind: "control";
    lower(scope: ControlScope, apply: Apply<P>): void;
    /** Inputs that are read once, element by element, and so need no memory of their own. */
    reads?(apply: Apply<P>): readonly number[];
    /** Inputs that not every run needs: only `lower` plans them, in the scopes that do. */
    lazy?(apply: Apply<P>): readonly number[];
};
/** A length: a number, or the 0-d integer variable whose value it is. Equal ones are `===`. */
export type Length = number | Variable;
/** How the lengths of an op's first output follow from those of other variables, before any shape is known. */
export interface LengthRule<P extends Params = Params> {
    /** The variables whose lengths are needed. */
    needs(apply: Apply<P>): readonly Variable[];
    /** The lengths, given those of `needs`; null or missing where only the output can say them. */
    find(apply: Apply<P>, of: (variable: Variable) => readonly Length[]): readonly (Length | null)[];
}
/** A graph that an op runs, such as the step of a loop. */
export interface InnerGraph {
    /** What it computes. */
    readonly outputs: readonly Variable[];
    /** The placeholders that it computes it from, with the inputs of the application that they stand for. */
    readonly places: readonly (readonly [placeholder: Variable, input: Variable])[];
}
/** How applications of an op are printed, by `pp` and `debugprint`. */
export interface Printing<P extends Params = Params> {
    /** The sign between two arguments, as in `(a + b)`. */
    readonly infix?: string;
    /**
     * The whole as mathematics, made of the texts of the inputs; null, and by default, the op and its
     * arguments in parentheses.
     */
    formula?(args: readonly string[], apply: Apply<P>, textOf: (variable: Variable) => string): string | null;
    /** The op with its params, as in `Sum{axis=[0]}`; default: the name, and params that are numbers or text. */
    label?(apply: Apply<P>): string;
}
/**
 * What a param is: an axis or axes of an input, from 0 on; other plain data; or what is made of graphs,
 * which `key` must tell apart.
 */
export type ParamKind = "axis" | "axes" | "plain" | "graph";
/** The kinds of all params of an op. */
export type ParamKinds<P extends Params> = {
    readonly [K in keyof P]-?: ParamKind;
};
/** An operation. One object for each name; what varies is in the params of its applications. */
export interface Op<P extends Params = Params> {
    /** Name of the operation, unique among all. */
    readonly name: string;
    /** What each of its params is; default: it has none. */
    readonly params?: ParamKinds<P>;
    /**
     * Types of the outputs. Throws a TypeError, RangeError or ShapeError that says what was expected for
     * inputs that cannot be.
     */
    infer(inputs: readonly Variable[], params: P): readonly TensorType[];
    /**
     * Shapes of the outputs at plan time; lengths that do not agree throw a ShapeError. A shape that takes
     * a value to know is asked for only where the output is read.
     */
    shapes(context: ShapeContext, apply: Apply<P>): readonly (readonly Size[] | Error)[];
    /** The lengths of output 0 in the graph; default: only the output can say those that its type does not. */
    readonly lengths?: LengthRule<P>;
    /**
     * For an axis of output 0 the axis of each input that goes along with it: row i of the output along it is
     * made of rows i of those, or of the only one, in the same way for all i, and of whole inputs where there is
     * null or nothing. Default: of none, rows are made of all. By it `core/batch/rules_rows.ts` takes all rows or
     * steps at once, loops have rows that differ in number, and `autodiff/support.ts` finds zeros of gradients.
     */
    along?(apply: Apply<P>, axis: number): readonly (number | null)[];
    /**
     * Sets of inputs in which output 0 is linear, those of a set taken together, so that it is zero where what
     * it takes from them is zero; first those that take a gradient on. Default: in none.
     */
    linear?(apply: Apply<P>): readonly (readonly number[])[];
    /** Computes the outputs plainly, in float64. */
    evaluate(inputs: readonly Value[], params: P, apply: Apply<P>): readonly Value[];
    /** How it becomes kernels. */
    readonly lowering: Lowering<P>;
    /** Of inputs before this one nothing is read but their shapes; default 0. */
    readonly dataFrom?: number;
    /**
     * Inputs whose elements are all that output 0 holds, where the others say which and where; default:
     * input 0 for a fact "moves", else, and for null, none is known. By it bounds of integers are known (`scan/bound.ts`),
     * gradients of kinks go through (`autodiff/kinks.ts`), the guard against NaN passes by, and together with
     * `linear` exponentials are followed (`core/rewrite/stability/exp_parts.ts`).
     */
    holds?(inputs: readonly Variable[], params: P): readonly Variable[] | null;
    /**
     * For an op that passes inputs on and computes only those: which, by the values of the inputs that
     * are not lazy.
     */
    pick?(eager: readonly Value[], params: P): readonly number[];
    /** The graph that it runs, if it is made of one. */
    inner?(apply: Apply<P>): InnerGraph;
    /**
     * Inputs from this one on are integers that say where or how much. They are taken on the host where
     * they are known there, and then no kernel reads them.
     */
    readonly indexFrom?: number;
    /** The first input is such an integer, too: the number of steps of a loop. */
    readonly indexFirst?: boolean;
    /**
     * Inputs that are positions along an axis of input 0, of which ones out of range are an error; default:
     * none.
     */
    positions?(apply: Apply<P>): readonly {
        readonly input: number;
        readonly axis: number;
    }[];
    /** Numbers of the inputs that are not read for these shapes: what only the steps of no steps would read. */
    idle?(context: ShapeContext, apply: Apply<P>): readonly number[];
    /** Value of a 0-d integer output from host integers; default: the reference, as an opaque size. */
    size?(context: ShapeContext, args: readonly Size[], params: P): Size;
    /** Sizes that plans should keep symbolic, so that they may change without a new plan: loop lengths. */
    dynamicSizes?(context: ShapeContext, apply: Apply<P>): readonly Size[];
    /**
     * Elements of output 0 (an integer scalar or vector) from shapes and other host integers, for ops
     * whose inputs are not all 0-d integers, such as a length or an element of a vector.
     */
    integers?(context: ShapeContext, apply: Apply<P>): readonly Size[];
    /**
     * Shared variables that every function using this node advances, unless it updates them itself:
     * generators drawn from inside a loop.
     */
    implicitUpdates?(apply: Apply<P>): readonly (readonly [SharedVariable, Variable])[];
    /** How it is printed; default: its name, then the arguments in parentheses. */
    readonly printing?: Printing<P>;
    /**
     * Text that is equal for equal params; default: JSON. An op with a graph inside takes `inner`, where it is
     * given, for what that graph computes, in place of which graph it is.
     */
    key?(params: P, inner?: string): string;
    /** Facts for rewrites; default: none is known. */
    readonly facts?: ReadonlySet<Fact>;
    /** False for ops that must not be folded, merged or moved (printing, random seeds). Default true. */
    readonly pure?: boolean;
}
/** Whether an input of an application says where or how much, and is taken on the host if known there. */
export declare function isIndexInput(apply: Apply, input: number): boolean;
/** What rewrites and others may rely on; of each, where that is so. */
export type Fact = 
/** f(x, y) = f(y, x): `core/rewrite/algebra/arithmetic.ts` orders the arguments. */
"commutative"
/** f(x, x) = x, by a rule of `core/rewrite/algebra/arithmetic.ts`. */
 | "idempotent"
/** The result is a length: an integer that is not negative (`core/ops/common/length_rules.ts`). */
 | "length"
/** Integers that are not negative give one that is not, unless it wraps (`core/ops/common/length_rules.ts`). */
 | "keepsNotNegative"
/**
 * A real float is never negative: |x| -> x by a pattern of `core/rewrite/pattern.ts`, and logarithms of
 * sums in `core/rewrite/stability/log.ts`.
 */
 | "notNegative"
/** f(-x) = f(x): a rule of `core/rewrite/algebra/arithmetic.ts` drops the sign. */
 | "even"
/** f(-x) = -f(x): a rule of `core/rewrite/algebra/arithmetic.ts` takes the sign out. */
 | "odd"
/** f keeps the order of all real numbers: argmax(f(x)) -> argmax(x) in `core/rewrite/algebra/reductions.ts`. */
 | "rising"
/** f gives an integer, and integers as they are: `core/rewrite/algebra/arithmetic.ts` drops a second one. */
 | "rounding"
/**
 * Each element is one of input 0 as it is: a view, which rules look through
 * (`core/rewrite/indexing/views.ts`), as gradients do (`autodiff/support.ts`, `autodiff/stable.ts`).
 */
 | "moves"
/** Each element is one of the inputs' or comes of reducing them: `autodiff/stable.ts` follows it. */
 | "gathers"
/** The values of input 0, for gradients another thing (`core/rewrite/algebra/casts.ts`). */
 | "wraps"
/**
 * It overflows, or comes so close to a bound that what is left to it has no digits: kept from being folded
 * inside of what undoes it (`core/rewrite/fold.ts`), and made stable before gradients (`autodiff/stable.ts`).
 */
 | "saturates"
/** It tells how large a number is, however close to 0 or 1 that is (`autodiff/stable.ts`, `scan/close.ts`). */
 | "logarithm"
/** One by input 0, or input 0 by input 1 (`autodiff/stable.ts`, `scan/close.ts`). */
 | "divides"
/** The library puts it around operands, which messages show without it (`core/graph/graph.ts`). */
 | "arranges"
/** It says more than its elements would, and costs nothing: of constants it stays, too (`core/rewrite/fold.ts`). */
 | "symbolic"
/** It runs a graph of its own, or draws: it is not computed ahead of a call (`core/rewrite/fold.ts`). */
 | "opaque"
/**
 * It draws numbers, once and where it stands: they do not move into a loop or out of it
 * (`scan/rewrites/hoist.ts`, `scan/close.ts`, `core/batch/draws.ts`).
 */
 | "draws"
/** Constants among its index inputs are what the user gives in brackets, and messages show them (`core/graph/written.ts`). */
 | "indexes"
/** It is input 0, integers that are checked: some are an error (`core/rewrite/indexing/in_range.ts`). */
 | "checks"
/**
 * What stands in the last axes counts, with any number of the same axes in front in all inputs and outputs
 * (`core/batch/rules.ts`, `autodiff/support.ts`).
 */
 | "counted"
/** It gives no more than it is made from, so that reading it may come to nothing (`core/rewrite/indexing/in_range.ts`). */
 | "made";
/** Machine type in which a dtype is computed in kernels, for ops that need to know. */
export type { ScalarType };
/** Inputs whose elements an application reads, not their lengths alone. */
export declare function elementInputs({ op, inputs }: Apply): readonly Variable[];
/** Inputs whose elements are all that output 0 of an application holds; null where that is not known. */
export declare function heldInputs({ op, inputs, params }: Apply): readonly Variable[] | null;
/**
 * Numbers of the inputs whose elements are all that output 0 of an application holds, at places that do not
 * depend on them; null for other ops, as for one that sorts.
 */
export declare function placedInputs(apply: Apply): readonly number[] | null;
/** Numbers of the inputs that are computed only where they are needed: the branches of an `ifelse`. */
export declare function lazyInputs(apply: Apply): readonly number[];
/** All other inputs. */
export declare function eagerInputs(apply: Apply): readonly Variable[];

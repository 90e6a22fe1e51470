// Made of core/graph/graph.ts by `deno task types`.
/**
 * The graph: variables, and applications of operations to them.
 *
 * Graphs are immutable and hash-consed: applying an op to the same inputs with the same parameters
 * gives the same variables, so `===` means the same computation.
 *
 * @module
 */
import type { DType } from "./dtype.d.ts";
import { type Written } from "./origin.d.ts";
import { TensorType } from "./type.d.ts";
import type { Methods } from "../api/methods.d.ts";
import type { TensorLike } from "../ops/common/literal.d.ts";
import type { Op, Params } from "./op.d.ts";
import { type Value } from "./value.d.ts";
/** What looks at test values that are set, if anything does. */
declare let checkTestValue: ((variable: Variable, value: Exclude<TensorLike, Variable>) => void) | null;
/** Has each application tried that is made outside of rewriting, or none, and test values checked. */
export declare function setTrial(next: ((apply: Apply) => void) | null, check?: typeof checkTestValue): void;
/** A variable in JSON; `id` tells those of one label apart. */
export interface VariableJson {
    /** Creation number. */
    readonly id: number;
    /** What messages call it. */
    readonly label: string;
    /** Its dtype. */
    readonly dtype: DType;
    /** Lengths of the axes; null where unknown. */
    readonly shape: readonly (number | null)[];
}
/**
 * A tensor that a graph computes or is given. `D` is its dtype and `N` its rank, where known.
 *
 * Variables are made by constructors such as `T.matrix("x")` and by operations on other variables;
 * every operation is a function of `T` and, in most cases, a method.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [x, w] = [T.matrix("x"), T.vector("w")];
 * const p = x.dot(w).neg().exp().add(1).reciprocal();
 * ```
 */
export declare class Variable<D extends DType = DType, N extends number = number> {
    #private;
    /** Text in templates. Throws a TypeError for JavaScript's operators, which cannot build graphs. */
    /** Creation number. */
    readonly id: number;
    /** Dtype and static shape. */
    readonly type: TensorType<D, N>;
    /** The application that computes it; null for inputs, constants and shared variables. */
    readonly owner: Apply | null;
    /** Which output of `owner` it is. */
    readonly index: number;
    /** Makes output `index` of `owner`, or a leaf when there is no owner. */
    constructor(type: TensorType<D, N>, owner?: Apply | null, index?: number);
    /**
     * Label for messages, printing and named arguments.
     *
     * Equal expressions are one variable until it has a name: one that is written afterwards is a variable
     * of its own, which a function computes together with it. What does nothing, as a reshape to the shape
     * that is there, gives its argument itself, and so names that: `x.copy()` is one with a name of its own.
     *
     * @example
     * ```ts
     * import { T } from "@croton/croton";
     * import { assertEquals } from "@std/assert";
     *
     * const x = T.vector("x"), y = T.exp(x);
     * y.name = "y";
     * assertEquals(T.exp(x).name, null);
     * ```
     */
    name: string | null;
    /**
     * A value to try graphs with while they are built, where `config.computeTestValue` says so; of what ops
     * compute from such values, what they gave.
     *
     * @example
     * ```ts
     * import { config, ShapeError, T } from "@croton/croton";
     * import { assertThrows } from "@std/assert";
     *
     * config.computeTestValue = "raise";
     * const x = T.matrix("x"), w = T.vector("w");
     * x.testValue = [[1, 2], [3, 4]];
     * w.testValue = [1, 2, 3];
     * assertThrows(() => x.dot(w), ShapeError);
     * config.computeTestValue = "off";
     * ```
     */
    testValue: Exclude<TensorLike, Variable> | null;
    /** Element type. */
    get dtype(): D;
    /** Number of axes. */
    get ndim(): N;
    /** Where in the user's program it was made, as `file:line:column`, or "" when unknown. */
    get origin(): string;
    /**
     * What the user wrote that made it: where, the function they called, and for a part of a gradient the
     * variable that was differentiated.
     */
    get written(): Written;
    /** Whether it is a part of a gradient. */
    get differentiates(): boolean;
    /** The name, or what computes it. */
    toString(): string;
    /** Text in templates. Throws a TypeError for JavaScript's operators, which cannot build graphs. */
    [Symbol.toPrimitive](hint: string): string;
    /** How messages call it: its name, or the function that the user called. Takes its time. */
    get label(): string;
    /** What `JSON.stringify` shows: the variable alone, without the graph that computes it. */
    toJSON(): VariableJson;
    /** How messages call it if it has no name and no op computes it. */
    protected get leafLabel(): string;
}
/** The operations as methods, which `core/api/methods.ts` brings. */
export interface Variable<D extends DType = DType, N extends number = number> extends Methods<D, N> {
}
/** A variable whose value is fixed when the graph is built. */
export declare class Constant<D extends DType = DType, N extends number = number> extends Variable<D, N> {
    /** The value. */
    readonly value: Value;
    /**
     * Makes a constant; {@linkcode makeConstant} gives equal values the same variable.
     *
     * @param type Its type.
     * @param value Its value.
     */
    constructor(type: TensorType<D, N>, value: Value);
    /** The value, if it is short. */
    protected get leafLabel(): string;
}
/** A variable as the user wrote it: without what the library put around it, as for a product. */
export declare function asWritten(variable: Variable): Variable;
/** Whether one call of the user's made both. */
export declare function sameCall(a: Variable, b: Variable): boolean;
/** Says what a variable without a name stands for, for messages, as in `a row of "x"`. */
export declare function standsFor(placeholder: Variable, variable: Variable, as?: string): void;
/** What a placeholder without a name is the value of; another variable is itself. */
export declare function stoodFor(variable: Variable): Variable;
/** How messages call a variable as the user wrote it, without what the library put around it. */
export declare function writtenLabel(variable: Variable): string;
/**
 * Runs `make`. The variables made meanwhile have the origin of `source`: what a rewrite makes stands
 * for something that the user wrote.
 */
export declare function withOriginOf<R>(source: Variable, make: () => R): R;
/** One use of an op on concrete inputs; `op.name` says of which. */
export declare class Apply<P extends Params = Params> {
    #private;
    /** Creation number. */
    readonly id: number;
    /**
     * What is applied.
     *
     * @internal What an op says of its kernels is for those who write ops.
     */
    readonly op: Op<P>;
    /** What it is applied to. */
    readonly inputs: readonly Variable[];
    /** Static parameters of this application. */
    readonly params: P;
    /** Applies `op`; the outputs get the given types. */
    constructor(op: Op<P>, inputs: readonly Variable[], params: P, types: readonly TensorType[]);
    /** The variables it computes. */
    get outputs(): readonly Variable[];
    /** The first output. */
    get output(): Variable;
    /** What `JSON.stringify` shows: the op, and the variables that it is applied to. */
    toJSON(): {
        readonly id: number;
        readonly op: string;
        readonly inputs: readonly Variable[];
    };
}
/** A new variable; without an owner it is an input. */
export declare function makeVariable(type: TensorType, owner?: Apply | null, index?: number): Variable;
/** The constant with this value. Equal small constants are the same variable. */
export declare function makeConstant(value: Value): Variable;
/** Applies an op: the same application gives the same node. */
export declare function applyOp<P extends Params>(op: Op<P>, inputs: readonly Variable[], params: P): Apply<P>;
/** The first output of an op applied to inputs. */
export declare function outputOf<P extends Params>(op: Op<P>, inputs: readonly Variable[], params: P): Variable;
export {};

// Made of core/runtime/inputs.ts by `deno task types`.
/**
 * Inputs of compiled functions: variables, with defaults, names and implicit updates.
 *
 * @module
 */
import type { DType, TypedArray } from "../graph/dtype.d.ts";
import { type SharedValue } from "./shared.d.ts";
import { Variable } from "../graph/graph.d.ts";
/** Options of `In`. */
export interface InOptions {
    /** Default value: the argument may be left out. */
    readonly value?: SharedValue;
    /** Name for calls by name; default: the variable's. */
    readonly name?: string;
    /**
     * New value of the default after each call, an expression of the same type. The input becomes a state
     * of the function; a value that is passed replaces the state for that call.
     */
    readonly update?: Variable;
    /** Take only values of the exact dtype. */
    readonly strict?: boolean;
    /** Take values that lose precision. */
    readonly allowDowncast?: boolean;
    /** The caller may not give a value. */
    readonly implicit?: boolean;
}
/** An input with more than its variable. */
export declare class In<D extends DType = DType, N extends number = number, O extends InOptions = InOptions> {
    /** The variable that the argument stands for. */
    readonly variable: Variable<D, N>;
    /** Default, name, update and conversion rules. */
    readonly options: O;
    /**
     * Describes an input.
     *
     * @param variable The variable that the argument stands for.
     * @param options Default, name, update and conversion rules.
     */
    constructor(variable: Variable<D, N>, options?: O);
}
/** An output with more than its variable. */
export declare class Out<D extends DType = DType, N extends number = number> {
    /** The variable whose value is wanted. */
    readonly variable: Variable<D, N>;
    /** The result may be memory that the next call overwrites. */
    readonly borrow: boolean;
    /**
     * Describes an output.
     *
     * @param variable The variable whose value is wanted.
     * @param options `borrow`: the result may be memory that the next call overwrites.
     */
    constructor(variable: Variable<D, N>, options?: {
        borrow?: boolean;
    });
}
/** What stands in a list of inputs. */
export type InputLike = Variable | In;
/** One input, checked. */
export interface InputSpec {
    readonly variable: Variable;
    readonly name: string | null;
    readonly options: InOptions;
    /** Memory for numbers on their way to the device, made once: calls with numbers are frequent. */
    scratch: TypedArray | null;
}
/** Checks a list of inputs. */
export declare function checkInputs(inputs: readonly InputLike[], what: string): InputSpec[];

// Made of nn/parameters.ts by `deno task types`.
/**
 * Parameters of models: shared variables in records and lists.
 *
 * @module
 */
import { type Tree, type TreeOf } from "../core/base/tree.d.ts";
import { Variable } from "../core/graph/graph.d.ts";
import { RandomStreams } from "../core/random/streams.d.ts";
import { SharedVariable } from "../core/runtime/shared.d.ts";
/** Shared variables in records and lists: the parameters of a model. */
export type ParameterTree = Tree<SharedVariable>;
/** Variables in records and lists. */
export type VariableTree = Tree<Variable>;
/** A parameter, and the keys and positions that lead to it. */
interface Parameter {
    /** Keys and positions, joined by dots. */
    readonly name: string;
    /** The shared variable. */
    readonly variable: SharedVariable;
}
/** The parameters that are trained. Throws a TypeError for what is no real floating shared variable. */
export declare function parametersOf(action: string, tree: ParameterTree): Parameter[];
/**
 * The parameters of a model that are trained, in the order of reading: all shared variables in its records
 * and lists but those under a key `running`, as batch normalisation keeps.
 *
 * Throws a TypeError for parameters that are no real floating numbers, or are there twice.
 *
 * @param model Shared variables in records and lists.
 *
 * @example
 * ```ts
 * import { nn, shared } from "@croton/croton";
 *
 * const model = { out: { W: shared([[1]]), b: shared([0]) }, norm: { running: { mean: shared(0) } } };
 * console.assert(nn.trainable(model).length === 2);
 * ```
 */
export declare function trainable(model: ParameterTree): SharedVariable[];
/** The variables of a tree, in the order of reading. */
export declare function variablesOf(action: string, tree: VariableTree): Variable[];
/**
 * The parameters of a layer by name, checked, as variables.
 *
 * Throws a TypeError that says which one is wrong.
 *
 * @param optional A name that may be missing.
 */
export declare function weightsOf<K extends string, O extends string = never>(action: string, p: Readonly<Record<K, Variable>> & {
    readonly [N in NoInfer<O>]?: Variable;
}, names: readonly K[], optional?: O): Record<K, Variable> & Partial<Record<O, Variable>>;
/** A record of parameters, or of layers. Throws a TypeError for anything else. */
export declare function recordOf<P extends object>(action: string, p: P): P;
/** Streams to draw from. Throws a TypeError for anything else. */
export declare function streamsOf(action: string, streams: RandomStreams): RandomStreams;
/** A tree of variables made of those of another. */
export declare function mapVariables<T extends VariableTree>(action: string, tree: T, change: (variable: Variable, index: number) => Variable): TreeOf<T, Variable, Variable>;
/**
 * Shared variables of zeros with the dtypes and shapes that those of a tree have now, in the same records
 * and lists.
 *
 * @param tree Shared variables in records and lists, or one.
 *
 * @example
 * ```ts
 * import { nn, shared } from "@croton/croton";
 *
 * const velocity = nn.zerosLike({ W: shared(new Float32Array(6), { shape: [2, 3] }) });
 * console.assert(velocity.W.getValue().shape.join() === "2,3");
 * ```
 */
export declare function zerosLike<T extends ParameterTree>(tree: T): TreeOf<T, SharedVariable, SharedVariable>;
/** A shared variable whose elements are all the same. */
export declare function filled(dtype: SharedVariable["dtype"], shape: readonly number[], value: number, name: string): SharedVariable;
export {};

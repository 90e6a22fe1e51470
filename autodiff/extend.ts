/**
 * What operations are made of, for those who write some of their own: the interface of an op, the small
 * language of its kernels, lengths, and its gradient, by which forward mode goes, too, unless the rule has a
 * `pushforward` of its own. `deno doc autodiff/extend.ts` shows all of it.
 *
 * @example An elementwise operation with its gradient
 * ```ts
 * import { compile, extend, grad, T } from "@croton/croton";
 *
 * const cube: extend.Op = {
 *   name: "cube",
 *   infer: ([x]) => [x!.type],
 *   shapes: (context, { inputs }) => [context.shape(inputs[0]!)],
 *   evaluate: ([x]) => [{ ...x!, data: (x!.data as Float64Array).map((value) => value ** 3) }],
 *   lowering: {
 *     kind: "elementwise",
 *     compute: (dtypes) => dtypes,
 *     scalar: (b, [x]) => b.mul(x!, b.mul(x!, x!)),
 *     cost: 2,
 *   },
 * };
 * extend.registerGradient("cube", {
 *   pullback: ({ inputs: [x] }, [slope]) => [slope!.mul(x!.sqr()).mul(3)],
 * });
 *
 * const x = T.dvector("x"), y = extend.applyOp(cube, [x], {}).output;
 * const f = await compile([x], [y, grad(y.sum(), x)]);
 * console.log(f([1, 2]));
 * ```
 *
 * @module
 */

export { applyOp, makeConstant, outputOf } from "../core/graph/graph.ts";
export * from "../core/graph/op.ts";
export * from "../core/ir/builder.ts";
export * from "../core/ir/functions.ts";
export * from "../core/ir/program.ts";
export * from "../core/ir/scalar.ts";
export * from "../core/ir/size.ts";
export * from "./gradient.ts";
export { pullback } from "./pullback.ts";
export type { GradientRule, Tangent } from "./rule.ts";
export { registerGradient } from "./rules.ts";

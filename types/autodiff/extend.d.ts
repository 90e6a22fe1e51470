// Made of autodiff/extend.ts by `deno task types`.
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
 * @example An operation that moves elements, with kernels of its own
 * ```ts
 * import { compile, extend, grad, ShapeError, T } from "@croton/croton";
 *
 * // The elements of two tensors in turn along the last axis.
 * const inTurn: extend.Op = {
 *   name: "inTurn",
 *   infer: ([x]) => [
 *     T.tensorType(x!.dtype, x!.type.shape.map((n, d) => d < x!.ndim - 1 ? n : n && 2 * n)),
 *   ],
 *   shapes(context, { inputs: [x, y] }) {
 *     const shape = context.shape(x!), other = context.shape(y!);
 *     if (!shape.every((n, d) => context.guards.equal(n, other[d]!))) {
 *       throw new ShapeError("Cannot take elements in turn: expected equal shapes");
 *     }
 *     return [shape.map((n, d) => d < x!.ndim - 1 ? n : extend.mulSize(n, 2))];
 *   },
 *   // Rows along another axis are made of rows: loops and `vmap` take all of them at once.
 *   along: ({ inputs: [x] }, axis) => axis < x!.ndim - 1 ? [axis, axis] : [],
 *   // Its elements are those of both, and it is linear in both: exponentials are followed through it.
 *   holds: (inputs) => inputs,
 *   linear: () => [[0, 1]],
 *   evaluate([x, y]) {
 *     const data = Array.from(x!.data as Float64Array).flatMap((one, i) => [one, y!.data[i] as number]);
 *     const shape = x!.shape.map((n, d) => d < x!.shape.length - 1 ? n : 2 * n);
 *     return [{ dtype: x!.dtype, shape, data: Float64Array.from(data) }];
 *   },
 *   lowering: {
 *     kind: "emit",
 *     emit(context, { inputs }) {
 *       const out = context.output(0);
 *       inputs.forEach((x, place) =>
 *         context.nest("in turn", context.shape(x), [], (nest) => {
 *           const last = nest.b.addIx(nest.b.scaleIx(nest.axes.at(-1)!, 2), extend.sizeIx(place));
 *           nest.storeOuter(out, [...nest.axes.slice(0, -1), last], nest.read(x, nest.axes));
 *         })
 *       );
 *     },
 *   },
 * };
 * extend.registerGradient("inTurn", {
 *   pullback: (_apply, [slope]) =>
 *     [0, 1].map((place) => slope!.at("...", T.slice(place, null, 2))),
 * });
 *
 * const x = T.dvector("x"), y = T.dvector("y"), z = extend.applyOp(inTurn, [x, y], {}).output;
 * const f = await compile([x, y], [z, ...grad(z.mul([1, 2, 3, 4]).sum(), [x, y])]);
 * console.log(f([1, 2], [10, 20]));
 * const total = T.sum(extend.applyOp(inTurn, [x.exp(), y.exp()], {}).output);
 * const logarithm = await compile([x, y], T.log(total));
 * console.log(logarithm([1000, 1000], [0, 0])); // 1000.693…
 * ```
 *
 * @module
 */
export { applyOp, makeConstant, outputOf } from "../core/graph/graph.d.ts";
export * from "../core/graph/op.d.ts";
export * from "../core/ir/builder.d.ts";
export * from "../core/ir/functions.d.ts";
export * from "../core/ir/program.d.ts";
export * from "../core/ir/scalar.d.ts";
export * from "../core/ir/size.d.ts";
export * from "./gradient.d.ts";
export { pullback } from "./pullback.d.ts";
export type { GradientRule, Tangent } from "./rule.d.ts";
export { registerGradient } from "./rules.d.ts";

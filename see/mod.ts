/**
 * Pictures of graphs: what a program is, and what rewriting made of it. Plots of what comes out of it, too.
 *
 * ```ts
 * import { compile, T } from "@croton/croton";
 * import { graphPage, toDot, toSvg } from "@croton/croton/see";
 *
 * const x = T.dvector("x"), f = await compile([x], T.log(T.exp(x).sum()));
 * f([1, 2, 3]);
 * const page = graphPage(f), picture = toSvg(f), dot = toDot(f, { stage: "written" });
 * ```
 *
 * @module
 */

// @ts-types="../types/see/all.d.ts"
export * from "./all.ts";

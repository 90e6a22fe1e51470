// Made of see/svg.ts by `deno task types`.
/**
 * Graphs as pictures.
 *
 * @module
 */
import { type Drawable, type DrawOptions } from "./model.d.ts";
/**
 * A graph as a picture (SVG), drawn as {@linkcode toDot} says, with the steps of loops below it. What is
 * known of a node (types, the line in the user's program) is its title, which viewers show.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 * import { toSvg } from "@croton/croton/see";
 *
 * const x = T.dscalar("x"), f = await compile([x], x.exp().log());
 * console.assert(toSvg(f, { stage: "written" }).startsWith("<svg"));
 * ```
 */
export declare function toSvg(what: Drawable, options?: DrawOptions): string;
/** Text in HTML. */
export declare function escaped(text: string): string;

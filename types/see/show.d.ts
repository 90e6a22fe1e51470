// Made of see/show.ts by `deno task types`.
/**
 * Pages where one can see them.
 *
 * @module
 */
import type { ShownPage, ShowOptions } from "../core/runtime/types.d.ts";
import type { Drawable } from "./model.d.ts";
/**
 * Shows a page of a graph, as {@linkcode graphPage} makes it: in a notebook as the result of the cell, in a
 * browser in a window of its own, else in a file, whose address is printed. Compiled functions have it as a
 * method, too.
 *
 * Throws (rejects) with a FileError where the file cannot be written.
 *
 * @example
 * ```ts ignore
 * import { T } from "@croton/croton";
 * import { show } from "@croton/croton/see";
 *
 * await show(T.dvector("x").exp().sum(), { path: "page.html" });
 * ```
 */
export declare function show(what: Drawable, options?: ShowOptions): Promise<ShownPage>;

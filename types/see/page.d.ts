// Made of see/page.ts by `deno task types`.
/**
 * A page that shows what a graph became.
 *
 * @module
 */
import { type Drawable } from "./model.d.ts";
/** Options of {@linkcode graphPage}. */
export interface PageOptions {
    /** The title; default: the name of the function. */
    readonly title?: string;
}
/**
 * A page of HTML, complete in itself, that shows a graph: as it is written and, beside it, after each phase of
 * rewriting; each rewrite with its law, the line in the user's program, and what it replaced by what; and for
 * a compiled function that was called its kernels, with their ops, their text (WGSL or WebAssembly), what they
 * read, write and cost, its loops with their strategy and why, and its memory over time. A function that was
 * compiled with `profile: true` has its times there, too. The pictures can be moved, enlarged and searched;
 * loops and kernels unfold to what is in them.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 * import { graphPage } from "@croton/croton/see";
 *
 * const x = T.dvector("x"), f = await compile([x], T.log(T.exp(x).sum()));
 * f([1, 2]);
 * console.assert(graphPage(f).startsWith("<!DOCTYPE html>"));
 * ```
 */
export declare function graphPage(what: Drawable, options?: PageOptions): string;
/**
 * A page as `graphPage` makes it; `scripts` are programs that run before its own, of which one may define a
 * function `otherLayout` that is used as `layered`.
 */
export declare function pageOf(what: Drawable, title?: string, scripts?: readonly string[]): string;

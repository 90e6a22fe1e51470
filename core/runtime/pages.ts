/**
 * Pages of functions: what makes them is registered by mod.ts, and loaded when one is asked for.
 *
 * @module
 */

import type { CompiledFunction, ShownPage, ShowOptions } from "./types.ts";

/** Shows a function. */
type Show = (what: CompiledFunction, options?: ShowOptions) => Promise<ShownPage>;

let load: (() => Promise<Show>) | null = null;

/** Called once by all.ts. */
export function registerPages(loader: () => Promise<Show>): void {
  load = loader;
}

/** Shows a page of a function. */
export async function showPage(
  what: CompiledFunction,
  options?: ShowOptions,
): Promise<ShownPage> {
  if (load === null) {
    throw new TypeError(
      "Cannot show a function: nothing makes pages; import mod.ts of the package",
    );
  }
  const show = await load();
  return await show(what, options);
}

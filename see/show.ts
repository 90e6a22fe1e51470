/**
 * Pages where one can see them.
 *
 * @module
 */

import { builtin } from "../core/base/builtin.ts";
import { FileError } from "../core/base/errors.ts";
import { checkOptions } from "../core/base/options.ts";
import type { ShownPage, ShowOptions } from "../core/runtime/types.ts";
import { reasonOf, replaceFile } from "../io/files.ts";
import type { Drawable } from "./model.ts";
import { graphPage } from "./page.ts";
import { escaped } from "./svg.ts";

/** A page as notebooks and terminals show it. */
class Shown implements ShownPage {
  constructor(readonly html: string, readonly address: string | null) {
  }

  /** What notebooks display: the page in a frame, so that its style stays its own. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    const frame = `<iframe style="width:100%;height:900px;border:0" srcdoc="${
      escaped(this.html)
    }">`;
    return { "text/html": `${frame}</iframe>` };
  }

  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    return `Page(${this.address ?? `${this.html.length} characters`})`;
  }
}

/** Modules and globals that are there or not. */
interface Engine {
  readonly Deno?: { readonly jupyter?: unknown; makeTempDir(options: object): Promise<string> };
  readonly document?: unknown;
  open?(address: string): unknown;
}

/** Whether a cell of a notebook runs. */
function isNotebook({ Deno }: Engine): boolean {
  try {
    return Deno?.jupyter !== undefined;
  } catch {
    // It says so where it is none.
    return false;
  }
}

/** A new folder among temporary files. */
async function temporaryFolder({ Deno }: Engine): Promise<string> {
  const prefix = "croton-";
  if (Deno !== undefined) return await Deno.makeTempDir({ prefix });
  const { tmpdir } = builtin<{ tmpdir(): string }>("node:os")!;
  const { mkdtemp } = builtin<{ mkdtemp(prefix: string): Promise<string> }>("node:fs/promises")!;
  return await mkdtemp(`${tmpdir()}/${prefix}`);
}

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
export async function show(what: Drawable, options?: ShowOptions): Promise<ShownPage> {
  const given = checkOptions("Cannot show a graph", options, { path: "string", title: "string" });
  const html = graphPage(what, given.title === undefined ? {} : { title: given.title });
  const engine = globalThis as unknown as Engine;
  if (given.path === undefined) {
    if (isNotebook(engine)) return new Shown(html, null);
    if (engine.document !== undefined) {
      const address = URL.createObjectURL(new Blob([html], { type: "text/html" }));
      engine.open?.(address);
      return new Shown(html, address);
    }
  }
  const path = given.path ?? await newPath(engine);
  await replaceFile(path, new TextEncoder().encode(html));
  const address = addressOf(path);
  // deno-lint-ignore no-console
  console.log(address);
  return new Shown(html, address);
}

async function newPath(engine: Engine): Promise<string> {
  try {
    return `${await temporaryFolder(engine)}/page.html`;
  } catch (cause) {
    const advice = "or name a file by { path }, or take the text from graphPage";
    throw new FileError("write", "a temporary file", `${reasonOf(cause)}; ${advice}`, { cause });
  }
}

/** The address of a file, as browsers take it; what is no absolute path stays as it is. */
function addressOf(path: string): string {
  const rooted = path.replaceAll("\\", "/").replace(/^[A-Za-z]:\//, "/$&");
  return rooted.startsWith("/")
    ? `file://${rooted.split("/").map(encodeURIComponent).join("/")}`
    : path;
}

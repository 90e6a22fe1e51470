/**
 * `deno task explain FILE#export [PAGE.html]`: a page of a compiled function, a variable, or a list of
 * variables that a module exports.
 *
 * @module
 */

import { graphPage } from "../see/mod.ts";

/** The exported value of a module that `FILE#export` names. */
async function exported(place: string): Promise<unknown> {
  const [, file, name] = /^(.+?)(?:#(.+))?$/.exec(place)!;
  const module = await import(new URL(file!, `file://${Deno.cwd()}/`).href);
  const names = Object.keys(module), wanted = name ?? names[0];
  if (wanted !== undefined && names.includes(wanted)) return await module[wanted];
  throw new TypeError(`${file} exports ${names.join(", ") || "nothing"}, not ${wanted}`);
}

/** Makes the page, and says where it is. */
export async function main(args: readonly string[]): Promise<number> {
  const [place, page = "page.html"] = args;
  if (place === undefined) {
    console.error("Usage: deno task explain FILE#export [PAGE.html]");
    return 2;
  }
  const what = await exported(place) as Parameters<typeof graphPage>[0];
  await Deno.writeTextFile(page, graphPage(what));
  console.log(page);
  return 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));

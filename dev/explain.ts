/**
 * `deno task explain FILE#export [PAGE.html]`: a page of a compiled function, a variable, or a list of
 * variables that a module exports.
 *
 * Pages of this task have dagre inside, which lays graphs out; where npm is out of reach, they are laid out as
 * those of `graphPage`.
 *
 * @module
 */

import { pageOf } from "../see/page.ts";

/** Names in variables: checks and tests of the rest do not fetch them. */
const dagre = "npm:@dagrejs/dagre@1.1.4";

/** What a page uses of dagre. */
interface Dagre {
  readonly graphlib: { readonly Graph: new (options: object) => Graph };
  layout(graph: Graph): void;
}

interface Graph {
  setGraph(options: object): void;
  setNode(name: string, size: object): void;
  setEdge(from: string, to: string, options: object, name: string): void;
  node(name: string): Point;
  edge(edge: object): { readonly points: readonly Point[] };
  graph(): { readonly width: number; readonly height: number };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * A layout by dagre, as `layered` gives it; null for graphs that would take long. Pages have its text as a part
 * of their program.
 */
function byDagre(
  library: Dagre,
  sizes: readonly (readonly [width: number, height: number])[],
  edges: readonly (readonly [from: number, to: number])[],
): object | null {
  if (sizes.length > 300 || edges.length > 600) return null;
  const graph = new library.graphlib.Graph({ multigraph: true });
  graph.setGraph({ nodesep: 18, ranksep: 40, marginx: 16, marginy: 16 });
  sizes.forEach(([width, height], i) => graph.setNode(String(i), { width, height }));
  edges.forEach(([from, to], i) => graph.setEdge(String(from), String(to), {}, String(i)));
  library.layout(graph);
  const places = sizes.map((_, i) => graph.node(String(i)));
  const bends = edges.map(([from, to], i) => {
    const { points } = graph.edge({ v: String(from), w: String(to), name: String(i) });
    // There is a point in each row, and one between rows.
    return points.slice(0, -1).filter((_, k) => k > 0 && k % 2 === 0).map(({ x, y }) => [x, y]);
  });
  const { width, height } = graph.graph();
  return { x: places.map(({ x }) => x), y: places.map(({ y }) => y), bends, width, height };
}

/** The text of a file of a package. */
async function textOf(file: string): Promise<string> {
  const { default: text } = await import(file, { with: { type: "text" } }) as { default: string };
  return text;
}

/** The programs that lay pages out by dagre; none where it cannot be fetched. */
export async function layoutScripts(library: string = dagre): Promise<string[]> {
  try {
    // A package is fetched when it is imported, not for the text of a file.
    await import(library);
    const program = await textOf(`${library}/dist/dagre.min.js`);
    const license = (await textOf(`${library}/LICENSE`)).replaceAll("*/", "* /");
    return [
      `/*\n${license}*/\n${program}`,
      `globalThis.otherLayout = (sizes, edges) => (${byDagre})(dagre, sizes, edges);`,
    ];
  } catch (error) {
    console.error(`Laid out without dagre, which cannot be fetched from npm: ${error}`);
    return [];
  }
}

/** The exported value of a module that `FILE#export` names. */
async function exported(place: string): Promise<unknown> {
  const [, file, name] = /^(.+?)(?:#(.+))?$/.exec(place)!;
  const module = await import(new URL(file!, `file://${Deno.cwd()}/`).href);
  const names = Object.keys(module), wanted = name ?? names[0];
  if (wanted !== undefined && names.includes(wanted)) return await module[wanted];
  throw new TypeError(`${file} exports ${names.join(", ") || "nothing"}, not ${wanted}`);
}

const help = `A page of a function, a variable, or a list of variables that a module exports.

Usage: deno task explain FILE#export [PAGE.html]

  FILE#export   the module, and the name of what it exports (the first)
  PAGE.html     where the page is written (page.html)
  --help        this text`;

/** Makes the page, and says where it is. */
export async function main(args: readonly string[]): Promise<number> {
  const [place, page = "page.html", ...more] = args;
  if (args.includes("--help")) {
    console.log(help);
    return 0;
  }
  const unknown = args.find((arg) => arg.startsWith("-")) ?? more[0];
  if (place === undefined || unknown !== undefined) {
    if (unknown !== undefined) console.error(`Unknown argument "${unknown}"\n`);
    console.error(help);
    return 2;
  }
  const what = await exported(place) as Parameters<typeof pageOf>[0];
  await Deno.writeTextFile(page, pageOf(what, undefined, await layoutScripts()));
  console.log(page);
  return 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));

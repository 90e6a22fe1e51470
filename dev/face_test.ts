import { assert, assertEquals } from "@std/assert";
import { T } from "../all.ts";

/** A parameter, which may have a default. */
interface Param {
  kind: string;
  name?: string;
  left?: Param;
}

/** A method or a signature. */
interface Callable {
  name?: string;
  accessibility?: string;
  params?: Param[];
  functionDef?: { params: Param[] };
}

/** What the tests read of the documentation of a symbol. */
interface Documented {
  name: string;
  declarations: [{
    location: { filename: string };
    kind: string;
    def: {
      elements?: Documented[];
      tsType?: { repr: string };
      params?: Param[];
      constructors?: Callable[];
      methods?: Callable[];
      callSignatures?: Callable[];
    };
  }];
}

/** The symbols that `deno doc` shows of modules. */
async function documentation(modules: readonly string[]): Promise<Documented[][]> {
  const files = modules.map((file) => new URL(`../${file}`, import.meta.url));
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", ...files.map(({ pathname }) => pathname)],
  }).output();
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout));
  return files.map(({ href }) => nodes[href].symbols);
}

// Spaces of what passes on whole files are empty in the documentation of the first.
const [symbols, ...others] = await documentation([
  "mod.ts",
  "see/mod.ts",
  "xla/mod.ts",
  "nn/mod.ts",
  "io/mod.ts",
  "scan/solvers/mod.ts",
]) as [Documented[], ...Documented[][]];

Deno.test("of the language of kernels, the top level has a name that options take", () => {
  const ofKernels = symbols.filter(({ declarations }) =>
    declarations.some(({ location }) => /\/core\/(ir|plan)\//.test(location.filename))
  );
  assertEquals(ofKernels.map(({ name }) => name), ["LoopStrategy"]);
  const extend = symbols.find(({ name }) => name === "extend")!.declarations[0].def.elements!;
  const shown = new Set(extend.map(({ name }) => name));
  for (const name of ["Op", "Lowering", "LoopNest", "Gemm", "SNode", "Size"]) {
    assert(shown.has(name), `the documentation of "extend" lacks ${name}`);
    assert(symbols.every((symbol) => symbol.name !== name), `${name} is at the top level`);
  }
});

Deno.test("the documentation shows all of T", () => {
  const [space] = symbols.find(({ name }) => name === "T")!.declarations;
  const shown = new Set(space.def.elements!.map(({ name }) => name));
  const functions = Object.keys(T);
  assert(functions.length > 300);
  assertEquals(functions.filter((name) => !shown.has(name)), []);
});

Deno.test("T has functions, constructors and types, and nothing that ops are made of", () => {
  const [space] = symbols.find(({ name }) => name === "T")!.declarations;
  const others = space.def.elements!.flatMap(({ name, declarations: [{ kind, def }] }) =>
    kind === "variable" && !/Constructor$/.test(def.tsType?.repr ?? "") ? [name] : []
  );
  assertEquals(others, []);
  assertEquals(Object.keys(T).filter((name) => /Op$/.test(name)), []);
});

/** Takes more than three positions, and why. */
const long = new Map([
  // As NumPy, JAX and PyTensor have them.
  ["full", "zeros and ones, with a value"],
  ["take", "NumPy's"],
  ["eye", "NumPy's"],
  ["tri", "NumPy's"],
  ["diagonal", "NumPy's"],
  ["trace", "NumPy's"],
  // What a graph or a kernel is made of, in the order in which it is printed.
  ["Apply", "the parts of a node"],
  ["LoopNestBuilder#storeInner", "target[index] = value if guard"],
  ["LoopNestBuilder#storeOuter", "target[index] = value if guard"],
  ["ScalarBuilder#load", "buffer[address] if guard"],
  ["EmitContext#nest", "heads of a loop, then its body"],
  ["EmitContext#product", "heads of a loop, then its body"],
  ["EmitContext#loop", "heads of a loop, then its body"],
]);

/** Whether a parameter stands at a position: it is none of a list, and no object of options. */
function isPositional({ kind, name, left }: Param): boolean {
  if (kind === "assign") return isPositional(left!);
  return kind === "identifier" && !["this", "options", "given"].includes(name!);
}

/** Names of functions that take more than three parameters by position. */
function longOnes(all: readonly Documented[]): string[] {
  return all.flatMap(({ name, declarations }) =>
    declarations.flatMap(({ def }) => {
      const own: [string, Param[] | undefined][] = [[name, def.params]];
      for (const { params } of [...def.constructors ?? [], ...def.callSignatures ?? []]) {
        own.push([name, params]);
      }
      for (const { name: method, accessibility, params, functionDef } of def.methods ?? []) {
        if (accessibility === "private") continue;
        own.push([`${name}#${method}`, params ?? functionDef?.params]);
      }
      return [
        ...own.flatMap(([at, params]) => params?.filter(isPositional).length! > 3 ? [at] : []),
        ...longOnes(def.elements ?? []),
      ];
    })
  );
}

Deno.test("functions take three parameters by position at most, then an object of options", () => {
  const found = new Set([symbols, ...others].flatMap(longOnes));
  assertEquals([...found].sort(), [...long.keys()].sort());
});

import { assert, assertEquals } from "@std/assert";
import { T } from "../mod.ts";

/** What the test reads of the documentation of a symbol. */
interface Documented {
  name: string;
  declarations: [{
    location: { filename: string };
    kind: string;
    def: { elements?: Documented[]; tsType?: { repr: string } };
  }];
}

/** The symbols that `deno doc` shows of the library. */
async function documentation(): Promise<Documented[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", new URL("../mod.ts", import.meta.url).pathname],
  }).output();
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout));
  const [module] = Object.values(nodes) as { symbols: Documented[] }[];
  return module!.symbols;
}

const symbols = await documentation();

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

import { assert, assertEquals } from "@std/assert";

/** What the test reads of the documentation of a symbol. */
interface Documented {
  name: string;
  declarations: {
    location: { filename: string };
    kind: string;
    def: { elements?: Documented[]; target?: { filename: string } };
  }[];
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
  const extend = symbols.find(({ name }) => name === "extend")!.declarations[0]!.def.elements!;
  const shown = new Set(extend.map(({ name }) => name));
  for (const name of ["Op", "Lowering", "LoopNest", "Gemm", "SNode", "Size"]) {
    assert(shown.has(name), `the documentation of "extend" lacks ${name}`);
    assert(symbols.every((symbol) => symbol.name !== name), `${name} is at the top level`);
  }
});

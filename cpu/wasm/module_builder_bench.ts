/** How fast code is emitted and compiled. */

import { ModuleBuilder } from "./module_builder.ts";

/** A module with one function of about 2,500 instructions, 8 kB long. */
function build(check: boolean): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder({ check }).importMemory({ min: 1 });
  module.func({ name: "main", params: ["i32", "i32"], export: true }, (f, from, to) => {
    const a = f.local("v128"), b = f.local("v128"), i = f.local("i32");
    f.forLoop(i, 0, 1024, 16, () => {
      for (let j = 0; j < 200; j++) {
        f.localGet(from).v128Load(16 * j).localSet(a);
        f.localGet(to).localGet(a).localGet(a).f32x4Mul().localTee(b);
        f.localGet(a).f32x4Add().v128Store(16 * j);
      }
      f.increment(from, 16);
    });
  });
  return module.build();
}

const BYTES = build(false);

Deno.bench({ name: "emit 8 kB", group: "assembler", fn: () => void build(false) });
Deno.bench({ name: "emit 8 kB, checked", group: "assembler", fn: () => void build(true) });
Deno.bench({
  name: "compile 8 kB",
  group: "assembler",
  fn: () => void new WebAssembly.Module(BYTES),
});

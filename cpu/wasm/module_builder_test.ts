import { assert, assertEquals, assertThrows } from "@std/assert";
import { hasRelaxedSimd, ModuleBuilder } from "./module_builder.ts";

type Callable = (...args: number[]) => number;

Deno.test("an empty module is valid", () => {
  assertEquals([...new ModuleBuilder().build()], [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  assert(WebAssembly.validate(new ModuleBuilder().build()));
});

Deno.test("functions and memory are imported", () => {
  const module = new ModuleBuilder({ check: true });
  const twice = module.importFunc({ name: "twice", params: ["f64"], results: ["f64"] }, "host");
  module.importMemory({ min: 1, max: 3 });
  module.func({ name: "main", params: ["i32"], results: ["f64"], export: true }, (f, at) => {
    f.localGet(at).f64Load(8).call(twice);
  });
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 3 });
  new Float64Array(memory.buffer)[3] = 21;
  const instance = new WebAssembly.Instance(module.compile(), {
    host: { twice: (x: number) => 2 * x },
    env: { memory },
  });
  assertEquals((instance.exports.main as Callable)(16), 42);
});

Deno.test("a function is imported where it is first called, behind the definition of others", () => {
  const module = new ModuleBuilder({ check: true, names: true });
  const main = module.declare({ name: "main", params: ["i32"], results: ["i32"], export: true });
  const one = module.func({ name: "one", params: [], results: ["i32"] }, (f) => f.i32Const(1));
  const more = { name: "more", params: ["i32", "i32"], results: ["i32"] } as const;
  main.localGet(main.params[0]!).call(one).call(module.importFunc(more, "host"));
  module.exportFunc(one, "single");
  const instance = new WebAssembly.Instance(module.compile(), {
    host: { more: (x: number, y: number) => x + y },
  });
  assertEquals((instance.exports.main as Callable)(16), 17);
  assertEquals((instance.exports.single as Callable)(), 1);
});

Deno.test("a shared memory is imported as such", () => {
  const module = new ModuleBuilder().importMemory({ min: 1, max: 2, shared: true });
  assertEquals(WebAssembly.Module.imports(module.compile()), [
    { module: "env", name: "memory", kind: "memory" },
  ]);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true });
  new WebAssembly.Instance(module.compile(), { env: { memory } });
});

Deno.test("globals start as 0 and hold their values", () => {
  const module = new ModuleBuilder({ check: true });
  const [calls, sum] = [module.global(), module.global()];
  module.func({ name: "main", params: ["i32"], results: ["i32"], export: true }, (f, x) => {
    f.globalGet(calls).i32Const(1).i32Add().globalSet(calls);
    f.globalGet(sum).localGet(x).i32Add().globalSet(sum);
    f.globalGet(calls).i32Const(100).i32Mul().globalGet(sum).i32Add();
  });
  const { main } = new WebAssembly.Instance(module.compile()).exports;
  assertEquals([3, 4].map((x) => (main as Callable)(x)), [103, 207]);
});

Deno.test("an imported global is shared with who gives it", () => {
  const module = new ModuleBuilder({ check: true });
  const given = module.importGlobal("given");
  const own = module.global();
  module.func({ name: "add", params: [], export: true }, (f) => {
    f.i32Const(5).globalSet(own);
    f.globalGet(given).globalGet(own).i32Add().globalSet(given);
  });
  const global = new WebAssembly.Global({ value: "i32", mutable: true }, 37);
  const { exports } = new WebAssembly.Instance(module.compile(), { env: { given: global } });
  (exports.add as Callable)();
  assertEquals(global.value, 42);
  assertThrows(() => module.importGlobal("late"), TypeError, 'Cannot import "late" behind');
});

Deno.test("equal signatures share a type, and many locals of mixed types are declared", () => {
  const module = new ModuleBuilder({ check: true });
  for (let i = 0; i < 300; i++) {
    module.func(
      { name: `f${i}`, params: ["i32"], results: ["i32"], export: true },
      (f, x) => {
        const types = ["i32", "f64", "f64", "v128", "i64"] as const;
        for (let j = 0; j < 40; j++) f.local(types[j % 5]!);
        const last = f.local("i32");
        f.localGet(x).i32Const(i).i32Add().localTee(last);
      },
    );
  }
  const { exports } = new WebAssembly.Instance(module.compile());
  assertEquals((exports.f299 as Callable)(1), 300);
  assertEquals((exports.f0 as Callable)(1), 1);
});

Deno.test("names appear in stack traces", () => {
  const module = new ModuleBuilder({ names: true });
  module.importFunc({ name: "host", params: [] });
  const inner = module.func({ name: "inner_step", params: [] }, (f) => f.unreachable());
  module.func({ name: "main", params: [], export: true }, (f) => f.call(inner));
  const { main } = new WebAssembly.Instance(module.compile(), { env: { host() {} } }).exports;
  const error = assertThrows(() => (main as Callable)(), WebAssembly.RuntimeError) as Error;
  assert(error.stack!.includes("inner_step"));
});

Deno.test("hasRelaxedSimd answers the same every time", () => {
  assertEquals(hasRelaxedSimd(), hasRelaxedSimd());
});

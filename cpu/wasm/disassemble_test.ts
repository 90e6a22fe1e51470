import { assertEquals } from "@std/assert";
import { disassemble } from "./disassemble.ts";
import { ModuleBuilder } from "./module_builder.ts";

Deno.test("modules as text: names, blocks, constants, memory, vectors", () => {
  const module = new ModuleBuilder({ names: true });
  module.importMemory({ min: 1, max: 2, shared: true });
  const told = module.importFunc({ name: "told", params: ["i32"] }, "runtime");
  module.func(
    { name: "a sum", params: ["i32", "f32"], results: ["f32"], export: true },
    (f, at, x) => {
      const total = f.local("f32");
      f.block((out) => {
        f.loop((again) => {
          f.localGet(at).i32Eqz().brIf(out);
          f.localGet(at).f32Load(8).f32Const(-0.5).f32Mul().localSet(total);
          f.localGet(at).i32Const(-4).i32Add().localTee(at).call(told);
          f.br(again);
        });
      });
      f.localGet(at).if(() => f.unreachable(), () => f.nop());
      f.i32Const(0).f32x4Const(1).v128Store(0, 4);
      f.i32Const(0).v128Load(16).f32x4ExtractLane(2).drop();
      f.i64Const(-(2n ** 40n)).f64Const(NaN).drop().drop();
      f.i32Const(0).i32AtomicLoad().drop();
      f.localGet(total).localGet(x).f32Add();
    },
  );
  assertEquals(
    disassemble(module.build()),
    `(import (func $told (param i32)))
(func $a_sum (param i32 f32) (result f32)
  (local f32)
  block
    loop
      local.get 0
      i32.eqz
      br_if 1
      local.get 0
      f32.load offset=8
      f32.const -0.5
      f32.mul
      local.set 2
      local.get 0
      i32.const -4
      i32.add
      local.tee 0
      call $told
      br 0
    end
  end
  local.get 0
  if
    unreachable
  else
    nop
  end
  i32.const 0
  v128.const i8x16 0 0 128 63 0 0 128 63 0 0 128 63 0 0 128 63
  v128.store align=4
  i32.const 0
  v128.load offset=16
  f32x4.extract_lane 2
  drop
  i64.const -1099511627776
  f64.const nan
  drop
  drop
  i32.const 0
  i32.atomic.load
  drop
  local.get 2
  local.get 1
  f32.add
)`,
  );
});

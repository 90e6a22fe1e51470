import { assertEquals, assertThrows } from "@std/assert";
import type { FunctionBuilder } from "./function_builder.ts";
import type { I32Operand } from "./instructions.ts";
import { ModuleBuilder } from "./module_builder.ts";
import type { Label, LocalsOf, ValType } from "./types.ts";

type Callable = (...args: (number | bigint)[]) => number | bigint;

/** A module with one function. */
function assemble<const P extends readonly ValType[]>(
  params: P,
  results: readonly ValType[],
  body: (f: FunctionBuilder, ...locals: LocalsOf<P>) => void,
): Callable {
  const module = new ModuleBuilder({ check: true }).importMemory({ min: 1 });
  module.func({ name: "main", params, results, export: true }, body);
  const env = { memory: new WebAssembly.Memory({ initial: 1 }) };
  return new WebAssembly.Instance(module.compile(), { env }).exports.main as Callable;
}

Deno.test("constants arrive unchanged", () => {
  for (const value of [0, 1, -1, 63, 64, -64, -65, 0x7fffffff, -0x80000000]) {
    assertEquals(assemble([], ["i32"], (f) => f.i32Const(value))(), value);
    assertEquals(assemble([], ["i64"], (f) => f.i64Const(value))(), BigInt(value));
  }
  assertEquals(assemble([], ["i32"], (f) => f.i32Const(0xffffffff))(), -1);
  assertEquals(assemble([], ["i64"], (f) => f.i64Const(-(2n ** 63n)))(), -(2n ** 63n));
  for (const value of [0, -0, 1.5, Infinity, -Infinity, NaN, 1e-45, 3.5e38]) {
    assertEquals(assemble([], ["f32"], (f) => f.f32Const(value))(), Math.fround(value));
    assertEquals(assemble([], ["f64"], (f) => f.f64Const(value))(), value);
  }
});

Deno.test("vector constants and shuffles put lanes in order", () => {
  const lane = (emit: (f: FunctionBuilder) => void, i: number) =>
    assemble([], ["i32"], (f) => {
      emit(f);
      f.i32x4ExtractLane(i);
    })();
  const all = (emit: (f: FunctionBuilder) => void) => [0, 1, 2, 3].map((i) => lane(emit, i));
  assertEquals(all((f) => f.i32x4Const(1, -2, 3, -4)), [1, -2, 3, -4]);
  assertEquals(all((f) => f.i32x4Const(5)), [5, 5, 5, 5]);
  assertEquals(all((f) => f.i64x2Const(1n, -1n)), [1, 0, -1, -1]);
  assertEquals(all((f) => f.f32x4Const(1, 0, -0, 2)), [0x3f800000, 0, -0x80000000, 0x40000000]);
  assertEquals(all((f) => f.f64x2Const(1)), [0, 0x3ff00000, 0, 0x3ff00000]);
  const two = (f: FunctionBuilder) => f.i32x4Const(0, 1, 2, 3).i32x4Const(4, 5, 6, 7);
  assertEquals(all((f) => two(f).i32x4Shuffle(7, 0, 5, 2)), [7, 0, 5, 2]);
  assertEquals(all((f) => two(f).i64x2Shuffle(1, 2)), [2, 3, 4, 5]);
});

Deno.test("locals are reused by type, and start as zero", () => {
  const run = assemble(["i32"], ["i32"], (f, x) => {
    const a = f.alloc("i32"), b = f.alloc("f32");
    f.free(a);
    const c = f.alloc("i32"), d = f.alloc("i64");
    assertEquals(c.index, a.index);
    assertEquals([b.index, d.index], [2, 3]);
    const zero = f.local("i32");
    f.localGet(x).localTee(c).localGet(c).i32Mul().localGet(zero).i32Add();
  });
  assertEquals(run(7), 49);
});

Deno.test("blocks, branches and results", () => {
  const both = assemble(["i32"], ["f64"], (f, x) => {
    f.localGet(x).if(() => f.f64Const(1), () => f.f64Const(2), "f64");
  });
  assertEquals([both(5), both(0)], [1, 2]);
  const early = assemble(["i32"], ["i32"], (f, x) => {
    f.localGet(x).if((end) => {
      f.localGet(x).i32Const(3).i32Eq().brIf(end);
      f.i32Const(1).return();
    });
    f.i32Const(0);
  });
  assertEquals([early(0), early(2), early(3)], [0, 1, 0]);
  const picked = assemble(["i32"], ["i64"], (f, x) => {
    f.i64Const(1).i64Const(2).localGet(x).select("i64");
  });
  assertEquals([picked(1), picked(0)], [1n, 2n]);
  const vector = assemble(["i32"], ["i32"], (f, x) => {
    f.i32x4Const(8).i32x4Const(9).localGet(x).select("v128").i32x4ExtractLane(2);
  });
  assertEquals([vector(1), vector(0)], [8, 9]);
});

Deno.test("br_table and switch reach their cases", () => {
  const table = assemble(["i32"], ["i32"], (f, x) => {
    const labels: Label[] = [];
    f.block((outer) => {
      labels.push(outer);
      f.block((inner) => {
        labels.unshift(inner);
        f.localGet(x).brTable(labels, outer);
      });
      f.i32Const(1).return();
    });
    f.i32Const(2);
  });
  assertEquals([0, 1, 2, -1].map((x) => table(x)), [1, 2, 2, 2]);
  const cases = assemble(["i32"], ["i32"], (f, x) => {
    const result = f.local("i32");
    const set = (value: number) => () => f.i32Const(value).localSet(result);
    f.localGet(x).switch([set(10), set(20), set(30)]);
    f.localGet(result);
  });
  assertEquals([0, 1, 2, 3, -1].map((x) => cases(x)), [10, 20, 30, 30, 30]);
});

Deno.test("forLoop counts as a JavaScript loop does", () => {
  const trips = (start: number, end: number, step: number) => {
    const seen: number[] = [];
    let i = start;
    for (; i < end; i += step) seen.push(i);
    return [seen.reduce((sum, x) => sum * 3 + x, 1) | 0, i];
  };
  for (
    const [start, end, step] of [[0, 5, 1], [0, 0, 1], [3, 2, 1], [-4, 9, 3], [1, 2, 8]] as const
  ) {
    for (const constant of [true, false]) {
      for (const which of [0, 1]) {
        const run = assemble(["i32", "i32", "i32"], ["i32"], (f, a, b, by) => {
          const i = f.local("i32"), sum = f.local("i32");
          f.i32Const(1).localSet(sum);
          const bounds: readonly [I32Operand, I32Operand, I32Operand] = constant
            ? [start, end, step]
            : [a, b, by];
          f.forLoop(i, ...bounds, () => {
            f.localGet(sum).i32Const(3).i32Mul().localGet(i).i32Add().localSet(sum);
          });
          f.localGet(which === 0 ? sum : i);
        });
        assertEquals(run(start, end, step), trips(start, end, step)[which]);
      }
    }
  }
});

Deno.test("loops can be left, and whileLoop tests first", () => {
  const first = assemble(["i32"], ["i32"], (f, limit) => {
    const i = f.local("i32");
    f.forLoop(i, 0, 1000, 1, (out) => f.localGet(i).localGet(limit).i32Eq().brIf(out));
    f.localGet(i);
  });
  assertEquals([first(5), first(5000)], [5, 1000]);
  const logarithm = assemble(["i32"], ["i32"], (f, x) => {
    const n = f.local("i32");
    f.whileLoop(() => f.localGet(x).i32Const(1).i32GtU(), () => {
      f.localGet(x).i32Const(1).i32ShrU().localSet(x).increment(n, 1);
    });
    f.localGet(n);
  });
  assertEquals([0, 1, 2, 255, 256].map((x) => logarithm(x)), [0, 0, 1, 7, 8]);
});

Deno.test("memory is copied and is filled", () => {
  const run = assemble([], ["i32"], (f) => {
    f.i32Const(0).i32Const(0xab).i32Const(8).memoryFill();
    f.i32Const(4).i32Const(1).i32Const(6).memoryCopy();
    f.i32Const(9).i32Load8U().i32Const(10).i32Load8U().i32Add();
  });
  assertEquals(run(), 0xab);
});

Deno.test("calls pass arguments and results, also recursively", () => {
  const module = new ModuleBuilder({ check: true });
  const f = module.declare({ name: "gcd", params: ["i32", "i32"], results: ["i32"], export: true });
  const [a, b] = f.params;
  f.localGet(b!).if(
    () => f.localGet(b!).localGet(a!).localGet(b!).i32RemU().call(f.func),
    () => f.localGet(a!),
    "i32",
  );
  const pair = module.func(
    { name: "pair", params: [], results: ["i32", "f64"] },
    (g) => g.i32Const(6).f64Const(0.5),
  );
  module.func(
    { name: "sum", params: [], results: ["f64"], export: true },
    (g) => {
      const half = g.local("f64");
      g.call(pair).localSet(half).f64ConvertI32S().localGet(half).f64Add();
    },
  );
  const { gcd, sum } = new WebAssembly.Instance(module.compile()).exports;
  assertEquals((gcd as Callable)(84, 36), 12);
  assertEquals((sum as Callable)(), 6.5);
});

Deno.test("a checked builder finds mistakes where they are made", () => {
  const emit = (body: (f: FunctionBuilder) => void) => () => assemble([], ["i32"], body);
  assertThrows(
    emit((f) => f.i32Const(1).f32Const(2).i32Add()),
    TypeError,
    'Cannot emit "i32Add" in "main": expected operands i32 i32, found "f32" at position 1',
  );
  assertThrows(emit((f) => f.i32Add()), TypeError, "the operand stack is empty");
  assertThrows(emit((f) => f.i32Const(1).i32Const(2)), TypeError, "1 operands are left over");
  assertThrows(emit((f) => f.block(() => f.i32Const(1))), TypeError, 'Cannot close "block"');
  assertThrows(emit((f) => f.f64Const(1).return()), TypeError, 'Cannot emit "return"');
  // Behind a branch anything goes, as in the specification.
  assertEquals(emit((f) => f.i32Const(4).return().i32Add())()(), 4);
});

Deno.test("misuse is an error in every builder", () => {
  const emit = (body: (f: FunctionBuilder) => void) => () => {
    new ModuleBuilder().func({ name: "main", params: [] }, body);
  };
  let kept: Label | undefined;
  assertThrows(
    emit((f) => f.block((label) => kept = label).br(kept!)),
    RangeError,
    "to a block that is closed",
  );
  assertThrows(
    emit((f) => f.f32x4ExtractLane(4)),
    RangeError,
    "expected a lane from 0 to 3, got 4",
  );
  assertThrows(emit((f) => f.i8x16Shuffle([32])), RangeError, "expected a lane from 0 to 31");
  assertThrows(
    emit((f) => f.i32Const(1).if(() => f.i32Const(2), undefined, "i32")),
    TypeError,
    "expected both ways, got one",
  );
});

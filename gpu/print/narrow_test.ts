import { nodesOf } from "../../core/ir/nodes.ts";
import { innerOutputs, storeOutputs } from "../../core/ir/steps.ts";
import { assert, assertEquals } from "@std/assert";
import type { DType } from "../../core/graph/dtype.ts";
import { axisIx, ScalarBuilder, sizeIx } from "../../core/ir/builder.ts";
import type { LoopNest, Program, Step } from "../../core/ir/program.ts";
import type { SNode } from "../../core/ir/scalar.ts";
import { baseSize } from "../../core/ir/size.ts";
import { narrowProgram } from "./narrow.ts";
import {
  compare,
  gpuTest,
  input,
  nest,
  output,
  programOf,
  type Setup,
  temp,
} from "../../dev/testing/gpu/compare.ts";

const N = 8;
const b = new ScalarBuilder();
const i64 = (node: SNode) => b.cast(node, "i64");
const wide = (value: number | bigint) => b.constant("i64", value);
const row = b.index({ kind: "axis", axis: 0 });

function store(buffer: number, value: SNode, address = axisIx(0)): LoopNest["outer"][number] {
  return { buffer, address, value, guard: null };
}

/** One store of a value into an int64 result, of an int32, an int64 and a uint64 argument. */
function setupOf(value: SNode, dtype: DType = "int64"): Setup {
  return {
    buffers: [
      ["x", "int32", N, input(0)],
      ["w", "int64", N, input(1)],
      ["u", "uint64", N, input(2)],
      ["y", dtype, N, output(0)],
    ],
    steps: [nest({ axes: [N], outer: [store(3, value)] })],
    inputs: [
      Int32Array.of(0, 1, -1, 5, -7, 2147483647, -2147483648, 100),
      BigInt64Array.of(0n, 1n, -1n, 2n ** 40n, -(2n ** 63n), 2n ** 63n - 1n, 7n, 2n ** 32n + 3n),
      BigUint64Array.of(0n, 1n, 2n ** 64n - 1n, 2n ** 40n, 2n ** 63n, 9n, 7n, 2n ** 32n + 3n),
    ],
  };
}

const x = b.load(0, "int32", axisIx(0));
const w = b.load(1, "int64", axisIx(0));
const u = b.load(2, "uint64", axisIx(0));
const small = b.binary("rem", w, wide(1000));
const mask = b.binary("and", w, wide(0xffff));

/** How many operations on pairs a program has, but for loads and for conversions from words. */
function pairs(program: Program): number {
  const count = (steps: readonly Step[]): number =>
    steps.reduce((sum, step) => {
      switch (step.kind) {
        case "nest":
          return sum +
            nodesOf([...innerOutputs(step), ...storeOutputs(step.outer)]).filter((node) =>
              node.op !== "load" && node.op !== "const" && node.op !== "cast" &&
              [node, ...node.args].some(({ type }) => type === "i64" || type === "u64")
            ).length;
        case "loop":
          return sum + count(step.body);
        default:
          return sum;
      }
    }, 0);
  return count([...program.steps, ...program.commit]);
}

/** Values that are found in words, and those that need pairs, with how many operations of them. */
const values: Record<string, [SNode, number]> = {
  "the number of a row": [b.add(i64(row), wide(5)), 0],
  "a multiple of it": [b.mul(i64(row), wide(-1000)), 0],
  "products of small numbers": [b.mul(b.mul(i64(row), i64(row)), wide(2n ** 20n)), 0],
  "the larger of two words": [b.binary("max", i64(x), i64(row)), 0],
  "a word or another": [b.select(b.compare("lt", i64(x), wide(3)), i64(x), i64(row)), 0],
  "quotients of small numbers": [b.div(b.add(i64(row), wide(9)), wide(2)), 0],
  "a sum of words, halved": [b.binary("shr", i64(x), wide(1)), 0],
  "the low bits of anything": [b.add(mask, wide(1)), 0],
  "a remainder by a small number": [b.add(small, wide(1)), 1],
  "a word as uint64 and back": [b.cast(b.cast(i64(row), "u64"), "i64"), 0],
  "sums of words": [b.add(i64(x), i64(x)), 1],
  "differences of words": [b.sub(i64(x), wide(1)), 1],
  "products of words": [b.mul(i64(x), i64(x)), 1],
  "the opposite of a word": [b.unary("neg", i64(x)), 1],
  "the size of a word": [b.unary("abs", i64(x)), 1],
  "a word less one divided by minus one": [b.div(i64(x), wide(-1)), 1],
  "a large constant": [b.add(i64(row), wide(2n ** 40n)), 1],
  "sums of anything": [b.add(w, i64(row)), 1],
  "a comparison with anything": [i64(b.compare("lt", w, i64(x))), 1],
  "negative numbers as uint64": [b.cast(b.div(b.cast(i64(x), "u64"), u), "i64"), 1],
  "a shift by a word's width": [b.binary("shl", i64(row), wide(32)), 1],
};

for (const [name, [value, count]] of Object.entries(values)) {
  Deno.test(`${count === 0 ? "in a word" : "in a pair"}: ${name}`, () => {
    assertEquals(pairs(narrowProgram(programOf(setupOf(value)))), count);
  });
}

gpuTest("words or pairs, the values are the same", async () => {
  for (const [value] of Object.values(values)) {
    await compare(setupOf(value));
    // Of what is stored in less, only the low word is computed.
    await compare(setupOf(value, "int32"));
    await compare(setupOf(b.cast(value, "f32"), "float32"));
  }
});

Deno.test("what is stored as a word, and what addresses, needs low words alone", () => {
  const sum = b.add(b.mul(w, w), wide(3));
  assertEquals(pairs(narrowProgram(programOf(setupOf(sum, "int32")))), 0);
  assertEquals(pairs(narrowProgram(programOf(setupOf(sum)))), 2);
  const address = b.addIx(axisIx(0), b.ix(b.cast(b.binary("and", sum, wide(0)), "i32")));
  const setup: Setup = {
    ...setupOf(i64(row)),
    steps: [nest({ axes: [N], outer: [store(3, b.load(1, "int64", address))] })],
  };
  assertEquals(pairs(narrowProgram(programOf(setup))), 0);
});

/** Two nests with scratch memory of int64 between them. */
function between(...stores: SNode[]): Setup {
  const setup = setupOf(wide(0)), { buffers } = setup;
  return {
    ...setup,
    buffers: [...buffers, ["t", "int64", N, temp]],
    steps: [
      ...stores.map((value) => nest({ axes: [N], outer: [store(4, value)] })),
      nest({ axes: [N], outer: [store(3, b.load(4, "int64", axisIx(0)))] }),
    ],
  };
}

gpuTest("scratch memory holds words if all that is stored there fits", async () => {
  const dtypeOf = (setup: Setup) => narrowProgram(programOf(setup)).buffers[4]!.dtype;
  const own = b.load(4, "int64", axisIx(0));
  const cases: [Setup, DType][] = [
    [between(i64(row)), "int32"],
    [between(i64(row), i64(x)), "int32"],
    [between(i64(row), w), "int64"],
    [between(w, i64(row)), "int64"],
    [between(i64(row), b.binary("max", own, wide(-5))), "int32"],
    [between(i64(row), b.mul(own, wide(2n ** 40n))), "int64"],
    [between(b.cast(b.constant("f32", 3e10), "i64")), "int64"],
  ];
  for (const [setup, dtype] of cases) {
    assertEquals(dtypeOf(setup), dtype);
    await compare(setup);
  }
  // Arguments and results keep their form.
  assertEquals(
    narrowProgram(programOf(between(i64(row)))).buffers.map(({ dtype }) => dtype),
    ["int32", "int64", "uint64", "int64", "int32"],
  );
});

gpuTest("a counter that a loop carries may grow, and keeps its pair", async () => {
  const own = b.load(4, "int64", axisIx(0));
  const setup = between(i64(row));
  const step = nest({ axes: [N], outer: [store(4, b.mul(own, wide(1000)))] });
  for (const strategy of ["lanes", "resident", "parallel", "stepped"] as const) {
    const looped: Setup = {
      ...setup,
      steps: [setup.steps[0]!, {
        kind: "loop",
        name: "loop",
        id: 0,
        steps: 6,
        body: [step],
        until: null,
        count: null,
        strategy,
        reason: "test",
      }, setup.steps[1]!],
    };
    assertEquals(narrowProgram(programOf(looped)).buffers[4]!.dtype, "int64");
    await compare(looped);
  }
});

gpuTest("reductions are held in words where they fit", async () => {
  const reduced = (value: SNode, kind: "sum" | "max" | "argmax" | "prod"): Setup => ({
    ...setupOf(wide(0)),
    steps: [nest({
      axes: [],
      loops: [N],
      reductions: [{ kind, value, type: kind === "argmax" ? "i32" : "i64" }],
      outer: [
        store(3, b.cast(b.reduced(0, kind === "argmax" ? "i32" : "i64"), "i64"), sizeIx(0)),
      ],
    })],
  });
  const typesOf = (setup: Setup) => {
    const [step] = narrowProgram(programOf(setup)).steps;
    assert(step?.kind === "nest");
    const [{ type, value }] = step.reductions as [LoopNest["reductions"][number]];
    return [type, value.type];
  };
  const cases: [Setup, string[]][] = [
    [reduced(i64(row), "sum"), ["i32", "i32"]],
    [reduced(i64(x), "sum"), ["i64", "i64"]],
    [reduced(w, "sum"), ["i64", "i64"]],
    [reduced(i64(x), "max"), ["i32", "i32"]],
    [reduced(w, "max"), ["i64", "i64"]],
    [reduced(i64(x), "argmax"), ["i32", "i32"]],
    [reduced(w, "argmax"), ["i32", "i64"]],
    [reduced(i64(row), "prod"), ["i64", "i64"]],
  ];
  for (const [setup, types] of cases) {
    assertEquals(typesOf(setup), types);
    await compare(setup);
  }
});

Deno.test("a plan that counts on short axes is not taken for long ones", () => {
  const n = baseSize("n", 0, 8);
  const program = programOf({
    buffers: [["y", "int64", n, output(0)]],
    steps: [nest({ axes: [n], outer: [store(0, b.add(i64(row), b.size(n, "i64")))] })],
  });
  assertEquals(pairs(narrowProgram(program)), 0);
  assert(program.guards.hold([1000]));
  assert(!program.guards.hold([2 ** 31]));
  const long = programOf({
    buffers: [["y", "int64", 1, output(0)]],
    steps: [nest({ outer: [store(0, b.size(baseSize("m", 0, 2 ** 40), "i64"), sizeIx(0))] })],
  });
  assertEquals(pairs(narrowProgram(long)), 1);
  assert(!long.guards.hold([8]));
});

import { assertEquals } from "@std/assert";
import { onDevices } from "../../dev/testing/devices.ts";
import { compile, evaluateGraph, T, type Tensor, type Variable } from "../../all.ts";
import { applyOp, makeConstant } from "../graph/graph.ts";
import { drawEachOp } from "./each.ts";
import { hostWords, philox } from "./philox.ts";

// Known answers of Random123 (kat_vectors, philox4x32 with 10 rounds): counter, key, result.
const known: [number[], number[], number[]][] = [
  [[0, 0, 0, 0], [0, 0], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]],
  [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
];

function word(x: number): Variable {
  return makeConstant({ dtype: "uint32", shape: [], data: Float64Array.of(x) });
}

Deno.test("philox gives the published words", () => {
  for (const [counter, key, result] of known) {
    const words = philox(
      hostWords,
      counter as [number, number, number, number],
      key as [number, number],
    );
    assertEquals([...words], result);
  }
});

/** The words of a known answer: position, round and state; the second word is 1 + 4 * round + block. */
function parts([c0, c1, c2, c3]: number[], [k0, k1]: number[]): { words: number[]; block: number } {
  const rest = (c1! - 1) >>> 0, block = rest % 4;
  return { words: [c0!, Math.floor(rest / 4), k0!, k1!, c2!, c3!], block };
}

function lanes(inputs: readonly Variable[], block: number): Variable[] {
  return [0, 1, 2, 3].map((lane) =>
    applyOp(drawEachOp, inputs, { kind: "bits", dtype: "uint32", slot: 4 * block + lane }).output
  );
}

Deno.test("the reference interpreter gives the published words", () => {
  for (const [counter, key, result] of known) {
    const { words, block } = parts(counter, key);
    const values = evaluateGraph(lanes(words.map(word), block), new Map());
    assertEquals(values.map((value) => Number(value.data[0])), result);
  }
});

onDevices("kernels give the published words", async (device) => {
  for (const [counter, key, result] of known) {
    const { words, block } = parts(counter, key);
    const inputs = words.map(() => T.tensor("uint32", 0));
    const f = await compile(inputs, lanes(inputs, block), { device });
    const results = f(...words) as Tensor[];
    assertEquals(results.map((tensor) => Number(tensor.item())), result);
  }
});

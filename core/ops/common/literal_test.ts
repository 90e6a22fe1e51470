import { assert, assertEquals } from "@std/assert";
import { canHold, type DType, dtypeInfo } from "../../graph/dtype.ts";
import { sizeOf, toTypedArray } from "../../graph/value.ts";
import { flattenNested, nestedNumbers, nestedValue } from "./literal.ts";

const dtypes = [
  ...[
    "float32",
    "float64",
    "int8",
    "uint8",
    "int16",
    "uint16",
    "int32",
    "uint32",
    "int64",
    "uint64",
  ],
  ...["float16", "bool", "complex64"],
] as DType[];

const edges = [
  ...[0, -0, 1, 0.5, -1, 127, 128, 255, 256, -129, 65535, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53],
  ...[2 ** 63, 1e40, NaN, Infinity, -Infinity, true, 5n, { re: 1, im: 2 }],
];

function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

Deno.test("arrays of plain numbers are read in one pass as element by element", () => {
  const next = random(11);
  let taken = 0;
  for (let i = 0; i < 3000; i++) {
    const dtype = dtypes[i % dtypes.length]!;
    const shape = Array.from({ length: 1 + Math.floor(3 * next()) }, () => Math.floor(4 * next()));
    const many = next() < 0.5 ? 5 : edges.length;
    const make = (depth: number): unknown =>
      depth === shape.length
        ? edges[Math.floor(many * next())]
        : Array.from({ length: shape[depth]! }, () => make(depth + 1));
    const nested = make(0), plain = nestedNumbers(nested, dtype);
    const flat = flattenNested(nested);
    const fits = flat.elements.every((x) => typeof x === "number" && canHold(dtype, x));
    if (plain === null) {
      // Only what may need another look is left to it.
      const isEasy = fits && dtypes.indexOf(dtype) < 8 && sizeOf(flat.shape) > 0;
      assert(!isEasy, `${dtype} ${Deno.inspect(nested)}`);
      continue;
    }
    taken++;
    assert(fits, `${dtype} ${Deno.inspect(nested)}`);
    assertEquals(plain.shape, flat.shape);
    assertEquals(plain.data, toTypedArray(nestedValue(flat, dtype)));
    assertEquals(plain.data.constructor, dtypeInfo(dtype).array(0).constructor);
  }
  assert(taken > 500, String(taken));
});

Deno.test("rows of other lengths, depths or with holes are not numbers in nested arrays", () => {
  for (const nested of [[[1, 2], [3]], [[1], 2], [1, [2]], [1, undefined], [, 1], ["1"], 3, []]) {
    const isEmpty = Array.isArray(nested) && nested.length === 0;
    assertEquals(nestedNumbers(nested, "float32") === null, !isEmpty, Deno.inspect(nested));
  }
});

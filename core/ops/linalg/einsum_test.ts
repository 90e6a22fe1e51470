import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import cases from "../../../dev/testing/statistics/einsum.json" with { type: "json" };
import { onDevices } from "../../../dev/testing/devices.ts";
import {
  compile,
  scan,
  ShapeError,
  T,
  type Tensor,
  tensor,
  type Variable,
  verifyGrad,
} from "../../../all.ts";
import { toposort } from "../../graph/walk.ts";

/** The numbers that the reference was computed of. */
function filled(shape: readonly number[]): Tensor {
  const size = shape.reduce((n, m) => n * m, 1);
  const data = Float32Array.from({ length: size }, (_, i) => (i * 7) % 11 - 5);
  return tensor(data, { shape: [...shape] });
}

onDevices(
  "sums of products by names of axes are NumPy's, of lengths known and not",
  async (device) => {
    const outputs: Variable[] = [], inputs: Variable[] = [], values: Tensor[] = [];
    for (const { subscripts, shapes } of cases as { subscripts: string; shapes: number[][] }[]) {
      for (const isKnown of [true, false]) {
        const operands = shapes.map((shape) =>
          T.tensor("float32", isKnown ? shape : shape.map((n) => n === 1 ? 1 : null)) as Variable
        );
        inputs.push(...operands);
        values.push(...shapes.map(filled));
        outputs.push(T.einsum(subscripts, ...operands) as Variable);
      }
    }
    const f = await compile(inputs, outputs, { device });
    (f as unknown as (...args: Tensor[]) => Tensor[])(...values).forEach((result, k) => {
      const { subscripts, shape, values: want } = cases[k >> 1]!;
      assertEquals(result.shape, shape, subscripts);
      const have = Array.from(result.dataSync(), Number);
      want.forEach((x, i) => assertAlmostEquals(have[i]!, x, 1e-3, subscripts));
    });
  },
);

Deno.test("einsums are products of matrices, smallest results first", () => {
  const matrix = (n: number, m: number) => T.tensor("float32", [n, m]);
  const [a, b, c] = [matrix(100, 2), matrix(2, 100), matrix(100, 3)];
  const matmuls = toposort([T.einsum("ab,bc,cd->ad", a, b, c) as Variable])
    .filter(({ op }) => op.name === "matmul");
  assertEquals(matmuls.map(({ output }) => output.type.shape), [[2, 3], [100, 3]]);
  const rank: 2 = T.einsum("ij,jk->ik", a, b).ndim;
  assertEquals(rank, 2);
  const elementwise = toposort([T.einsum("ij,ij->ij", a, a) as Variable]);
  assert(elementwise.every(({ op }) => op.name !== "matmul"));
});

Deno.test("einsums of integers and in loops, derivatives, and what is wrong", async () => {
  const i = T.imatrix("i"), x = T.fmatrix("x"), w = T.fmatrix("w");
  const [steps] = scan((row) => T.einsum("i,ij->j", row, w) as Variable, { sequences: x });
  const f = await compile([i, x, w], [T.einsum("ij,kj->ik", i, i), steps], { device: "cpu" });
  const results = f([[1, 2], [3, 4]], [[1, 2]], [[1, 0], [1, 1]]).map((v) => v.arraySync());
  assertEquals(results, [[[5, 11], [11, 25]], [[3, 2]]]);
  verifyGrad((a, b) => T.sqr(T.einsum("bij,bjk->ik", a!, b!)).sum(), [
    [[[0.3, -1], [0.5, 2]], [[1, 0.1], [-0.4, 0.7]]],
    [[[1, 2], [0.2, -0.3]], [[0.6, -1], [1.5, 0.2]]],
  ], { order: 2 });
  verifyGrad((a) => T.sqr(T.einsum("ii->i", a!)).sum(), [[[0.3, -1], [0.5, 2]]], { order: 2 });
  const fails: [string, Variable[], string][] = [
    ["ij,jk->ik", [x], "subscripts for 2 operands".replace("2", "1")],
    ["ijk->i", [x], "expected 3 axes"],
    ["ij->k", [x], 'no operand has an axis "k"'],
    ["ij->ii", [x], "twice in the result"],
    ["i1->i", [x], "expected letters"],
    ["i->j->k", [x], 'one "->"'],
    ["...j->j", [x], '"..." in the result'],
  ];
  for (const [text, operands, message] of fails) {
    assertThrows(() => T.einsum(text, ...operands), RangeError, message);
  }
  assertThrows(() => T.einsum("->"), TypeError, "at least one operand");
  assertThrows(() => T.einsum(3 as unknown as string, x), TypeError, "as text");
  const g = await compile([x, w], T.einsum("ij,jk->ik", x, w), { device: "cpu" });
  assertThrows(() => g([[1, 2]], [[1, 2]]), ShapeError);
});

onDevices("lengths that differ are told of operands as they are written", async (device) => {
  const x = T.fvector("x"), m = T.fmatrix("m");
  for (const text of ["i,ij->j", "i,ji->j"]) {
    const f = await compile([x, m], T.einsum(text, x, m), { device });
    const others = text === "i,ij->j" ? [[1, 2]] : [[1], [2]];
    const message = assertThrows(() => f([1, 2, 3], others), ShapeError).message;
    for (const operand of ['"x" of shape (3,)', '"m" of shape']) {
      assert(message.split("\n")[0]!.includes(operand), message);
    }
  }
});

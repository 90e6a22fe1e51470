import { assert, assertEquals } from "@std/assert";
import { numbers, onDevices } from "../../dev/testing/devices.ts";
import {
  compile,
  type DType,
  evaluateGraph,
  T,
  tensor,
  type Value,
  type Variable,
} from "../../all.ts";

const dtypes = ["int8", "uint8", "int16", "uint16"] as const;
type Narrow = typeof dtypes[number];

/** Large enough that sums of two products leave the dtype. */
const elements: Record<Narrow, number[]> = {
  int8: [27, -100, 91, 13, -128, 127, -3, 64, 50],
  uint8: [27, 200, 91, 13, 128, 255, 3, 64, 250],
  int16: [270, -30000, 9100, 13, -32768, 32767, -3, 640, 5000],
  uint16: [270, 60000, 9100, 13, 32768, 65535, 3, 640, 50000],
};

/** Totals and products of a narrow matrix, all of the same dtype. */
const totals: Record<string, (m: Variable, dtype: Narrow) => Variable> = {
  dot: (m) => T.dot(m, m),
  "dot of vectors": (m) => T.dot(m.at(0), m.at(1)),
  "matrix by vector": (m) => T.dot(m, m.at(2)),
  "vector by matrix": (m) => T.dot(m.at(2), m),
  matmul: (m) => T.matmul(m, m.T),
  batchedDot: (m) => T.batchedDot(T.stack([m, m.T]), T.stack([m, m])),
  tensordot: (m) => T.tensordot(m, m, [[0, 1], [1, 0]]),
  matrixPower: (m) => T.matrixPower(m, 3),
  sum: (m, dtype) => T.sum(m, { axis: 0, dtype }),
  "sum of all": (m, dtype) => T.sum(m, { dtype }),
  prod: (m, dtype) => T.prod(m, { axis: 1, dtype }),
  cumsum: (m) => T.cumsum(m, 0),
  cumprod: (m) => T.cumprod(m, 1),
  arange: (_m, dtype) => T.arange(0, 70000, 7001, { dtype }),
};

/** What reads them. */
const readers: Record<string, (v: Variable) => Variable> = {
  int32: (v) => T.cast(v, "int32"),
  int8: (v) => T.cast(v, "int8"),
  float32: (v) => T.cast(v, "float32"),
  gt: (v) => T.gt(v, 0),
  sign: (v) => T.sign(v),
  div: (v) => T.div(v, 3),
  intDiv: (v) => T.intDiv(v, 3),
  mod: (v) => T.mod(v, 5),
  rightShift: (v) => T.rightShift(v, 1),
  maximum: (v) => T.maximum(v, 2),
  abs: (v) => T.abs(v),
  clip: (v) => T.clip(v, -5, 100),
  where: (v) => T.where(v.gt(3), v, T.zerosLike(v)),
  "as a condition": (v) => T.where(v, 1, 2),
  max: (v) => T.max(v),
  "sum of float32": (v) => T.sum(v, { dtype: "float32" }),
  position: (v) => T.arange(0, 9).at(T.mod(v, 9)),
};

function valueOf(dtype: DType, shape: number[], data: readonly number[]): Value {
  return { dtype, shape, data: Float64Array.from(data) };
}

for (const [name, total] of Object.entries(totals)) {
  onDevices(`A narrow ${name} is wrapped before it is read`, async (device) => {
    for (const dtype of dtypes) {
      const m = T.matrix("m", { dtype });
      const rows = [0, 3, 6].map((i) => elements[dtype].slice(i, i + 3));
      const value = valueOf(dtype, [3, 3], elements[dtype]);
      const outputs = Object.values(readers).map((read) => read(total(m, dtype)));
      const expected = evaluateGraph(outputs, new Map([[m, value]]));
      // Each by itself: what reads a total joins its kernel.
      const labels = Object.keys(readers);
      for (let i = 0; i < outputs.length; i++) {
        const f = await compile([m], outputs[i]!, { device, onUnusedInput: "ignore" });
        const found = numbers(f(tensor(rows, { dtype })));
        const wanted = Array.from(expected[i]!.data, Number);
        const near = found.every((x, k) => Math.abs(x - wanted[k]!) <= 1e-6 * Math.abs(wanted[k]!));
        assert(near, `${labels[i]} of ${dtype}: [${found}] instead of [${wanted}]`);
      }
    }
  });
}

onDevices("A position computed from a product is checked", async (device) => {
  const m = T.matrix("m", { dtype: "int8" });
  const f = await compile([m], T.arange(0, 9).at(T.dot(m, m)), { device });
  assertEquals(numbers(f(tensor([[1, 1], [1, 1]], { dtype: "int8" }))), [2, 2, 2, 2]);
  let message = "";
  try {
    f(tensor([[3, 0], [0, 3]], { dtype: "int8" })).dataSync();
  } catch (error) {
    message = (error as Error).message;
  }
  assert(message.includes("out of range"), message);
});

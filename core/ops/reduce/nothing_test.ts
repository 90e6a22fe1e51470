import { assertEquals } from "@std/assert";
import { compile, scan, T, tensor, type Variable } from "../../../all.ts";
import { onDevices } from "../../../dev/testing/devices.ts";

onDevices("a sum of nothing is 0, whatever it would have been multiplied with", async (device) => {
  const x = T.vector("x"), i = T.ivector("i"), m = T.matrix("m"), n = T.matrix("n");
  const nan = T.mean(i), rows = T.mean(m, { axis: 1, keepdims: true });
  const far = (value: Variable): Variable => {
    for (let left = 40; left > 0; left--) value = T.sin(value).add(x.sum());
    return value;
  };
  const [steps] = scan((s) => s!.add(T.mean(i)), { outputsInfo: T.zeros([]), nSteps: 2 });
  const last = steps!.at(-1);
  const [inLoop] = scan(
    (s, row, factor) => s.mul(0.5).add(T.sum(T.tanh(row!.mul(s)).mul(factor!))),
    { outputsInfo: T.zeros([]), nonSequences: [x, nan], nSteps: 2 },
  );
  const sums: Variable[] = [
    inLoop!.at(-1),
    // However far away it is.
    T.sum(x.div(far(nan))),
    T.dot(x.mul(far(nan)), x),
    T.sum(x.mul(last)),
    T.sum(x.div(T.dot(x, x))),
    T.dot(x.div(x.norm()), x),
    T.sum(x.div(nan)),
    T.sum(x.mul(nan)),
    T.sum(T.neg(x.mul(nan))),
    T.sum(x.div(T.sum(x))),
    T.sum(x.div(T.cast(x.shape[0], "float32"))),
    T.sum(m.mul(rows), 1),
    T.sum(m.div(T.std(m, { axis: 1, keepdims: true })), 1),
    T.sum(T.outer(x.div(nan), x)),
    T.dot(x.div(nan), x),
    T.dot(m.div(nan), n),
    T.dot(m, n.mul(nan)),
    T.matmul(m.mul(nan), n),
    T.einsum("ij,jk->ik", m.div(nan), n),
  ];
  const f = await compile([x, i, m, n], sums.map((sum) => T.sum(T.abs(sum))), { device });
  const found = f(
    tensor([], { shape: [0] }),
    tensor([], { dtype: "int32", shape: [0] }),
    tensor([], { shape: [2, 0] }),
    tensor([], { shape: [0, 3] }),
  );
  assertEquals(await Promise.all(found.map((one) => one.item())), sums.map(() => 0));
});

onDevices("sums of nothing read others of the same kernel", async (device) => {
  const x = T.vector("x"), s = T.sum(x);
  const [loop] = scan((s, row) => s!.add(1).add(T.sum(row!.mul(s!))), {
    outputsInfo: T.zeros([]),
    nonSequences: x,
    nSteps: 2,
  });
  const values = [
    T.sum(T.sin(x.mul(s))).add(s),
    T.sum(x.add(s)).mul(s),
    T.prod(x.mul(s)).add(s),
    loop!.at(-1),
  ];
  for (const [i, value] of values.entries()) {
    const f = await compile([x], value, { device });
    assertEquals(f(tensor([], { shape: [0] })).item(), [0, 0, 1, 2][i]);
  }
});

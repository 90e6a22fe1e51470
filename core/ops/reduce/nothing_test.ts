import { assertEquals } from "@std/assert";
import { compile, T, tensor, type Variable } from "../../../mod.ts";
import { onDevices } from "../../../dev/testing/devices.ts";

onDevices("a sum of nothing is 0, whatever it would have been multiplied with", async (device) => {
  const x = T.vector("x"), i = T.ivector("i"), m = T.matrix("m"), n = T.matrix("n");
  const nan = T.mean(i), rows = T.mean(m, { axis: 1, keepdims: true });
  const sums: Variable[] = [
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

import { assertEquals } from "@std/assert";
import { numbers, onDevices } from "../../../dev/testing/devices.ts";
import { compile, evaluateGraph, scan, T, tensor, type Variable } from "../../../all.ts";
import { makeValue, type Value } from "../../graph/value.ts";

const x = T.matrix("x"), y = T.vector("y"), z = T.vector("z");
const float = (v: Variable) => T.cast(v, "float32") as Variable;
const none = T.sum(x, 1), one = T.prod(x, 1), noLength = float(T.shape(x).at(1));
const ramp = float(T.arange(T.shape(y).at(0))), mask = T.gt(z, 1.5);
const large = T.exp(none.add(1000));
const [stepped] = scan((a: Variable) => [T.div(a, 0)], { sequences: z, returnList: true })[0] as [
  Variable,
];

const programs: Readonly<Record<string, Variable>> = {
  "nothing / nothing": T.div(none, none),
  "1 / nothing": T.div(1, none),
  "two / nothing": T.div(T.index(z, [[0, 1]]) as Variable, none),
  "nothing / 0": T.div(none, 0),
  "1 / (product of nothing - 1)": T.div(1, one.sub(1)),
  "dot of nothing": T.div(T.dot(x, x.T), T.dot(x, x.T)),
  "infinity * nothing": T.mul(large, none),
  "mean, var and std": T.join(0, T.mean(x, 1), T.var(x, { axis: 1 }), T.std(x, { axis: 1 })),
  "of all": T.stack([T.mean(x), T.var(x), T.std(x)]) as Variable,
  "values / 0": T.div(z, 0),
  "values / -0": T.div(z, -0),
  "-values / 0": T.div(z.neg(), 0),
  "NaN / 0": T.div(y.sub(y), 0),
  "intDiv by 0": T.intDiv(z, 0),
  "0 / choice": T.div(0, T.where(mask, 1, 0)),
  "choice / 0": T.div(T.where(mask, 1, 0), 0),
  "0 / bool": T.div(0, float(mask)),
  "values / length": T.div(z, noLength),
  "length / 0": T.div(noLength, z.sub(z)),
  "sum of values / ramp": T.sum(T.div(z, ramp)),
  "sum of ramp / ramp": T.sum(T.div(ramp, ramp)),
  "max of values / ramp": T.max(T.div(z, ramp)),
  "cumsum of values / ramp": T.cumsum(T.div(z, ramp)),
  "values / 0 in a step": stepped,
};

const arguments_ = {
  x: tensor([], { dtype: "float32", shape: [2, 0] }),
  y: tensor([Infinity, Infinity, NaN]),
  z: tensor([1, 2, 3]),
};
const inputs = new Map<Variable, Value>([
  [x, makeValue("float32", [2, 0], [])],
  [y, makeValue("float32", [3], [Infinity, Infinity, NaN])],
  [z, makeValue("float32", [3], [1, 2, 3])],
]);

onDevices("Division by zeros that a compiler could know", async (device) => {
  // Rewrites may take values as finite, so these are left out.
  for (const [name, program] of Object.entries(programs)) {
    const f = await compile([x, y, z], program, {
      device,
      mode: { base: "none" },
      onUnusedInput: "ignore",
    });
    const found = numbers(f(arguments_.x, arguments_.y, arguments_.z)).map(Math.fround);
    const [expected] = evaluateGraph([program], inputs);
    assertEquals([name, found], [name, Array.from(expected!.data, Number).map(Math.fround)]);
  }
});

import { assert, assertEquals, assertThrows } from "@std/assert";
import { onDevices } from "../../dev/testing/devices.ts";
import { AssertionError, compile, grad, IndexError, scan, shared, T } from "../../all.ts";

function messageOf(call: () => unknown, type: new (...args: never[]) => Error): string {
  const { message } = assertThrows(call, type as new () => Error);
  return message.replaceAll(/(made|called|asked for) at \S*/g, "$1 at …");
}

onDevices(
  "a check that fails says the chain of calls, and the step of the loop",
  async (device) => {
    const table = T.fvector("table"), at = T.ivector("at");
    const [sums] = scan(
      (i, sum) => T.assert(sum.add(table.at(T.mul(i, 2).add(1))), T.lt(sum, 9), "too much"),
      { sequences: at, outputsInfo: T.constant(0, "float32"), name: "sums" },
    );
    const f = await compile([table, at], sums, { device });
    const data = [1, 2, 3, 4];
    assertEquals([...f(data, [0, 1]).dataSync()], [2, 6]);
    for (const called of [f, f.copy()]) {
      assertEquals(
        messageOf(() => called(data, [0, 1, 2, 3]).dataSync(), IndexError).split("\n").slice(1),
        [
          '  at step 2 of scan "sums"',
          '  computing at("table", add(1, mul(2, "at[t]")))',
          '  in at("table", the result of add), made at …',
          "  called at …",
        ],
      );
    }
    const text = messageOf(() => f([1, 20, 3, 4], [0, 1]).dataSync(), AssertionError);
    assert(text.startsWith('too much\n  at step 1 of scan "sums"\n  computing assert(add('), text);
  },
);

onDevices("steps of nested loops, under gradients and with updates", async (device) => {
  const x = T.fmatrix("x"), at = T.imatrix("at");
  const total = shared(0, { name: "total", dtype: "float32" });
  const [rows] = scan((row, places) => {
    const [cells] = scan((i, last) => T.exp(row.at(i)).mul(last), {
      sequences: places,
      outputsInfo: T.constant(1, "float32"),
      name: "inner",
    });
    return cells.at(-1);
  }, { sequences: [x, at], name: "outer" });
  const cost = rows.sum();
  const f = await compile([x, at], [cost, grad(cost, x)], {
    updates: [[total, total.add(cost)]],
    device,
  });
  const text = messageOf(
    () => f([[1, 2], [3, 4], [5, 6]], [[0, 1], [1, 2], [7, 0]])[0].dataSync(),
    IndexError,
  );
  assert(text.includes('at step 1 of scan "outer", step 1 of scan "inner"'), text);
  assert(/got 2|index 2/i.test(text.split("\n")[0]!), text);
  assertEquals(total.getValue().item(), 0);
});

onDevices("the gradient of a loop in a loop speaks of what was differentiated", async (device) => {
  const table = T.fmatrix("table"), at = T.ivector("at");
  const [sums] = scan((i, sum) => {
    const [inner] = scan((j, before) => before.add(table.at(j.add(i)).sum()), {
      sequences: T.arange(3),
      outputsInfo: sum,
    });
    return inner.at(-1);
  }, { sequences: at, outputsInfo: T.constant(0, "float32"), name: "outer" });
  const f = await compile([table, at], grad(sums.sum(), table), { device });
  const text = messageOf(() => f([[1, 2], [3, 4], [5, 6]], [0, 0, 1]).dataSync(), IndexError);
  assert(text.includes('at step 2 of scan "outer", step 2 of scan\n'), text);
  assert(
    text.includes('computing at("table", add(an element of the result of arange, "at[t]"))'),
    text,
  );
});

onDevices("a step that is not known is not told", async (device) => {
  const table = shared([1, 2, 3], { name: "table", dtype: "float32" }), at = T.ivector("at");
  const [parts] = scan((i) => table.at(i), { sequences: at });
  const f = await compile([at], parts, { device });
  // Outside of loops there are no steps.
  const plain = await compile([at], table.take(T.add(at, 1)), { device });
  const text = messageOf(() => plain([5]).dataSync(), IndexError);
  assert(!text.includes("step"), text);
  assert(text.includes('computing take("table", add(1, "at"))'), text);
  const late = () => {
    const result = f([0, 3]);
    // By the time of reading there is another value.
    table.setValue([1, 2, 3, 4]);
    result.dataSync();
  };
  const words = messageOf(late, IndexError);
  assertEquals(words.includes("at step 1 of scan"), device === "cpu", words);
});

onDevices("the first check in time is told, whichever the device finds", async (device) => {
  const x = T.fvector("x"), at = T.ivector("at");
  const [states] = scan(
    (i, s) => T.assert(s.add(s.take(T.stack([i, i])).sum()), s.sum().lt(100), "too much"),
    { sequences: at, outputsInfo: x },
  );
  const f = await compile([x, at], states, { device });
  const text = messageOf(() => f([1, 2, 3, 40], [3, 3, 3, 9]).dataSync(), AssertionError);
  assert(text.startsWith("too much\n  at step 1 of scan\n"), text);
  // The error of a call is told, not that of another one that reads its result.
  const g = await compile([x, at], states.at(-1), { device });
  const chained = messageOf(() => g(g([1, 2], [0, 2]), [5]).dataSync(), IndexError);
  assert(chained.includes("at step 1 of scan"), chained);
});

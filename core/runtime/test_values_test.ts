import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  compile,
  config,
  IndexError,
  scan,
  ShapeError,
  shared,
  T,
  type Tensor,
  type Variable,
} from "../../all.ts";

/** Builds with test values. */
function trying(how: "raise" | "warn", build: () => void): string[] {
  const { warn } = console, warnings: string[] = [];
  console.warn = (text: string) => void warnings.push(text);
  config.computeTestValue = how;
  try {
    build();
  } finally {
    config.computeTestValue = "off";
    console.warn = warn;
  }
  return warnings;
}

const valuesOf = (v: Variable) => [...(v.testValue as Tensor).dataSync()];

const x = T.fmatrix("x"), w = T.fvector("w"), words = T.ivector("words");
x.testValue = [[1, 2], [3, 4]];
w.testValue = [1, 2, 3];
words.testValue = [0, 5];

Deno.test("what does not fit is an error at the line that makes it", () => {
  trying("raise", () => {
    const error = assertThrows(() => x.add(1).dot(w), ShapeError);
    assert(/dot\(.*shape \(2, 2\).*"w" of shape \(3\)|dot\(/.test(error.message), error.message);
    assert(error.message.includes("test_values_test.ts:37:"), error.message);
    assertThrows(() => x.at(words), IndexError, "index 5");
    words.testValue = [0, 1];
    assertEquals(valuesOf(x.at(words)), [1, 2, 3, 4]);
    // What was set before anybody looked is looked at when it is used.
    config.computeTestValue = "off";
    w.testValue = [[1]];
    config.computeTestValue = "raise";
    assertThrows(() => w.exp(), TypeError, "expected 1, got 2");
    w.testValue = [1, 2, 3];
  });
});

Deno.test("values are there as they are computed, from shared variables and constants, too", () => {
  const s = shared(new Float32Array([10, 20]), { name: "s" });
  trying("raise", () => {
    const y = x.mul(2).add(s);
    const { shape } = y.testValue as Tensor;
    assertEquals([valuesOf(y), shape], [[12, 24, 16, 28], [2, 2]]);
    assertEquals(T.fvector("nothing").exp().testValue, null);
    const [rows] = scan((row) => row.sum(), { sequences: x });
    assertEquals(valuesOf(rows), [3, 7]);
  });
});

Deno.test("warnings go on, and without the setting nothing is tried", async () => {
  const warnings = trying("warn", () => void x.sub(2).dot(w));
  assertEquals([warnings.length, warnings[0]!.startsWith("With test values: ")], [1, true]);
  const y = x.sub(3).dot(w);
  assertEquals(y.testValue, null);
  const f = await compile([x, w], y, { device: "cpu" });
  assertEquals([...f([[4, 5]], [1, 1]).dataSync()], [3]);
  assertThrows(() => config.computeTestValue = "on" as "off", TypeError, "computeTestValue");
});

Deno.test("a test value that no call would take is an error where it is set", () => {
  const m = T.fmatrix("m"), n = T.ivector("n"), half = T.tensor("float32", [2, null], "half");
  trying("raise", () => {
    const set = (v: Variable, value: unknown) => () => v.testValue = value as number[];
    for (
      const [v, value, message] of [
        [m, [1, 2], 'Bad test value of "m": wrong number of dimensions'],
        [m, "abc", "got string"],
        [n, [0.5], "cannot be stored as int32"],
        [half, [[1], [2], [3]], 'axis 0 of "half" must have length 2'],
      ] as const
    ) {
      assertThrows(set(v, value), TypeError, message);
      assertEquals(v.testValue, null);
    }
    n.testValue = [1, 2];
    assertEquals(valuesOf(n.add(1)), [2, 3]);
  });
  const warnings = trying("warn", () => {
    m.testValue = [1] as never;
    m.testValue = null;
  });
  assert(/^With test values: Bad test value of "m"/.test(warnings.join("\n")), warnings.join());
});

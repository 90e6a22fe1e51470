import {
  assert,
  assertAlmostEquals,
  assertEquals,
  AssertionError,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  equal,
} from "./assert.ts";

/** What `fn` throws; this does not lean on the assertions that are tested. */
function thrown(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  throw new Error("Nothing was thrown");
}

function failure(fn: () => unknown): string {
  const error = thrown(fn);
  if (!(error instanceof AssertionError)) throw error;
  return error.message;
}

Deno.test("equal() compares by value", () => {
  const cyclic = (): unknown => {
    const a: { self?: unknown } = {};
    a.self = a;
    return a;
  };
  const alike: [unknown, unknown][] = [
    [NaN, NaN],
    [0, -0],
    [[1, { a: 2 }], [1, { a: 2 }]],
    [new Float32Array([1, NaN]), new Float32Array([1, NaN])],
    [new Map([[{ k: 1 }, 1], [{ k: 2 }, 2]]), new Map([[{ k: 2 }, 2], [{ k: 1 }, 1]])],
    [new Set([1, 2]), new Set([2, 1])],
    [new Date(5), new Date(5)],
    [/a/g, /a/g],
    [Object.create(null), {}],
    [new Error("a"), new Error("a")],
    [cyclic(), cyclic()],
  ];
  for (const [a, b] of alike) if (!equal(a, b)) throw new Error(Deno.inspect([a, b]));
  const different: [unknown, unknown][] = [
    [1, "1"],
    [[1], [1, 2]],
    [{ a: undefined }, {}],
    [{ a: undefined }, { b: undefined }],
    [new Float32Array(2), new Float64Array(2)],
    [new Float32Array(2), new Float32Array(3)],
    [new Map([[1, 1]]), new Map([[1, 2]])],
    [new Set([1, 2]), new Set([1, 3])],
    [/a/g, /a/],
    [new Error("a"), new Error("b")],
    [{}, null],
    [{}, []],
    [new (class A {})(), new (class B {})()],
  ];
  for (const [a, b] of different) if (equal(a, b)) throw new Error(Deno.inspect([a, b]));
});

Deno.test("assertEquals() shows the lines that differ", () => {
  assertEquals({ a: [1, 2] }, { a: [1, 2] });
  const message = failure(() => assertEquals([1, 2, 3], [1, 5, 3], "of mine"));
  for (const part of ["Values are not equal: of mine", "-     2,", "+     5,"]) {
    if (!message.includes(part)) throw new Error(message);
  }
});

Deno.test("assertions throw exactly when they fail", () => {
  assert(1);
  failure(() => assert(0));
  assertNotEquals(1, 2);
  failure(() => assertNotEquals([1], [1]));
  assertStrictEquals(NaN, NaN);
  failure(() => assertStrictEquals(0, -0));
  failure(() => assertStrictEquals({}, {}));
  assertAlmostEquals(1, 1 + 1e-8);
  assertAlmostEquals(1, 1.4, 0.5);
  failure(() => assertAlmostEquals(1, 1.1));
  failure(() => assertAlmostEquals(NaN, 1));
  assertMatch("abc", /b/);
  failure(() => assertMatch("abc", /d/));
  assertStringIncludes("abc", "bc");
  failure(() => assertStringIncludes("abc", "d"));
});

Deno.test("assertThrows() checks class and message and returns the error", () => {
  const error = new RangeError("Cannot go on");
  const go = (): never => {
    throw error;
  };
  assertStrictEquals(assertThrows(go, RangeError, "go on"), error);
  assertStrictEquals(assertThrows(go), error);
  failure(() => assertThrows(() => 1));
  failure(() => assertThrows(go, TypeError));
  failure(() => assertThrows(go, RangeError, "elsewhere"));
});

Deno.test("assertRejects() checks class and message and returns the error", async () => {
  const error = new RangeError("Cannot go on");
  assertStrictEquals(await assertRejects(() => Promise.reject(error), Error, "go on"), error);
  await assertRejects(() => assertRejects(() => Promise.resolve(1)), AssertionError);
  await assertRejects(() => assertRejects(() => Promise.reject(error), TypeError), AssertionError);
  const throwing = (): Promise<never> => {
    throw error;
  };
  await assertRejects(() => assertRejects(throwing), AssertionError, "throws when expected");
});

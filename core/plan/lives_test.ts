// When memory is in use.

import { assertEquals } from "@std/assert";
import { Lives } from "./lives.ts";

type Use = readonly [string, boolean];
const reads = (...names: string[]): Use[] => names.map((name) => [name, false]);
const writes = (...names: string[]): Use[] => names.map((name) => [name, true]);

function found(run: (lives: Lives<string>) => void): Record<string, number[]> {
  const lives = new Lives<string>();
  run(lives);
  return Object.fromEntries(
    [...lives.found].map(([name, { first, last }]) => [name, [first, last]]),
  );
}

Deno.test("memory is in use from its first step to its last", () => {
  assertEquals(
    found((lives) => {
      lives.step(writes("a"));
      lives.step([...writes("b"), ...reads("a")]);
      lives.step(reads("b"));
    }),
    { a: [0, 1], b: [1, 2] },
  );
});

Deno.test("what a step of a loop overwrites before it reads it is in use between the two only", () => {
  assertEquals(
    found((lives) =>
      lives.loop(() => {
        lives.step(writes("new"));
        lives.step([...reads("new"), ...reads("old")]);
        lives.step(writes("old"));
      }, ["test"])
    ),
    { new: [1, 2], old: [0, 4], test: [0, 4] },
  );
});

Deno.test("what is used inside a loop and outside of it is in use all through the loop", () => {
  assertEquals(
    found((lives) => {
      lives.step(writes("before"));
      lives.loop(() => {
        lives.loop(() => lives.step([...reads("before"), ...writes("after")]));
      });
      lives.step(reads("after"));
    }),
    { before: [0, 5], after: [1, 6] },
  );
});

Deno.test("what perhaps overwrites memory does not end the life of what was there", () => {
  assertEquals(
    found((lives) =>
      lives.loop(() => {
        lives.perhaps(() => lives.step(writes("kept")));
        lives.step(reads("kept"));
      })
    ),
    { kept: [0, 3] },
  );
});

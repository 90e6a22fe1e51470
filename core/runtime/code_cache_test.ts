// Code that nothing uses is kept for a while: few texts, and not too long ones.

import { assertEquals } from "@std/assert";
import { CodeCache } from "./code_cache.ts";

Deno.test("code that nothing uses is bounded by its number and by the length of its texts", () => {
  const gone: string[] = [];
  const cache = new CodeCache<string>(3, (value) => void gone.push(value));
  const use = (key: string, value: string) => {
    cache.add(key, value);
    cache.release(key);
  };
  for (const name of ["a", "b", "c", "d"]) use(name, name);
  assertEquals([cache.size, gone], [3, ["a"]]);
  // What is used again counts no more.
  const long = "x".repeat(5 << 20), longer = "y".repeat(5 << 20);
  use(long, "long");
  assertEquals([cache.acquire(long), gone], ["long", ["a", "b"]]);
  use(longer, "longer");
  assertEquals(gone, ["a", "b"]);
  cache.release(long);
  assertEquals([cache.size, gone], [1, ["a", "b", "c", "d", "longer"]]);
  use("e", "e");
  assertEquals([cache.size, cache.acquire(long)], [2, "long"]);
});

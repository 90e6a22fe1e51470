import { assertThrows } from "@std/assert";
import { check } from "./file_check.ts";

const text = "first\n  second thing\nthird";

Deno.test("check() finds lines in order", () => {
  check(text, ["first", "thing", "third"]);
  check(text, ["first", "NOT fourth", "third", "NOT first"]);
});

Deno.test("check() refuses what is missing, out of order or forbidden", () => {
  for (
    const bad of [["fourth"], ["second", "first"], ["first", "NOT second", "third"], ["NOT third"]]
  ) {
    assertThrows(() => check(text, bad));
  }
});

/**
 * Looks for lines in a text in the manner of LLVM's FileCheck.
 *
 * @module
 */

import { assert } from "@std/assert";

/**
 * Checks that lines which contain the given words follow each other in a text, with any others between
 * them. Words after "NOT " must not be in any line between the lines around them.
 */
export function check(text: string, expected: readonly string[]): void {
  const lines = text.split("\n");
  let at = 0, banned: string[] = [];
  const refuse = (end: number) => {
    for (const words of banned) {
      const found = lines.slice(at, end).find((line) => line.includes(words));
      assert(found === undefined, `There should be no "${words}" in "${found}" of\n${text}`);
    }
    banned = [];
  };
  for (const words of expected) {
    if (words.startsWith("NOT ")) {
      banned.push(words.slice(4));
      continue;
    }
    const next = lines.findIndex((line, i) => i >= at && line.includes(words));
    assert(next >= 0, `There is no "${words}" from line ${at + 1} on in\n${text}`);
    refuse(next);
    at = next + 1;
  }
  refuse(lines.length);
}

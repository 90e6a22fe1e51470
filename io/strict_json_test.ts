import { assertEquals, assertThrows } from "@std/assert";
import { parseStrictJson, shown } from "./strict_json.ts";

Deno.test("parseStrictJson() reads what JSON.parse() reads", () => {
  const texts = [
    "1",
    '"a:b"',
    '{"a": {"a": [{"b": 1}, {"b": 2}]}, "b" : "a"}',
    '{"a\\"": 1, "a": "}", "\\\\": "\\\\"}',
    '["a", "a", "a"]',
    '{"__proto__": 1, "constructor": 2}',
  ];
  for (const text of texts) assertEquals(parseStrictJson(text, 4), JSON.parse(text));
});

Deno.test("parseStrictJson() refuses names twice, however they are spelled", () => {
  const cases: [string, string][] = [
    ['{"a": 1, "a": 1}', 'has "a" twice'],
    ['{"a": 1, "b": {"a": 2}, "\\u0061" \n\t: 1}', 'has "a" twice'],
    ['[{"x": {"b\\n": 1, "b\\n": 1}}]', 'has "b\\n" twice'],
    ['{"__proto__": 1, "__proto__": 1}', '"__proto__" twice'],
  ];
  for (const [text, message] of cases) {
    assertThrows(() => parseStrictJson(text, 4), SyntaxError, message);
  }
  const long = JSON.stringify("n".repeat(1_000_000));
  const error = assertThrows(() => parseStrictJson(`{${long}: 1, ${long}: 1}`, 1), SyntaxError);
  assertEquals(error.message.length < 100, true);
});

Deno.test("parseStrictJson() refuses deep nesting before it builds anything", () => {
  assertEquals(parseStrictJson('[[{"a": 1}]]', 3), [[{ a: 1 }]]);
  for (const [left, right] of [["[", "]"], ['{"a":', "}"], ["[[", ""]] as const) {
    const text = left.repeat(100_000) + "1" + right.repeat(100_000);
    assertThrows(() => parseStrictJson(text, 3), SyntaxError, "deeper than 3 levels");
  }
});

Deno.test("parseStrictJson() refuses what is no JSON", () => {
  for (const text of ["", "{", '"', '{"a\\', '{"\\x": 1}', "]", '{"a" "b": 1}', "NaN", "{]"]) {
    assertThrows(() => parseStrictJson(text, 3), SyntaxError, "is no JSON");
  }
});

Deno.test("shown() writes one short line", () => {
  assertEquals(shown({ a: [1, "x"] }), '{"a":[1,"x"]}');
  assertEquals(shown(undefined), "undefined");
  assertEquals(shown("a\nb\x1b\x9b\u2028\ud800"), '"a\\nb\\u001b\\u009b\\u2028\\ud800"');
  assertEquals(shown("😀".repeat(1000)).length <= 61, true);
  assertEquals(shown("😀".repeat(1000)).isWellFormed(), true);
});

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { FileError, FileFormatError, io } from "../all.ts";

const here = (name: string) => new URL(`../dev/testing/io/data/${name}`, import.meta.url);

function plain({ values, names }: io.CsvTable): unknown[] {
  return [values.dtype, values.shape, [...values.dataSync()], names];
}

Deno.test("loadCsv() reads quoted fields, missing values and columns by name", async () => {
  const columns = ["rain\nin mm", "high", 'low, "at night"'];
  const table = await io.loadCsv(here("table.csv"), { columns, dtype: "float64" });
  const expected = [1e-7, 3.5, -2, Infinity, 17, NaN, 0.1, 1e300, NaN];
  assertEquals(plain(table), ["float64", [3, 3], expected, columns]);
  const bare = await io.loadCsv(here("semicolons.csv"), { separator: ";", header: false });
  assertEquals(plain(bare), ["float32", [2, 3], [1, 2.5, -3, 4, 5, 6], null]);
  assertEquals(plain(await io.loadCsv(here("table.csv"), { columns: [1] }))[1], [3, 1]);
});

Deno.test("decodeCsv() takes what tables are written like", () => {
  const cases: [string, io.CsvOptions, number[][], (readonly string[] | null)?][] = [
    ["a,b\n1,2\n", {}, [[1, 2]], ["a", "b"]],
    ["\ufeffa,b\r\n1, 2 \r\n\r\n3,4", {}, [[1, 2], [3, 4]], ["a", "b"]],
    ["a\r1\r2\r", {}, [[1], [2]], ["a"]],
    ["a\n", {}, [], ["a"]],
    ["1,2\n3,4\n", { header: true }, [[3, 4]], ["1", "2"]],
    ["1,2\n3,4\n", { header: false, columns: [1, 0, 1] }, [[2, 1, 2], [4, 3, 4]], null],
    ["a\tb\n+.5\t-1.e+2\n", { separator: "\t" }, [[0.5, -100]]],
    ["a|b\n1|x y\n", { separator: "|", columns: ["a"] }, [[1]], ["a"]],
    ["a^b\n1^2\n", { separator: "^" }, [[1, 2]]],
    ["a]b\n1]2\n", { separator: "]" }, [[1, 2]]],
    ["a\\b\n1\\2\n", { separator: "\\" }, [[1, 2]]],
    ['a,b\n"1","""2"""\n', { columns: ["a"] }, [[1]]],
    ["a,b,c\nNA,N/A,null\n,-inf,Infinity\n", {}, [[NaN, NaN, NaN], [NaN, -Infinity, Infinity]]],
    ["a,b\n?,-\n1,\n", { missing: ["?", "-"] }, [[NaN, NaN], [1, NaN]]],
    ['a\n""\n1', {}, [[NaN], [1]]],
  ];
  for (const [text, options, rows, names] of cases) {
    for (const source of [text, new TextEncoder().encode(text)]) {
      const found = io.decodeCsv(source, options);
      assertEquals([...found.values.dataSync()], rows.flat(), text);
      assertEquals(found.values.shape[0], rows.length, text);
      if (names !== undefined) assertEquals(found.names, names, text);
    }
  }
});

Deno.test("decodeCsv() names line and column of what is wrong", () => {
  const cases: [string, io.CsvOptions, string][] = [
    ["", {}, "expected a row of names, got nothing"],
    ["\n\n", { header: false }, "expected rows of numbers, got nothing"],
    ["1,2\n3,4", {}, "say with { header } whether they are names, at line 1"],
    ["a,b\n1,2\n3,x4\n", {}, 'expected a number, got "x4", at line 3, column 2 ("b")'],
    ["1\n0x10\n", { header: false }, 'expected a number, got "0x10", at line 2, column 1'],
    ['a,b\n"x\ny",2\n"3,4\n",5\n', { columns: [1, 0] }, 'got "x\\ny", at line 2, column 1'],
    ['a,b\n"x\r\ny",2\n1,z\n', { columns: ["b"] }, 'got "z", at line 4, column 2 ("b")'],
    ["a,b\n1,2,3\n", {}, "expected 2 fields, got 3, at line 2"],
    ["a,b\n\n1\n", {}, "expected 2 fields, got 1, at line 3"],
    ['a,b\n1,"2\n3,4\n', {}, "a quoted field has no end, at line 2, column 2"],
    ['a,b\n1,"2"3\n', {}, "after a quoted field"],
    ["a,b\n1,2\n", { columns: ["c"] }, 'it has no column "c"; its columns are ["a","b"]'],
    ["a,a\n1,2\n", { columns: ["a"] }, 'it has two columns "a"'],
    ["a,b\n1,2\n", { columns: [2] }, "it has 2 columns, and column 2 (from 0) is asked for"],
    ["1,2\n", { columns: ["a"], header: false }, "said to have no header"],
  ];
  for (const [text, options, message] of cases) {
    const error = assertThrows(() => io.decodeCsv(text, options), FileFormatError, message);
    const line = /at line (\d+)/.exec(error.message)?.[1];
    assertEquals(error.part, line && `line ${line}`);
  }
  assertThrows(() => io.decodeCsv(Uint8Array.of(0xff)), FileFormatError, "UTF-8");
  for (const separator of ["", ",,", '"', "\n"]) {
    assertThrows(() => io.decodeCsv("a", { separator }), TypeError, "one character as separator");
  }
  const long = io.decodeCsv.bind(null, `a\n${"x".repeat(10_000)}`);
  assert(assertThrows(long, FileFormatError).message.length < 300);
});

Deno.test("loadCsv() names the file that is wrong", async () => {
  await assertRejects(() => io.loadCsv(here("table.csv")), FileFormatError, "table.csv");
  await assertRejects(() => io.loadCsv("no/such/file"), FileError, "No such file");
});

Deno.test("readers say which options there are", async () => {
  const wrong = { seperator: ";" } as object, bytes = new Uint8Array(4);
  const refused = (read: () => Promise<unknown>) =>
    assertRejects(read, TypeError, 'unknown option "seperator"');
  await refused(() => io.loadCsv(here("table.csv"), wrong));
  await refused(() => io.loadIdx(here("table.csv"), wrong));
  await refused(() => io.decodeIdx(bytes, wrong));
  await refused(() => io.decodePng(bytes, wrong));
  await refused(() => io.loadImageFolder(here("."), wrong));
  await assertRejects(() => io.loadCsv(here("table.csv"), null as never), TypeError, "options");
});

import { assertEquals, assertThrows } from "./assert.ts";
import * as colors from "./colors.ts";
import { format } from "./duration.ts";
import { parseArgs } from "./parse_args.ts";
import { ProgressBar } from "./progress_bar.ts";

Deno.test("parseArgs() reads options of all forms", () => {
  const args = "--rate 0.1 --out=a=b --quiet x -n5 -ab c --no-color --tag 1 --tag 2 -- --rate 7";
  assertEquals<unknown>(
    parseArgs(args.split(" "), {
      boolean: ["quiet", "color", "help"],
      string: ["out", "seed"],
      collect: ["tag"],
      negatable: ["color"],
      alias: { number: "n" },
      default: { color: true, seed: "1", epochs: 3 },
    }),
    {
      rate: 0.1,
      out: "a=b",
      quiet: true,
      help: false,
      n: 5,
      number: 5,
      a: true,
      b: "c",
      color: false,
      tag: [1, 2],
      seed: "1",
      epochs: 3,
      _: ["x", "--rate", "7"],
    },
  );
});

Deno.test("parseArgs() tells of unknown options, stops early and splits at --", () => {
  const unknown: string[] = [];
  const parsed = parseArgs(["--known", "--other=1", "file"], {
    boolean: ["known"],
    unknown: (arg) => {
      unknown.push(arg);
      return false;
    },
  });
  assertEquals(unknown, ["--other=1", "file"]);
  assertEquals<unknown>(parsed, { known: true, _: [] });
  assertEquals<unknown>(parseArgs(["-a", "run", "-b"], { boolean: ["a"], stopEarly: true }), {
    a: true,
    _: ["run", "-b"],
  });
  assertEquals<unknown>(parseArgs(["1", "--", "-b"], { "--": true }), { _: [1], "--": ["-b"] });
});

Deno.test("parseArgs() has typed results", () => {
  const parsed = parseArgs([], {
    string: ["out", "seed"],
    boolean: ["help"],
    default: { seed: "1" },
  });
  const seed: string = parsed.seed;
  const out: string | undefined = parsed.out;
  const help: boolean = parsed.help;
  assertEquals([seed, out, help], ["1", undefined, false]);
});

Deno.test("format() writes durations in each style", () => {
  assertEquals(format(99674), "0d 0h 1m 39s 674ms 0µs 0ns");
  assertEquals(format(99674.5, { ignoreZero: true }), "1m 39s 674ms 500µs");
  assertEquals(format(90_061_000, { style: "digital", ignoreZero: true }), "01:01:01:01");
  assertEquals(format(61000, { style: "full", ignoreZero: true }), "1 minute, 1 second");
  assertThrows(() => format(1, { style: "wide" as "full" }), TypeError, "style");
});

Deno.test("colors go on after an inner text of the same kind", () => {
  const before = colors.getColorEnabled();
  colors.setColorEnabled(true);
  try {
    if (!colors.getColorEnabled()) return; // NO_COLOR wins
    const text = colors.green(`a${colors.cyan("b")}c`);
    assertEquals(text, "\x1b[32ma\x1b[36mb\x1b[32mc\x1b[39m");
    assertEquals(colors.bold("b"), "\x1b[1mb\x1b[22m");
    colors.setColorEnabled(false);
    assertEquals(colors.green("a"), "a");
  } finally {
    colors.setColorEnabled(before);
  }
});

Deno.test("ProgressBar draws at the start, at the end and never after it", async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const text = new Response(readable).text();
  const bar = new ProgressBar({
    max: 4,
    barLength: 4,
    writable,
    keepOpen: false,
    formatter: (x) => `${x.progressBar} ${x.previousValue} ${x.value}/${x.max} ${x.styledTime}`,
  });
  bar.value += 2;
  await bar.stop();
  assertEquals(await text, "\r\x1b[K---- 0 0/4 00:00\r\x1b[K##-- 0 2/4 00:00\n");
});

import { assertEquals } from "./assert.ts";
import * as colors from "./colors.ts";
import { format } from "./duration.ts";
import { parseArgs } from "./parse_args.ts";
import { ProgressBar } from "./progress_bar.ts";

Deno.test("parseArgs() reads options of all forms", () => {
  const args = "--rate 0.1 --out=a=b --quiet x -n5 -ab c --tag 1 --tag 2 -- --rate 7";
  assertEquals<unknown>(
    parseArgs(args.split(" "), {
      boolean: ["quiet", "help"],
      string: ["out", "seed"],
      collect: ["tag", "name"],
    }),
    {
      rate: 0.1,
      out: "a=b",
      quiet: true,
      help: false,
      n: 5,
      a: true,
      b: "c",
      tag: [1, 2],
      name: [],
      _: ["x", "--rate", "7"],
    },
  );
});

Deno.test("parseArgs() tells of unknown options", () => {
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
});

Deno.test("parseArgs() has typed results", () => {
  const parsed = parseArgs([], {
    string: ["out", "seed"],
    boolean: ["help"],
    collect: ["seed"],
  });
  const seeds: string[] = parsed.seed;
  const out: string | undefined = parsed.out;
  const help: boolean = parsed.help;
  assertEquals<unknown>([seeds, out, help], [[], undefined, false]);
});

Deno.test("format() writes durations", () => {
  assertEquals(format(99674), "0d 0h 1m 39s 674ms 0µs 0ns");
  assertEquals(format(99674.5, { ignoreZero: true }), "1m 39s 674ms 500µs");
  assertEquals(format(0, { ignoreZero: true }), "");
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

Deno.test("ProgressBar draws at the start, and wipes itself out at the end", async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const text = new Response(readable).text();
  const bar = new ProgressBar({
    max: 4,
    barLength: 4,
    clear: true,
    interval: 1000,
    writable,
    formatter: (x) => `${x.progressBar} ${x.value}/${x.max}`,
  });
  bar.value += 2;
  await bar.stop();
  await writable.close();
  assertEquals(await text, "\r\x1b[K---- 0/4\r\x1b[K");
});

import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, Progress, significant } from "./progress.ts";

Deno.test("describe() gives share, rate and time left", () => {
  assertEquals(describe({ value: 0, max: 10, time: 0 }, "steps"), "0 %");
  assertEquals(
    describe({ value: 4500, max: 10000, time: 365.9 }, "images"),
    "45 %, 12,300 images/s, 1s left",
  );
  assertEquals(
    describe({ value: 1, max: 100, time: 1500 }, "epochs"),
    "1 %, 0.667 epochs/s, 2m 29s left",
  );
  assertEquals(describe({ value: 10, max: 10, time: 5000 }, "steps"), "100 %, 2 steps/s, 0s left");
});

Deno.test("significant() keeps three digits", () => {
  assertEquals([0.012345, 1.5, 99.96, 1234567].map(significant), [
    "0.0123",
    "1.5",
    "100",
    "1,230,000",
  ]);
});

Deno.test("Progress draws at most ten times a second, and wipes itself out", async () => {
  const drawings: string[] = [];
  const writable = new WritableStream<Uint8Array>({
    write(bytes): void {
      drawings.push(new TextDecoder().decode(bytes));
    },
  });
  const start = performance.now();
  const progress = new Progress({ max: 1000, unit: "steps", writable, show: true });
  for (let done = 0; drawings.length < 4; done = Math.min(1000, done + 1)) {
    progress.note = `loss ${done}`;
    await progress.update(done);
  }
  const tenths = (performance.now() - start) / 100;
  await progress.stop();
  assert(drawings.length <= 3 + tenths, `${drawings.length} drawings in ${tenths / 10} s`);
  assertMatch(drawings[1]!.slice(4), /^\[[#-]+\] \d+ %, [\d,.]+ steps\/s, \d+s left, loss \d+$/);
  assertEquals(drawings.at(-1), "\r\x1b[K");
});

Deno.test("Progress is quiet where it is not shown, and still lets others run", async () => {
  const progress = new Progress({ max: 10, unit: "steps", show: false });
  let others = false;
  setTimeout(() => others = true, 0);
  const start = performance.now();
  while (!others && performance.now() - start < 10_000) await progress.update(1);
  await progress.stop();
  assert(others);
});

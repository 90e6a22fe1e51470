import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { onDevices } from "../dev/testing/devices.ts";
import { type DigitSet, drawDigits, PIXELS } from "./data/digits.ts";
import { epochByCalls, epochByScan } from "./epoch_scan.ts";

/** One epoch in float64, by plain loops. */
function plainEpoch(
  set: DigitSet,
  W: Float64Array,
  b: Float64Array,
  batch: number,
  rate: number,
): number[] {
  const losses: number[] = [];
  for (let start = 0; start + batch <= set.labels.length; start += batch) {
    const gW = new Float64Array(W.length), gb = new Float64Array(10);
    let loss = 0;
    for (let i = start; i < start + batch; i++) {
      const x = set.images.subarray(i * PIXELS, (i + 1) * PIXELS), label = set.labels[i]!;
      const logits = b.map((bias, j) => {
        for (let k = 0; k < PIXELS; k++) bias += x[k]! * W[10 * k + j]!;
        return bias;
      });
      const top = Math.max(...logits);
      const sum = logits.reduce((total, z) => total + Math.exp(z - top), 0);
      loss += Math.log(sum) + top - logits[label]!;
      logits.forEach((z, j) => {
        const error = (Math.exp(z - top) / sum - (j === label ? 1 : 0)) / batch;
        gb[j]! += error;
        for (let k = 0; k < PIXELS; k++) gW[10 * k + j]! += error * x[k]!;
      });
    }
    losses.push(loss / batch);
    W.forEach((w, i) => W[i] = w - rate * gW[i]!);
    b.forEach((v, i) => b[i] = v - rate * gb[i]!);
  }
  return losses;
}

function assertNear(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  assertEquals(actual.length, expected.length, what);
  for (let i = 0; i < expected.length; i++) {
    assertAlmostEquals(actual[i]!, expected[i]!, 2e-5, `${what} ${i}`);
  }
}

onDevices("an epoch as one scan trains as a loop of calls does", async (device) => {
  const set = drawDigits(200, { seed: 3 }), batch = 20, rate = 0.1;
  const byScan = await epochByScan(set, { batch, rate, device });
  const byCalls = await epochByCalls(set, { batch, rate, device });
  const W = new Float64Array(PIXELS * 10), b = new Float64Array(10);
  let first = 0, last = 0;
  for (let epoch = 0; epoch < 3; epoch++) {
    const expected = plainEpoch(set, W, b, batch, rate);
    const losses = byScan.epoch();
    assertNear(losses, expected, `loss of the scan, epoch ${epoch}, minibatch`);
    assertNear(byCalls.epoch(), expected, `loss of the calls, epoch ${epoch}, minibatch`);
    last = losses.reduce((sum, loss) => sum + loss, 0);
    if (epoch === 0) first = last;
  }
  assert(last < first);
  for (const trainer of [byScan, byCalls]) {
    const [found, bias] = trainer.parameters.map((p) =>
      Array.from(p.getValue().dataSync(), Number)
    );
    assertNear(found!, W, "weight");
    assertNear(bias!, b, "bias");
  }
});

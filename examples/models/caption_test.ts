// What the model of captions looks at and says, before it has learnt anything.

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { onDevices } from "../../dev/testing/devices.ts";
import { compile, RandomStreams, T, tensor } from "../../mod.ts";
import { drawDigits } from "../data/digits.ts";
import {
  composePictures,
  END,
  MOST_WORDS,
  PICTURE_PIXELS,
  rowsOf,
  WORDS,
} from "../data/pictures.ts";
import { caption, PLACES } from "./caption.ts";

const COUNT = 3, WIDTH = 3;

const set = composePictures(drawDigits(8, { seed: 1 }), COUNT, 1);
const pictures = tensor(set.pictures, { shape: [COUNT, PICTURE_PIXELS] });
const captions = tensor(rowsOf(set.captions), { shape: [COUNT, MOST_WORDS] });

onDevices("the attention of each word has the sum one", async (device) => {
  const { follow } = await caption(new RandomStreams(1));
  const x = T.matrix("x"), y = T.imatrix("y"), { looks } = follow(x, y);
  const found = (await compile([x, y], looks, { device }))(pictures, captions);
  assertEquals(found.shape, [MOST_WORDS, COUNT, PLACES ** 2]);
  for (const row of (found.arraySync() as number[][][]).flat()) {
    assert(row.every((weight) => weight > 0));
    assertAlmostEquals(row.reduce((a, b) => a + b), 1, 1e-5);
  }
});

Deno.test("captions that are found are as probable as they are when they are followed", async () => {
  const { describe, follow } = await caption(new RandomStreams(1));
  const x = T.matrix("x"), { words, scores } = describe(x, WIDTH);
  // Each caption beside its picture again.
  const rows = words.reshape([-1, MOST_WORDS]);
  const { logits } = follow(T.repeat(x, WIDTH, 0), rows);
  const isSaid = T.eq(rows.T.dimshuffle(0, 1, "x"), T.arange(WORDS.length));
  const each = T.logSoftmax(logits).mul(isSaid).sum(2);
  const found = (await compile([x], { rows, scores, each }))(pictures);
  const all = found.scores.arraySync() as number[][], times = found.each.arraySync() as number[][];
  (found.rows.arraySync() as number[][]).forEach((row, i) => {
    const counted = times.slice(0, [...row, END].indexOf(END) + 1);
    assertAlmostEquals(counted.reduce((sum, time) => sum + time[i]!, 0), all.flat()[i]!, 1e-3);
  });
  for (const one of all) assertEquals(one.toSorted((a, b) => b - a), one);
});

// Beam search against the same in plain TypeScript, all sequences there are, and greedy choices.

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { onDevices, type TestDevice } from "../../dev/testing/devices.ts";
import { compile, T, type Variable, vmap } from "../../mod.ts";
import { Random } from "../data/random.ts";
import { type Beams, beamSearch } from "./beam_search.ts";

/** Scores of next words by the last word and the one before it: (word, word, word). */
type Table = readonly (readonly (readonly number[])[])[];

const END = 0, START = 1, STEPS = 4;

/** Words from 0, of which 0 is the end and 1 the start: what comes next depends on the last two. */
function randomTable(seed: number, words: number): Table {
  const random = new Random(seed), all = Array.from({ length: words }, (_, i) => i);
  return all.map(() => all.map(() => all.map(() => 2 * random.bell())));
}

function logSoftmax(scores: readonly number[]): number[] {
  const sum = Math.log(scores.reduce((sum, score) => sum + Math.exp(score), 0));
  return scores.map((score) => score - sum);
}

interface Sequence {
  readonly words: readonly number[];
  readonly score: number;
  readonly ended: boolean;
}

/** What a sequence may go on to. */
function continued(table: Table, sequence: Sequence): Sequence[] {
  const { words, score, ended } = sequence;
  if (ended) return [{ ...sequence, words: [...words, END] }];
  const last = words.at(-1) ?? START, before = words.at(-2) ?? (words.length === 1 ? START : END);
  return logSoftmax(table[before]![last]!).map((each, word) => ({
    words: [...words, word],
    score: score + each,
    ended: word === END,
  }));
}

/** Sequences of STEPS words and how many steps it took; of all sequences if the width is infinite. */
function search(table: Table, width: number): { found: Sequence[]; count: number } {
  let found: Sequence[] = [{ words: [], score: 0, ended: false }], count = 0;
  while (count < STEPS && !found.every(({ ended }) => ended)) {
    found = found.flatMap((one) => continued(table, one))
      .filter(({ score }) => score > -Infinity)
      .sort((a, b) => b.score - a.score)
      .slice(0, width);
    count++;
  }
  const padded = found.map((one) => ({
    ...one,
    words: [...one.words, ...Array(STEPS - one.words.length).fill(END)],
  }));
  return { found: padded, count };
}

/** The same by the library; the state is the word before the last one. */
function searchGraph(table: Variable, width: number): Beams {
  return beamSearch({
    width,
    steps: STEPS,
    start: START,
    end: END,
    states: { before: T.full([width], END, "int32") as Variable },
    next: (words, { before }) => ({ logits: table.at(before, words), states: { before: words } }),
  });
}

/** Compares what all tables come to, which is computed by one call. */
async function compare(device: TestDevice, tables: readonly Table[], width: number) {
  const stack = T.tensor4("tables");
  const beams = vmap((table: Variable) => searchGraph(table, width))(stack) as Beams;
  const f = await compile([stack], beams, { device });
  const { words, scores, count } = f(tables as number[][][][]);
  const [rows, values] = [words.arraySync() as number[][][], scores.arraySync() as number[][]];
  tables.forEach((table, i) => {
    const { found, count: steps } = search(table, width);
    assertEquals(rows[i]!.slice(0, found.length), found.map(({ words }) => [...words]));
    found.forEach(({ score }, j) => assertAlmostEquals(values[i]![j]!, score, 1e-4));
    // There are no more.
    assert(values[i]!.slice(found.length).every((value) => value === -Infinity));
    assertEquals(Number((count.arraySync() as number[])[i]), steps);
  });
}

onDevices(
  "beam search finds what plain loops find, each example to its own end",
  async (device) => {
    const tables = Array.from({ length: 12 }, (_, i) => randomTable(i, 4));
    // Ends at once, whatever else is tried.
    const atOnce = tables[0]!.map((rows) => rows.map(() => [0, -Infinity, -Infinity, -Infinity]));
    const never = tables[0]!.map((rows) => rows.map(([, ...row]) => [-Infinity, ...row]));
    await compare(device, [...tables, atOnce, never], 3);
  },
);

Deno.test("beams of one are greedy; more beams than sequences are all of these", async () => {
  const tables = Array.from({ length: 8 }, (_, i) => randomTable(100 + i, 3));
  await compare("cpu", tables, 1);
  for (const table of tables) {
    let last = START, before = END;
    const greedy = Array.from({ length: STEPS }, () => {
      const row = last === END ? [1, 0, 0] : table[before]![last]!;
      [before, last] = [last, row.indexOf(Math.max(...row))];
      return last;
    });
    assertEquals(search(table, 1).found[0]!.words, greedy);
  }
  // 1 + 2 + 4 + 8 that end, and 16 that do not.
  assertEquals(search(tables[0]!, Infinity).found.length, 31);
  const all = search(tables[0]!, Infinity).found;
  assertAlmostEquals(all.reduce((sum, { score }) => sum + Math.exp(score), 0), 1, 1e-9);
  await compare("cpu", tables, 40);
});

Deno.test("a search ends when all of its sequences have, by itself", async () => {
  const table = T.tensor3("table"), { count } = searchGraph(table, 1);
  const f = await compile([table], count);
  const always = (word: number) => {
    const row = [0, 1, 2].map((one) => one === word ? 0 : -50);
    return Number(f([0, 1, 2].map(() => [0, 1, 2].map(() => row))).item());
  };
  assertEquals([always(END), always(2)], [1, 4]);
});

/**
 * Beam search: the most probable sequences of a model that tells what comes next, as a loop on the device.
 *
 * @module
 */
import { scan, T, until, type Variable } from "../../mod.ts";

/** What a model remembers of sequences, by name: (sequence, …). */
export type States = Readonly<Record<string, Variable>>;

/** What {@linkcode beamSearch} searches. */
export interface BeamSearch<S extends States> {
  /** How many sequences to go on with at a time. */
  readonly width: number;
  /** The most words of a sequence, the end included. */
  readonly steps: number;
  /** The number of the word that stands before the first one. */
  readonly start: number;
  /** The number of the word that ends a sequence. */
  readonly end: number;
  /** What the model remembers at first, of each of the `width` sequences. */
  readonly states: S;
  /** From last words (width) and states, the scores of next words (width, word) and the next states. */
  readonly next: (words: Variable, states: S) => { readonly logits: Variable; readonly states: S };
}

/** Sequences, the most probable one first. */
export type Beams = {
  /** Words (width, steps); after the end, the end again. */
  readonly words: Variable;
  /** The logarithm of the probability of each sequence (width), -Infinity where there are not so many. */
  readonly scores: Variable;
  /** How many steps it took until all sequences had ended. */
  readonly count: Variable;
};

/**
 * Goes on with the most probable sequences, all by a word at a time, until all of them have ended.
 *
 * For a model of one example; `vmap` makes it one of many, which end by themselves.
 */
export function beamSearch<S extends States>(
  { width, steps, start, end, states, next }: BeamSearch<S>,
): Beams {
  const loop = scan(
    {
      sequences: { step: T.arange(steps) },
      carry: {
        ...withPrefix(states),
        last: T.full([width], start, "int32"),
        ended: T.zeros([width], "bool"),
        words: T.full([width, steps], end, "int32"),
        // All start alike: only the first one counts.
        scores: T.concatenate([T.zeros([1]), T.full([width - 1], -Infinity, "float32")]),
      },
    },
    (at) => {
      const taps: Readonly<Record<string, { at(tap: number): Variable }>> = at;
      const before = Object.keys(states).map((name) => [name, taps[PREFIX + name]!.at(-1)]);
      const after = next(at.last.at(-1), Object.fromEntries(before) as S);
      const choices = after.logits.shape[1]!, isEnd = T.eq(T.arange(choices), end);
      // What has ended goes on by ends alone, at no cost.
      const ended = at.ended.at(-1).dimshuffle(0, "x");
      const each = T.where(ended, T.where(isEnd, 0, -Infinity), T.logSoftmax(after.logits));
      const all = at.scores.at(-1).dimshuffle(0, "x").add(each).flatten();
      const best = T.argtopk(all, width), scores = all.at(best);
      const from = best.intDiv(choices), word = best.mod(choices).astype("int32");
      const isNow = T.eq(T.arange(steps), at.step.at(0));
      // What is impossible is not gone on with, either.
      const isEnded = at.ended.at(-1).at(from).or(word.eq(end)).or(scores.eq(-Infinity));
      const chosen = Object.entries(after.states).map(([name, one]) => [name, one.at(from)]);
      return [{
        ...withPrefix(Object.fromEntries(chosen)),
        last: word,
        ended: isEnded,
        words: T.where(isNow, word.dimshuffle(0, "x"), at.words.at(-1).at(from)),
        scores,
      }, until(isEnded.all())];
    },
  );
  return {
    words: loop.words.at(-1),
    scores: loop.scores.at(-1),
    count: loop.scores.shape[0]!,
  };
}

/** What tells names of states from those that the search has itself. */
const PREFIX = "state ";

function withPrefix(states: States): Record<string, Variable> {
  return Object.fromEntries(Object.entries(states).map(([name, one]) => [PREFIX + name, one]));
}

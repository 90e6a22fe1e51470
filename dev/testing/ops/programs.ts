/**
 * Random programs of one op each, with values of their inputs.
 *
 * @module
 */

import { dtypes, isDiscrete } from "../../../core/graph/dtype.ts";
import type { Apply, Variable } from "../../../core/graph/graph.ts";
import { evaluateGraph } from "../../../core/graph/reference.ts";
import type { Value } from "../../../core/graph/value.ts";
import { toposort } from "../../../core/graph/walk.ts";
import { isRefusal } from "../../fuzz/generator.ts";
import { Draw, type DrawOptions } from "./draw.ts";
import { examples } from "./examples.ts";
import { randomSource } from "./harness.ts";

/** A program of one op, with values. */
export interface Program {
  readonly name: string;
  /** The application of the op. */
  readonly apply: Apply;
  readonly output: Variable;
  readonly feeds: ReadonlyMap<Variable, Value>;
  readonly expected: Value;
}

/** An example with inputs that go together; null if there are none such. */
function programOf(
  name: string,
  seed: number,
  options: Omit<DrawOptions, "dtype">,
): Program | null {
  const next = randomSource(seed * 7919 + name.length * 31 + name.charCodeAt(0));
  const example = examples.get(name), { among } = options;
  for (let tries = 0; example && tries < 60; tries++) {
    const dtype = among[Math.floor(next() * among.length)]!;
    const draw = new Draw(next, { ...options, dtype });
    try {
      const output = example(draw), [expected] = evaluateGraph([output], draw.feeds) as [Value];
      const all = toposort([output]);
      const apply = all.find(({ op }) => op.name === name);
      if (apply === undefined) continue;
      const outside = [...all.flatMap(({ inputs }) => inputs), output].some((v) =>
        !among.includes(v.dtype) && !isDiscrete(v.dtype)
      );
      if (outside || options.style === "domain" && !isFinite(expected)) continue;
      return { name, apply, output, feeds: draw.feeds, expected };
    } catch (error) {
      // Not every op goes with every dtype and shape.
      if (!isRefusal(error)) throw error;
    }
  }
  return null;
}

function isFinite({ data }: Value): boolean {
  return Array.from(data as ArrayLike<number | bigint>, Number).every(Number.isFinite);
}

const lengths = [2, 3, 1, 0];

/** Examples of all ops, some with empty axes, and some of known lengths. */
export function programs(rounds: number, options: Partial<DrawOptions>): Program[] {
  return [...examples.keys()].flatMap((name) =>
    Array.from(
      { length: rounds },
      (_, i) =>
        programOf(name, i + 1, {
          style: "plain",
          known: i % 2 === 1,
          lengths: i < 2 ? lengths.slice(0, 2) : lengths,
          among: dtypes,
          ...options,
        }),
    ).filter((program) => program !== null)
  );
}

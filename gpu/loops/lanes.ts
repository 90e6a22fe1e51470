/**
 * Loops in which no point needs another one: each thread runs all steps of its point, with what it
 * carries from step to step in variables.
 *
 * @module
 */

import type { BufferDecl } from "../../core/ir/program.ts";
import { productSize, sizeValue } from "../../core/ir/size.ts";
import type { Chain, LanesPlan } from "../../core/plan/lanes.ts";
import { nodeCount, type StepIterations } from "../../core/plan/loop_access.ts";
import { indent, KernelText, type PrintedKernel } from "../print/kernel_text.ts";
import { productOf } from "../print/loop_budget.ts";
import { decompose, helperIterations, printThreadNest, type Registers } from "../print/nest.ts";
import { printCast, storedType } from "../print/scalar.ts";

/** Threads of a workgroup. */
const THREADS = 64;

/**
 * Where a chain's store writes in a step, as a u32; leaves the counter of the loop set to `step`.
 *
 * @param text The kernel.
 * @param loop The loop.
 * @param chain The chain.
 * @param axes The i32 values of the point axes.
 * @param step The name of an i32.
 */
export function chainPlace(
  text: KernelText,
  loop: number,
  chain: Chain,
  axes: readonly string[],
  step: string,
): string {
  text.localCounters.set(loop, step);
  return text.place(
    chain.store.address,
    (axis) => axis.kind === "axis" ? axes[axis.axis]! : text.loopAxis(axis),
  );
}

/**
 * Steps that can be added to the number of a step without a change of its place in a ring: enough
 * for the number of any earlier step of the chain not to be negative.
 */
export function wholeRounds(chain: Chain): number {
  const modulus = chain.parts.moving?.modulus ?? 0;
  return Math.ceil(chain.length / Math.max(1, modulus)) * modulus;
}

/** Flags of a loop with a stop condition. */
export interface StopFlags {
  /** Set while the loop goes on. */
  readonly active: number;
  /** Counts the executed steps. */
  readonly count: number;
}

/**
 * The kernel that runs some steps of a loop for all points; see `KernelText.steps`.
 *
 * @param plan What to print.
 * @param decls The buffers of the program by id.
 * @param flag The flag that must be set for the kernel to run.
 * @param stop Flags, for a loop with a stop condition.
 */
export function printLanes(
  plan: LanesPlan,
  decls: ReadonlyMap<number, BufferDecl>,
  flag: number | null,
  stop: StopFlags | null,
): PrintedKernel {
  const { loop, nests, axes, chains } = plan;
  const text = new KernelText(decls);
  const points = productSize(axes);
  const lines = [
    `let at = group * ${THREADS}u + lane;`,
    `if (at >= ${text.count(points)}) { return; }`,
  ];
  const names = decompose(text, "at", axes, lines);
  const [first, last] = text.steps();
  const t = text.fresh("t");
  lines.push(`let first_step = ${first};`, `let last_step = ${last};`);

  const place = (chain: Chain, step: string) => chainPlace(text, loop.id, chain, names, step);
  const variables = chains.map((chain) => {
    const type = storedType(text.decl(chain.buffer).dtype);
    const now = text.fresh("s");
    const old = Array.from({ length: chain.length }, () => text.fresh("s"));
    const plus = wholeRounds(chain);
    const before = (age: number, step: string) => {
      const name = text.fresh("q");
      return {
        line: `let ${name} = i32(${step}) + ${text.size(plus - age)};`,
        place: place(chain, name),
      };
    };
    old.forEach((name, k) => {
      const { line, place } = before(k + 1, "first_step");
      lines.push(line, `var ${name} = ${text.buffer(chain.buffer, "read")}[${place}];`);
    });
    lines.push(`var ${now}: ${type};`);
    const writeBack = () =>
      chain.trace ? [] : old.flatMap((name, k) => {
        const { line, place } = before(k + 1, "step");
        return [line, `${text.buffer(chain.buffer, "write")}[${place}] = ${name};`];
      });
    return { chain, now, old, writeBack };
  });
  const registers: Registers = {
    load: (node) => {
      for (const { chain, now, old } of variables) {
        const age = chain.ages.get(node);
        if (age !== undefined) return age === 0 ? now : old[age - 1]!;
      }
      return null;
    },
    store: (store, value) => {
      const found = variables.find(({ chain }) => chain.store === store);
      if (found === undefined) return null;
      const { chain, now } = found;
      if (!chain.trace) return `${now} = ${value};`;
      return `${now} = ${value}; ${text.buffer(chain.buffer, "write")}[${
        place(chain, t)
      }] = ${now};`;
    },
  };
  text.localCounters.set(loop.id, t);
  const body = nests.flatMap((nest) => {
    text.localCounters.set(loop.id, t);
    return ["{", ...indent(printThreadNest(text, nest, names, registers)), "}"];
  });
  for (const { now, old } of variables) {
    for (let k = old.length - 1; k > 0; k--) body.push(`${old[k]} = ${old[k - 1]};`);
    body.push(`${old[0]} = ${now};`);
  }
  text.localCounters.set(loop.id, t);
  if (stop !== null) {
    const { until } = loop;
    const held = variables.find(({ chain }) => chain.buffer === until);
    const { dtype } = text.decl(until!);
    const word = held === undefined ? `${text.buffer(until!, "read")}[0]` : held.now;
    const value = text.loaded(dtype, dtype, word);
    const yes = printCast(value, "bool", text.prelude).text;
    body.push(`if (${yes}) { stopped = true; step++; break; }`);
    lines.push("var stopped = false;");
  }
  lines.push(
    "var step = first_step;",
    "for (; step < last_step; step++) {",
    ...indent([`let ${t} = i32(step);`, ...body]),
    "}",
    ...variables.flatMap(({ writeBack }) => writeBack()),
  );
  if (stop !== null) {
    const flags = text.flags("write");
    const name = (flag: number) => `${flags}[u32(${text.param(`flag${flag}`, () => flag)})]`;
    lines.push(
      `${name(stop.count)} += step - first_step;`,
      `if (stopped) { ${name(stop.active)} = 0u; }`,
    );
  }
  return text.finish(loop.name, lines, THREADS, points, THREADS, flag);
}

/** Scalar operations of one step for one point. */
export function lanesWork(plan: LanesPlan): number {
  return plan.nests.reduce(
    (sum, nest) => sum + nodeCount(nest) * Math.max(1, sizeValue(productSize(nest.loops))),
    0,
  );
}

/** Iterations of loops that a thread takes in one step. */
export function lanesIterations(plan: LanesPlan): StepIterations {
  const parts = plan.nests.map(({ loops }, i) => ({
    loops,
    each: helperIterations(plan.nests[i]!),
  }));
  return {
    sizes: parts.flatMap(({ loops }) => loops),
    count: (values) => {
      let from = 0;
      return parts.reduce((sum, { loops, each }) => {
        const own = values.slice(from, from += loops.length);
        return sum + (own.length === 0 ? each - 1 : productOf(own) * each);
      }, 1);
    },
  };
}

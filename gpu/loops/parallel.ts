/**
 * Loops whose step is associative in what it carries: many threads take steps of one point side by
 * side and combine them by a prefix scan.
 *
 * @module
 */

import type { BufferDecl, LoopNest } from "../../core/ir/program.ts";
import type { SNode } from "../../core/ir/scalar.ts";
import { mulSize, productSize, type Size, sizeAt, sizeValue } from "../../core/ir/size.ts";
import type { LanesPlan } from "../../core/plan/lanes.ts";
import type * as core from "../../core/plan/parallel.ts";
import { indent, KernelText, type PrintedKernel, type Scratch } from "../print/kernel_text.ts";

import { GROUP_THREADS, memoryType, memoryWords, partLines } from "../print/group_tree.ts";
import { chainPlace, wholeRounds } from "./lanes.ts";
import { decompose, NestBody, printThreadNest, type Registers } from "../print/nest.ts";
import { combineText, identityText } from "../print/reduction.ts";
import { type Printed, printPrim, storedType, type WgslType, wgslType } from "../print/scalar.ts";
import { prefixScan } from "../print/prefix_scan.ts";

/** Steps of one workgroup, where there are many. */
const STEPS_OF_PART = 4096;
const MAX_PARTS = 256;

interface State extends core.State {
  readonly type: Exclude<WgslType, "bool">;
}

interface ParallelPlan {
  readonly lanes: LanesPlan;
  readonly states: readonly State[];
  /** Workgroups that share a point. */
  readonly parts: number;
}

/**
 * The kernels that run all steps of a loop.
 *
 * @param plan What to print.
 * @param decls The buffers of the program by id.
 * @param scratch Makes memory between the kernels.
 * @param flag The flag that must be set for the kernels to run.
 */
export function printParallel(
  { lanes, states }: core.ParallelPlan,
  decls: ReadonlyMap<number, BufferDecl>,
  scratch: (words: Size) => Scratch,
  flag: number | null,
): PrintedKernel[] {
  const steps = sizeValue(lanes.loop.steps);
  const wanted = 2 ** Math.floor(Math.log2(Math.max(1, steps / STEPS_OF_PART)));
  const plan: ParallelPlan = {
    lanes,
    states: states.map((state) => ({ ...state, type: wgslType(state.type) as State["type"] })),
    parts: Math.min(MAX_PARTS, wanted),
  };
  const elements = mulSize(productSize(plan.lanes.axes), plan.parts);
  const memory = plan.states.map(({ type }): StateMemory => ({
    a: scratch(memoryWords(type, elements)),
    b: scratch(memoryWords(type, elements)),
  }));
  if (plan.parts === 1) {
    return [printStarts(plan, memory, decls, flag), printSteps(plan, memory, true, decls, flag)];
  }
  return [
    printSteps(plan, memory, false, decls, flag),
    printStarts(plan, memory, decls, flag),
    printSteps(plan, memory, true, decls, flag),
  ];
}

/** What a part of the steps does to a state; then, in `b`, the state before the part. */
interface StateMemory {
  readonly a: Scratch;
  readonly b: Scratch;
}

/** A part's effect on a state: `a * old + b`, or b combined with the old value. */
interface Effect {
  readonly a: string;
  readonly b: string;
}

/** The effect of an earlier and a later one together. */
function compose(text: KernelText, state: State, earlier: Effect, later: Effect): Effect {
  const { law, type } = state;
  if (law.kind !== "affine") {
    const b = combineText(law.kind, type, earlier.b, later.b, text.prelude);
    return { a: "", b };
  }
  return {
    a: combineText("prod", type, later.a, earlier.a, text.prelude),
    b: multiplyAdd(text, type, later.a, earlier.b, later.b),
  };
}

/** The state after an effect on `old`. */
function apply(text: KernelText, state: State, effect: Effect, old: string): string {
  const { law, type } = state;
  if (law.kind !== "affine") {
    return combineText(law.kind, type, old, effect.b, text.prelude);
  }
  return multiplyAdd(text, type, effect.a, old, effect.b);
}

/** `a * b + c`. */
function multiplyAdd(text: KernelText, type: WgslType, ...names: string[]): string {
  const args = names.map((name): Printed => ({ text: name, type, nan: type === "f32" }));
  return printPrim("madd", type, args, text.prelude).text;
}

/** The effect that changes nothing. */
function nothing(text: KernelText, { law, type }: State): Effect {
  const kind = law.kind === "affine" ? "sum" : law.kind;
  return {
    a: identityText("prod", type, text.prelude),
    b: identityText(kind, type, text.prelude),
  };
}

/** Replaces the effects of the parts of each point by the state before each part. */
function printStarts(
  plan: ParallelPlan,
  memory: readonly StateMemory[],
  decls: ReadonlyMap<number, BufferDecl>,
  flag: number | null,
): PrintedKernel {
  const { lanes: { loop, axes }, states, parts } = plan;
  const text = new KernelText(decls);
  const points = productSize(axes);
  const lines = ["let at = group * 64u + lane;", `if (at >= ${text.count(points)}) { return; }`];
  const names = decompose(text, "at", axes, lines);
  const body: string[] = [];
  states.forEach((state, i) => {
    const value = text.fresh("y"), step = text.fresh("t");
    lines.push(`let ${step} = ${text.size(wholeRounds(state.chain) - 1)};`);
    const place = chainPlace(text, loop.id, state.chain, names, step);
    lines.push(`var ${value} = ${text.buffer(state.chain.buffer, "read")}[${place}];`);
    const b = text.scratch(memory[i]!.b, memoryType(state.type), "write");
    if (parts === 1) {
      body.push(`${b}[q] = ${value};`);
      return;
    }
    const effect = {
      a: state.law.kind === "affine"
        ? `${text.scratch(memory[i]!.a, memoryType(state.type), "read")}[q]`
        : "",
      b: text.fresh("v"),
    };
    body.push(
      `let ${effect.b} = ${b}[q];`,
      `${b}[q] = ${value};`,
      `${value} = ${apply(text, state, effect, value)};`,
    );
  });
  lines.push(
    `for (var q = at * ${parts}u; q < (at + 1u) * ${parts}u; q++) {`,
    ...indent(body),
    "}",
  );
  const groups = (env: ArrayLike<number>) => Math.ceil(sizeAt(points, env) / 64);
  return finish(text, `${loop.name} starts`, lines, 64, groups, loop.steps, flag);
}

/**
 * Takes all steps of a part, in blocks of as many as there are threads: only to find the part's
 * effect, or with all stores from the state before it.
 */
function printSteps(
  plan: ParallelPlan,
  memory: readonly StateMemory[],
  stores: boolean,
  decls: ReadonlyMap<number, BufferDecl>,
  flag: number | null,
): PrintedKernel {
  const { lanes: { loop, axes }, states, parts } = plan;
  const text = new KernelText(decls);
  const points = productSize(axes);
  const lines = partLines(text, points, loop.steps, parts);
  const names = decompose(text, "at", axes, lines);
  const t = text.fresh("t");
  text.localCounters.set(loop.id, t);

  // The effects of a step, as the reductions of a nest that is not reduced.
  const values = states.flatMap(({ law }) => law.kind === "affine" ? [law.a, law.b] : [law.b]);
  const effects: LoopNest = {
    kind: "nest",
    name: loop.name,
    axes,
    loops: [],
    reductions: values.map((value) => ({ kind: "sum", value, type: value.type })),
    inner: [],
    outer: [],
    checks: [],
  };
  const own = new NestBody(text, effects, { axes: names, loops: [], flat: true });
  const shared = states.map(({ law, type }) => ({
    a: law.kind === "affine" ? text.shared(memoryType(type), GROUP_THREADS) : "",
    b: text.shared(memoryType(type), GROUP_THREADS),
  }));
  const carry = states.map((state, i) => {
    const name = text.fresh("y");
    if (stores) {
      const b = text.scratch(memory[i]!.b, memoryType(state.type), "read");
      lines.push(`var ${name} = ${b}[min(group, ${text.count(mulSize(points, parts))} - 1u)];`);
      return { a: "", b: name };
    }
    const start = nothing(text, state);
    const a = state.law.kind === "affine" ? text.fresh("y") : "";
    if (a !== "") lines.push(`var ${a} = ${start.a};`);
    lines.push(`var ${name} = ${start.b};`);
    return { a, b: name };
  });

  const block: string[] = [
    "let inside = block + lane < end;",
    `let ${t} = i32(min(block + lane, end - 1u));`,
    ...own.lets(0),
  ];
  states.forEach((state, i) => {
    const none = nothing(text, state);
    const { a, b } = shared[i]!;
    const put = (array: string, node: SNode, other: string) =>
      `${array}[lane] = select(${other}, ${own.value(node).text}, inside);`;
    if (state.law.kind === "affine") block.push(put(a, state.law.a, none.a));
    block.push(put(b, state.law.b, none.b));
  });
  block.push(...combineEffects(text, states, shared));
  const last = `${GROUP_THREADS - 1}u`;
  const at = (i: number, index: string): Effect => ({
    a: shared[i]!.a === "" ? "" : `${shared[i]!.a}[${index}]`,
    b: `${shared[i]!.b}[${index}]`,
  });
  if (stores) {
    block.push(...printBody(plan, text, names, t, (i) => ({
      before: `select(${apply(text, states[i]!, at(i, "max(lane, 1u) - 1u"), carry[i]!.b)}, ` +
        `${carry[i]!.b}, lane == 0u)`,
    })));
  }
  states.forEach((state, i) => {
    const { a, b } = carry[i]!;
    if (stores) {
      block.push(`${b} = ${apply(text, state, at(i, last), b)};`);
      return;
    }
    const next = compose(text, state, { a, b }, at(i, last));
    block.push(`${b} = ${next.b};`);
    if (a !== "") block.push(`${a} = ${next.a};`);
  });
  block.push("workgroupBarrier();");
  lines.push(
    `for (var block = start; block < end; block += ${GROUP_THREADS}u) {`,
    ...indent(block),
    "}",
  );
  if (!stores) {
    const lay = states.flatMap((state, i) => {
      const { a, b } = carry[i]!;
      const lines = [
        `${text.scratch(memory[i]!.b, memoryType(state.type), "write")}[group] = ${b};`,
      ];
      if (a !== "") {
        lines.push(`${text.scratch(memory[i]!.a, memoryType(state.type), "write")}[group] = ${a};`);
      }
      return lines;
    });
    lines.push("if (live & (lane == 0u)) {", ...indent(lay), "}");
  }
  const groups = (env: ArrayLike<number>) => sizeAt(points, env) * parts;
  const name = stores ? loop.name : `${loop.name} parts`;
  return finish(text, name, lines, GROUP_THREADS, groups, loop.steps, flag);
}

/** A prefix scan over the effects in workgroup memory, the two words of an effect together. */
function combineEffects(
  text: KernelText,
  states: readonly State[],
  shared: readonly Effect[],
): string[] {
  return states.flatMap((state, i) => {
    const { a, b } = shared[i]!;
    const none = nothing(text, state);
    const fresh = (prefix: string) => text.fresh(prefix);
    if (a === "") {
      const combine = (_: number, earlier: string, later: string) =>
        compose(text, state, { a: "", b: earlier }, { a: "", b: later }).b;
      return prefixScan([b], GROUP_THREADS, [none.b], combine, fresh);
    }
    // b first, because it needs the later a.
    let earlierB = "";
    const combine = (index: number, earlier: string, later: string) => {
      if (index === 0) {
        earlierB = earlier;
        return compose(text, state, { a: "", b: earlierB }, { a: `${a}[lane]`, b: later }).b;
      }
      return combineText("prod", state.type, later, earlier, text.prelude);
    };
    return prefixScan([b, a], GROUP_THREADS, [none.b, none.a], combine, fresh);
  });
}

/** The step itself, with the carried values as they are before it. */
function printBody(
  plan: ParallelPlan,
  text: KernelText,
  names: readonly string[],
  t: string,
  state: (index: number) => { before: string },
): string[] {
  const { lanes: { loop, nests, chains }, states } = plan;
  const lines: string[] = [];
  const variables = chains.map((chain) => {
    const index = states.findIndex((have) => have.chain === chain);
    const old = text.fresh("s"), now = text.fresh("s");
    if (index >= 0) lines.push(`let ${old} = ${state(index).before};`);
    lines.push(`var ${now}: ${storedType(text.decl(chain.buffer).dtype)};`);
    return { chain, old, now };
  });
  const registers: Registers = {
    load: (node) => {
      for (const { chain, old, now } of variables) {
        const age = chain.ages.get(node);
        if (age !== undefined) return age === 0 ? now : old;
      }
      return null;
    },
    store: (store, value) => {
      const found = variables.find(({ chain }) => chain.store === store);
      return found === undefined ? null : `${found.now} = ${value};`;
    },
  };
  const body = nests.flatMap((nest) => {
    text.localCounters.set(loop.id, t);
    return ["{", ...indent(printThreadNest(text, nest, names, registers)), "}"];
  });
  for (const { chain, now } of variables) {
    const place = chainPlace(text, loop.id, chain, names, t);
    const put = `${text.buffer(chain.buffer, "write")}[${place}] = ${now};`;
    // Of values that overwrite each other only the latest are stored.
    const left = `${text.size(loop.steps)} - ${t} <= ${chain.length}i`;
    body.push(chain.trace ? put : `if (${left}) { ${put} }`);
  }
  text.localCounters.set(loop.id, t);
  return [...lines, "if (inside) {", ...indent(body), "}"];
}

function finish(
  text: KernelText,
  label: string,
  lines: readonly string[],
  threads: number,
  groups: (env: ArrayLike<number>) => number,
  steps: Size,
  flag: number | null,
): PrintedKernel {
  const kernel = text.finish(label, lines, threads, 1, 1, flag);
  // A loop without steps changes nothing.
  return { ...kernel, groups: (env) => sizeAt(steps, env) === 0 ? 0 : groups(env) };
}

/**
 * The kernels and loops of plans as graphs that unfold to their steps and ops.
 *
 * @module
 */

import { disassemble } from "../cpu/wasm/disassemble.ts";
import type { Apply, Variable } from "../core/graph/graph.ts";
import { opText } from "../core/graph/print.ts";
import { dtypeInfo } from "../core/graph/dtype.ts";
import type { BufferDecl, Step } from "../core/ir/program.ts";
import { sizeAt } from "../core/ir/size.ts";
import { buffersOf } from "../core/ir/steps.ts";
import { costOf } from "../core/plan/cost.ts";
import { colorOf } from "./model.ts";
import type { Fact, Gatherer, PageData, PageKernel } from "./page_data.ts";
import type { PlanView } from "./plans.ts";

/** What a profile says of a kernel: numbers by name. */
export type Measured = Readonly<Record<string, unknown>>;

/** Colours of kernels, loops and choices. */
const COLORS = { kernel: "#b8e0d2", loop: "#ffff66", branch: "#ff66ff" };

/** The kernels of plans. */
export type Kernels = Pick<PageData, "kernels" | "texts" | "textKind"> & {
  /** The graph of each plan. */
  readonly stages: PageData["stages"];
};

/** Draws the kernels of plans; `measured` says what was measured of a step of a plan. */
export function kernelsOf(
  gatherer: Gatherer,
  plans: readonly PlanView[],
  measured: (step: Step) => Measured | null,
): Kernels {
  const kernels: PageKernel[] = [], texts = new Map<string, number>();
  const stages = plans.map((view, plan) => {
    const { program, backend } = view;
    const printed = backend.printSteps?.(program) ?? [];
    const textOf = (step: number): number => {
      const given = printed[step];
      if (given === undefined) return -1;
      const text = typeof given === "string" ? given : disassemble(given);
      if (!texts.has(text)) texts.set(text, texts.size);
      return texts.get(text)!;
    };
    const drawing = new PlanDrawing(gatherer, view, plan, kernels, measured);
    const steps = [...program.steps, ...program.commit];
    const graph = drawing.steps(steps, textOf, true);
    const of = plans.length === 1 ? "" : ` of plan ${plan + 1}`;
    return { name: `the kernels${of}`, graph, plan };
  });
  const textKind = plans[0]?.backend.name === "gpu" ? "WGSL" : "WebAssembly";
  return { kernels, texts: [...texts.keys()], textKind, stages };
}

class PlanDrawing {
  readonly #gatherer: Gatherer;
  readonly #view: PlanView;
  readonly #plan: number;
  readonly #kernels: PageKernel[];
  readonly #measured: (step: Step) => Measured | null;
  /** In how many loops and choices, and in how many loops, the steps are that are being drawn. */
  #depth = 0;
  #loops = 0;

  constructor(
    gatherer: Gatherer,
    view: PlanView,
    plan: number,
    kernels: PageKernel[],
    measured: (step: Step) => Measured | null,
  ) {
    this.#measured = measured;
    this.#gatherer = gatherer;
    this.#view = view;
    this.#plan = plan;
    this.#kernels = kernels;
  }

  /**
   * The graph of steps: what writes a buffer before what reads it, and what comes from elsewhere; `textOf` gives
   * the number of the text of a step.
   */
  steps(steps: readonly Step[], textOf: (i: number) => number, isWhole = false): number {
    const nodes: number[] = [], edges: number[] = [];
    const writers = new Map<number, number[]>(), outside = new Map<number, number>();
    const later = new Set(steps.flatMap((step) => [...buffersOf(step).writes]));
    steps.forEach((step, i) => {
      const { reads, writes } = this.#view.buffersOf(step);
      const sources = reads.flatMap((buffer) => {
        const decl = this.#decl(buffer), inside = writers.get(buffer);
        if (inside !== undefined) return inside.map((from) => [from, decl] as const);
        let from = outside.get(buffer);
        if (from === undefined) {
          from = nodes.push(this.#memory(decl, later.has(buffer) && !isWhole)) - 1;
          outside.set(buffer, from);
        }
        return [[from, decl] as const];
      });
      const at = nodes.push(this.#step(step, textOf(i))) - 1;
      for (const [from, decl] of sources) edges.push(from, at, this.#sizeLabel(decl), 0);
      for (const buffer of writes) {
        // Kernels may write a part each; one that also reads comes after all of them.
        const before = reads.includes(buffer) ? [] : writers.get(buffer) ?? [];
        writers.set(buffer, [...before, at]);
      }
    });
    if (isWhole) {
      for (const [buffer, sources] of writers) {
        const { role } = this.#decl(buffer);
        const isOutput = role.kind === "output" || role.kind === "shared";
        if (!isOutput) continue;
        const to = nodes.push(this.#result(this.#decl(buffer))) - 1;
        const isUpdate = role.kind === "shared" ||
          role.output >= this.#view.request.outputs.length;
        for (const from of sources) {
          edges.push(from, to, this.#sizeLabel(this.#decl(buffer)), isUpdate ? 1 : 0);
        }
      }
    }
    return this.#gatherer.graph(nodes, edges);
  }

  #decl(buffer: number): BufferDecl {
    return this.#view.program.buffers[buffer]!;
  }

  #bytes({ elements, dtype }: BufferDecl): number {
    return sizeAt(elements, this.#view.env) * dtypeInfo(dtype).bytes;
  }

  #sizeLabel(decl: BufferDecl): number {
    return this.#gatherer.label(bytesText(this.#bytes(decl)));
  }

  /** Memory that is there before steps run. */
  #memory(decl: BufferDecl, isCarried: boolean): number {
    const { id, name, role } = decl, variable = this.#view.variableOf(decl);
    if (variable !== null && (role.kind === "input" || role.kind === "shared")) {
      const isShared = role.kind === "shared";
      const color = isShared ? "#66ffff" : "#90ee90", label = variable.name ?? name;
      return this.#gatherer.variable(variable, { kind: role.kind, label, color }, variable);
    }
    return this.#gatherer.node(`memory ${this.#plan} ${id} ${isCarried}`, () => ({
      kind: "memory",
      label: isCarried ? `${name} of the step before` : name,
      color: "#ffffff",
      types: [`${decl.dtype}, ${bytesText(this.#bytes(decl))}`],
      facts: [["memory", role.kind]],
      call: "",
      place: "",
      ...variable === null ? {} : { v: variable.id },
    }));
  }

  /** An output, or the new value of a shared variable. */
  #result(decl: BufferDecl): number {
    const { role, id, name } = decl, { request } = this.#view;
    const count = request.outputs.length;
    const slot = role.kind === "shared"
      ? role.shared
      : role.kind === "output" && role.output >= count
      ? request.updates[role.output - count]!.shared
      : null;
    const value = slot === null && role.kind === "output" ? request.outputs[role.output]! : null;
    const label = slot === null ? name : `new ${request.shared[slot]!.variable.name ?? "shared"}`;
    return this.#gatherer.node(`result ${this.#plan} ${id}`, () => ({
      kind: "output",
      label: role.kind === "shared" ? `${label}, in place` : label,
      color: "#add8e6",
      types: [`${decl.dtype}, ${bytesText(this.#bytes(decl))}`],
      facts: [],
      call: "",
      place: value?.written.place ?? "",
      ...value === null ? {} : { v: value.id },
    }));
  }

  /** The node of a kernel, a loop or a choice. */
  #step(step: Step, text: number): number {
    const gatherer = this.#gatherer, ops = this.#view.opsOf(step, this.#loops > 0);
    const numbers = ops.map((apply) => this.#op(apply));
    const kernel = this.#kernels.length;
    this.#kernels.push({ plan: this.#plan, depth: this.#depth, ops: numbers, text });
    const inside = (list: readonly Step[]) => {
      const loops = step.kind === "loop" ? 1 : 0;
      this.#depth++;
      this.#loops += loops;
      const graph = this.steps(list, () => text);
      this.#depth--;
      this.#loops -= loops;
      return graph;
    };
    let inner: number | undefined;
    if (step.kind === "loop") inner = inside(step.body);
    else if (step.kind === "branch") {
      const sides = [["then", step.then], ["else", step.otherwise]] as const;
      inner = gatherer.graph(
        sides.map(([side, list]) =>
          gatherer.node(`side ${this.#plan} ${kernel} ${side}`, () => ({
            ...{ kind: "memory", label: side, color: "#ffffff", types: [], facts: [] },
            ...{ call: "", place: "", inner: inside(list) },
          }))
        ),
        [],
      );
    } else if (ops.length > 1) inner = this.#ops(ops);
    const color = step.kind === "loop" || step.kind === "branch"
      ? COLORS[step.kind]
      : COLORS.kernel;
    return gatherer.node(`step ${this.#plan} ${kernel}`, () => ({
      kind: "kernel",
      label: step.kind === "loop" ? `loop ${step.name}` : step.name,
      color,
      types: [],
      facts: this.#facts(step),
      call: "",
      place: "",
      kernel,
      ...inner === undefined ? {} : { inner },
    }));
  }

  #op(apply: Apply): number {
    const { output } = apply;
    const node = { kind: "op", label: opText(apply), color: colorOf(apply) } as const;
    return this.#gatherer.variable(output, node, apply);
  }

  /** The ops of a kernel as a graph, with what they read from memory. */
  #ops(ops: readonly Apply[]): number {
    const nodes = ops.map((apply) => this.#op(apply)), edges: number[] = [];
    const places = new Map<Apply | Variable, number>(ops.map((apply, i) => [apply, i]));
    const readers = new Set(ops.flatMap(({ inputs }) => inputs.map(({ owner }) => owner)));
    ops.forEach((apply, to) => {
      for (const input of apply.inputs) {
        const key = input.owner !== null && places.has(input.owner) ? input.owner : input;
        if (!places.has(key)) places.set(key, nodes.push(this.#value(input)) - 1);
        edges.push(places.get(key)!, to, this.#gatherer.label(`${input.type}`), 0);
      }
    });
    ops.forEach((apply, from) => {
      if (readers.has(apply)) return;
      const { output } = apply, label = output.name ?? "result";
      const node = { kind: "output", label, color: "#add8e6" } as const;
      const to = nodes.push(this.#gatherer.variable(output, node, `${label} of ${output.id}`)) - 1;
      edges.push(from, to, this.#gatherer.label(""), 0);
    });
    return this.#gatherer.graph(nodes, edges);
  }

  /** A value that a kernel reads. */
  #value(variable: Variable): number {
    const { owner } = variable;
    const label = variable.name ?? (owner === null ? variable.label : `result of ${owner.op.name}`);
    const node = { kind: "input", label, color: "#ffffff" } as const;
    return this.#gatherer.variable(
      variable,
      node,
      owner === null ? variable : `${label} ${variable.id}`,
    );
  }

  #facts(step: Step): Fact[] {
    const view = this.#view, { program, env } = view;
    const names = (
      ids: Iterable<number>,
    ) => [...new Set([...ids].map((id) => this.#decl(id).name))];
    const { reads, writes } = view.buffersOf(step);
    const { bytes, operations } = costOf(step, program, (size) => sizeAt(size, env));
    const facts: Fact[] = [["kind", kindText(step, view)]];
    if (step.kind === "loop") facts.push(["strategy", step.strategy], ["because", step.reason]);
    facts.push(["reads", names(reads).join(", ") || "nothing"], [
      "writes",
      names(writes).join(", "),
    ]);
    const inPlace = view.inPlace(step).map(({ name }) => name);
    if (inPlace.length > 0) facts.push(["in place", inPlace.join(", ")]);
    if (step.kind === "nest" && step.checks.length > 0) {
      facts.push(["checks", `${step.checks.length}`]);
    }
    facts.push(["bytes a call", bytesText(bytes)], ["operations a call", countText(operations)]);
    if (operations > 0 && bytes > 0) {
      facts.push(["operations a byte", (operations / bytes).toPrecision(3)]);
    }
    return [...facts, ...measuredFacts(this.#measured(step))];
  }
}

/** What a step is and how often it runs. */
function kindText(step: Step, view: PlanView): string {
  switch (step.kind) {
    case "nest": {
      const axes = view.sizes(step.axes), loops = view.sizes(step.loops);
      const over = loops.length === 0 ? "" : `, each over ${loops.join(" × ")}`;
      return `${axes.length === 0 ? "one point" : `points ${axes.join(" × ")}`}${over}`;
    }
    case "gemm": {
      const [m, n, k] = view.sizes([step.m, step.n, step.k]), batch = view.sizes(step.batch);
      const many = batch.length === 0 ? "a product" : `${batch.join(" × ")} products`;
      return `${many} of ${m} × ${k} by ${k} × ${n}`;
    }
    case "loop":
      return `loop of ${view.sizes([step.steps])[0]} steps`;
    case "branch":
      return "choice";
    case "sort":
      return `sort of ${view.sizes([step.rows, step.length]).join(" rows of ")}`;
    case "nonzero":
      return `positions of ${view.sizes([step.length])[0]} elements`;
  }
}

/** What the page says itself, or what is no measurement. */
const OTHERS = new Set(["name", "kind", "plan", "within", "bytes", "operations"]);

/** How near a kernel comes to what the machine can do. */
export const LIMIT = "of the machine's limit";

/** What is called otherwise than in profiles. */
const WORDS: Readonly<Record<string, string>> = { limitShare: LIMIT, bound: "limited by" };

/** Measurements by their names. */
function measuredFacts(measured: Measured | null): Fact[] {
  return Object.entries(measured ?? {}).flatMap(([name, value]): Fact[] => {
    if (OTHERS.has(name) || typeof value !== "number" && typeof value !== "string") return [];
    const words = WORDS[name] ?? name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    const isPart = /share$/i.test(name) && typeof value === "number";
    return [[words, isPart ? `${(100 * value).toFixed(1)} %` : numberText(value)]];
  });
}

function numberText(value: number | string): string {
  return typeof value === "string" || Number.isInteger(value) ? `${value}` : value.toPrecision(4);
}

/** A number of bytes for people. */
export function bytesText(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB"];
  const power = Math.min(3, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  return power === 0
    ? `${bytes} bytes`
    : `${(bytes / 1024 ** power).toPrecision(3)} ${units[power]}`;
}

/** A large number for people. */
function countText(count: number): string {
  const power = count < 1e4 ? 0 : count < 1e7 ? 1 : count < 1e10 ? 2 : 3;
  const words = ["", " thousand", " million", " billion"];
  return power === 0 ? `${count}` : `${(count / 1000 ** power).toPrecision(3)}${words[power]}`;
}

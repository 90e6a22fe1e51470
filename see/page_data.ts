/**
 * What pages read: nodes, graphs of them, rewrites, kernels and their texts.
 *
 * @module
 */

import type { Apply, Variable } from "../core/graph/graph.ts";
import type { RewriteLog } from "../core/rewrite/log.ts";
import { briefText } from "../core/runtime/rewrites.ts";
import { type Model, modelOf, type Node, type Roots } from "./model.ts";

/** A fact: its name and its value. */
export type Fact = readonly [name: string, value: string];

/** A node, wherever it is drawn. */
export interface PageNode {
  readonly kind: Node["kind"] | "kernel" | "memory";
  readonly label: string;
  readonly color: string;
  /** The types of its results. */
  readonly types: readonly string[];
  readonly facts: readonly Fact[];
  /** The user's call, and where it is. */
  readonly call: string;
  readonly place: string;
  /** Number of the variable. */
  readonly v?: number;
  /** Number of the graph that it unfolds to. */
  readonly inner?: number;
  /** Number of the kernel that it is. */
  readonly kernel?: number;
}

/** A graph: numbers of nodes, and for each arrow four numbers: from, to (places in `nodes`), label, 1 for updates. */
interface PageGraph {
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
}

/** A kernel or loop. */
export interface PageKernel {
  readonly plan: number;
  /** In how many loops and choices it is. */
  readonly depth: number;
  /** The numbers of its ops. */
  readonly ops: readonly number[];
  /** Number of its text; -1 where there is none. */
  readonly text: number;
}

/** All that the program of a page reads. */
export interface PageData {
  readonly title: string;
  readonly nodes: readonly PageNode[];
  readonly graphs: readonly PageGraph[];
  readonly labels: readonly string[];
  /** What can be shown in a half of the page; `plan` is the number of a plan. */
  readonly stages: readonly {
    readonly name: string;
    readonly graph: number;
    readonly plan?: number;
  }[];
  /** The stage that is shown on the right at first. */
  readonly first: number;
  readonly laws: Readonly<Record<string, string>>;
  readonly rewrites: readonly {
    readonly rule: string;
    readonly phase: string;
    readonly depth: number;
    readonly place: string;
    readonly before: string;
    readonly after: string;
    /** Numbers of the variables. */
    readonly ids: readonly [number, number];
    /** Number of the stage that the phase ends with. */
    readonly stage: number;
  }[];
  readonly kernels: readonly PageKernel[];
  readonly textKind: string;
  readonly texts: readonly string[];
}

/** Gathers nodes, graphs and labels, each once. */
export class Gatherer {
  readonly nodes: PageNode[] = [];
  readonly graphs: PageGraph[] = [];
  readonly labels: string[] = [];
  readonly #numbers = new Map<unknown, number>();
  readonly #labels = new Map<string, number>();
  readonly #inner = new Map<Apply, number>();
  /** The shape of a variable in the last call, as far as it is known. */
  readonly #shapeOf: (variable: Variable) => readonly number[] | null;

  constructor(shapeOf: (variable: Variable) => readonly number[] | null) {
    this.#shapeOf = shapeOf;
  }

  /** The number of a node, made when it is first asked for. */
  node(key: unknown, make: () => PageNode): number {
    let number = this.#numbers.get(key);
    if (number === undefined) {
      const made = make();
      this.#numbers.set(key, number = this.nodes.length);
      this.nodes.push(made);
    }
    return number;
  }

  label(text: string): number {
    let number = this.#labels.get(text);
    if (number === undefined) this.#labels.set(text, number = this.labels.push(text) - 1);
    return number;
  }

  /** The number of a graph of nodes by number and arrows. */
  graph(nodes: readonly number[], edges: readonly number[]): number {
    return this.graphs.push({ nodes, edges }) - 1;
  }

  /** Types with shapes. */
  type(variable: Variable): string {
    const shape = this.#shapeOf(variable), { name } = variable;
    return `${name === null ? "" : `${name}: `}${variable.type}${
      shape === null ? "" : `, now of shape (${shape.join(", ")})`
    }`;
  }

  /** A node for a variable or what computes it. */
  variable(of: Variable, node: Pick<Node, "kind" | "label" | "color">, key: unknown): number {
    return this.node(key, () => {
      const { call, place } = of.written, apply = node.kind === "op" ? of.owner : null;
      const inner = apply === null ? undefined : this.#step(apply);
      return {
        kind: node.kind,
        label: node.label,
        color: node.color,
        types: (apply?.outputs ?? [of]).map((one) => this.type(one)),
        facts: [],
        call,
        place,
        v: of.id,
        ...inner === undefined ? {} : { inner },
      };
    });
  }

  /** The graph of the step of a loop, or what else an op runs. */
  #step(apply: Apply): number | undefined {
    let number = this.#inner.get(apply);
    if (number !== undefined) return number;
    const inner = apply.op.inner?.(apply);
    if (inner === undefined) return undefined;
    number = this.model(modelOf({ name: "", outputs: inner.outputs, updates: [] }, false));
    this.#inner.set(apply, number);
    return number;
  }

  /** The number of the graph of a model. */
  model({ nodes, edges }: Model): number {
    const places = new Map(nodes.map(({ id }, i) => [id, i]));
    const numbers = nodes.map((node) => {
      const { of, kind, label } = node;
      const key = kind === "output" ? `${label} of ${of.id}` : kind === "op" ? of.owner : of;
      return this.variable(of, node, key);
    });
    const flat = edges.flatMap(({ from, to, label, isUpdate }) => [
      places.get(from)!,
      places.get(to)!,
      this.label(label),
      isUpdate === true ? 1 : 0,
    ]);
    return this.graph(numbers, flat);
  }
}

/**
 * The stages of rewriting, and the rewrites; `final` is the graph that runs, which in the record has the same
 * form, but loops of its own.
 */
export function rewriting(
  gatherer: Gatherer,
  roots: Roots,
  log: RewriteLog,
  final: Roots | null,
): Pick<PageData, "laws" | "rewrites"> & {
  readonly stages: PageData["stages"];
} {
  const stages = [
    { name: "as it is written", graph: gatherer.model(modelOf(roots, false)) },
  ];
  const count = roots.outputs.length;
  const ends: { readonly replacements: number; readonly stage: number }[] = [];
  const all = log.phases.at(-1)?.replacements ?? 0;
  for (const { phase, outputs, replacements } of log.phases) {
    if (replacements > (ends.at(-1)?.replacements ?? 0)) {
      const updates = roots.updates.map(([target], i) => [target, outputs[count + i]!] as const);
      const after = { name: roots.name, outputs: outputs.slice(0, count), updates };
      const graph = gatherer.model(
        modelOf(replacements === all && final !== null ? final : after, false),
      );
      stages.push({ name: `after ${phase} (${stages.length})`, graph });
    }
    ends.push({ replacements, stage: stages.length - 1 });
  }
  if (stages.length === 1) stages.push({ ...stages[0]!, name: "after rewriting: the same" });
  const laws: Record<string, string> = {};
  const rewrites = log.replacements.map(({ rule, phase, before, after, depth }, i) => {
    laws[rule.name] = rule.law;
    return {
      rule: rule.name,
      phase,
      depth,
      place: before.written.place,
      before: briefText(before),
      after: briefText(after),
      ids: [before.id, after.id] as const,
      stage: ends.find(({ replacements }) => i < replacements)?.stage ?? stages.length - 1,
    };
  });
  return { stages, laws, rewrites };
}

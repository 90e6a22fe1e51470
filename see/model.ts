/**
 * Graphs as boxes and arrows: what every picture is drawn from.
 *
 * @module
 */

import { type Apply, Constant, Variable } from "../core/graph/graph.ts";
import { opText } from "../core/graph/print.ts";
import { toposort } from "../core/graph/walk.ts";
import { shown } from "../core/base/shown.ts";
import { callableOf } from "../core/runtime/callable.ts";
import { SharedVariable } from "../core/runtime/shared.ts";
import type { CompiledFunction } from "../core/runtime/types.ts";

/** What can be drawn: a variable, several, or a compiled function. */
export type Drawable =
  | Variable
  | readonly Variable[]
  | Pick<CompiledFunction, "graph" | "inputs" | "name">;

/** Options of all pictures. */
export interface DrawOptions {
  /** Of a compiled function, the graph as it is written or as it runs; default "compiled". */
  readonly stage?: "written" | "compiled";
  /** Whether the steps of loops are drawn, too; default true. */
  readonly steps?: boolean;
}

/** A box or an ellipse. */
export interface Node {
  readonly id: string;
  readonly kind: "op" | "input" | "shared" | "constant" | "output";
  readonly label: string;
  /** Its colour, as Theano's pictures have it. */
  readonly color: string;
  /** All that is known of it, a line each. */
  readonly facts: readonly string[];
  /** What it stands for. */
  readonly of: Variable;
}

/** An arrow. */
interface Edge {
  readonly from: string;
  readonly to: string;
  /** Which input it is, and its type. */
  readonly label: string;
  /** For the new value of a shared variable. */
  readonly isUpdate?: boolean;
}

/** A graph to draw, with those of the steps of its loops. */
export interface Model {
  readonly title: string;
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
  readonly steps: readonly Model[];
}

/** Roots with their names; for updates also their targets. */
export interface Roots {
  readonly name: string;
  readonly outputs: readonly Variable[];
  readonly updates: readonly (readonly [Variable, Variable])[];
}

/** What is to be drawn. Throws a TypeError for anything else. */
export function rootsOf(what: Drawable, stage: DrawOptions["stage"] = "compiled"): Roots {
  if (what instanceof Variable) return { name: "graph", outputs: [what], updates: [] };
  if (Array.isArray(what) && what.every((one) => one instanceof Variable)) {
    return { name: "graph", outputs: what, updates: [] };
  }
  if (typeof what !== "function") {
    throw new TypeError(
      `Cannot draw ${
        shown(what)
      }: expected a variable, a list of variables, or a compiled function`,
    );
  }
  const { definition, graph } = callableOf(what);
  const { outputs, updates } = stage === "written" ? definition : graph;
  return { name: definition.name, outputs, updates };
}

/** The device that runs what is to be drawn; null for a plain graph. */
export function deviceOf(what: Drawable): "cpu" | "gpu" | null {
  return typeof what === "function" ? callableOf(what).executor.backend.name : null;
}

const byOp: Readonly<Record<string, string>> = {
  scan: "#ffff66",
  ifelse: "#ff66ff",
  subtensor: "#ffaaff",
  incSubtensor: "#ffaaff",
  advIndex: "#ffaaff",
  advInc: "#ffaaff",
  fill: "#ffaa22",
  broadcastTo: "#ffaa22",
  shapeI: "#c49a6c",
  makeVector: "#c49a6c",
};

/** The colour of an op, as in Theano's pictures. */
export function colorOf({ op }: Apply): string {
  return byOp[op.name] ?? (op.lowering.kind === "elementwise" ? "#ffaabb" : "#eeeeee");
}

/** A graph as nodes and arrows. */
export function modelOf(
  { name, outputs, updates }: Roots,
  withSteps = true,
  prefix = "n",
): Model {
  const nodes: Node[] = [], edges: Edge[] = [], steps: Model[] = [];
  const ids = new Map<Variable | Apply, string>();
  const idOf = (key: Variable | Apply): string => {
    let id = ids.get(key);
    if (id === undefined) ids.set(key, id = `${prefix}${ids.size}`);
    return id;
  };
  const leaf = (variable: Variable): string => {
    const known = ids.has(variable), id = idOf(variable);
    if (known) return id;
    const isShared = variable instanceof SharedVariable, isConstant = variable instanceof Constant;
    nodes.push({
      id,
      kind: isShared ? "shared" : isConstant ? "constant" : "input",
      label: variable.name ?? (isConstant ? variable.label : `${variable.type}`),
      color: isShared ? "#66ffff" : isConstant ? "#ffffff" : "#90ee90",
      facts: [`${variable.type}`, ...placeOf(variable)],
      of: variable,
    });
    return id;
  };
  const sourceOf = (variable: Variable) =>
    variable.owner === null ? leaf(variable) : idOf(variable.owner);
  const results = [...outputs, ...updates.map(([, value]) => value)];
  for (const apply of toposort(results)) {
    const id = idOf(apply), { output } = apply;
    const sources = apply.inputs.map(sourceOf);
    nodes.push({
      id,
      kind: "op",
      label: opText(apply),
      color: colorOf(apply),
      facts: [
        ...apply.outputs.map((one) => `${one.name ?? "gives"}: ${one.type}`),
        ...placeOf(output),
      ],
      of: output,
    });
    sources.forEach((from, i) => {
      const label = apply.inputs.length > 1
        ? `${i} ${apply.inputs[i]!.type}`
        : `${apply.inputs[i]!.type}`;
      edges.push({ from, to: id, label });
    });
    const inner = withSteps ? apply.op.inner?.(apply) : undefined;
    if (inner === undefined) continue;
    const roots = { name: `the step of ${opText(apply)}`, outputs: inner.outputs, updates: [] };
    steps.push(modelOf(roots, true, `${id}_`));
  }
  const result = (variable: Variable, label: string, isUpdate: boolean) => {
    const id = `${prefix}r${nodes.length}`, facts = [`${variable.type}`, ...placeOf(variable)];
    nodes.push({ id, kind: "output", label, color: "#add8e6", facts, of: variable });
    edges.push({ from: sourceOf(variable), to: id, label: "", ...(isUpdate ? { isUpdate } : {}) });
  };
  outputs.forEach((variable, i) => result(variable, variable.name ?? `output ${i}`, false));
  for (const [target, value] of updates) result(value, `new ${target.name ?? "shared"}`, true);
  return { title: name, nodes, edges, steps };
}

function placeOf({ written: { call, place } }: Variable): string[] {
  return place === "" ? [] : [`${call === "" ? "made" : call} at ${place}`];
}

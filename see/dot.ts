/**
 * Graphs for Graphviz.
 *
 * @module
 */

import { checkOptions } from "../core/base/options.ts";
import {
  deviceOf,
  type Drawable,
  type DrawOptions,
  type Model,
  modelOf,
  type Node,
  rootsOf,
} from "./model.ts";

/**
 * A graph as text for Graphviz, in the colours and shapes of Theano's pictures: ops are ellipses, values
 * boxes; inputs green, outputs blue, shared variables cyan, loops yellow; the steps of loops are clusters. A
 * compiled function says which device it runs on.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 * import { toDot } from "@croton/croton/see";
 *
 * const dot = toDot(T.dscalar("x").exp());
 * console.assert(dot.startsWith("digraph"));
 * ```
 */
export function toDot(what: Drawable, options?: DrawOptions): string {
  const { stage, steps } = checkOptions("Cannot draw", options, drawKinds);
  const model = modelOf(rootsOf(what, stage), steps);
  const device = deviceOf(what), title = `${model.title}, on the ${device?.toUpperCase()}`;
  const head = device === null ? "" : `  label=${quoted(title)}\n  labelloc=t\n`;
  return `digraph ${quoted(model.title)} {\n${head}  node [style=filled, fontsize=10]\n${
    body(model, "  ").join("\n")
  }\n}\n`;
}

/** The kinds of the options of pictures. */
export const drawKinds = {
  stage: ["written", "compiled"],
  steps: "boolean",
} as const;

function body({ nodes, edges, steps }: Model, indent: string): string[] {
  return [
    ...nodes.map((node) => `${indent}${node.id} [${attributes(node)}]`),
    ...edges.map(({ from, to, label, isUpdate }) =>
      `${indent}${from} -> ${to} [label=${quoted(label)}, fontsize=8${
        isUpdate === true ? ", style=dashed, color=blue" : ""
      }]`
    ),
    ...steps.flatMap((step, i) => [
      `${indent}subgraph cluster_${nodes[0]!.id}_${i} {`,
      `${indent}  label=${quoted(step.title)}`,
      ...body(step, `${indent}  `),
      `${indent}}`,
    ]),
  ];
}

function attributes({ kind, label, color, facts }: Node): string {
  const shape = kind === "op" ? "ellipse" : "box";
  return `label=${quoted(label)}, shape=${shape}, fillcolor="${color}", tooltip=${
    quoted(facts.join("\n"))
  }`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

/**
 * Applies rules to a graph until none fires, without recursion and with a budget.
 *
 * @module
 */

import { type Apply, applyOp } from "../graph/graph.ts";
import { toposort } from "../graph/walk.ts";
import type { Variable } from "../variable.ts";
import type { Phase, RewriteContext, Rule } from "./rule.ts";

/** How often each rule fired. */
export type RuleHits = Map<string, number>;

/** Called after each replacement, in debug mode. */
export type RewriteObserver = (rule: Rule, before: Variable, after: Variable) => void;

/** Rewrites per node of the graph before the driver gives up. */
const BUDGET_PER_NODE = 40;

/** Applies the rules of one phase to a fixed point. */
export function runPhase(
  phase: Phase,
  outputs: readonly Variable[],
  hits: RuleHits,
  observe: RewriteObserver | null = null,
): Variable[] {
  const byRoot = new Map<string, Rule[]>();
  for (const rule of phase.rules) {
    for (const root of rule.roots) byRoot.set(root, [...byRoot.get(root) ?? [], rule]);
  }
  let current = [...outputs];
  let budget = 1000 + BUDGET_PER_NODE * toposort(current).length;
  const recent: string[] = [];
  for (;;) {
    const pass = onePass(byRoot, current, (rule, before, after) => {
      hits.set(rule.name, (hits.get(rule.name) ?? 0) + 1);
      recent.push(rule.name);
      if (recent.length > 12) recent.shift();
      if (budget-- <= 0) {
        throw new RangeError(
          `Cannot rewrite: the rules of phase "${phase.name}" do not come to an end; the last ones ` +
            `were ${[...new Set(recent)].join(", ")}`,
        );
      }
      observe?.(rule, before, after);
    });
    if (pass.every((output, i) => output === current[i])) return current;
    current = pass;
  }
}

/** Rebuilds the graph once, inputs first, trying the rules at each node. */
function onePass(
  byRoot: ReadonlyMap<string, readonly Rule[]>,
  outputs: readonly Variable[],
  fired: RewriteObserver,
): Variable[] {
  const order = toposort(outputs);
  const context = clientsOf(order, outputs);
  const made = new Map<Variable, Variable>();
  const now = (variable: Variable): Variable => made.get(variable) ?? variable;
  for (const apply of order) {
    const inputs = apply.inputs.map(now);
    const same = inputs.every((input, i) => input === apply.inputs[i]);
    const fresh = same ? apply : applyOp(apply.op, inputs, apply.params);
    const results = tryRules(byRoot, fresh, apply, context, fired);
    apply.outputs.forEach((output, i) => {
      const result = results?.[i] ?? fresh.outputs[i]!;
      if (result === output) return;
      if (result.name === null && output.name !== null && result.owner !== null) {
        result.name = output.name;
      }
      made.set(output, result);
    });
  }
  return outputs.map(now);
}

function tryRules(
  byRoot: ReadonlyMap<string, readonly Rule[]>,
  apply: Apply,
  original: Apply,
  context: RewriteContext,
  fired: RewriteObserver,
): readonly (Variable | null)[] | null {
  const rules = byRoot.get(apply.op.name);
  if (rules === undefined) return null;
  // Uses are counted on the graph before this pass.
  const view: RewriteContext = {
    uses: (variable) => context.uses(translate(variable, apply, original)),
    clients: (variable) => context.clients(translate(variable, apply, original)),
  };
  for (const rule of rules) {
    const found = rule.rewrite(apply, view);
    if (found === null) continue;
    const results = Array.isArray(found) ? found as readonly (Variable | null)[] : [found as Variable];
    let changed = false;
    results.forEach((result, i) => {
      const before = apply.outputs[i]!;
      if (result === null || result === before) return;
      checkReplacement(rule, before, result);
      fired(rule, before, result);
      changed = true;
    });
    if (changed) return results;
  }
  return null;
}

function translate(variable: Variable, apply: Apply, original: Apply): Variable {
  if (variable.owner === apply) return original.outputs[variable.index]!;
  const place = apply.inputs.indexOf(variable);
  return place >= 0 ? original.inputs[place]! : variable;
}

function checkReplacement(rule: Rule, before: Variable, after: Variable): void {
  if (after.dtype === before.dtype && after.ndim === before.ndim) return;
  throw new TypeError(
    `The rewrite "${rule.name}" (${rule.law}) replaced ${before.type} by ${after.type}`,
  );
}

function clientsOf(order: readonly Apply[], outputs: readonly Variable[]): RewriteContext {
  const clients = new Map<Variable, Apply[]>();
  for (const apply of order) {
    for (const input of new Set(apply.inputs)) {
      const list = clients.get(input);
      if (list === undefined) clients.set(input, [apply]);
      else list.push(apply);
    }
  }
  const asked = new Set(outputs);
  return {
    clients: (variable) => clients.get(variable) ?? [],
    uses: (variable) => (clients.get(variable)?.length ?? 0) + (asked.has(variable) ? 1 : 0),
  };
}

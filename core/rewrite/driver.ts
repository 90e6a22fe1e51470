/**
 * Applies rules to a graph until none fires, without recursion and with a budget.
 *
 * A pass brings every variable into its final form, inputs first; what a rule makes is brought into its
 * final form, too, before it is used. Passes are repeated until nothing changes, because rules may ask
 * how often something is used; nodes of which no rule asked that are tried once.
 *
 * @module
 */

import { type Apply, applyOp, type Variable, withOriginOf } from "../graph/graph.ts";
import { inheritName, inSession, variablesMade } from "../graph/sessions.ts";
import { toposort } from "../graph/walk.ts";
import { currentLog, type RewriteLog } from "./log.ts";
import type { Phase, RewriteContext, Rule } from "./rule.ts";

/** How often each rule fired. */
export type RuleHits = Map<string, number>;

/** Called after each replacement, in debug mode. */
export type RewriteObserver = (rule: Rule, before: Variable, after: Variable) => void;

/** Rewrites per node of the graph before the driver gives up. */
const BUDGET_PER_NODE = 40;

/**
 * Variables made per node before the driver gives up, and for a graph of any size. One rewrite may make
 * many, as those that join loops do; what doubles a graph again and again fills the memory in a few.
 */
const VARIABLES_PER_NODE = 400, VARIABLES_ANYWAY = 200_000;

/** Applies the rules of one phase to a fixed point. */
export function runPhase(
  phase: Phase,
  outputs: readonly Variable[],
  hits: RuleHits,
  observe: RewriteObserver | null = null,
): Variable[] {
  const run = new Run(phase, hits, observe);
  return inSession(() => {
    let current = [...outputs];
    for (;;) {
      const next = new Pass(run, current).outputs();
      if (next.every((output, i) => output === current[i])) return current;
      current = next;
    }
  });
}

/** What lasts from pass to pass. */
class Run {
  /** Applications that no rule matches, whatever the graph around them. */
  readonly settled = new Set<Apply>();
  readonly #hits: RuleHits;
  readonly #observe: RewriteObserver | null;
  readonly #byRoot = new Map<string, readonly Rule[]>();
  readonly #recent: string[] = [];
  /** Where it is recorded, if anywhere. */
  readonly log: RewriteLog | null = currentLog();
  #budget = 0;
  #mostMade = 0;

  constructor(readonly phase: Phase, hits: RuleHits, observe: RewriteObserver | null) {
    this.#hits = hits;
    this.#observe = observe;
  }

  /** Allows for a graph. */
  allow(order: readonly Apply[]): void {
    if (this.#budget > 0) return;
    const nodes = sizeWithSteps(order);
    this.#budget = 1000 + BUDGET_PER_NODE * nodes;
    this.#mostMade = variablesMade() + VARIABLES_ANYWAY + VARIABLES_PER_NODE * nodes;
  }

  rulesFor(name: string): readonly Rule[] {
    let rules = this.#byRoot.get(name);
    if (rules === undefined) {
      rules = this.phase.rules.filter(({ ops }) => ops.includes(name) || ops.includes("*"));
      this.#byRoot.set(name, rules);
    }
    return rules;
  }

  fired(rule: Rule, before: Variable, after: Variable): void {
    checkReplacement(rule, before, after);
    this.#hits.set(rule.name, (this.#hits.get(rule.name) ?? 0) + 1);
    this.#recent.push(rule.name);
    if (this.#recent.length > 12) this.#recent.shift();
    if (this.#budget-- <= 0 || variablesMade() > this.#mostMade) throw this.endless(this.#recent);
    this.#observe?.(rule, before, after);
    const { log, phase: { name: phase } } = this;
    log?.replacements.push({ rule, phase, before, after, depth: log.depth });
  }

  endless(rules: readonly string[]): RangeError {
    const names = [...new Set(rules)].join(", ");
    return new RangeError(
      `Cannot rewrite: the rules of phase "${this.phase.name}" do not come to an end; the last ones ` +
        `were ${names} (leave one out with mode: { excluding: [name] })`,
    );
  }
}

/** The number of applications, those in the steps of loops included. */
function sizeWithSteps(order: readonly Apply[]): number {
  return order.reduce((size, apply) => {
    const inner = apply.op.inner?.(apply);
    return size + 1 + (inner === undefined ? 0 : sizeWithSteps(toposort(inner.outputs)));
  }, 0);
}

/** An application whose replacement is being brought into its final form. */
interface Pending {
  readonly fresh: Apply;
  readonly results: readonly Variable[];
  readonly rule: Rule;
}

/** Rebuilds the graph once. */
class Pass {
  readonly #run: Run;
  readonly #targets: readonly Variable[];
  readonly #final = new Map<Variable, Variable>();
  readonly #pending = new Map<Apply, Pending>();
  readonly #open = new Set<Apply>();
  readonly #order: readonly Apply[];
  readonly #context: PassContext;

  constructor(run: Run, targets: readonly Variable[]) {
    this.#run = run;
    this.#targets = targets;
    this.#order = toposort(targets);
    this.#context = new PassContext(this.#order, targets);
    run.allow(this.#order);
  }

  outputs(): Variable[] {
    for (const apply of this.#order) {
      for (const output of apply.outputs) this.#settle(output);
    }
    return this.#targets.map((target) => this.#final.get(target) ?? target);
  }

  #settle(variable: Variable): void {
    const stack = [variable];
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      if (this.#final.has(top)) {
        stack.pop();
      } else if (top.owner === null) {
        this.#final.set(top, top);
      } else {
        const pending = this.#pending.get(top.owner);
        if (pending !== undefined) this.#close(top.owner, pending);
        else if (!this.#waits(top.owner.inputs, stack)) this.#visit(top.owner, stack);
      }
    }
  }

  /** Puts what has no final form yet on the stack; whether there was any. */
  #waits(variables: readonly Variable[], stack: Variable[]): boolean {
    let waits = false;
    for (let i = variables.length - 1; i >= 0; i--) {
      const variable = variables[i]!;
      if (this.#final.has(variable)) continue;
      if (variable.owner !== null && this.#open.has(variable.owner)) {
        throw this.#run.endless([...this.#pending.values()].map(({ rule }) => rule.name));
      }
      stack.push(variable);
      waits = true;
    }
    return waits;
  }

  /** Tries the rules; the inputs of `apply` have their final forms. */
  #visit(apply: Apply, stack: Variable[]): void {
    const inputs = apply.inputs.map((input) => this.#final.get(input)!);
    const same = inputs.every((input, i) => input === apply.inputs[i]);
    const fresh = same
      ? apply
      : withOriginOf(apply.output, () => applyOp(apply.op, inputs, apply.params));
    if (fresh !== apply && this.#final.has(fresh.output)) {
      return this.#finish(apply, fresh, fresh.outputs.map((v) => this.#final.get(v) ?? v));
    }
    if (fresh !== apply) {
      apply.outputs.forEach((output, i) => this.#context.became(output, fresh.outputs[i]!));
    }
    const found = this.#tryRules(fresh);
    if (found === null) return this.#finish(apply, fresh, fresh.outputs);
    this.#pending.set(apply, { fresh, ...found });
    this.#open.add(apply).add(fresh);
    // Outputs that stay are final as they are.
    found.results.forEach((result) => {
      if (result.owner === fresh) this.#final.set(result, result);
    });
    this.#waits(found.results, stack);
  }

  #close(apply: Apply, { fresh, results }: Pending): void {
    this.#pending.delete(apply);
    this.#open.delete(apply);
    this.#open.delete(fresh);
    this.#finish(apply, fresh, results.map((result) => this.#final.get(result)!));
  }

  #finish(apply: Apply, fresh: Apply, finals: readonly Variable[]): void {
    finals.forEach((final, i) => {
      const output = apply.outputs[i]!;
      this.#final.set(final, final);
      this.#final.set(fresh.outputs[i]!, final);
      this.#final.set(output, final);
      if (final === output) return;
      this.#context.became(output, final);
      inheritName(final, output.name);
    });
  }

  #tryRules(apply: Apply): { results: readonly Variable[]; rule: Rule } | null {
    const run = this.#run;
    if (run.settled.has(apply)) return null;
    const rules = run.rulesFor(apply.op.name);
    if (rules.length === 0) return null;
    this.#context.asked = false;
    const found = withOriginOf(apply.output, () => this.#firstOf(rules, apply));
    if (found === null && !this.#context.asked) run.settled.add(apply);
    return found;
  }

  /** The results of the first rule that changes something. */
  #firstOf(
    rules: readonly Rule[],
    apply: Apply,
  ): { results: readonly Variable[]; rule: Rule } | null {
    for (const rule of rules) {
      const { log } = this.#run;
      const found = log === null
        ? rule.rewrite(apply, this.#context)
        : log.time(rule, () => rule.rewrite(apply, this.#context));
      if (found === null) continue;
      const list = Array.isArray(found)
        ? found as readonly (Variable | null)[]
        : [found as Variable];
      const results = apply.outputs.map((output, i) => list[i] ?? output);
      const changed = results.flatMap((result, i) => result === apply.outputs[i] ? [] : [i]);
      if (changed.length === 0) continue;
      for (const i of changed) this.#run.fired(rule, apply.outputs[i]!, results[i]!);
      return { results, rule };
    }
    return null;
  }
}

/** Counts uses in the graph before the pass, also of what was made of its variables since. */
class PassContext implements RewriteContext {
  asked = false;
  readonly #order: readonly Apply[];
  readonly #clients = new Map<Variable, Apply[]>();
  readonly #asked: ReadonlySet<Variable>;
  /** What variables stand for, with how often all of these are used. */
  readonly #sources = new Map<Variable, { readonly forms: Set<Variable>; uses: number }>();

  constructor(order: readonly Apply[], outputs: readonly Variable[]) {
    this.#order = order;
    for (const apply of order) {
      apply.inputs.forEach((input, i) => {
        if (apply.inputs.indexOf(input) < i) return;
        const list = this.#clients.get(input);
        if (list === undefined) this.#clients.set(input, [apply]);
        else list.push(apply);
      });
    }
    this.#asked = new Set(outputs);
  }

  get order(): readonly Apply[] {
    this.asked = true;
    return this.#order;
  }

  became(before: Variable, after: Variable): void {
    let sources = this.#sources.get(after);
    if (sources === undefined) this.#sources.set(after, sources = { forms: new Set(), uses: 0 });
    if (sources.forms.has(before)) return;
    sources.forms.add(before);
    sources.uses += this.#usesBefore(before);
  }

  #usesBefore(variable: Variable): number {
    return (this.#clients.get(variable)?.length ?? 0) + (this.#asked.has(variable) ? 1 : 0);
  }

  clients(variable: Variable): readonly Apply[] {
    this.asked = true;
    const forms = [variable, ...this.#sources.get(variable)?.forms ?? []];
    return forms.flatMap((form) => this.#clients.get(form) ?? []);
  }

  uses(variable: Variable): number {
    this.asked = true;
    return this.#usesBefore(variable) + (this.#sources.get(variable)?.uses ?? 0);
  }
}

function checkReplacement(rule: Rule, before: Variable, after: Variable): void {
  if (after.type.compatible(before.type)) return;
  throw new TypeError(
    `The rewrite "${rule.name}" (${rule.law}) replaced ${before.type} by ${after.type}`,
  );
}

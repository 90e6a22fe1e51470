/**
 * Reverse mode: one pass backwards over a graph.
 *
 * @module
 */

import { derivedAsOp, derivedInputs, isWrittenAs } from "../core/ops/control/derived_as.ts";
import { isComplex, isDiscrete } from "../core/graph/dtype.ts";
import { NullGradientError } from "../core/base/errors.ts";
import { type Apply, applyOp, Variable } from "../core/graph/graph.ts";
import { withForward, withOrigin } from "../core/graph/origin.ts";
import { toposort } from "../core/graph/walk.ts";
import { castTo } from "../core/ops/common/build.ts";
import { ifelseOp } from "../core/ops/control/ifelse_op.ts";
import { knownDims, lengthsOf } from "../core/ops/shape/known_lengths.ts";
import { specifyShape } from "../core/ops/shape/shape.ts";
import { add, real } from "../core/ops/elementwise/elementwise.ts";
import {
  Conditional,
  type Flow,
  type Gradient,
  isFlow,
  Scattered,
  UndefinedGradient,
  zeroGradient,
} from "./gradient.ts";
import { type GradientRule, isConnected } from "./rule.ts";
import { gradientRule } from "./rules.ts";
import { filledLike } from "./shapes.ts";
import { StableForms } from "./stable.ts";
import { connectedAsWritten, type Forms, writtenForms } from "./written_forms.ts";
import { expectList } from "../core/base/options.ts";
import { shown } from "../core/base/shown.ts";

/** What flows to a variable in the end. */
export type Found = Variable | UndefinedGradient | typeof zeroGradient | null;

/** How a pass departs from the plain one. */
interface PassOptions {
  /** Variables at which the flow ends; their own gradient is there nevertheless. */
  readonly constants?: ReadonlySet<Variable>;
  /** Gradients that are given: they take the place of what would flow there. */
  readonly known?: ReadonlyMap<Variable, Variable>;
}

/**
 * The gradients of some variables, from gradients of others. Gradients that flow together are added, in
 * the order in which the graph is walked.
 *
 * @param seeds Variables with their gradients; several for one variable are added.
 * @param wrt The variables whose gradients are asked for.
 */
export function passBack(
  seeds: readonly (readonly [Variable, Gradient])[],
  wrt: readonly Variable[],
  options: PassOptions = {},
): Found[] {
  return withOrigin(() => {
    const pass = new Pass(seeds, wrt, options), found = pass.results();
    if (!pass.departs) return found;
    const ends = [...seeds.flat(), ...options.known ?? []].flat()
      .filter((end) => end instanceof Variable);
    const written = () => new Pass(seeds, wrt, options, writtenForms).results();
    return connectedAsWritten(found, wrt, ends, written);
  });
}

function isVariable(value: unknown): boolean {
  return value instanceof Variable;
}

/**
 * The gradients of `wrt` when those of `outputs` are given, each with the shape and dtype of its variable;
 * null where none flows.
 *
 * Throws a NullGradientError for a gradient that is not defined.
 */
export function pullback(
  outputs: readonly Variable[],
  outputGrads: readonly Variable[],
  wrt: readonly Variable[],
): (Variable | null)[] {
  const action = "Cannot pull gradients back";
  for (const list of [outputs, outputGrads, wrt]) {
    const wrong = expectList(action, list, "a list of variables").find((v) => !isVariable(v));
    if (wrong !== undefined) throw new TypeError(`${action}: ${shown(wrong)} is no variable`);
  }
  if (outputs.length !== outputGrads.length) {
    throw new TypeError(
      `${action}: expected a gradient for each of ${outputs.length} outputs, got ${outputGrads.length}`,
    );
  }
  const seeds = outputs.map((output, i) => [output, outputGrads[i]!] as const);
  return passBack(seeds, wrt).map((found, i) => {
    if (found instanceof UndefinedGradient) throw undefinedError(wrt[i]!, found);
    return found instanceof Variable ? found : null;
  });
}

/** The error for a gradient that is not defined. */
export function undefinedError(
  variable: Pick<Variable, "label">,
  { reason }: UndefinedGradient,
): NullGradientError {
  return new NullGradientError(
    `Cannot differentiate with respect to ${variable.label}: the gradient is not defined, as ${reason}`,
  );
}

/** Of a value that says what its derivatives are, how it is computed does not matter. */
function isDerivedAs(apply: Apply): boolean {
  return apply.op.name === derivedAsOp.name;
}

class Pass {
  readonly #wrt: readonly Variable[];
  readonly #constants: ReadonlySet<Variable>;
  readonly #known: ReadonlyMap<Variable, Variable>;
  readonly #order: readonly Apply[];
  readonly #forms: Forms;
  /** Variables that depend on what is asked for. */
  readonly #relevant: Set<Variable>;
  /** What has flowed to each variable up to now. */
  readonly #arrived = new Map<Variable, Gradient[]>();
  readonly #sums = new Map<Variable, Gradient>();

  constructor(
    seeds: readonly (readonly [Variable, Gradient])[],
    wrt: readonly Variable[],
    options: PassOptions,
    forms?: Forms,
  ) {
    this.#wrt = wrt;
    this.#constants = options.constants ?? new Set();
    this.#known = options.known ?? new Map();
    const ends = [...seeds.map(([variable]) => variable), ...this.#known.keys()];
    const own = new Set([...wrt, ...this.#constants, ...ends]);
    this.#forms = forms ?? new StableForms((variable) => own.has(variable));
    this.#order = toposort(ends, (variable) => this.#constants.has(variable), (apply) => {
      const form = this.#forms.of(apply);
      if (form !== null) return [form, ...this.#forms.freedOf(apply)];
      return isDerivedAs(apply) ? derivedInputs(apply) : apply.inputs;
    });
    this.#relevant = this.#dependents();
    for (const [variable, gradient] of seeds) this.#arrive(variable, gradient);
  }

  /** Whether gradients may depend on something else than those of the graph as written. */
  get departs(): boolean {
    return this.#order.some((apply) => this.#forms.of(apply) !== null || isWrittenAs(apply));
  }

  results(): Found[] {
    for (const apply of this.#order.toReversed()) this.#through(apply);
    return this.#wrt.map((variable) => {
      const sum = this.#sum(variable);
      return isFlow(sum) ? dense(variable, sum) : sum;
    });
  }

  #dependents(): Set<Variable> {
    const relevant = new Set(this.#wrt);
    for (const apply of this.#order) {
      const form = this.#forms.of(apply);
      if (form !== null) {
        const sources = [form, ...this.#forms.freedOf(apply)];
        if (sources.some((v) => relevant.has(v)) && !this.#constants.has(apply.output)) {
          relevant.add(apply.output);
        }
        continue;
      }
      const inputs = apply.inputs.flatMap((input, i) => relevant.has(input) ? [i] : []);
      if (inputs.length === 0) continue;
      const rule = gradientRule(apply.op.name) ?? missingRule(apply);
      apply.outputs.forEach((output, o) => {
        if (this.#constants.has(output)) return;
        if (inputs.some((i) => isConnected(rule, apply, i, o))) relevant.add(output);
      });
    }
    return relevant;
  }

  #arrive(variable: Variable, gradient: Gradient): void {
    if (gradient === null) return;
    const have = this.#arrived.get(variable);
    if (have === undefined) this.#arrived.set(variable, [gradient]);
    else have.push(gradient);
  }

  /** The gradient of a variable, once everything has arrived. */
  #sum(variable: Variable): Gradient {
    const known = this.#known.get(variable);
    if (known !== undefined) return known;
    let sum = this.#sums.get(variable);
    if (sum === undefined) {
      sum = total(variable, this.#arrived.get(variable) ?? []);
      this.#sums.set(variable, sum);
    }
    return sum;
  }

  /** Passes what has arrived at the outputs of an application on to its inputs. */
  #through(apply: Apply): void {
    const form = this.#forms.of(apply);
    if (form !== null) {
      if (this.#relevant.has(apply.output)) {
        const gradient = this.#sum(apply.output);
        this.#arrive(form, gradient);
        if (gradient !== null) {
          for (const input of this.#forms.freedOf(apply)) this.#arrive(input, zeroGradient);
        }
      }
      return;
    }
    const inputs = apply.inputs.map((input) => this.#relevant.has(input));
    if (!inputs.includes(true)) return;
    const outputs = apply.outputs.map((output) =>
      this.#constants.has(output) || !this.#relevant.has(output) ? null : this.#sum(output)
    );
    if (outputs.every((gradient) => gradient === null)) return;
    const rule = gradientRule(apply.op.name) ?? missingRule(apply);
    const flows = outputs.map((gradient) => isFlow(gradient) ? gradient : null);
    const wanted = apply.inputs.map((input, i) => {
      if (!inputs[i]) return false;
      const from = outputs.flatMap((gradient, o) =>
        gradient !== null && isConnected(rule, apply, i, o) ? [gradient] : []
      );
      if (from.length === 0) return false;
      const broken = from.find((gradient) => gradient instanceof UndefinedGradient);
      if (broken === undefined && from.some(isFlow) && !isDiscrete(input.dtype)) return true;
      this.#arrive(input, broken !== undefined ? broken : zeroGradient);
      return false;
    });
    if (!wanted.includes(true)) return;
    const pulled = withForward(
      apply.output,
      () => throughRule(rule, apply, flows, wanted),
    );
    apply.inputs.forEach((input, i) => {
      if (wanted[i]) this.#arrive(input, pulled[i] === undefined ? zeroGradient : pulled[i]);
    });
  }
}

export function missingRule(apply: Apply): GradientRule {
  const none = new UndefinedGradient(`"${apply.op.name}" has no gradient rule`);
  return { pullback: () => apply.inputs.map(() => none) };
}

/** The gradients of the inputs of an application alone, from those of its outputs. */
export function pulledThrough(
  apply: Apply,
  outputGrads: readonly (Variable | null)[],
  wanted: readonly boolean[],
): readonly (Variable | UndefinedGradient | null)[] {
  const rule = gradientRule(apply.op.name) ?? missingRule(apply);
  return throughRule(rule, apply, outputGrads, wanted).map((gradient, i) => {
    if (gradient instanceof UndefinedGradient) return gradient;
    return isFlow(gradient) && wanted[i] ? dense(apply.inputs[i]!, gradient) : null;
  });
}

/** Applies a rule; what all the outputs' gradients depend on stays around the results. */
function throughRule(
  rule: GradientRule,
  apply: Apply,
  flows: readonly (Flow | null)[],
  wanted: readonly boolean[],
): readonly Gradient[] {
  const common = commonCondition(flows.filter((flow) => flow !== null));
  if (common !== null) {
    const inner = flows.map((flow) => flow instanceof Conditional ? flow.value : null);
    const { condition, holds } = common;
    return throughRule(rule, apply, inner, wanted).map((gradient) =>
      gradient !== undefined && isFlow(gradient)
        ? new Conditional(condition, holds, gradient)
        : gradient
    );
  }
  const grads = flows.map((flow, o) => flow === null ? null : dense(apply.outputs[o]!, flow));
  return rule.pullback(apply, grads, wanted).map((gradient, i) =>
    gradient instanceof Variable && wanted[i] ? settled(apply, i, gradient) : gradient
  );
}

/** A gradient in the dtype of its input. */
function settled(apply: Apply, i: number, gradient: Variable): Variable {
  const input = apply.inputs[i]!;
  if (gradient.ndim !== input.ndim) {
    throw new TypeError(
      `Cannot differentiate through "${apply.op.name}": its rule gave a gradient of ${gradient.type} for input ${i} of ${input.type}`,
    );
  }
  const flat = isComplex(gradient.dtype) && !isComplex(input.dtype) ? real(gradient) : gradient;
  return castTo(flat, input.dtype);
}

/** The condition that all depend on in the same way, if there is one. */
function commonCondition(flows: readonly Flow[]): Conditional | null {
  const [first] = flows;
  if (!(first instanceof Conditional)) return null;
  const same = flows.every((flow) =>
    flow instanceof Conditional && flow.condition === first.condition && flow.holds === first.holds
  );
  return same ? first : null;
}

/** The sum of what arrived at a variable. */
function total(variable: Variable, arrived: readonly Gradient[]): Gradient {
  const broken = arrived.find((gradient) => gradient instanceof UndefinedGradient);
  if (broken !== undefined) return broken;
  const flows = arrived.filter(isFlow);
  if (flows.length === 0) return arrived.length === 0 ? null : zeroGradient;
  const common = commonCondition(flows);
  if (common === null) return denseTotal(variable, flows);
  const values = flows.map((flow) => (flow as Conditional).value);
  const sum = total(variable, values) as Flow;
  return new Conditional(common.condition, common.holds, sum);
}

function denseTotal(variable: Variable, flows: readonly Flow[]): Variable {
  const terms: Variable[] = [], parts: Scattered[] = [];
  const choices = new Map<Variable, { then: Flow[]; otherwise: Flow[] }>();
  for (const flow of flows) {
    if (flow instanceof Scattered) parts.push(flow);
    else if (flow instanceof Conditional) {
      const { condition, holds, value } = flow;
      let choice = choices.get(condition);
      if (choice === undefined) choices.set(condition, choice = { then: [], otherwise: [] });
      (holds ? choice.then : choice.otherwise).push(value);
    } else terms.push(flow);
  }
  for (const [condition, { then, otherwise }] of choices) {
    const side = (side: readonly Flow[]) =>
      side.length === 0
        ? filledLike(variable, 0)
        : inShapeOf(variable, dense(variable, total(variable, side) as Flow));
    terms.push(applyOp(ifelseOp, [condition, side(then), side(otherwise)], { n: 1 }).output);
  }
  const base = withForward(
    variable,
    () => terms.length > 0 ? terms.reduce((sum, term) => add(sum, term)) : filledLike(variable, 0),
  );
  return parts.reduce((sum, part) => part.onto(sum), base);
}

/** A gradient that says its shape: where its branch is not taken, what it is made of need not have one. */
function inShapeOf(variable: Variable, gradient: Variable): Variable {
  const own = lengthsOf(gradient), lengths = lengthsOf(variable);
  return own.every((n, axis) => n === lengths[axis])
    ? gradient
    : specifyShape(gradient, knownDims(variable));
}

/** A gradient as a variable. */
function dense(variable: Variable, flow: Flow): Variable {
  return flow instanceof Variable ? flow : denseTotal(variable, [flow]);
}

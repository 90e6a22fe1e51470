/**
 * Forward mode: one pass forwards over a graph, in which each variable that depends on the moved ones gets
 * its change beside its value.
 *
 * @module
 */

import { isComplex, isDiscrete } from "../core/graph/dtype.ts";
import { type Apply, applyOp, makeVariable, Variable } from "../core/graph/graph.ts";
import { withForward, withOrigin } from "../core/graph/origin.ts";
import { replace, toposort } from "../core/graph/walk.ts";
import { castTo } from "../core/ops/common/build.ts";
import { isWrittenAs } from "../core/ops/control/derived_as.ts";
import { add, real } from "../core/ops/elementwise/elementwise.ts";
import { assumeShape } from "../core/ops/shape/known_lengths.ts";
import { UndefinedGradient, type ZeroGradient, zeroGradient } from "./gradient.ts";
import { type Found, missingRule, passBack, pulledThrough } from "./pullback.ts";
import { isConnected, type Tangent } from "./rule.ts";
import { gradientRule } from "./rules.ts";
import { filledLike } from "./shapes.ts";
import { StableForms } from "./stable.ts";
import { connectedAsWritten, type Forms, writtenForms } from "./written_forms.ts";

/** The change of a variable that depends on the moved ones. */
type Moved = Variable | UndefinedGradient | ZeroGradient;

/**
 * The changes of some variables, from those of others. A moved variable that depends on another one changes
 * by both.
 *
 * @param seeds Variables with their changes; several for one variable are added.
 * @param outputs The variables whose changes are asked for.
 */
export function pushForward(
  seeds: readonly (readonly [Variable, Variable | UndefinedGradient])[],
  outputs: readonly Variable[],
): Found[] {
  return withOrigin(() => {
    const ends = [...outputs, ...seeds.flatMap(([, change]) => change)];
    const own = new Set([...seeds.map(([variable]) => variable), ...outputs]);
    const forms = new StableForms((variable) => own.has(variable));
    const { found, departs } = pushThrough(seeds, outputs, forms);
    if (!departs) return found;
    const written = () => pushThrough(seeds, outputs, writtenForms).found;
    const variables = ends.filter((end) => end instanceof Variable);
    return connectedAsWritten(found, outputs, variables, written);
  });
}

/** The changes, and whether they may depend on something else than those of the graph as written. */
function pushThrough(
  seeds: readonly (readonly [Variable, Variable | UndefinedGradient])[],
  outputs: readonly Variable[],
  forms: Forms,
): { readonly found: Found[]; readonly departs: boolean } {
  const given = new Map<Variable, Moved>();
  for (const [variable, change] of seeds) {
    given.set(variable, together(given.get(variable) ?? null, change)!);
  }
  const order = toposort(outputs, undefined, (apply) => {
    const form = forms.of(apply);
    return form === null ? apply.inputs : [form, ...forms.freedOf(apply)];
  });
  const moved = new Map(given);
  for (const apply of order) {
    const form = forms.of(apply);
    const found = form === null
      ? through(apply, apply.inputs.map((input) => moved.get(input) ?? null))
      : [
        moved.get(form) ??
          (forms.freedOf(apply).some((v) => moved.has(v)) ? zeroGradient : null),
      ];
    apply.outputs.forEach((output, o) => {
      const change = together(given.get(output) ?? null, found[o] ?? null);
      if (change !== null) moved.set(output, change);
    });
  }
  return {
    found: outputs.map((output) => moved.get(output) ?? null),
    departs: order.some((apply) => forms.of(apply) !== null || isWrittenAs(apply)),
  };
}

/** The sum of two changes; null for none. */
function together(a: Moved | null, b: Moved | null): Moved | null {
  if (a instanceof UndefinedGradient || b === null) return a;
  if (b instanceof UndefinedGradient || a === null) return b;
  if (!(a instanceof Variable)) return b;
  return b instanceof Variable ? add(a, b) : a;
}

/** The changes of the outputs of an application, from those of its inputs. */
function through(apply: Apply, inputs: readonly (Moved | null)[]): (Moved | null)[] {
  if (inputs.every((change) => change === null)) return [];
  const rule = gradientRule(apply.op.name) ?? missingRule(apply);
  const from = apply.outputs.map((_, o) =>
    inputs.filter((change, i) => change !== null && isConnected(rule, apply, i, o))
  );
  const isOpen = (o: number) =>
    !isDiscrete(apply.outputs[o]!.dtype) && from[o]!.some((change) => change instanceof Variable);
  const found = apply.outputs.some((_, o) => isOpen(o))
    ? withForward(apply.output, () => pushed(apply, inputs.map(flowOf), isOpen))
    : [];
  return apply.outputs.map((output, o) => {
    const broken = from[o]!.find((change) => change instanceof UndefinedGradient);
    if (broken || from[o]!.length === 0) return broken ?? null;
    const change = isOpen(o) ? found[o] ?? null : null;
    return change instanceof Variable ? settled(apply, output, change) : change ?? zeroGradient;
  });
}

function flowOf(change: Moved | null): Variable | null {
  return change instanceof Variable ? change : null;
}

/** Applies the rule of an op, or what stands for one. */
function pushed(
  apply: Apply,
  tangents: readonly (Variable | null)[],
  isOpen: (output: number) => boolean,
): readonly Tangent[] {
  const rule = gradientRule(apply.op.name);
  return rule?.pushforward?.(apply, tangents) ?? ownTangent(apply, tangents) ??
    turnedRound(apply, tangents, isOpen);
}

/** A change in the dtype of its variable. */
function settled({ op }: Apply, output: Variable, change: Variable): Variable {
  if (change.ndim !== output.ndim) {
    throw new TypeError(
      `Cannot differentiate through "${op.name}": its rule gave a change of ${change.type} for an output of ${output.type}`,
    );
  }
  const flat = isComplex(change.dtype) && !isComplex(output.dtype) ? real(change) : change;
  return castTo(flat, output.dtype);
}

/** Of an op that is linear in all that changes: the op of the changes; null for any other op. */
function ownTangent(apply: Apply, tangents: readonly (Variable | null)[]): Tangent[] | null {
  const { op, inputs, outputs, params } = apply;
  const sets = op.linear?.(apply).filter((set) => set.some((i) => tangents[i])) ?? [];
  const covered = new Set(sets.flat());
  if (outputs.length > 1 || tangents.some((tangent, i) => tangent && !covered.has(i))) return null;
  const zero = (input: Variable) =>
    filledLike(isDiscrete(input.dtype) ? castTo(input, apply.output.dtype) : input, 0);
  return [
    sets.map((set) => {
      const moved = inputs.map((input, i) => set.includes(i) ? tangents[i] ?? zero(input) : input);
      return applyOp(op, moved, params).output;
    }).reduce((sum, part) => add(sum, part)),
  ];
}

/** Of an op that says its gradient alone: u ↦ uᵀJ is linear, and its own gradient is v ↦ Jv. */
function turnedRound(
  apply: Apply,
  tangents: readonly (Variable | null)[],
  isOpen: (output: number) => boolean,
): Tangent[] {
  const { outputs } = apply;
  const vectors = outputs.map((output, o) => {
    if (!isOpen(o)) return null;
    const vector = makeVariable(output.type);
    assumeShape(vector, output);
    return vector;
  });
  const rows = pulledThrough(apply, vectors, tangents.map((tangent) => tangent !== null));
  const broken = rows.find((row, i) => tangents[i] && row instanceof UndefinedGradient);
  if (broken instanceof UndefinedGradient) return outputs.map(() => broken);
  const seeds = rows.flatMap((row, i): [Variable, Variable][] => {
    const tangent = tangents[i] ?? null;
    return row instanceof Variable && tangent !== null ? [[row, tangent]] : [];
  });
  const wanted = vectors.filter((vector) => vector !== null);
  const found = new Map(passBack(seeds, wanted).map((change, i) => [wanted[i]!, change] as const));
  // Where the vectors are still there, only their shapes matter.
  const stand = new Map(
    vectors.flatMap((vector, o) => vector ? [[vector, filledLike(outputs[o]!, 0)] as const] : []),
  );
  return vectors.map((vector) => {
    const change = vector && found.get(vector)!;
    if (!(change instanceof Variable)) return change instanceof UndefinedGradient ? change : null;
    return replace([change], stand)[0]!;
  });
}

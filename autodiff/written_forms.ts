/**
 * Derivatives of stable forms that depend on less than those of what was written: that of log(exp(x)) is 1.
 * What is connected to what is a matter of the graph as written, so they say what that depends on.
 *
 * @module
 */

import { type Apply, Variable } from "../core/graph/graph.ts";
import { isWrittenAs, writtenAs } from "../core/ops/control/derived_as.ts";
import { withoutReports } from "../core/ops/control/reports.ts";
import { connectedTo } from "./connected.ts";
import { UndefinedGradient } from "./gradient.ts";
import type { Found } from "./pullback.ts";
import { filledLike } from "./shapes.ts";

/** What gradients flow through in the place of applications. */
export interface Forms {
  /** What stands for the output of an application; null for the application itself. */
  of(apply: Apply): Variable | null;
  /** What the application depends on besides, with a gradient of 0. */
  freedOf(apply: Apply): readonly Variable[];
}

/** Everything as it is written. */
export const writtenForms: Forms = {
  of: (apply) => isWrittenAs(apply) ? apply.inputs[1]! : null,
  freedOf: () => [],
};

/**
 * Derivatives that depend on all that those of the graph as written depend on.
 *
 * @param found The derivatives in stable forms.
 * @param places Variables in the shapes of these.
 * @param ends What was differentiated, and what its gradients or changes are.
 * @param written Makes the derivatives of the graph as written.
 */
export function connectedAsWritten(
  found: readonly Found[],
  places: readonly Variable[],
  ends: readonly Variable[],
  written: () => readonly Found[],
): Found[] {
  const own = new Set(places);
  const sources = [...connectedTo(ends)].filter((v) => v.owner === null || own.has(v));
  let all: readonly (Variable | null)[] | null = null;
  return found.map((stable, i) => {
    if (stable === null || stable instanceof UndefinedGradient) return stable;
    const value = stable instanceof Variable ? stable : filledLike(places[i]!, 0);
    const have = connectedTo([value]);
    if (sources.every((source) => have.has(source))) return stable;
    all ??= written().map((one) => one instanceof Variable ? withoutReports([one])[0]! : null);
    const other = all[i]!;
    if (other === null) return stable;
    const wanted = connectedTo([other]);
    return sources.some((source) => wanted.has(source) && !have.has(source))
      ? writtenAs(value, other)
      : stable;
  });
}

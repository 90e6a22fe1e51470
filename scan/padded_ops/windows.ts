/**
 * Padding of rows of which only the first count.
 *
 * @module
 */

import type { Apply } from "../../core/graph/graph.ts";
import { add, lt, where } from "../../core/ops/elementwise.ts";
import { asVariable } from "../../core/ops/literal.ts";
import { arange } from "../../core/ops/ranges.ts";
import type { Variable } from "../../core/variable.ts";
import { again, along, type Made, padded } from "../padded.ts";
import { first, int64, type Step } from "./step.ts";

export function widened(apply: Apply, step: Step): Made | null {
  const part = first(apply, step);
  if (part === null) return null;
  const { axes, before, after } = apply.params as unknown as {
    axes: readonly number[];
    before: readonly (number | null)[];
    after: readonly (number | null)[];
  };
  const [, by, ...given] = apply.inputs as [Variable, Variable, ...Variable[]];
  if (given.some((width) => step.varies(width))) return null;
  let next = 0;
  const widths = [...before, ...after].map((n) =>
    n === null ? int64(step, given[next++]!) : asVariable(n, "int64")
  );
  const fill = step.plain(by), extents = [...part.extents];
  let value = again(apply, [part.value, fill, ...given.map((width) => step.plain(width))]);
  axes.forEach((axis, i) => {
    const own = extents[axis]!, ahead = widths[i]!, behind = widths[axes.length + i]!;
    if (own === null) return;
    const end = add(own.length, ahead);
    const extent = {
      count: add(add(own.count, ahead), behind),
      length: add(add(own.length, ahead), behind),
    };
    value = where(along(lt(arange(extent.count), end), axis, value.ndim), value, fill);
    extents[axis] = extent;
  });
  return padded(value, extents);
}

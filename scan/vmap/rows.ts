/**
 * Results of one row for all rows, where their lengths may differ from row to row.
 *
 * @module
 */

import type { Batched } from "../../core/batch/batched.ts";
import { Batching } from "../../core/batch/batching.ts";
import { drawsNumbers } from "../../core/batch/draws.ts";
import type { Apply, Variable } from "../../core/graph/graph.ts";
import { toposort } from "../../core/graph/walk.ts";
import { lengthOr } from "../../core/ops/common/checks.ts";
import { castTo } from "../../core/ops/common/build.ts";
import { asVariable } from "../../core/ops/common/literal.ts";
import { arange } from "../../core/ops/create/ranges.ts";
import { eq, maximum, minimum, sub, where } from "../../core/ops/elementwise/elementwise.ts";
import { index, slice } from "../../core/ops/index/indexing.ts";
import { all, max } from "../../core/ops/reduce/reduce.ts";
import { join } from "../../core/ops/shape/combine.ts";
import { endsEarly } from "../inner.ts";
import { isScan, scanOutputs, type ScanParams } from "../node.ts";
import { isPadded, type Made, wholes } from "../padded.ts";
import { movingSlices } from "../slices.ts";
import { padEach } from "../uneven.ts";

/** The greatest of the lengths of all rows; 0 without rows. */
const greatest = (lengths: Variable): Variable =>
  max(join(0, asVariable([0], "int64"), castTo(lengths, "int64")));

/** Whether a length is that of a loop that ended early. */
function isExecuted(length: Variable): boolean {
  const order = toposort([length]);
  const read = new Set([length, ...order.flatMap(({ inputs }) => inputs)]);
  return order.some((apply) => {
    const node = apply as unknown as Apply<ScanParams>;
    return isScan(node) && endsEarly(node.params.step.layout) && read.has(scanOutputs(node).count);
  });
}

/** Results of one row, for all `count` rows. `leaves` tells what its placeholders stand for. */
export function forAllRows(
  results: readonly Variable[],
  leaves: ReadonlyMap<Variable, Batched>,
  count: Variable,
  action: string,
): Batched[] {
  const batching = new Batching(leaves, { count, draws: "each" });
  const places = [...leaves].flatMap(([place, { stacked }]) => stacked ? [place] : []);
  const moved = movingSlices(results, places);
  const isLeaf = (variable: Variable) => leaves.has(variable);
  const drawn = toposort(moved, isLeaf).filter(drawsNumbers).flatMap(({ outputs }) => outputs);
  /** Something that is the same for all rows, as a part of an expression of one. */
  const fixed = (value: Variable): Variable => {
    batching.set(value, { value, stacked: false });
    return value;
  };
  const most = (length: Variable): Variable => {
    const [made] = batching.all([length]);
    return fixed(made!.stacked ? greatest(made!.value) : maximum(made!.value, 0));
  };
  const whole = (made: Made): Variable => {
    if (!isPadded(made)) return made;
    return made.extents.reduce<Variable>((value, extent, axis) => {
      if (extent === null) return value;
      const { length } = extent, [lengths] = batching.all([length]);
      const part = (item: Parameters<typeof index>[1]) =>
        index(value, [...wholes(axis), item as never]);
      if (!lengths!.stacked) return part(slice(null, length) as never);
      const longest = greatest(lengths!.value);
      if (isExecuted(length)) {
        const last = maximum(sub(length, 1), 0);
        return part(minimum(arange(fixed(longest)), last) as never);
      }
      const isOne = all(eq(lengths!.value, longest));
      const joint = lengthOr(where(isOne, longest, -1), {
        action,
        expected: "expected results of one shape in all rows",
      });
      return part(slice(null, fixed(joint)) as never);
    }, made.value);
  };
  const made = padEach(moved, [...places, ...drawn], most);
  return batching.all(made.map(whole));
}

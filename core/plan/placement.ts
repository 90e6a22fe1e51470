/**
 * Whether a graph can run on a device: dtypes it can hold, and 64-bit integers that are known to fit in
 * 32 bits where it has none.
 *
 * @module
 */

import type { Backend } from "../backend.ts";
import { isIndexInput } from "../graph/op.ts";
import { toposort } from "../graph/walk.ts";
import { Constant, type Variable } from "../variable.ts";

/** Axis lengths that narrowing counts on; the executor checks them at each plan. */
export const MAX_NARROW_LENGTH = 2 ** 26;

/** Bounds of an integer variable, both included. */
type Range = readonly [number, number];

const int32: Range = [-(2 ** 31), 2 ** 31 - 1];
const lengths: Range = [0, MAX_NARROW_LENGTH];

/**
 * Finds, for a backend, the first variable that it cannot hold. Integers that only say where or how much
 * are known on the host and do not count.
 */
export function placementOf(
  outputs: readonly Variable[],
  inputs: readonly Variable[],
): (backend: Backend) => Variable | null {
  return (backend) => {
    const data = dataVariables(outputs, new Set(inputs));
    const ranges = new Map<Variable, Range>();
    const fits = (variable: Variable): boolean => {
      if (variable.dtype !== "int64" || !backend.narrowsInt64) {
        return backend.supports(variable.dtype);
      }
      const range = rangeOf(variable, ranges);
      return range !== null && range[0] >= int32[0] && range[1] <= int32[1];
    };
    const culprits = data.filter((variable) => !fits(variable));
    // What the user gave says most.
    return culprits.find((variable) =>
      variable.owner === null && !(variable instanceof Constant)
    ) ??
      culprits.find((variable) => variable.name !== null) ?? culprits[0] ?? null;
  };
}

/** Variables that kernels read or write, inputs first. */
function dataVariables(outputs: readonly Variable[], inputs: ReadonlySet<Variable>): Variable[] {
  const seen = new Set<Variable>();
  const needed = new Set<Variable>(outputs);
  const order = toposort(outputs, (variable) => inputs.has(variable));
  for (const apply of order.toReversed()) {
    if (!apply.outputs.some((output) => needed.has(output))) continue;
    if (apply.op.name === "shapeI") continue;
    apply.inputs.forEach((input, i) => {
      if (!isIndexInput(apply, i)) needed.add(input);
    });
  }
  for (const apply of order) {
    for (const variable of [...apply.inputs, ...apply.outputs]) {
      if (needed.has(variable)) seen.add(variable);
    }
  }
  for (const output of outputs) seen.add(output);
  return [...seen];
}

/** Bounds of an int64 variable, or null when nothing is known. */
function rangeOf(variable: Variable, ranges: Map<Variable, Range>): Range | null {
  const known = ranges.get(variable);
  if (known !== undefined) return known;
  const range = findRange(variable, ranges);
  if (range !== null) ranges.set(variable, range);
  return range;
}

function findRange(variable: Variable, ranges: Map<Variable, Range>): Range | null {
  if (variable instanceof Constant) {
    let low = Infinity, high = -Infinity;
    for (const x of variable.value.data) {
      low = Math.min(low, Number(x));
      high = Math.max(high, Number(x));
    }
    return low > high ? [0, 0] : [low, high];
  }
  const dtypeRange = dtypeRanges[variable.dtype];
  if (dtypeRange !== undefined) return dtypeRange;
  const owner = variable.owner;
  // The value of an integer argument is checked when it is given.
  if (owner === null) return variable.ndim === 0 && !("container" in variable) ? int32 : null;
  const args = () => owner.inputs.map((input) => rangeOf(input, ranges));
  switch (owner.op.name) {
    case "shapeI":
    case "argreduce":
    case "argsort":
    case "nonzero":
    case "arange":
    case "jointLength":
      return lengths;
    case "scan":
      return variable.ndim === 0 ? lengths : null;
    case "reduce": {
      const kind = (owner.params as { kind?: string }).kind;
      if (kind === "max" || kind === "min") return args()[0] ?? null;
      return kind === "sum" && owner.inputs[0]!.dtype === "bool" ? lengths : null;
    }
    case "add":
      return combine(args(), (a, b) => [a[0] + b[0], a[1] + b[1]]);
    case "sub":
      return combine(args(), (a, b) => [a[0] - b[1], a[1] - b[0]]);
    case "mul":
      return combine(args(), (a, b) => {
        const all = [a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1]];
        return [Math.min(...all), Math.max(...all)];
      });
    case "neg":
      return combine(args(), (a) => [-a[1], -a[0]]);
    case "mod":
      return args()[1] ?? null;
    case "cast":
      return args()[0] ?? null;
    case "advInc": {
      const { set } = owner.params as { set?: boolean };
      const [x, y] = args();
      if (set === true) return hull([x ?? null, y ?? null]);
      // One element may take all that is added: bincount does so, with ones.
      return combine([x ?? null, y ?? null], (a, b) => [
        a[0] + Math.min(0, b[0]) * MAX_NARROW_LENGTH,
        a[1] + Math.max(0, b[1]) * MAX_NARROW_LENGTH,
      ]);
    }
    case "intDiv":
    case "abs":
      return union(args());
    case "maximum":
    case "minimum":
    case "clip":
    case "switch":
    case "dimshuffle":
    case "reshape":
    case "subtensor":
    case "advIndex":
    case "broadcastTo":
    case "join":
    case "makeVector":
    case "specifyShape":
    case "sort":
    case "copy":
      return hull(args().slice(0, owner.op.indexFrom));
    default:
      return null;
  }
}

const dtypeRanges: Partial<Record<string, Range>> = {
  bool: [0, 1],
  int8: [-128, 127],
  int16: [-32768, 32767],
  int32,
  uint8: [0, 255],
  uint16: [0, 65535],
  uint32: [0, 2 ** 32 - 1],
};

function combine(
  args: readonly (Range | null)[],
  f: (...args: Range[]) => Range,
): Range | null {
  return args.every((arg) => arg !== null) ? f(...args) : null;
}

/** All that any of the arguments may be. */
function hull(args: readonly (Range | null)[]): Range | null {
  return combine(args, (...all) => [
    Math.min(...all.map((r) => r[0])),
    Math.max(...all.map((r) => r[1])),
  ]);
}

/** All that any of the arguments may be, of either sign. */
function union(args: readonly (Range | null)[]): Range | null {
  return combine(args, (...all) => [
    Math.min(0, ...all.map((r) => r[0])),
    Math.max(...all.map((r) => r[1]), ...all.map((r) => -r[0])),
  ]);
}

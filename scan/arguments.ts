/**
 * The arguments of a scan in the forms that users write them, made uniform.
 *
 * @module
 */

import { isDiscrete } from "../core/graph/dtype.ts";
import { asVariable, type TensorLike } from "../core/ops/common/literal.ts";
import { Constant, Variable } from "../core/graph/graph.ts";
import { shown } from "../core/base/shown.ts";

/** A sequence with the places it is read at, relative to the step. */
export interface SequenceInfo {
  /** The sequence; scan runs along its first axis. */
  readonly input: TensorLike;
  /** Default [0]. */
  readonly taps?: number | readonly number[];
}

/** An output that is fed back: its first values, and the earlier steps that are read. */
export interface OutputInfo {
  /** The first value, or as many first rows as the taps reach back, oldest first. */
  readonly initial?: TensorLike;
  /** Default [-1]; null or [] when the output is not fed back. */
  readonly taps?: number | readonly number[] | null;
}

/** A sequence as users give it. */
export type SequenceLike = TensorLike | SequenceInfo;
/** What is known of an output as users give it. */
export type OutputInfoLike = TensorLike | OutputInfo | null | undefined;

/** A sequence, made uniform. */
export interface SequenceSpec {
  readonly variable: Variable;
  readonly taps: readonly number[];
  readonly lo: number;
  readonly hi: number;
}

/** An output, made uniform; `initial` null when it is not fed back. */
export interface OutputSpec {
  readonly initial: Variable | null;
  readonly taps: readonly number[];
  /** The initial was a JavaScript number: it takes the dtype of the step. */
  readonly flexible: boolean;
  /** Whether the initial has a leading axis of rows. */
  readonly rows: boolean;
}

/** Whether a value is a plain options object rather than a tensor. */
function isInfo(value: unknown, keys: readonly string[]): boolean {
  return typeof value === "object" && value !== null && !(value instanceof Variable) &&
    !Array.isArray(value) && !ArrayBuffer.isView(value) && !("dataSync" in value) &&
    (Object.keys(value).length === 0 || keys.some((key) => key in value));
}

/** One value, or a list of values, as a list. Nested numbers are one value. */
export function asList<X>(value: X | readonly X[] | null | undefined): readonly X[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) return [value as X];
  const numbers = value.length > 0 &&
    value.every((item) =>
      typeof item === "number" || typeof item === "bigint" || typeof item === "boolean" ||
      Array.isArray(item)
    );
  return numbers ? [value as X] : value as readonly X[];
}

/** The fields of an object that describes a sequence or an output. */
function expectFields(info: object, names: readonly string[], what: string): void {
  const unknown = Object.keys(info).find((key) => !names.includes(key));
  if (unknown === undefined) return;
  throw new TypeError(
    `Cannot build a scan: ${what} has an unknown field ${shown(unknown)}; fields are ${
      names.join(" and ")
    }`,
  );
}

function tapList(taps: number | readonly number[], what: string): readonly number[] {
  const list = typeof taps === "number" ? [taps] : taps;
  for (const tap of list) {
    if (!Number.isInteger(tap)) {
      throw new TypeError(
        `Cannot build a scan: the taps of ${what} must be integers, got ${shown(tap)}`,
      );
    }
  }
  if (new Set(list).size !== list.length) {
    throw new RangeError(
      `Cannot build a scan: all taps of ${what} must be different, got [${list}]`,
    );
  }
  return list;
}

/** Makes a sequence uniform. */
export function sequenceSpec(value: SequenceLike, i: number): SequenceSpec {
  const info: SequenceInfo = isInfo(value, ["input"]) && "input" in (value as object)
    ? value as SequenceInfo
    : { input: value as TensorLike };
  const variable = asVariable(info.input);
  const what = `sequence ${i} (${variable.label})`;
  if (info === value) expectFields(info, ["input", "taps"], what);
  if (variable.ndim === 0) {
    throw new TypeError(
      `Cannot build a scan: ${what} is a scalar, and a sequence needs an axis to run over`,
    );
  }
  const taps = tapList(info.taps ?? [0], what);
  return { variable, taps, lo: Math.min(0, ...taps), hi: Math.max(0, ...taps) };
}

/** Makes what is known of an output uniform. */
export function outputSpec(value: OutputInfoLike, i: number): OutputSpec {
  const none: OutputSpec = { initial: null, taps: [], flexible: false, rows: false };
  if (value === null || value === undefined) return none;
  const isObject = isInfo(value, ["initial", "taps"]);
  const info: OutputInfo = isObject ? value as OutputInfo : { initial: value as TensorLike };
  const what = `output ${i}`;
  if (isObject) expectFields(value as object, ["initial", "taps"], what);
  if (info.taps === null || Array.isArray(info.taps) && info.taps.length === 0) return none;
  if (info.initial === undefined || info.initial === null) {
    if (info.taps === undefined) return none;
    throw new TypeError(
      `Cannot build a scan: ${what} has taps [${info.taps}] and no initial value; give "initial"`,
    );
  }
  const taps = tapList(info.taps ?? [-1], what);
  for (const tap of taps) {
    if (tap >= 0) {
      throw new RangeError(
        `Cannot build a scan: the taps of ${what} must be negative, got ${
          shown(tap)
        }: only earlier steps are known`,
      );
    }
  }
  const initial = asVariable(info.initial);
  const rows = !(taps.length === 1 && taps[0] === -1);
  if (rows && initial.ndim === 0) {
    throw new TypeError(
      `Cannot build a scan: ${what} has taps [${taps}], so its initial value needs a leading axis of ` +
        `${-Math.min(...taps)} rows; ${initial.label} is a scalar`,
    );
  }
  const depth = -Math.min(...taps), known = initial.type.shape[0];
  if (rows && typeof known === "number" && known < depth) {
    throw new RangeError(
      `Cannot build a scan: ${what} has taps [${taps}], so its initial value needs ${depth} rows, and ` +
        `${initial.label} has ${known}`,
    );
  }
  return { initial, taps, flexible: isPlainNumber(info.initial), rows };
}

function isPlainNumber(value: TensorLike): boolean {
  return typeof value === "number" || Array.isArray(value);
}

/** The number of steps as an integer scalar, when it is given. */
export function stepsVariable(nSteps: TensorLike | undefined | null): Variable | null {
  if (nSteps === undefined || nSteps === null) return null;
  const steps = typeof nSteps === "number" ? asVariable(nSteps, "int64") : asVariable(nSteps);
  if (typeof nSteps === "number" && (!Number.isInteger(nSteps) || nSteps < 0)) {
    throw new RangeError(
      `Cannot build a scan: nSteps must be an integer >= 0, got ${shown(nSteps)}`,
    );
  }
  if (!isDiscrete(steps.dtype) || steps.dtype === "bool") {
    throw new TypeError(`Cannot build a scan: nSteps must be an integer, got ${steps.dtype}`);
  }
  if (steps.ndim !== 0) {
    throw new TypeError(`Cannot build a scan: nSteps must be a scalar, got ${steps.type}`);
  }
  if (steps instanceof Constant && Number(steps.value.data[0]) < 0) {
    throw new RangeError(`Cannot build a scan: nSteps must be >= 0, got ${steps.value.data[0]}`);
  }
  return steps;
}

/**
 * The errors Croton throws that carry data or that a caller may want to catch. Each one extends the
 * built-in error nearest to it, and each one is also a {@linkcode CrotonError}:
 * `error instanceof CrotonError` holds for all of them.
 *
 * @module
 */

import type { Tensor } from "../runtime/tensor.ts";

const BRAND = Symbol.for("croton.error");

/**
 * What all errors of Croton have in common. A class that extends `TypeError` or `RangeError` cannot
 * extend this one too, so `instanceof CrotonError` looks for a mark instead of the prototype.
 */
export class CrotonError extends Error {
  /**
   * Whether a value is an error of Croton (for `CrotonError` itself) or of the subclass asked for.
   *
   * @param value The right-hand side of `instanceof`.
   */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== CrotonError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && BRAND in value;
  }
}

/** No GPU can be used: there is no WebGPU, no adapter, or the adapter computes wrong results. */
export class NoGpuError extends CrotonError {
  /** What was tried and what it answered. */
  readonly reason: string;

  /**
   * Makes the error and its message.
   *
   * @param reason What was tried and what it answered.
   * @param options The usual options, such as `cause`.
   */
  constructor(reason: string, options?: ErrorOptions) {
    super(`Cannot use a GPU: ${reason}`, options);
    this.reason = reason;
  }
}

/**
 * The GPU device is gone, with everything that was stored on it. The next `compile`, or `warmUp` of a
 * function, opens a new one.
 */
export class DeviceLostError extends CrotonError {
  /** The reason WebGPU gives: `"destroyed"` or `"unknown"`. */
  readonly reason: string;

  /**
   * Makes the error and its message.
   *
   * @param reason The reason WebGPU gives: `"destroyed"` or `"unknown"`.
   * @param detail The driver's own words, when it has any.
   * @param options The usual options, such as `cause`.
   */
  constructor(reason: string, detail = "", options?: ErrorOptions) {
    const words = detail === "" ? "" : `: ${detail}`;
    super(`The GPU device was lost (${reason})${words}`, options);
    this.reason = reason;
  }
}

/** What an {@linkcode OutOfMemoryError} knows of the device's memory; all in bytes. */
export interface MemoryUse {
  /** Bytes asked for. */
  requested: number;
  /** Bytes in buffers that are in use. */
  live: number;
  /** Bytes in free buffers that are kept for reuse. */
  pooled: number;
  /** Which device, by default the GPU. */
  device?: "CPU" | "GPU";
}

/** The device has no memory left for a buffer, even after the free ones were given back. */
export class OutOfMemoryError extends CrotonError {
  /** Bytes asked for. */
  readonly requested: number;
  /** Bytes in buffers that were in use. */
  readonly live: number;
  /** Bytes in free buffers that were kept for reuse. */
  readonly pooled: number;

  /**
   * Makes the error and its message.
   *
   * @param use The bytes asked for, in use and pooled.
   * @param options The usual options, such as `cause`.
   */
  constructor(use: MemoryUse, options?: ErrorOptions) {
    super(
      `Cannot allocate ${use.requested} bytes on the ${
        use.device ?? "GPU"
      }: the device is out of memory ` +
        `(${use.live} bytes in use, ${use.pooled} bytes pooled)`,
      options,
    );
    this.requested = use.requested;
    this.live = use.live;
    this.pooled = use.pooled;
  }
}

/** What {@linkcode LimitError} says of a limit. */
export interface LimitUse {
  /** The limit's name, as WebGPU spells it. */
  limit: string;
  /** What was asked for. */
  requested: number;
  /** The most that the device allows. */
  maximum: number;
}

/** Something is larger than the device allows. */
export class LimitError extends RangeError {
  /** The limit's name, as WebGPU spells it. */
  readonly limit: string;
  /** What was asked for. */
  readonly requested: number;
  /** The most that the device allows. */
  readonly maximum: number;

  /**
   * Makes the error and its message.
   *
   * @param action What failed, as in "Cannot allocate a buffer".
   * @param use The limit's name, what was asked for and the most that the device allows.
   */
  constructor(action: string, { limit, requested, maximum }: LimitUse) {
    super(`${action}: ${requested} is over the device's limit "${limit}" of ${maximum}`);
    this.limit = limit;
    this.requested = requested;
    this.maximum = maximum;
  }
}

/** A shader was refused by the WebGPU implementation: a mistake in the code that printed it. */
export class ShaderError extends CrotonError {
  /** The kernel's label. */
  readonly label: string;
  /** The whole WGSL text. */
  readonly wgsl: string;
  /** What the WebGPU implementation said. */
  readonly detail: string;

  /**
   * Makes the error and its message.
   *
   * @param label The kernel's label.
   * @param wgsl The whole WGSL text; the message shows it with line numbers.
   * @param detail What the WebGPU implementation said.
   * @param options The usual options, such as `cause`.
   */
  constructor(label: string, wgsl: string, detail: string, options?: ErrorOptions) {
    super(
      `Cannot build the GPU kernel "${label}": ${detail.trim()}\n${numberLines(wgsl)}`,
      options,
    );
    this.label = label;
    this.wgsl = wgsl;
    this.detail = detail;
  }
}

/** The GPU refused a command, such as a dispatch or a copy, that was sent to it. */
export class GpuCommandError extends CrotonError {
  /** WebGPU's class of the error: "validation", "out-of-memory" or "internal". */
  readonly kind: string;
  /** What the WebGPU implementation said. */
  readonly detail: string;

  /**
   * Makes the error and its message.
   *
   * @param kind WebGPU's class of the error: "validation", "out-of-memory" or "internal".
   * @param detail What the WebGPU implementation said.
   * @param during What was being done, when that is known.
   */
  constructor(kind: string, detail: string, during = "") {
    const where = during === "" ? "" : ` while running "${during}"`;
    super(`The GPU reported a ${kind} error${where}: ${detail.trim()}`);
    this.kind = kind;
    this.detail = detail;
  }
}

/** Shapes, or a shape and a size, that do not go together. */
export class ShapeError extends TypeError {}

/** An index is outside its axis. */
export class IndexError extends RangeError {}

/** A matrix that is singular, or not positive definite, where it must not be. */
export class LinAlgError extends CrotonError {}

/** A graph uses a variable that is neither an input, nor shared, nor constant, nor given a value. */
export class MissingInputError extends TypeError {}

/** A function was given an input that its outputs and updates do not use. */
export class UnusedInputError extends TypeError {}

/** A gradient was asked for with respect to something that the cost does not depend on. */
export class DisconnectedInputError extends TypeError {}

/** A gradient that mathematics does not define, or that no rule can give. */
export class NullGradientError extends TypeError {}

/** A gradient disagrees with finite differences: found by `verifyGrad`. */
export class GradientError extends CrotonError {
  /** Number of the argument that the gradient belongs to. */
  readonly argument: number;
  /** Index of the element. */
  readonly position: readonly number[];
  /** What the gradient says. */
  readonly symbolic: number;
  /** What finite differences say. */
  readonly numeric: number;

  /**
   * Makes the error and its message.
   *
   * @param found The argument, the index of the element, both values, and in words what it is the gradient of.
   */
  constructor(found: {
    readonly of?: string;
    readonly argument: number;
    readonly position: readonly number[];
    readonly symbolic: number;
    readonly numeric: number;
  }) {
    super(
      `The gradient of ${found.of ?? `argument ${found.argument}`} at ` +
        `[${found.position.join(", ")}] is wrong: ` +
        `it is ${found.symbolic}, and finite differences give ${found.numeric}`,
    );
    this.argument = found.argument;
    this.position = found.position;
    this.symbolic = found.symbolic;
    this.numeric = found.numeric;
  }
}

/** A rewrite changed a value, or a kernel disagrees with the reference: found by `mode: "debug"`. */
export class VerificationError extends CrotonError {}

/** A file, or its bytes, that break the rules of their format. Nothing of it was loaded. */
export class FileFormatError extends SyntaxError {
  /** The tensor, the file inside of the file or the line that is wrong, if it is one. */
  readonly part: string | undefined;

  /**
   * Makes the error and its message.
   *
   * @param what What cannot be read, as in `safetensors file`.
   * @param detail What was expected and what was found.
   * @param options The usual options, such as `cause`, and the part that is wrong.
   */
  constructor(what: string, detail: string, options: ErrorOptions & { part?: string } = {}) {
    super(`Cannot read ${what}: ${detail}`, options);
    this.part = options.part;
  }
}

/** A file or folder that the system does not let be read or written. */
export class FileError extends CrotonError {
  /** The file or folder. */
  readonly path: string;

  /**
   * Makes the error and its message.
   *
   * @param action What failed: `read` or `write`.
   * @param path The file or folder.
   * @param reason What the system said.
   * @param options The usual options, such as `cause`.
   */
  constructor(action: "read" | "write", path: string, reason: string, options?: ErrorOptions) {
    super(`Cannot ${action} "${path}": ${reason}`, options);
    this.path = path;
  }
}

/** What a {@linkcode NanGuardError} knows. */
export interface BadResult {
  /** The result that is NaN, infinite, huge, or fails one's own test. */
  readonly value: Tensor;
  /** What the op was given. */
  readonly inputs: readonly Tensor[];
  /** The step of each loop around, the outermost first. */
  readonly steps: readonly number[];
  /** Name of the op. */
  readonly op: string;
  /** Where the user wrote it, as `file:line:column`, or "". */
  readonly place: string;
}

/** With `mode: "nanGuard"`, the first result that is bad. The call changed nothing. */
export class NanGuardError extends CrotonError {
  /** What was bad, and where. */
  readonly bad: BadResult;

  /**
   * Makes the error.
   *
   * @param message What happened.
   * @param bad What was bad, and where.
   */
  constructor(message: string, bad: BadResult) {
    super(message);
    this.bad = bad;
  }
}

/** What a graph says that holds, by `T.assert`, does not hold. */
export class AssertionError extends CrotonError {}

// Marks the instances of all of them, whatever built-in error they extend, as Croton's own.
for (
  const { name, prototype } of [
    CrotonError,
    NoGpuError,
    DeviceLostError,
    OutOfMemoryError,
    LimitError,
    ShaderError,
    GpuCommandError,
    ShapeError,
    IndexError,
    LinAlgError,
    MissingInputError,
    UnusedInputError,
    DisconnectedInputError,
    NullGradientError,
    GradientError,
    VerificationError,
    FileFormatError,
    FileError,
    NanGuardError,
    AssertionError,
  ]
) {
  Object.defineProperty(prototype, BRAND, { value: true });
  Object.defineProperty(prototype, "name", { value: name, writable: true, configurable: true });
}

/** A text with its lines numbered from 1, as a compiler's message counts them. */
function numberLines(text: string): string {
  const lines = text.split("\n");
  const width = String(lines.length).length;
  return lines.map((line, i) => `${String(i + 1).padStart(width)} | ${line}`).join("\n");
}

/**
 * Whether an error says that something does not fit, such as lengths, or a matrix that is singular: not one
 * of the language itself, as when the stack is full.
 */
export function isArgumentError(error: unknown): error is Error {
  const ofValues = error instanceof AssertionError || error instanceof LinAlgError;
  if (ofValues || error instanceof ShapeError) return true;
  return error instanceof RangeError && error.message.startsWith("Cannot ") ||
    error instanceof IndexError;
}

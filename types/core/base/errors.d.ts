// Made of core/base/errors.ts by `deno task types`.
/**
 * The errors Croton throws that carry data or that a caller may want to catch. Each one extends the
 * built-in error nearest to it, and each one is also a {@linkcode CrotonError}:
 * `error instanceof CrotonError` holds for all of them.
 *
 * @module
 */
import type { Tensor } from "../runtime/tensor.d.ts";
/**
 * What all errors of Croton have in common. A class that extends `TypeError` or `RangeError` cannot
 * extend this one too, so `instanceof CrotonError` looks for a mark instead of the prototype.
 */
export declare class CrotonError extends Error {
    /**
     * Whether a value is an error of Croton (for `CrotonError` itself) or of the subclass asked for.
     *
     * @param value The right-hand side of `instanceof`.
     */
    static [Symbol.hasInstance](value: unknown): boolean;
}
/** No GPU can be used: there is no WebGPU, no adapter, or the adapter computes wrong results. */
export declare class NoGpuError extends CrotonError {
    /** What was tried and what it answered. */
    readonly reason: string;
    /**
     * Makes the error and its message.
     *
     * @param reason What was tried and what it answered.
     * @param options The usual options, such as `cause`.
     */
    constructor(reason: string, options?: ErrorOptions);
}
/**
 * The GPU device is gone, with everything that was stored on it. The next `compile`, or `warmUp` of a
 * function, opens a new one.
 */
export declare class DeviceLostError extends CrotonError {
    /** The reason WebGPU gives: `"destroyed"` or `"unknown"`. */
    readonly reason: string;
    /**
     * Makes the error and its message.
     *
     * @param reason The reason WebGPU gives: `"destroyed"` or `"unknown"`.
     * @param detail The driver's own words, when it has any.
     * @param options The usual options, such as `cause`.
     */
    constructor(reason: string, detail?: string, options?: ErrorOptions);
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
export declare class OutOfMemoryError extends CrotonError {
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
    constructor(use: MemoryUse, options?: ErrorOptions);
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
export declare class LimitError extends RangeError {
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
    constructor(action: string, { limit, requested, maximum }: LimitUse);
}
/** A shader was refused by the WebGPU implementation: a mistake in the code that printed it. */
export declare class ShaderError extends CrotonError {
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
    constructor(label: string, wgsl: string, detail: string, options?: ErrorOptions);
}
/** The GPU refused a command, such as a dispatch or a copy, that was sent to it. */
export declare class GpuCommandError extends CrotonError {
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
    constructor(kind: string, detail: string, during?: string);
}
/** Shapes, or a shape and a size, that do not go together. */
export declare class ShapeError extends TypeError {
}
/** An index is outside its axis. */
export declare class IndexError extends RangeError {
}
/** A matrix that is singular, or not positive definite, where it must not be. */
export declare class LinAlgError extends CrotonError {
}
/** A graph uses a variable that is neither an input, nor shared, nor constant, nor given a value. */
export declare class MissingInputError extends TypeError {
}
/** A function was given an input that its outputs and updates do not use. */
export declare class UnusedInputError extends TypeError {
}
/** A gradient was asked for with respect to something that the cost does not depend on. */
export declare class DisconnectedInputError extends TypeError {
}
/** A gradient that mathematics does not define, or that no rule can give. */
export declare class NullGradientError extends TypeError {
}
/** A gradient disagrees with finite differences: found by `verifyGrad`. */
export declare class GradientError extends CrotonError {
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
    });
}
/** A rewrite changed a value, or a kernel disagrees with the reference: found by `mode: "debug"`. */
export declare class VerificationError extends CrotonError {
}
/** A file, or its bytes, that break the rules of their format. Nothing of it was loaded. */
export declare class FileFormatError extends SyntaxError {
    /** The tensor, the file inside of the file or the line that is wrong, if it is one. */
    readonly part: string | undefined;
    /**
     * Makes the error and its message.
     *
     * @param what What cannot be read, as in `safetensors file`.
     * @param detail What was expected and what was found.
     * @param options The usual options, such as `cause`, and the part that is wrong.
     */
    constructor(what: string, detail: string, options?: ErrorOptions & {
        part?: string;
    });
}
/** A file or folder that the system does not let be read or written. */
export declare class FileError extends CrotonError {
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
    constructor(action: "read" | "write", path: string, reason: string, options?: ErrorOptions);
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
export declare class NanGuardError extends CrotonError {
    /** What was bad, and where. */
    readonly bad: BadResult;
    /**
     * Makes the error.
     *
     * @param message What happened.
     * @param bad What was bad, and where.
     */
    constructor(message: string, bad: BadResult);
}
/** What a graph says that holds, by `T.assert`, does not hold. */
export declare class AssertionError extends CrotonError {
}
/**
 * Whether an error says that something does not fit, such as lengths, or a matrix that is singular: not one
 * of the language itself, as when the stack is full.
 */
export declare function isArgumentError(error: unknown): error is Error;

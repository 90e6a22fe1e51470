// Made of core/runtime/residency.ts by `deno task types`.
/**
 * What may leave a device when its memory gets short: copies of arguments, large results that the host
 * has not read, buffers that functions keep between calls.
 *
 * What a user drops is freed by the garbage collector, which tells of it when the program waits for something,
 * or, in Deno and Node, when it is asked. It is asked when much has come that was not disposed of. Where it
 * cannot be asked, or most of it is still in use, a loop that never waits takes a bounded amount of memory all the
 * same.
 *
 * @module
 */
import type { Backend, DeviceBuffer } from "./backend.d.ts";
import { type DType } from "../graph/dtype.d.ts";
import { DeviceLostError } from "../base/errors.d.ts";
/** The error for a value that went with its device: whose it is, and how to get another. */
export declare function lostValue(whose: string, advice: string, cause: DeviceLostError): DeviceLostError;
/** Something in device memory that can be given up. */
export interface Resident {
    /** Bytes of device memory. */
    readonly bytes: number;
    /** Leaves the device; what only the device has is copied to the host first. */
    evict(): void;
}
/**
 * The residents of one device. A loop that drops what it makes fills the memory with values that only one
 * call has used, or those soon after it; these may take a quarter, so they cannot drive out what is used
 * again and again.
 */
export declare class Residency {
    #private;
    /** Bytes that have been copied to the host when memory was short. */
    moved: number;
    /** Bytes of buffers that functions keep between calls. */
    keptBuffers: number;
    constructor(backend: Backend);
    /** Bytes of all residents. */
    get bytes(): number;
    /**
     * Whether the garbage collector should hear of new values: not where it is asked, while the few that there
     * are may all be disposed of, or when they move to the host, whose memory it knows.
     */
    get pressing(): boolean;
    /** Starts a call: what it touches stays until the next one. */
    begin(): void;
    /** Adds a resident, or marks it as used. */
    touch(entry: Resident): void;
    /** Forgets a resident that has left. */
    delete(entry: Resident): void;
    /** Takes memory of the device; where there is none left, residents go. */
    allocate(dtype: DType, elements: number): DeviceBuffer;
    /** Does what takes memory, again with fewer residents while there is too little. */
    withRoom<R>(act: () => R): R;
}
/** The residents of a device. */
export declare function residencyOf(backend: Backend): Residency;
/** A buffer that a function keeps between calls and can make again. */
export declare class KeptBuffer implements Resident {
    #private;
    readonly buffer: DeviceBuffer;
    /** Takes the memory. */
    constructor(residency: Residency, dtype: DType, elements: number);
    get bytes(): number;
    /** Whether it is there and large enough: how many bytes an element takes is the device's. */
    holds(dtype: DType, elements: number): boolean;
    evict(): void;
    /** Gives the memory back. */
    dispose(): void;
}

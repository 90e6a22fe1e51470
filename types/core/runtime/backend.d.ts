// Made of core/runtime/backend.ts by `deno task types`.
/**
 * What a device must offer: memory, and running Programs.
 *
 * @module
 */
import type { KernelTime } from "./measured.d.ts";
import type { DType, TypedArray } from "../graph/dtype.d.ts";
import type { DeviceLostError } from "../base/errors.d.ts";
import type { KernelLimits, LoopKernels, RowLimits } from "../ir/capabilities.d.ts";
import type { Program } from "../ir/program.d.ts";
/** Memory of a device. */
export interface DeviceBuffer {
    readonly bytes: number;
    /** Whether `dispose` was called. */
    readonly disposed: boolean;
    /** Copies the first `elements` values to the host; complex values come as interleaved pairs. */
    readSync(dtype: DType, elements: number): TypedArray;
    /** As `readSync`, without blocking where the device can. */
    read(dtype: DType, elements: number): Promise<TypedArray>;
    /** As `readSync`, in pieces that are cheap to take where they may never be looked at. */
    readPieces(dtype: DType, elements: number): TypedArray[];
    /** Replaces the contents by what `readPieces` of any device gave. */
    writePieces(dtype: DType, pieces: readonly TypedArray[]): void;
    /** Replaces the contents; `data` holds values of `dtype`. */
    write(dtype: DType, data: TypedArray): void;
    /** Gives the memory back. Safe to call twice. */
    dispose(): void;
}
/** The memory of one call, by the numbers in the buffer roles. */
export interface Bindings {
    /** Values of the base symbols by slot. */
    readonly env: Float64Array;
    /** Null for a dtype that the device does not have: no kernel reads it. */
    readonly inputs: readonly (DeviceBuffer | null)[];
    /** Null as in `inputs`. */
    readonly shared: readonly (DeviceBuffer | null)[];
    /** Null for the number of an update that the program makes in place. */
    readonly outputs: readonly (DeviceBuffer | null)[];
    /** Says more of a check that failed, where that comes out later: gives the error to throw. */
    readonly locate?: (error: unknown) => unknown;
}
/** Memory that a prepared program uses, and how its loops run. */
export interface ExecutableInfo {
    /** Scratch bytes of the last run (for the sizes of the plan, before the first). */
    readonly scratchBytes: number;
    /** Size of the compiled code: bytes of the module, or of the text of its kernels. */
    readonly codeBytes: number;
    /** Number of kernels printed. */
    readonly kernels: number;
    /** What libraries of the machine it uses, or why none; null where none is asked for. */
    readonly note: string | null;
    /** The text or bytes that were printed, for people: WGSL by kernel, or the size of the module. */
    readonly listing: string;
}
/** What was measured of the steps of a program, by their numbers in `allSteps`. */
export interface StepTimes {
    /** The milliseconds of the times that were measured, all together. */
    readonly milliseconds: ArrayLike<number>;
    /** How many were measured. */
    readonly samples: ArrayLike<number>;
    /** How often each step ran; null where nobody counted. */
    readonly calls: readonly (number | null)[];
    /** How often the program ran. */
    readonly runs: number;
    /** Whether the time of a loop has the times of its steps in it, else only what comes beside them. */
    readonly includesInner: boolean;
}
/** A program ready to run. */
export interface Executable {
    /**
     * Runs the program. Throws the error of a failed check on a device that knows at once (then nothing
     * in `commit` has run); on others the next read throws it.
     */
    run(bindings: Bindings): void;
    readonly info: ExecutableInfo;
    /** What is known by now of the steps of a program that is timed; null where nothing is. */
    readonly stepTimes?: StepTimes | null;
    /** Resolves when `stepTimes` knows all that was measured until now. */
    settle?(): Promise<void>;
    /** Gives back what it keeps to be faster at the next run, and makes again then. */
    free(): void;
    dispose(): void;
}
/** Numbers for people and tests. */
export interface BackendStats {
    /** Modules or pipelines made since the backend was opened. */
    readonly compiled: number;
    /** Modules or pipelines that are kept now. */
    readonly code: number;
    /** Live buffers, and their bytes. */
    readonly buffers: number;
    readonly bytes: number;
    /** Bytes in use, scratch memory and constants of programs included. */
    readonly used: number;
    /** The most bytes in use since the last `resetPeak`. */
    readonly peak: number;
    /** Bytes the device memory has grown to: the size of the WebAssembly memory, or of the pool. */
    readonly reserved: number;
}
/** A device. */
export interface Backend {
    readonly name: "cpu" | "gpu";
    /** For people: the adapter, or the features of the engine. */
    readonly description: string;
    /** Whether tensors of this dtype can be stored and computed with. */
    supports(dtype: DType): boolean;
    /** Whether it keeps NaN and infinities as IEEE 754 says, so that kernels need no guards. */
    readonly ieee: boolean;
    /** Whether programs may have functions as nodes, and not only primitives. */
    readonly functions: boolean;
    /** What a kernel can do. */
    readonly kernelLimits: KernelLimits;
    /** How loops run in kernels, by a strategy to be chosen; null if they run inside one function. */
    readonly loopKernels: LoopKernels | null;
    /** When it is better to run neighbouring nests row by row; null for never. */
    readonly rows: RowLimits | null;
    /** Bytes of values that may be there before some move to the host, unless `config.deviceBytes` says. */
    readonly residentBytes: number;
    /** Whether `readSync` works. */
    readonly readsSync: boolean;
    /** Whether the host can read results at once, without waiting for the device. */
    readonly hostReadable: boolean;
    /** Whether the error of a failed check comes with the next read, not with the call. */
    readonly defersErrors: boolean;
    /** Why it is gone, with all memory that it had; null while it is there, as far as is known. */
    readonly lost: DeviceLostError | null;
    /** As `lost`, after asking the device itself. */
    findLoss(): DeviceLostError | null;
    allocate(dtype: DType, elements: number): DeviceBuffer;
    /** Prints and compiles; programs of equal structure share compiled code. */
    prepare(program: Program): Executable;
    /** As `prepare`, without blocking on compilers where the device can. */
    prepareAsync(program: Program): Promise<Executable>;
    readonly stats: BackendStats;
    /** What times kernels by timestamps; null where the device has none. */
    kernelTimer?(): {
        start(): void;
        stop(): Promise<{
            readonly kernels: readonly KernelTime[];
        }>;
        /** As `stop`, where the device can be waited for. */
        stopSync(): {
            readonly kernels: readonly KernelTime[];
        };
    } | null;
    /**
     * What is printed for each step of a program and each commit, one by one, for people: the text of its
     * kernels, or the bytes of its module, with names.
     */
    printSteps?(program: Program): readonly (string | Uint8Array<ArrayBuffer>)[];
    /** Measures the peak from now on, which is at least so much. */
    resetPeak(least?: number): void;
}

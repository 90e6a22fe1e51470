/**
 * Checks that failed on the device. A run leaves a word in memory, and the call that reads one of its
 * results first is told.
 *
 * @module
 */

import { captureOrigin, type Origin } from "../../core/graph/origin.ts";
import { locateCall } from "../../core/graph/written.ts";
import { type Check, checkError } from "../../core/ir/program.ts";
import type { SizeEnv } from "../../core/ir/size.ts";
import type { GpuDevice } from "./device.ts";
import type { ReadRequest } from "./readback.ts";

/** Words in one page of the log. */
const PAGE_WORDS = 1024;

/** The most checks of a program that leave the integer that failed. */
export const MOST_INTEGERS = 64;

/** Words that the checks of a run leave: which one failed, and for each check an integer of 64 bits. */
export function checkWords(checks: readonly Check[]): number {
  return 1 + 2 * Math.min(checks.length, MOST_INTEGERS);
}

/** What is said of a run when it fails. */
interface RunOrigin {
  /** Where it was asked for. */
  readonly origin: Origin;
  readonly locate: (error: unknown) => unknown;
}

/** The places of the latest runs, by the buffers of their results. */
const places = new WeakMap<object, RunOrigin>();

/** The outcome of the checks of one run. */
export class RunChecks {
  readonly #checks: readonly Check[];
  readonly #env: SizeEnv;
  /** As long as a result of the run is there: the frames keep what ran alive. */
  readonly #place: WeakRef<RunOrigin>;
  #integer: bigint | null = null;
  #failed: number | null = null;
  #known = false;
  #told = false;

  /**
   * @param request Where the words are.
   * @param checks What each check says when it fails.
   * @param env The sizes of the run.
   * @param locate Says more of an error: gives the one to throw.
   */
  constructor(
    readonly request: ReadRequest,
    checks: readonly Check[],
    env: SizeEnv,
    locate: (error: unknown) => unknown = (error) => error,
  ) {
    this.#place = new WeakRef<RunOrigin>({ origin: captureOrigin(), locate });
    this.#checks = checks;
    this.#env = Float64Array.from(env);
  }

  /** Notes that a buffer holds a result. */
  keepFor(buffer: object): void {
    const place = this.#place.deref();
    if (place !== undefined) places.set(buffer, place);
  }

  /** Whether the word was read. */
  get known(): boolean {
    return this.#known;
  }

  /**
   * Takes the words: 0, or 2³² − 1 minus the number of the first check that failed; then what each check
   * left, plus 2⁶³, so that 0 means nothing.
   */
  resolve(memory: ArrayBuffer): void {
    if (this.#known) return;
    const words = new Uint32Array(memory), word = words[0]!;
    this.#known = true;
    if (word === 0) return;
    this.#failed = 0xffffffff - word;
    const low = words[1 + 2 * this.#failed] ?? 0, high = words[2 + 2 * this.#failed] ?? 0;
    if (low !== 0 || high !== 0) {
      this.#integer = (BigInt(high) << 32n) + BigInt(low) - 2n ** 63n;
    }
  }

  /**
   * Throws the error of the check that failed, the first time it is asked.
   *
   * @throws {IndexError} If a check failed.
   */
  tell(): void {
    if (this.#failed === null || this.#told) return;
    this.#told = true;
    const error = checkError(this.#checks[this.#failed], this.#env, this.#integer);
    const place = this.#place.deref();
    if (place === undefined) throw error;
    const located = place.locate(error);
    locateCall(located, place.origin);
    throw located;
  }
}

/** The words of the latest runs. */
export class CheckLog {
  readonly #device: GpuDevice;
  #page: GPUBuffer | null = null;
  #used = 0;
  /** Runs of which the word is not read. */
  #pending = new Set<RunChecks>();

  /** @param device Where the runs are. */
  constructor(device: GpuDevice) {
    this.#device = device;
  }

  /** A place for the words of a run that is about to be recorded. */
  open(
    checks: readonly Check[],
    env: SizeEnv,
    locate?: (error: unknown) => unknown,
  ): RunChecks {
    const words = checkWords(checks);
    if (this.#page === null || this.#used + words > PAGE_WORDS) this.#turn();
    const request = { buffer: this.#page!, offset: 4 * this.#used, bytes: 4 * words };
    this.#used += words;
    const run = new RunChecks(request, checks, env, locate);
    this.#pending.add(run);
    return run;
  }

  /** Takes a word that was read. */
  resolve(checks: RunChecks, memory: ArrayBuffer): void {
    checks.resolve(memory);
    this.#pending.delete(checks);
  }

  /** Gives the memory back. */
  destroy(): void {
    this.#page?.destroy();
  }

  #turn(): void {
    const old = this.#page;
    if (old !== null) {
      const runs = [...this.#pending];
      const requests = runs.map((run) => run.request);
      if (this.#device.readback.sync) {
        const words = this.#device.readback.readManySync(requests);
        runs.forEach((run, i) => this.resolve(run, words[i]!));
        this.#used = 0;
        return;
      }
      this.#device.readback.readMany(requests).then((words) => {
        runs.forEach((run, i) => this.resolve(run, words[i]!));
        old.destroy();
      }).catch((error) => this.#device.context.fail(error));
    }
    this.#used = 0;
    this.#page = this.#device.context.raw.createBuffer({
      label: "croton checks",
      size: 4 * PAGE_WORDS,
      usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
  }
}

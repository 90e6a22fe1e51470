/**
 * Checks that failed on the device. A run leaves a word in memory, and whoever reads one of its
 * results first is told.
 *
 * @module
 */

import { checkError } from "../core/errors.ts";
import type { GpuDevice } from "./device.ts";
import type { Check } from "../core/kernel/program.ts";
import type { ReadRequest } from "./readback.ts";

/** Words in one page of the log. */
const PAGE_WORDS = 1024;

/** The outcome of the checks of one run. */
export class RunChecks {
  readonly #checks: readonly Check[];
  #failed: number | null = null;
  #known = false;
  #told = false;

  /**
   * @param request Where the word is.
   * @param checks The checks, by number.
   */
  constructor(readonly request: ReadRequest, checks: readonly Check[]) {
    this.#checks = checks;
  }

  /** Whether the word was read. */
  get known(): boolean {
    return this.#known;
  }

  /** Whether there is nothing to tell any more. */
  get settled(): boolean {
    return this.#known && (this.#failed === null || this.#told);
  }

  /** Takes the word: 0, or 2³² − 1 minus the number of the first check that failed. */
  resolve(memory: ArrayBuffer): void {
    if (this.#known) return;
    const word = new Uint32Array(memory)[0]!;
    this.#known = true;
    this.#failed = word === 0 ? null : 0xffffffff - word;
  }

  /**
   * Throws the error of the check that failed, the first time it is asked.
   *
   * @throws {IndexError} If a check failed.
   */
  tell(): void {
    if (this.#failed === null || this.#told) return;
    this.#told = true;
    throw checkError(this.#checks[this.#failed] ?? { message: "An index is out of range" });
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

  /** A place for the word of a run that is about to be recorded. */
  open(programChecks: readonly Check[]): RunChecks {
    if (this.#page === null || this.#used === PAGE_WORDS) this.#turn();
    const request = { buffer: this.#page!, offset: 4 * this.#used++, bytes: 4 };
    const checks = new RunChecks(request, programChecks);
    this.#pending.add(checks);
    return checks;
  }

  /** Takes a word that was read. */
  resolve(checks: RunChecks, memory: ArrayBuffer): void {
    checks.resolve(memory);
    this.#pending.delete(checks);
  }

  /** Reads the words of all runs, and throws the error of the first one that failed. */
  async settle(): Promise<void> {
    const runs = [...this.#pending];
    if (runs.length === 0) return;
    const words = await this.#device.readback.readMany(runs.map((run) => run.request));
    runs.forEach((run, i) => this.resolve(run, words[i]!));
    for (const run of runs) run.tell();
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

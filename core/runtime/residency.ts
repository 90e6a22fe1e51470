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

import type { Backend, DeviceBuffer } from "./backend.ts";
import { settings } from "../base/settings.ts";
import { type DType, dtypeInfo } from "../graph/dtype.ts";
import { canCollect, type Generation } from "../base/collector.ts";
import { releaseDropped } from "../base/dropped.ts";
import { DeviceLostError, LimitError, OutOfMemoryError } from "../base/errors.ts";

/** The error for a value that went with its device: whose it is, and how to get another. */
export function lostValue(whose: string, advice: string, cause: DeviceLostError): DeviceLostError {
  const detail = `the value of ${whose} went with it, since the host had no copy; ${advice}`;
  return new DeviceLostError(cause.reason, detail, { cause });
}

/** Something in device memory that can be given up. */
export interface Resident {
  /** Bytes of device memory. */
  readonly bytes: number;
  /** Leaves the device; what only the device has is copied to the host first. */
  evict(): void;
}

/**
 * What was used by calls as long ago as this is nothing that a device still computes: to read it is not to wait.
 * And what is used again only so soon after it came is a step on the way to something else.
 */
const RECENT_CALLS = 4;

/** After so many calls in which nothing came back, what left was not missed. */
const CALM_CALLS = 64;

/**
 * When to look for what the program has dropped: after so many bytes that came and were not disposed of, and later
 * where little was found, or where looking took more than a quarter of the time since.
 */
class Search {
  readonly #generation: Generation;
  readonly #least: number;
  readonly #most: number;
  #wait: number;
  #came = 0;
  #call = 0;
  /** What came before this call and is still there was in use then; 0 where most of what came was. */
  known = 0;
  #time = performance.now();

  /**
   * @param generation What to look at.
   * @param least After how many bytes at least.
   * @param most After how many at most.
   */
  constructor(generation: Generation, least: number, most: number) {
    this.#generation = generation;
    this.#least = this.#wait = least;
    this.#most = most;
  }

  get due(): boolean {
    return this.#came >= this.#wait;
  }

  /** Says that something has come. */
  add(bytes: number): void {
    this.#came += bytes;
  }

  /** Says that something has left that came with a call. */
  remove(bytes: number, since: number): void {
    if (since >= this.#call) this.#came -= bytes;
  }

  /** Looks before a call; `bytes` tells how many are there that may have been dropped. */
  run(call: number, bytes: () => number): void {
    const before = bytes(), hoped = Math.min(before, this.#came), start = performance.now();
    releaseDropped(this.#generation);
    const end = performance.now();
    const pays = 2 * (before - bytes()) >= hoped && 4 * (end - start) < start - this.#time;
    this.#wait = pays ? this.#least : Math.min(2 * this.#wait, this.#most);
    this.#came = 0;
    this.known = pays ? call : 0;
    this.#call = call;
    this.#time = end;
  }
}

/** So many bytes came when it pays to look at what is young: they fit into many a processor's last cache. */
const YOUNG_BYTES = 1 << 25;

/** So many when it pays to look at all, which takes as long as to copy some 30 MB. */
const ALL_BYTES = 1 << 27;

/** What a resident takes on the host, about. */
const ENTRY_BYTES = 1 << 10;

/** A resident in its queue. */
interface QueueItem {
  readonly entry: Resident;
  /** The call that it came with. */
  readonly since: number;
  /** The call that used it last, which cannot do without it. */
  call: number;
  queue: Queue;
  before: QueueItem | null;
  after: QueueItem | null;
}

/** Residents in the order of their last use. */
class Queue {
  first: QueueItem | null = null;
  last: QueueItem | null = null;
  bytes = 0;

  append(item: QueueItem): void {
    item.queue = this;
    item.before = this.last;
    item.after = null;
    if (this.last === null) this.first = item;
    else this.last.after = item;
    this.last = item;
    this.bytes += item.entry.bytes;
  }

  remove(item: QueueItem): void {
    const { before, after } = item;
    if (before === null) this.first = after;
    else before.after = after;
    if (after === null) this.last = before;
    else after.before = before;
    this.bytes -= item.entry.bytes;
  }
}

/**
 * The residents of one device. A loop that drops what it makes fills the memory with values that only one
 * call has used, or those soon after it; these may take a quarter, so they cannot drive out what is used
 * again and again.
 */
export class Residency {
  readonly #backend: Backend;
  readonly #items = new Map<Resident, QueueItem>();
  /** Used by one call, or by those soon after it. */
  readonly #fresh = new Queue();
  /** Used by more. */
  readonly #used = new Queue();
  /** Those that have left before, and how many calls after their last use. */
  readonly #known = new WeakMap<Resident, number>();
  /**
   * How many of the last calls' residents stay on a device that the host can read. It is never behind, so that
   * of the last call may go first: its memory and the copy are in the caches, and a copy that is dropped at
   * once is collected with what is young. But not where it comes back, being used by a call or two later.
   */
  #recent = 0;
  /** The call in which one came back. */
  #missed = 0;
  #call = 0;
  readonly #young = new Search("young", YOUNG_BYTES, ALL_BYTES);
  readonly #all = new Search("all", ALL_BYTES, Infinity);
  /** Bytes that came with the last call. */
  #came = 0;
  /** Bytes that have been copied to the host when memory was short. */
  moved = 0;
  /** Bytes of buffers that functions keep between calls. */
  keptBuffers = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Bytes of all residents. */
  get bytes(): number {
    return this.#fresh.bytes + this.#used.bytes;
  }

  /**
   * Whether the garbage collector should hear of new values: not where it is asked, while the few that there
   * are may all be disposed of, or when they move to the host, whose memory it knows.
   */
  get pressing(): boolean {
    if (canCollect("young")) return false;
    const share = this.#fresh.bytes / this.#most;
    return share > 1 / 32 && share < 3 / 16;
  }

  get #most(): number {
    return settings.deviceBytes ?? this.#backend.residentBytes;
  }

  /** Starts a call: what it touches stays until the next one. */
  begin(): void {
    const came = this.#came;
    this.#came = 0;
    this.#call++;
    // Not while a call runs: what only that one still needs is not known from what the program has dropped.
    if (this.#young.due) this.#young.run(this.#call, () => this.#fresh.bytes);
    if (this.#all.due && this.#isFull(came)) this.#all.run(this.#call, () => this.#fresh.bytes);
    if (this.#call - this.#missed > CALM_CALLS) this.#recent = 0;
  }

  /** Adds a resident, or marks it as used. */
  touch(entry: Resident): void {
    let item = this.#items.get(entry);
    if (item?.call === this.#call) return;
    if (item !== undefined) {
      item.call = this.#call;
      if (item.queue === this.#fresh && this.#call - item.since < RECENT_CALLS) return;
      item.queue.remove(item);
      this.#used.append(item);
      return;
    }
    const after = this.#known.get(entry);
    if (after !== undefined) this.#miss(after);
    const queue = after === undefined ? this.#fresh : this.#used;
    item = { entry, since: this.#call, call: this.#call, queue, before: null, after: null };
    this.#items.set(entry, item);
    queue.append(item);
    this.#came += entry.bytes;
    this.#young.add(entry.bytes + ENTRY_BYTES);
    this.#all.add(entry.bytes + ENTRY_BYTES);
    this.#makeRoom(0);
  }

  /** One is back that had left so many calls after its last use. */
  #miss(after: number): void {
    if (after > RECENT_CALLS) return;
    this.#recent = Math.max(this.#recent, after);
    this.#missed = this.#call;
  }

  /** Forgets a resident that has left. */
  delete(entry: Resident): void {
    const item = this.#items.get(entry);
    if (item === undefined) return;
    this.#remove(item);
    this.#young.remove(item.entry.bytes + ENTRY_BYTES, item.since);
    this.#all.remove(item.entry.bytes + ENTRY_BYTES, item.since);
  }

  /** Takes memory of the device; where there is none left, residents go. */
  allocate(dtype: DType, elements: number): DeviceBuffer {
    this.#makeRoom(dtypeInfo(dtype).bytes * elements);
    return this.withRoom(() => this.#backend.allocate(dtype, elements));
  }

  /** Does what takes memory, again with fewer residents while there is too little. */
  withRoom<R>(act: () => R): R {
    for (let looked = false;;) {
      try {
        return act();
      } catch (error) {
        if (!(error instanceof LimitError || error instanceof OutOfMemoryError)) throw error;
        if (looked && !(this.#shrink(this.bytes / 2) || this.#shrink(0))) throw error;
        // What was dropped may be more than what can leave: shared variables, and what functions hold.
        if (!looked) releaseDropped("all");
        looked = true;
      }
    }
  }

  /** Whether so many bytes more are too many. */
  #isFull(bytes: number): boolean {
    const most = this.#most;
    return this.#fresh.bytes + bytes > most / 4 || this.bytes + bytes > most;
  }

  /** Lets residents leave that are too many beside so many bytes more. */
  #makeRoom(bytes: number): void {
    const most = this.#most;
    if (this.#fresh.bytes + bytes > most / 4) this.#shrinkFresh(most / 4 - bytes);
    if (this.bytes + bytes > most) this.#shrink(most - bytes);
  }

  /** Evicts what was used longest ago, but nothing of this call; whether any went. */
  #shrink(limit: number): boolean {
    let went = this.#shrinkFresh(limit - this.#used.bytes);
    let item = this.#used.first;
    while (item !== null && item.call !== this.#call && this.bytes > limit) {
      const { after } = item;
      this.#evict(item);
      item = after;
      went = true;
    }
    return went;
  }

  /**
   * Evicts fresh ones: first the oldest that are known to be in use, since others may be found to be dropped;
   * then those before the last calls, the youngest of them first: what comes next takes their memory, which is
   * still in the processor's caches.
   */
  #shrinkFresh(limit: number): boolean {
    const queue = this.#fresh, known = Math.max(this.#young.known, this.#all.known);
    let went = false, oldest = queue.first;
    while (oldest !== null && oldest.since < known && queue.bytes > limit) {
      const { after } = oldest;
      if (oldest.call < this.#call - RECENT_CALLS) {
        this.#evict(oldest);
        went = true;
      }
      oldest = after;
    }
    for (const recent of [this.#backend.hostReadable ? this.#recent : RECENT_CALLS, 0]) {
      let item = queue.last;
      while (item !== null && queue.bytes > limit) {
        const { before } = item;
        if (item.call < this.#call - recent) {
          this.#evict(item);
          went = true;
        }
        item = before;
      }
    }
    return went;
  }

  #remove(item: QueueItem): void {
    this.#items.delete(item.entry);
    item.queue.remove(item);
  }

  #evict(item: QueueItem): void {
    const { entry, call } = item;
    this.#remove(item);
    this.#known.set(entry, this.#call - call);
    entry.evict();
  }
}

const known = new WeakMap<Backend, Residency>();

/** The residents of a device. */
export function residencyOf(backend: Backend): Residency {
  let residency = known.get(backend);
  if (residency === undefined) known.set(backend, residency = new Residency(backend));
  return residency;
}

/** A buffer that a function keeps between calls and can make again. */
export class KeptBuffer implements Resident {
  readonly buffer: DeviceBuffer;
  readonly #residency: Residency;
  readonly #dtype: DType;
  readonly #elements: number;

  /** Takes the memory. */
  constructor(residency: Residency, dtype: DType, elements: number) {
    this.#residency = residency;
    this.#dtype = dtype;
    this.#elements = elements;
    this.buffer = residency.allocate(dtype, elements);
    residency.keptBuffers += this.buffer.bytes;
  }

  get bytes(): number {
    return this.buffer.bytes;
  }

  /** Whether it is there and large enough: how many bytes an element takes is the device's. */
  holds(dtype: DType, elements: number): boolean {
    return !this.buffer.disposed && this.#dtype === dtype && this.#elements >= elements;
  }

  evict(): void {
    if (this.buffer.disposed) return;
    this.#residency.keptBuffers -= this.buffer.bytes;
    this.buffer.dispose();
  }

  /** Gives the memory back. */
  dispose(): void {
    this.#residency.delete(this);
    this.evict();
  }
}

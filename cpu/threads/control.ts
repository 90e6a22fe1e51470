/**
 * Where threads find their work: a block of the shared memory.
 *
 * The main thread fills in a job, opens it and rings; whoever is awake takes parts of it until none are
 * left. Then the main thread closes the job and waits until nobody works on it any more. So a thread that
 * sleeps through a job, or is not there yet, costs nothing but its help.
 *
 * @module
 */

/** More threads than this are of no use. */
export const MOST_THREADS = 64;

/** How many words a job can be given. */
export const MOST_WORDS = 64;

/** Places of the control block, in words of 4 bytes. */
export const control = {
  /** Rises with each job. */
  ring: 0,
  /** Whether there is a job to take parts of. */
  open: 1,
  /** How many threads were asked for, besides the main one. */
  asked: 2,
  /** How many threads have started, besides the main one. */
  ready: 3,
  /** How many threads may work, the main one included. */
  limit: 4,
  /** The next part to be taken. */
  next: 5,
  /** How many parts there are. */
  parts: 6,
  /** Whether the main thread is at a job: parts of it share nothing out. */
  busy: 7,
  /** Whether a thread failed at its part. */
  failed: 8,
  /** The record of the code that has the job, and which of its functions does the parts. */
  code: 9,
  entry: 10,
  /** Work done since the program began that threads could have shared: a float64. */
  work: 12,
  /** What the parts are made from, by job. */
  job: 16,
  /** The address of the workspace of each thread; the first word is not used. */
  workspaces: 16 + MOST_WORDS,
  /** What each thread does; the first word is not used. */
  states: 16 + MOST_WORDS + MOST_THREADS,
} as const;

/** What a thread does: it isn't there (yet, or any more), sleeps, or is at a job, or looks whether there is one. */
export const state = { away: 0, idle: 1, busy: 2 } as const;

/** Bytes of the control block. */
export const CONTROL_BYTES = 4 * (control.states + MOST_THREADS);

/** Places of the record of some code, in words: what a thread needs to run it, too. */
export const record = {
  /** Tells code apart. */
  id: 0,
  /** Where the bytes of the module are, and how many. */
  bytes: 1,
  length: 2,
  /** The records of the modules that its imported functions come from, in their order; 0 for none. */
  imports: 3,
} as const;

/**
 * Where threads find their work: a block of the shared memory.
 *
 * The main thread fills in a job, opens it and rings; whoever is awake takes parts of it until none are
 * left. Then the main thread closes the job and waits until nobody works on it any more. So a thread that
 * sleeps through a job, or is not there yet, costs nothing but its help.
 *
 * @module
 */

/** Places of the control block, in words of 4 bytes. */
export const control = {
  /** Rises with each job. */
  ring: 0,
  /** Whether there is a job to take parts of. */
  open: 1,
  /** How many threads are at it, or look. */
  active: 2,
  /** How many threads have started, besides the main one. */
  ready: 3,
  /** How many threads may work, the main one included. */
  limit: 4,
  /** The next part to be taken. */
  next: 5,
  /** How many parts there are. */
  parts: 6,
  /** What the parts are made from, by job. */
  job: 8,
  /** Work done since the program began that threads could have shared: a float64. */
  work: 30,
} as const;

/** Bytes of the control block. */
export const CONTROL_BYTES = 128;

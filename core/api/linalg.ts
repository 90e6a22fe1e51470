/**
 * Linear algebra: what `T.linalg` has.
 *
 * @module
 */

export * from "../ops/linalg/systems.ts";

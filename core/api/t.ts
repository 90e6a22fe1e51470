/**
 * Everything that builds graphs, under one roof: `import { T } from "@croton/croton"`.
 *
 * @module
 */

export * from "./functions.ts";
export * from "./expr.ts";
export * as fft from "./fft.ts";
export * as linalg from "./linalg.ts";
export * as stats from "./stats.ts";

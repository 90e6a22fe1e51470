// Made of core/api/t.ts by `deno task types`.
/**
 * Everything that builds graphs, under one roof: `import { T } from "@croton/croton"`.
 *
 * @module
 */
export * from "./functions.d.ts";
export * from "./expr.d.ts";
export * as fft from "./fft.d.ts";
export * as linalg from "./linalg.d.ts";
export * as stats from "./stats.d.ts";

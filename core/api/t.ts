/**
 * Everything that builds graphs, under one roof: `import { T } from "@croton/croton"`.
 *
 * @module
 */

export * from "./functions.ts";
export { expr } from "./expr.ts";

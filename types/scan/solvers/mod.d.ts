// Made of scan/solvers/mod.ts by `deno task types`.
/**
 * Solvers as loops on the device, whose solutions have gradients.
 *
 * @module
 */
export { fixedPoint, type FixedPointResult } from "./fixed_point.d.ts";
export { minimize, type MinimizeOptions, type MinimizeResult } from "./minimize.d.ts";
export { odeint, type OdeOptions, type TrajectoryOf } from "./odeint.d.ts";
export type { SolverOptions } from "./options.d.ts";
export { rootFind, type RootResult } from "./root_find.d.ts";
export type { SolverState, VariablesOf } from "./states.d.ts";

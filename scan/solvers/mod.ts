/**
 * Solvers as loops on the device, whose solutions have gradients.
 *
 * @module
 */

import { registerBatching } from "../../core/batch/rules.ts";
import { customVjpOp } from "../../core/ops/control/custom_vjp.ts";
import { batchDerived } from "./rows.ts";

registerBatching(customVjpOp.name, batchDerived);

export { fixedPoint, type FixedPointResult } from "./fixed_point.ts";
export { minimize, type MinimizeOptions, type MinimizeResult } from "./minimize.ts";
export { odeint, type OdeOptions, type TrajectoryOf } from "./odeint.ts";
export type { SolverOptions } from "./options.ts";
export { rootFind, type RootResult } from "./root_find.ts";
export type { SolverState, VariablesOf } from "./states.ts";

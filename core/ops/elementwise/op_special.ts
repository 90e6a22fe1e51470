/**
 * Rows of the elementwise table: special functions.
 *
 * @module
 */

import * as math from "../../math/mod.ts";
import { realFunction } from "./op_functions.ts";
import type { ElementwiseRow } from "./op.ts";
import * as special from "./special_reference.ts";

/** The rows. */
export const specialRows = {
  erf: realFunction(special.erf, math.erf, 24, { facts: ["saturates", "odd"] }),
  erfc: realFunction(special.erfc, math.erfc, 30, { facts: ["saturates", "notNegative"] }),
  erfinv: realFunction(special.erfinv, math.erfinv, 40),
  erfcinv: realFunction(special.erfcinv, math.erfcinv, 40),
  gamma: realFunction(special.gamma, math.gamma, 50),
  gammaln: realFunction(special.gammaln, math.lgamma, 50),
  digamma: realFunction(special.digamma, math.digamma, 50),
  trigamma: realFunction(special.trigamma, math.trigamma, 50),
} satisfies Record<string, ElementwiseRow>;

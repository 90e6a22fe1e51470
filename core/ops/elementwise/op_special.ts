/**
 * Rows of the elementwise table: special functions.
 *
 * @module
 */

import { realFunction } from "./op_functions.ts";
import type { ElementwiseRow } from "./op.ts";
import * as special from "./special_reference.ts";

/** The rows. */
export const specialRows = {
  erf: realFunction(special.erf, "erf", 24, { facts: ["saturates", "odd"] }),
  erfc: realFunction(special.erfc, "erfc", 30, { facts: ["saturates", "notNegative"] }),
  erfinv: realFunction(special.erfinv, "erfinv", 40),
  erfcinv: realFunction(special.erfcinv, "erfcinv", 40),
  gamma: realFunction(special.gamma, "gamma", 50),
  gammaln: realFunction(special.gammaln, "lgamma", 50),
  digamma: realFunction(special.digamma, "digamma", 50),
  trigamma: realFunction(special.trigamma, "trigamma", 50),
} satisfies Record<string, ElementwiseRow>;

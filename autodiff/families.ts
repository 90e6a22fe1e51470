/**
 * The derivatives of all ops of the library, by family.
 *
 * @module
 */

import type { GradientRules } from "./rule.ts";
import { controlGradients } from "./rules_control.ts";
import { decomposeGradients } from "./rules_decompose.ts";
import { eigGradients } from "./rules_eig.ts";
import { elementwiseGradients } from "./rules_elementwise.ts";
import { fftGradients } from "./rules_fft.ts";
import { indexingGradients } from "./rules_indexing.ts";
import { linalgGradients } from "./rules_linalg.ts";
import { orderGradients } from "./rules_order.ts";
import { randomGradients } from "./rules_random.ts";
import { reduceGradients } from "./rules_reduce.ts";
import { shapeGradients } from "./rules_shape.ts";
import { solveGradients } from "./rules_solve.ts";
import { windowGradients } from "./rules_window.ts";

/** The derivatives of all ops, in the order in which they are looked through. */
export const families: readonly GradientRules[] = [
  elementwiseGradients,
  reduceGradients,
  shapeGradients,
  indexingGradients,
  linalgGradients,
  solveGradients,
  decomposeGradients,
  eigGradients,
  windowGradients,
  fftGradients,
  orderGradients,
  controlGradients,
  randomGradients,
];

/**
 * The phases of rewriting, in the order in which they run.
 *
 * - `fold` computes what depends on no input.
 * - `canonicalize` brings expressions into one form, so that later rules need to know only that one.
 * - `stabilize` replaces what overflows or loses digits, first what is under logarithms, then quotients.
 * - `simplify` takes work out of sums and products, and computes only what is asked for.
 * - `specialize` takes the cheapest operation that does the same.
 *
 * @module
 */

import { arithmeticRules, cheaperArithmetic } from "./algebra/arithmetic.ts";
import { castRules, dropAssert, dropWrapper } from "./algebra/casts.ts";
import { changeRules, cheaperChanges } from "./indexing/changes.ts";
import { cheaperComparisons, comparisonRules } from "./algebra/comparison.ts";
import { foldRules, lastFoldRules } from "./fold.ts";
import { cheaperIndexing, indexingRules } from "./indexing/indexing_rules.ts";
import { inverseRules, stableRoots } from "./algebra/inverses.ts";
import { cheaperMatmuls, matmulRules } from "./algebra/matmul_rules.ts";
import { factorRules } from "./algebra/shared_factors.ts";
import { cheaperPowers, powerRules } from "./algebra/powers.ts";
import { cheaperProducts, productRules } from "./algebra/products.ts";
import { cheaperReductions, reductionRules } from "./algebra/reductions.ts";
import { cheaperSums } from "./algebra/summands.ts";
import type { Phase, Rule } from "./rule.ts";
import { cheaperScatters, scatterRules } from "./indexing/scatter.ts";
import { structureRules } from "./algebra/structured_matrices.ts";
import { shapeRules } from "./indexing/shape_rules.ts";
import { stableErfRules } from "./stability/erf.ts";
import { stableLogRules } from "./stability/log.ts";
import { fewerExps, quotientRules } from "./stability/quotients.ts";
import { squareRules } from "./stability/squares.ts";
import { logisticForms, stableSigmoidRules } from "./stability/sigmoid.ts";

/** Rules that every phase needs, because the others make what they clean up. */
const cleaning: readonly Rule[] = [
  ...castRules,
  ...comparisonRules,
  ...arithmeticRules,
  ...inverseRules,
  ...powerRules,
  ...shapeRules,
  ...indexingRules,
  ...changeRules,
  ...reductionRules,
  ...matmulRules,
  ...scatterRules,
  ...logisticForms,
  ...productRules,
];

const canonical: readonly Rule[] = [...foldRules, ...cleaning];

const stable: readonly Rule[] = [
  ...stableErfRules,
  ...stableSigmoidRules,
  ...stableLogRules,
  ...squareRules,
  ...stableRoots,
];

/** All phases. */
export const phases: readonly Phase[] = [
  // Of a value that says what its derivatives are, these are graphs that nobody needs any more.
  { name: "fold", rules: [dropWrapper, dropAssert, ...foldRules] },
  // exp(log(x)) waits until logarithms are stable: their exponentials are exponentials of sums then.
  { name: "canonicalize", rules: canonical.filter(({ name }) => name !== "inverse-where") },
  { name: "stabilize", rules: [...stable, ...canonical] },
  // A quotient may underflow where its logarithm does not, which needs it as it is written.
  { name: "stabilize", rules: [...stable, ...canonical, ...quotientRules] },
  {
    name: "simplify",
    rules: [
      ...cheaperReductions,
      ...cheaperSums,
      ...cheaperIndexing,
      ...cheaperChanges,
      ...cheaperScatters,
      ...cheaperMatmuls,
      ...structureRules,
      ...factorRules,
      ...fewerExps,
      ...lastFoldRules,
      ...cleaning,
    ],
  },
  {
    name: "specialize",
    rules: [
      ...cheaperPowers,
      ...cheaperArithmetic,
      ...cheaperComparisons,
      ...cheaperProducts,
      ...lastFoldRules,
    ],
  },
];

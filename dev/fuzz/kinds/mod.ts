/**
 * All kinds of random programs.
 *
 * @module
 */

import type { Kind } from "../generator.ts";
import { branches } from "./branches.ts";
import { gradients, graphs, updates, wild } from "./graphs.ts";
import { guards } from "./guards.ts";
import { narrowIntegers, wideIntegers } from "./integers.ts";
import { long } from "./long.ts";
import {
  counters,
  ending,
  loopGradients,
  loops,
  loopSeconds,
  nested,
  nestedEnding,
  poisoned,
} from "./loops.ts";
import { positions } from "./positions.ts";
import { sizes } from "./sizes.ts";
import { stable } from "./stable.ts";

/** The kinds. */
export const kinds: readonly Kind[] = [
  graphs,
  wild,
  gradients,
  updates,
  positions,
  narrowIntegers,
  wideIntegers,
  sizes,
  branches,
  loops,
  ending,
  loopGradients,
  loopSeconds,
  poisoned,
  nested,
  nestedEnding,
  counters,
  guards,
  stable,
  long,
];

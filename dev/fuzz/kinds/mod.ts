/**
 * All kinds of random programs.
 *
 * @module
 */

import type { KernelKind, Kind } from "../generator.ts";
import { branches } from "./branches.ts";
import { complexNumbers } from "./complex.ts";
import { convolutions } from "./convolutions.ts";
import { draws } from "./draws.ts";
import { gradients, graphs, updates, wild } from "./graphs.ts";
import { failing } from "./failing.ts";
import { guards } from "./guards.ts";
import { narrowIntegers, wideIntegers } from "./integers.ts";
import { cpuKernels, gpuKernels } from "./kernels.ts";
import { lengths } from "./lengths.ts";
import { long } from "./long.ts";
import {
  changing,
  choosing,
  counters,
  ending,
  loopGradients,
  loops,
  loopSeconds,
  nested,
  nestedEnding,
  poisoned,
  tapped,
} from "./loops.ts";
import { mapped } from "./mapped.ts";
import { positions } from "./positions.ts";
import { rewriting } from "./rewriting.ts";
import { rows } from "./rows.ts";
import { scatter } from "./scatter.ts";
import { sizes } from "./sizes.ts";
import { stable } from "./stable.ts";

/** Kinds of graphs. */
export const kinds: readonly Kind[] = [
  graphs,
  lengths,
  wild,
  gradients,
  updates,
  failing,
  scatter,
  positions,
  narrowIntegers,
  wideIntegers,
  sizes,
  branches,
  loops,
  ending,
  loopGradients,
  loopSeconds,
  choosing,
  changing,
  poisoned,
  nested,
  nestedEnding,
  rows,
  tapped,
  counters,
  complexNumbers,
  convolutions,
  draws,
  guards,
  stable,
  long,
  mapped,
];

/** Kinds that rewrite or run by themselves. */
export const kernelKinds: readonly KernelKind[] = [rewriting, cpuKernels, gpuKernels];

/** The names of all kinds. */
export const kindNames: readonly string[] = [...kinds, ...kernelKinds].map(({ name }) => name);

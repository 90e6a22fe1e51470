/**
 * Where ops find what their kernels are made of: it is loaded with the first function that is compiled.
 *
 * @module
 */

import { Later } from "../../base/later.ts";
import type * as parts from "../kernels.ts";

/** What kernels are made of. */
export const kernels: Later<typeof parts> = new Later("What kernels are made of");

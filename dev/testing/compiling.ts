/**
 * What the first `compile` loads, for tests of parts that are used without it.
 *
 * @module
 */

import { kernels } from "../../core/ops/common/kernels.ts";
import * as parts from "../../core/ops/kernels.ts";
import "../../scan/compiling.ts";

kernels.set(parts);

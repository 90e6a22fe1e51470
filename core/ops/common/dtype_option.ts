/**
 * dtypes as users choose them.
 *
 * @module
 */

import { settings } from "../../base/settings.ts";
import { type DType, dtypeInfo } from "../../graph/dtype.ts";

/** A dtype, or the one that `config.floatX` names now. */
export type DTypeOption = DType | "floatX";

/** The dtype that an option stands for. Throws a TypeError for an unknown one. */
export function resolveDType(dtype: DTypeOption): DType {
  return dtype === "floatX" ? settings.floatX : dtypeInfo(dtype).name;
}

// Made of core/ops/common/dtype_option.ts by `deno task types`.
/**
 * dtypes as users choose them.
 *
 * @module
 */
import { type DType } from "../../graph/dtype.d.ts";
/** A dtype, or the one that `config.floatX` names now. */
export type DTypeOption = DType | "floatX";
/** The dtype that an option stands for. Throws a TypeError for an unknown one. */
export declare function resolveDType(dtype: DTypeOption): DType;

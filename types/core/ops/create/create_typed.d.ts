// Made of core/ops/create/create_typed.ts by `deno task types`.
/**
 * Constructors of variables with the dtype in their name: `b` int8, `w` int16, `i` int32, `l` int64,
 * `f` float32, `d` float64, `c` complex64, `z` complex128.
 *
 * @module
 */
import type { PluralConstructor, TensorConstructor } from "./create.d.ts";
/** A 0-d int8 variable. */
export declare const bscalar: TensorConstructor<"int8", 0>;
/** An int8 vector. */
export declare const bvector: TensorConstructor<"int8", 1>;
/** An int8 matrix. */
export declare const bmatrix: TensorConstructor<"int8", 2>;
/** An int8 matrix of one row. */
export declare const brow: TensorConstructor<"int8", 2>;
/** An int8 matrix of one column. */
export declare const bcol: TensorConstructor<"int8", 2>;
/** An int8 variable of rank 3. */
export declare const btensor3: TensorConstructor<"int8", 3>;
/** An int8 variable of rank 4. */
export declare const btensor4: TensorConstructor<"int8", 4>;
/** An int8 variable of rank 5. */
export declare const btensor5: TensorConstructor<"int8", 5>;
/** An int8 variable of rank 6. */
export declare const btensor6: TensorConstructor<"int8", 6>;
/** An int8 variable of rank 7. */
export declare const btensor7: TensorConstructor<"int8", 7>;
/** Several 0-d int8 variables. */
export declare const bscalars: PluralConstructor<"int8", 0>;
/** Several int8 vectors. */
export declare const bvectors: PluralConstructor<"int8", 1>;
/** Several int8 matrices. */
export declare const bmatrices: PluralConstructor<"int8", 2>;
/** Several int8 matrices of one row. */
export declare const brows: PluralConstructor<"int8", 2>;
/** Several int8 matrices of one column. */
export declare const bcols: PluralConstructor<"int8", 2>;
/** Several int8 variables of rank 3. */
export declare const btensor3s: PluralConstructor<"int8", 3>;
/** Several int8 variables of rank 4. */
export declare const btensor4s: PluralConstructor<"int8", 4>;
/** Several int8 variables of rank 5. */
export declare const btensor5s: PluralConstructor<"int8", 5>;
/** Several int8 variables of rank 6. */
export declare const btensor6s: PluralConstructor<"int8", 6>;
/** Several int8 variables of rank 7. */
export declare const btensor7s: PluralConstructor<"int8", 7>;
/** A 0-d int16 variable. */
export declare const wscalar: TensorConstructor<"int16", 0>;
/** An int16 vector. */
export declare const wvector: TensorConstructor<"int16", 1>;
/** An int16 matrix. */
export declare const wmatrix: TensorConstructor<"int16", 2>;
/** An int16 matrix of one row. */
export declare const wrow: TensorConstructor<"int16", 2>;
/** An int16 matrix of one column. */
export declare const wcol: TensorConstructor<"int16", 2>;
/** An int16 variable of rank 3. */
export declare const wtensor3: TensorConstructor<"int16", 3>;
/** An int16 variable of rank 4. */
export declare const wtensor4: TensorConstructor<"int16", 4>;
/** An int16 variable of rank 5. */
export declare const wtensor5: TensorConstructor<"int16", 5>;
/** An int16 variable of rank 6. */
export declare const wtensor6: TensorConstructor<"int16", 6>;
/** An int16 variable of rank 7. */
export declare const wtensor7: TensorConstructor<"int16", 7>;
/** Several 0-d int16 variables. */
export declare const wscalars: PluralConstructor<"int16", 0>;
/** Several int16 vectors. */
export declare const wvectors: PluralConstructor<"int16", 1>;
/** Several int16 matrices. */
export declare const wmatrices: PluralConstructor<"int16", 2>;
/** Several int16 matrices of one row. */
export declare const wrows: PluralConstructor<"int16", 2>;
/** Several int16 matrices of one column. */
export declare const wcols: PluralConstructor<"int16", 2>;
/** Several int16 variables of rank 3. */
export declare const wtensor3s: PluralConstructor<"int16", 3>;
/** Several int16 variables of rank 4. */
export declare const wtensor4s: PluralConstructor<"int16", 4>;
/** Several int16 variables of rank 5. */
export declare const wtensor5s: PluralConstructor<"int16", 5>;
/** Several int16 variables of rank 6. */
export declare const wtensor6s: PluralConstructor<"int16", 6>;
/** Several int16 variables of rank 7. */
export declare const wtensor7s: PluralConstructor<"int16", 7>;
/** A 0-d int32 variable. */
export declare const iscalar: TensorConstructor<"int32", 0>;
/** An int32 vector. */
export declare const ivector: TensorConstructor<"int32", 1>;
/** An int32 matrix. */
export declare const imatrix: TensorConstructor<"int32", 2>;
/** An int32 matrix of one row. */
export declare const irow: TensorConstructor<"int32", 2>;
/** An int32 matrix of one column. */
export declare const icol: TensorConstructor<"int32", 2>;
/** An int32 variable of rank 3. */
export declare const itensor3: TensorConstructor<"int32", 3>;
/** An int32 variable of rank 4. */
export declare const itensor4: TensorConstructor<"int32", 4>;
/** An int32 variable of rank 5. */
export declare const itensor5: TensorConstructor<"int32", 5>;
/** An int32 variable of rank 6. */
export declare const itensor6: TensorConstructor<"int32", 6>;
/** An int32 variable of rank 7. */
export declare const itensor7: TensorConstructor<"int32", 7>;
/** Several 0-d int32 variables. */
export declare const iscalars: PluralConstructor<"int32", 0>;
/** Several int32 vectors. */
export declare const ivectors: PluralConstructor<"int32", 1>;
/** Several int32 matrices. */
export declare const imatrices: PluralConstructor<"int32", 2>;
/** Several int32 matrices of one row. */
export declare const irows: PluralConstructor<"int32", 2>;
/** Several int32 matrices of one column. */
export declare const icols: PluralConstructor<"int32", 2>;
/** Several int32 variables of rank 3. */
export declare const itensor3s: PluralConstructor<"int32", 3>;
/** Several int32 variables of rank 4. */
export declare const itensor4s: PluralConstructor<"int32", 4>;
/** Several int32 variables of rank 5. */
export declare const itensor5s: PluralConstructor<"int32", 5>;
/** Several int32 variables of rank 6. */
export declare const itensor6s: PluralConstructor<"int32", 6>;
/** Several int32 variables of rank 7. */
export declare const itensor7s: PluralConstructor<"int32", 7>;
/** A 0-d int64 variable. */
export declare const lscalar: TensorConstructor<"int64", 0>;
/** An int64 vector. */
export declare const lvector: TensorConstructor<"int64", 1>;
/** An int64 matrix. */
export declare const lmatrix: TensorConstructor<"int64", 2>;
/** An int64 matrix of one row. */
export declare const lrow: TensorConstructor<"int64", 2>;
/** An int64 matrix of one column. */
export declare const lcol: TensorConstructor<"int64", 2>;
/** An int64 variable of rank 3. */
export declare const ltensor3: TensorConstructor<"int64", 3>;
/** An int64 variable of rank 4. */
export declare const ltensor4: TensorConstructor<"int64", 4>;
/** An int64 variable of rank 5. */
export declare const ltensor5: TensorConstructor<"int64", 5>;
/** An int64 variable of rank 6. */
export declare const ltensor6: TensorConstructor<"int64", 6>;
/** An int64 variable of rank 7. */
export declare const ltensor7: TensorConstructor<"int64", 7>;
/** Several 0-d int64 variables. */
export declare const lscalars: PluralConstructor<"int64", 0>;
/** Several int64 vectors. */
export declare const lvectors: PluralConstructor<"int64", 1>;
/** Several int64 matrices. */
export declare const lmatrices: PluralConstructor<"int64", 2>;
/** Several int64 matrices of one row. */
export declare const lrows: PluralConstructor<"int64", 2>;
/** Several int64 matrices of one column. */
export declare const lcols: PluralConstructor<"int64", 2>;
/** Several int64 variables of rank 3. */
export declare const ltensor3s: PluralConstructor<"int64", 3>;
/** Several int64 variables of rank 4. */
export declare const ltensor4s: PluralConstructor<"int64", 4>;
/** Several int64 variables of rank 5. */
export declare const ltensor5s: PluralConstructor<"int64", 5>;
/** Several int64 variables of rank 6. */
export declare const ltensor6s: PluralConstructor<"int64", 6>;
/** Several int64 variables of rank 7. */
export declare const ltensor7s: PluralConstructor<"int64", 7>;
/** A 0-d float32 variable. */
export declare const fscalar: TensorConstructor<"float32", 0>;
/** A float32 vector. */
export declare const fvector: TensorConstructor<"float32", 1>;
/** A float32 matrix. */
export declare const fmatrix: TensorConstructor<"float32", 2>;
/** A float32 matrix of one row. */
export declare const frow: TensorConstructor<"float32", 2>;
/** A float32 matrix of one column. */
export declare const fcol: TensorConstructor<"float32", 2>;
/** A float32 variable of rank 3. */
export declare const ftensor3: TensorConstructor<"float32", 3>;
/** A float32 variable of rank 4. */
export declare const ftensor4: TensorConstructor<"float32", 4>;
/** A float32 variable of rank 5. */
export declare const ftensor5: TensorConstructor<"float32", 5>;
/** A float32 variable of rank 6. */
export declare const ftensor6: TensorConstructor<"float32", 6>;
/** A float32 variable of rank 7. */
export declare const ftensor7: TensorConstructor<"float32", 7>;
/** Several 0-d float32 variables. */
export declare const fscalars: PluralConstructor<"float32", 0>;
/** Several float32 vectors. */
export declare const fvectors: PluralConstructor<"float32", 1>;
/** Several float32 matrices. */
export declare const fmatrices: PluralConstructor<"float32", 2>;
/** Several float32 matrices of one row. */
export declare const frows: PluralConstructor<"float32", 2>;
/** Several float32 matrices of one column. */
export declare const fcols: PluralConstructor<"float32", 2>;
/** Several float32 variables of rank 3. */
export declare const ftensor3s: PluralConstructor<"float32", 3>;
/** Several float32 variables of rank 4. */
export declare const ftensor4s: PluralConstructor<"float32", 4>;
/** Several float32 variables of rank 5. */
export declare const ftensor5s: PluralConstructor<"float32", 5>;
/** Several float32 variables of rank 6. */
export declare const ftensor6s: PluralConstructor<"float32", 6>;
/** Several float32 variables of rank 7. */
export declare const ftensor7s: PluralConstructor<"float32", 7>;
/** A 0-d float64 variable. */
export declare const dscalar: TensorConstructor<"float64", 0>;
/** A float64 vector. */
export declare const dvector: TensorConstructor<"float64", 1>;
/** A float64 matrix. */
export declare const dmatrix: TensorConstructor<"float64", 2>;
/** A float64 matrix of one row. */
export declare const drow: TensorConstructor<"float64", 2>;
/** A float64 matrix of one column. */
export declare const dcol: TensorConstructor<"float64", 2>;
/** A float64 variable of rank 3. */
export declare const dtensor3: TensorConstructor<"float64", 3>;
/** A float64 variable of rank 4. */
export declare const dtensor4: TensorConstructor<"float64", 4>;
/** A float64 variable of rank 5. */
export declare const dtensor5: TensorConstructor<"float64", 5>;
/** A float64 variable of rank 6. */
export declare const dtensor6: TensorConstructor<"float64", 6>;
/** A float64 variable of rank 7. */
export declare const dtensor7: TensorConstructor<"float64", 7>;
/** Several 0-d float64 variables. */
export declare const dscalars: PluralConstructor<"float64", 0>;
/** Several float64 vectors. */
export declare const dvectors: PluralConstructor<"float64", 1>;
/** Several float64 matrices. */
export declare const dmatrices: PluralConstructor<"float64", 2>;
/** Several float64 matrices of one row. */
export declare const drows: PluralConstructor<"float64", 2>;
/** Several float64 matrices of one column. */
export declare const dcols: PluralConstructor<"float64", 2>;
/** Several float64 variables of rank 3. */
export declare const dtensor3s: PluralConstructor<"float64", 3>;
/** Several float64 variables of rank 4. */
export declare const dtensor4s: PluralConstructor<"float64", 4>;
/** Several float64 variables of rank 5. */
export declare const dtensor5s: PluralConstructor<"float64", 5>;
/** Several float64 variables of rank 6. */
export declare const dtensor6s: PluralConstructor<"float64", 6>;
/** Several float64 variables of rank 7. */
export declare const dtensor7s: PluralConstructor<"float64", 7>;
/** A 0-d complex64 variable. */
export declare const cscalar: TensorConstructor<"complex64", 0>;
/** A complex64 vector. */
export declare const cvector: TensorConstructor<"complex64", 1>;
/** A complex64 matrix. */
export declare const cmatrix: TensorConstructor<"complex64", 2>;
/** A complex64 matrix of one row. */
export declare const crow: TensorConstructor<"complex64", 2>;
/** A complex64 matrix of one column. */
export declare const ccol: TensorConstructor<"complex64", 2>;
/** A complex64 variable of rank 3. */
export declare const ctensor3: TensorConstructor<"complex64", 3>;
/** A complex64 variable of rank 4. */
export declare const ctensor4: TensorConstructor<"complex64", 4>;
/** A complex64 variable of rank 5. */
export declare const ctensor5: TensorConstructor<"complex64", 5>;
/** A complex64 variable of rank 6. */
export declare const ctensor6: TensorConstructor<"complex64", 6>;
/** A complex64 variable of rank 7. */
export declare const ctensor7: TensorConstructor<"complex64", 7>;
/** Several 0-d complex64 variables. */
export declare const cscalars: PluralConstructor<"complex64", 0>;
/** Several complex64 vectors. */
export declare const cvectors: PluralConstructor<"complex64", 1>;
/** Several complex64 matrices. */
export declare const cmatrices: PluralConstructor<"complex64", 2>;
/** Several complex64 matrices of one row. */
export declare const crows: PluralConstructor<"complex64", 2>;
/** Several complex64 matrices of one column. */
export declare const ccols: PluralConstructor<"complex64", 2>;
/** Several complex64 variables of rank 3. */
export declare const ctensor3s: PluralConstructor<"complex64", 3>;
/** Several complex64 variables of rank 4. */
export declare const ctensor4s: PluralConstructor<"complex64", 4>;
/** Several complex64 variables of rank 5. */
export declare const ctensor5s: PluralConstructor<"complex64", 5>;
/** Several complex64 variables of rank 6. */
export declare const ctensor6s: PluralConstructor<"complex64", 6>;
/** Several complex64 variables of rank 7. */
export declare const ctensor7s: PluralConstructor<"complex64", 7>;
/** A 0-d complex128 variable. */
export declare const zscalar: TensorConstructor<"complex128", 0>;
/** A complex128 vector. */
export declare const zvector: TensorConstructor<"complex128", 1>;
/** A complex128 matrix. */
export declare const zmatrix: TensorConstructor<"complex128", 2>;
/** A complex128 matrix of one row. */
export declare const zrow: TensorConstructor<"complex128", 2>;
/** A complex128 matrix of one column. */
export declare const zcol: TensorConstructor<"complex128", 2>;
/** A complex128 variable of rank 3. */
export declare const ztensor3: TensorConstructor<"complex128", 3>;
/** A complex128 variable of rank 4. */
export declare const ztensor4: TensorConstructor<"complex128", 4>;
/** A complex128 variable of rank 5. */
export declare const ztensor5: TensorConstructor<"complex128", 5>;
/** A complex128 variable of rank 6. */
export declare const ztensor6: TensorConstructor<"complex128", 6>;
/** A complex128 variable of rank 7. */
export declare const ztensor7: TensorConstructor<"complex128", 7>;
/** Several 0-d complex128 variables. */
export declare const zscalars: PluralConstructor<"complex128", 0>;
/** Several complex128 vectors. */
export declare const zvectors: PluralConstructor<"complex128", 1>;
/** Several complex128 matrices. */
export declare const zmatrices: PluralConstructor<"complex128", 2>;
/** Several complex128 matrices of one row. */
export declare const zrows: PluralConstructor<"complex128", 2>;
/** Several complex128 matrices of one column. */
export declare const zcols: PluralConstructor<"complex128", 2>;
/** Several complex128 variables of rank 3. */
export declare const ztensor3s: PluralConstructor<"complex128", 3>;
/** Several complex128 variables of rank 4. */
export declare const ztensor4s: PluralConstructor<"complex128", 4>;
/** Several complex128 variables of rank 5. */
export declare const ztensor5s: PluralConstructor<"complex128", 5>;
/** Several complex128 variables of rank 6. */
export declare const ztensor6s: PluralConstructor<"complex128", 6>;
/** Several complex128 variables of rank 7. */
export declare const ztensor7s: PluralConstructor<"complex128", 7>;

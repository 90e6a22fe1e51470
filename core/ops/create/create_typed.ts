/**
 * Constructors of variables with the dtype in their name: `b` int8, `w` int16, `i` int32, `l` int64,
 * `f` float32, `d` float64, `c` complex64, `z` complex128.
 *
 * @module
 */

import type { PluralConstructor, TensorConstructor } from "./create.ts";
import { constructorOf, pluralOf } from "./constructors.ts";

const rank3 = [null, null, null];
const rank4 = [...rank3, null];
const rank5 = [...rank4, null];
const rank6 = [...rank5, null];
const rank7 = [...rank6, null];

/** A 0-d int8 variable. */
export const bscalar: TensorConstructor<"int8", 0> = constructorOf("int8", []);
/** An int8 vector. */
export const bvector: TensorConstructor<"int8", 1> = constructorOf("int8", [null]);
/** An int8 matrix. */
export const bmatrix: TensorConstructor<"int8", 2> = constructorOf("int8", [null, null]);
/** An int8 matrix of one row. */
export const brow: TensorConstructor<"int8", 2> = constructorOf("int8", [1, null]);
/** An int8 matrix of one column. */
export const bcol: TensorConstructor<"int8", 2> = constructorOf("int8", [null, 1]);
/** An int8 variable of rank 3. */
export const btensor3: TensorConstructor<"int8", 3> = constructorOf("int8", rank3);
/** An int8 variable of rank 4. */
export const btensor4: TensorConstructor<"int8", 4> = constructorOf("int8", rank4);
/** An int8 variable of rank 5. */
export const btensor5: TensorConstructor<"int8", 5> = constructorOf("int8", rank5);
/** An int8 variable of rank 6. */
export const btensor6: TensorConstructor<"int8", 6> = constructorOf("int8", rank6);
/** An int8 variable of rank 7. */
export const btensor7: TensorConstructor<"int8", 7> = constructorOf("int8", rank7);
/** Several 0-d int8 variables. */
export const bscalars: PluralConstructor<"int8", 0> = pluralOf(bscalar);
/** Several int8 vectors. */
export const bvectors: PluralConstructor<"int8", 1> = pluralOf(bvector);
/** Several int8 matrices. */
export const bmatrices: PluralConstructor<"int8", 2> = pluralOf(bmatrix);
/** Several int8 matrices of one row. */
export const brows: PluralConstructor<"int8", 2> = pluralOf(brow);
/** Several int8 matrices of one column. */
export const bcols: PluralConstructor<"int8", 2> = pluralOf(bcol);
/** Several int8 variables of rank 3. */
export const btensor3s: PluralConstructor<"int8", 3> = pluralOf(btensor3);
/** Several int8 variables of rank 4. */
export const btensor4s: PluralConstructor<"int8", 4> = pluralOf(btensor4);
/** Several int8 variables of rank 5. */
export const btensor5s: PluralConstructor<"int8", 5> = pluralOf(btensor5);
/** Several int8 variables of rank 6. */
export const btensor6s: PluralConstructor<"int8", 6> = pluralOf(btensor6);
/** Several int8 variables of rank 7. */
export const btensor7s: PluralConstructor<"int8", 7> = pluralOf(btensor7);

/** A 0-d int16 variable. */
export const wscalar: TensorConstructor<"int16", 0> = constructorOf("int16", []);
/** An int16 vector. */
export const wvector: TensorConstructor<"int16", 1> = constructorOf("int16", [null]);
/** An int16 matrix. */
export const wmatrix: TensorConstructor<"int16", 2> = constructorOf("int16", [null, null]);
/** An int16 matrix of one row. */
export const wrow: TensorConstructor<"int16", 2> = constructorOf("int16", [1, null]);
/** An int16 matrix of one column. */
export const wcol: TensorConstructor<"int16", 2> = constructorOf("int16", [null, 1]);
/** An int16 variable of rank 3. */
export const wtensor3: TensorConstructor<"int16", 3> = constructorOf("int16", rank3);
/** An int16 variable of rank 4. */
export const wtensor4: TensorConstructor<"int16", 4> = constructorOf("int16", rank4);
/** An int16 variable of rank 5. */
export const wtensor5: TensorConstructor<"int16", 5> = constructorOf("int16", rank5);
/** An int16 variable of rank 6. */
export const wtensor6: TensorConstructor<"int16", 6> = constructorOf("int16", rank6);
/** An int16 variable of rank 7. */
export const wtensor7: TensorConstructor<"int16", 7> = constructorOf("int16", rank7);
/** Several 0-d int16 variables. */
export const wscalars: PluralConstructor<"int16", 0> = pluralOf(wscalar);
/** Several int16 vectors. */
export const wvectors: PluralConstructor<"int16", 1> = pluralOf(wvector);
/** Several int16 matrices. */
export const wmatrices: PluralConstructor<"int16", 2> = pluralOf(wmatrix);
/** Several int16 matrices of one row. */
export const wrows: PluralConstructor<"int16", 2> = pluralOf(wrow);
/** Several int16 matrices of one column. */
export const wcols: PluralConstructor<"int16", 2> = pluralOf(wcol);
/** Several int16 variables of rank 3. */
export const wtensor3s: PluralConstructor<"int16", 3> = pluralOf(wtensor3);
/** Several int16 variables of rank 4. */
export const wtensor4s: PluralConstructor<"int16", 4> = pluralOf(wtensor4);
/** Several int16 variables of rank 5. */
export const wtensor5s: PluralConstructor<"int16", 5> = pluralOf(wtensor5);
/** Several int16 variables of rank 6. */
export const wtensor6s: PluralConstructor<"int16", 6> = pluralOf(wtensor6);
/** Several int16 variables of rank 7. */
export const wtensor7s: PluralConstructor<"int16", 7> = pluralOf(wtensor7);

/** A 0-d int32 variable. */
export const iscalar: TensorConstructor<"int32", 0> = constructorOf("int32", []);
/** An int32 vector. */
export const ivector: TensorConstructor<"int32", 1> = constructorOf("int32", [null]);
/** An int32 matrix. */
export const imatrix: TensorConstructor<"int32", 2> = constructorOf("int32", [null, null]);
/** An int32 matrix of one row. */
export const irow: TensorConstructor<"int32", 2> = constructorOf("int32", [1, null]);
/** An int32 matrix of one column. */
export const icol: TensorConstructor<"int32", 2> = constructorOf("int32", [null, 1]);
/** An int32 variable of rank 3. */
export const itensor3: TensorConstructor<"int32", 3> = constructorOf("int32", rank3);
/** An int32 variable of rank 4. */
export const itensor4: TensorConstructor<"int32", 4> = constructorOf("int32", rank4);
/** An int32 variable of rank 5. */
export const itensor5: TensorConstructor<"int32", 5> = constructorOf("int32", rank5);
/** An int32 variable of rank 6. */
export const itensor6: TensorConstructor<"int32", 6> = constructorOf("int32", rank6);
/** An int32 variable of rank 7. */
export const itensor7: TensorConstructor<"int32", 7> = constructorOf("int32", rank7);
/** Several 0-d int32 variables. */
export const iscalars: PluralConstructor<"int32", 0> = pluralOf(iscalar);
/** Several int32 vectors. */
export const ivectors: PluralConstructor<"int32", 1> = pluralOf(ivector);
/** Several int32 matrices. */
export const imatrices: PluralConstructor<"int32", 2> = pluralOf(imatrix);
/** Several int32 matrices of one row. */
export const irows: PluralConstructor<"int32", 2> = pluralOf(irow);
/** Several int32 matrices of one column. */
export const icols: PluralConstructor<"int32", 2> = pluralOf(icol);
/** Several int32 variables of rank 3. */
export const itensor3s: PluralConstructor<"int32", 3> = pluralOf(itensor3);
/** Several int32 variables of rank 4. */
export const itensor4s: PluralConstructor<"int32", 4> = pluralOf(itensor4);
/** Several int32 variables of rank 5. */
export const itensor5s: PluralConstructor<"int32", 5> = pluralOf(itensor5);
/** Several int32 variables of rank 6. */
export const itensor6s: PluralConstructor<"int32", 6> = pluralOf(itensor6);
/** Several int32 variables of rank 7. */
export const itensor7s: PluralConstructor<"int32", 7> = pluralOf(itensor7);

/** A 0-d int64 variable. */
export const lscalar: TensorConstructor<"int64", 0> = constructorOf("int64", []);
/** An int64 vector. */
export const lvector: TensorConstructor<"int64", 1> = constructorOf("int64", [null]);
/** An int64 matrix. */
export const lmatrix: TensorConstructor<"int64", 2> = constructorOf("int64", [null, null]);
/** An int64 matrix of one row. */
export const lrow: TensorConstructor<"int64", 2> = constructorOf("int64", [1, null]);
/** An int64 matrix of one column. */
export const lcol: TensorConstructor<"int64", 2> = constructorOf("int64", [null, 1]);
/** An int64 variable of rank 3. */
export const ltensor3: TensorConstructor<"int64", 3> = constructorOf("int64", rank3);
/** An int64 variable of rank 4. */
export const ltensor4: TensorConstructor<"int64", 4> = constructorOf("int64", rank4);
/** An int64 variable of rank 5. */
export const ltensor5: TensorConstructor<"int64", 5> = constructorOf("int64", rank5);
/** An int64 variable of rank 6. */
export const ltensor6: TensorConstructor<"int64", 6> = constructorOf("int64", rank6);
/** An int64 variable of rank 7. */
export const ltensor7: TensorConstructor<"int64", 7> = constructorOf("int64", rank7);
/** Several 0-d int64 variables. */
export const lscalars: PluralConstructor<"int64", 0> = pluralOf(lscalar);
/** Several int64 vectors. */
export const lvectors: PluralConstructor<"int64", 1> = pluralOf(lvector);
/** Several int64 matrices. */
export const lmatrices: PluralConstructor<"int64", 2> = pluralOf(lmatrix);
/** Several int64 matrices of one row. */
export const lrows: PluralConstructor<"int64", 2> = pluralOf(lrow);
/** Several int64 matrices of one column. */
export const lcols: PluralConstructor<"int64", 2> = pluralOf(lcol);
/** Several int64 variables of rank 3. */
export const ltensor3s: PluralConstructor<"int64", 3> = pluralOf(ltensor3);
/** Several int64 variables of rank 4. */
export const ltensor4s: PluralConstructor<"int64", 4> = pluralOf(ltensor4);
/** Several int64 variables of rank 5. */
export const ltensor5s: PluralConstructor<"int64", 5> = pluralOf(ltensor5);
/** Several int64 variables of rank 6. */
export const ltensor6s: PluralConstructor<"int64", 6> = pluralOf(ltensor6);
/** Several int64 variables of rank 7. */
export const ltensor7s: PluralConstructor<"int64", 7> = pluralOf(ltensor7);

/** A 0-d float32 variable. */
export const fscalar: TensorConstructor<"float32", 0> = constructorOf("float32", []);
/** A float32 vector. */
export const fvector: TensorConstructor<"float32", 1> = constructorOf("float32", [null]);
/** A float32 matrix. */
export const fmatrix: TensorConstructor<"float32", 2> = constructorOf("float32", [null, null]);
/** A float32 matrix of one row. */
export const frow: TensorConstructor<"float32", 2> = constructorOf("float32", [1, null]);
/** A float32 matrix of one column. */
export const fcol: TensorConstructor<"float32", 2> = constructorOf("float32", [null, 1]);
/** A float32 variable of rank 3. */
export const ftensor3: TensorConstructor<"float32", 3> = constructorOf("float32", rank3);
/** A float32 variable of rank 4. */
export const ftensor4: TensorConstructor<"float32", 4> = constructorOf("float32", rank4);
/** A float32 variable of rank 5. */
export const ftensor5: TensorConstructor<"float32", 5> = constructorOf("float32", rank5);
/** A float32 variable of rank 6. */
export const ftensor6: TensorConstructor<"float32", 6> = constructorOf("float32", rank6);
/** A float32 variable of rank 7. */
export const ftensor7: TensorConstructor<"float32", 7> = constructorOf("float32", rank7);
/** Several 0-d float32 variables. */
export const fscalars: PluralConstructor<"float32", 0> = pluralOf(fscalar);
/** Several float32 vectors. */
export const fvectors: PluralConstructor<"float32", 1> = pluralOf(fvector);
/** Several float32 matrices. */
export const fmatrices: PluralConstructor<"float32", 2> = pluralOf(fmatrix);
/** Several float32 matrices of one row. */
export const frows: PluralConstructor<"float32", 2> = pluralOf(frow);
/** Several float32 matrices of one column. */
export const fcols: PluralConstructor<"float32", 2> = pluralOf(fcol);
/** Several float32 variables of rank 3. */
export const ftensor3s: PluralConstructor<"float32", 3> = pluralOf(ftensor3);
/** Several float32 variables of rank 4. */
export const ftensor4s: PluralConstructor<"float32", 4> = pluralOf(ftensor4);
/** Several float32 variables of rank 5. */
export const ftensor5s: PluralConstructor<"float32", 5> = pluralOf(ftensor5);
/** Several float32 variables of rank 6. */
export const ftensor6s: PluralConstructor<"float32", 6> = pluralOf(ftensor6);
/** Several float32 variables of rank 7. */
export const ftensor7s: PluralConstructor<"float32", 7> = pluralOf(ftensor7);

/** A 0-d float64 variable. */
export const dscalar: TensorConstructor<"float64", 0> = constructorOf("float64", []);
/** A float64 vector. */
export const dvector: TensorConstructor<"float64", 1> = constructorOf("float64", [null]);
/** A float64 matrix. */
export const dmatrix: TensorConstructor<"float64", 2> = constructorOf("float64", [null, null]);
/** A float64 matrix of one row. */
export const drow: TensorConstructor<"float64", 2> = constructorOf("float64", [1, null]);
/** A float64 matrix of one column. */
export const dcol: TensorConstructor<"float64", 2> = constructorOf("float64", [null, 1]);
/** A float64 variable of rank 3. */
export const dtensor3: TensorConstructor<"float64", 3> = constructorOf("float64", rank3);
/** A float64 variable of rank 4. */
export const dtensor4: TensorConstructor<"float64", 4> = constructorOf("float64", rank4);
/** A float64 variable of rank 5. */
export const dtensor5: TensorConstructor<"float64", 5> = constructorOf("float64", rank5);
/** A float64 variable of rank 6. */
export const dtensor6: TensorConstructor<"float64", 6> = constructorOf("float64", rank6);
/** A float64 variable of rank 7. */
export const dtensor7: TensorConstructor<"float64", 7> = constructorOf("float64", rank7);
/** Several 0-d float64 variables. */
export const dscalars: PluralConstructor<"float64", 0> = pluralOf(dscalar);
/** Several float64 vectors. */
export const dvectors: PluralConstructor<"float64", 1> = pluralOf(dvector);
/** Several float64 matrices. */
export const dmatrices: PluralConstructor<"float64", 2> = pluralOf(dmatrix);
/** Several float64 matrices of one row. */
export const drows: PluralConstructor<"float64", 2> = pluralOf(drow);
/** Several float64 matrices of one column. */
export const dcols: PluralConstructor<"float64", 2> = pluralOf(dcol);
/** Several float64 variables of rank 3. */
export const dtensor3s: PluralConstructor<"float64", 3> = pluralOf(dtensor3);
/** Several float64 variables of rank 4. */
export const dtensor4s: PluralConstructor<"float64", 4> = pluralOf(dtensor4);
/** Several float64 variables of rank 5. */
export const dtensor5s: PluralConstructor<"float64", 5> = pluralOf(dtensor5);
/** Several float64 variables of rank 6. */
export const dtensor6s: PluralConstructor<"float64", 6> = pluralOf(dtensor6);
/** Several float64 variables of rank 7. */
export const dtensor7s: PluralConstructor<"float64", 7> = pluralOf(dtensor7);

/** A 0-d complex64 variable. */
export const cscalar: TensorConstructor<"complex64", 0> = constructorOf("complex64", []);
/** A complex64 vector. */
export const cvector: TensorConstructor<"complex64", 1> = constructorOf("complex64", [null]);
/** A complex64 matrix. */
export const cmatrix: TensorConstructor<"complex64", 2> = constructorOf("complex64", [null, null]);
/** A complex64 matrix of one row. */
export const crow: TensorConstructor<"complex64", 2> = constructorOf("complex64", [1, null]);
/** A complex64 matrix of one column. */
export const ccol: TensorConstructor<"complex64", 2> = constructorOf("complex64", [null, 1]);
/** A complex64 variable of rank 3. */
export const ctensor3: TensorConstructor<"complex64", 3> = constructorOf("complex64", rank3);
/** A complex64 variable of rank 4. */
export const ctensor4: TensorConstructor<"complex64", 4> = constructorOf("complex64", rank4);
/** A complex64 variable of rank 5. */
export const ctensor5: TensorConstructor<"complex64", 5> = constructorOf("complex64", rank5);
/** A complex64 variable of rank 6. */
export const ctensor6: TensorConstructor<"complex64", 6> = constructorOf("complex64", rank6);
/** A complex64 variable of rank 7. */
export const ctensor7: TensorConstructor<"complex64", 7> = constructorOf("complex64", rank7);
/** Several 0-d complex64 variables. */
export const cscalars: PluralConstructor<"complex64", 0> = pluralOf(cscalar);
/** Several complex64 vectors. */
export const cvectors: PluralConstructor<"complex64", 1> = pluralOf(cvector);
/** Several complex64 matrices. */
export const cmatrices: PluralConstructor<"complex64", 2> = pluralOf(cmatrix);
/** Several complex64 matrices of one row. */
export const crows: PluralConstructor<"complex64", 2> = pluralOf(crow);
/** Several complex64 matrices of one column. */
export const ccols: PluralConstructor<"complex64", 2> = pluralOf(ccol);
/** Several complex64 variables of rank 3. */
export const ctensor3s: PluralConstructor<"complex64", 3> = pluralOf(ctensor3);
/** Several complex64 variables of rank 4. */
export const ctensor4s: PluralConstructor<"complex64", 4> = pluralOf(ctensor4);
/** Several complex64 variables of rank 5. */
export const ctensor5s: PluralConstructor<"complex64", 5> = pluralOf(ctensor5);
/** Several complex64 variables of rank 6. */
export const ctensor6s: PluralConstructor<"complex64", 6> = pluralOf(ctensor6);
/** Several complex64 variables of rank 7. */
export const ctensor7s: PluralConstructor<"complex64", 7> = pluralOf(ctensor7);

/** A 0-d complex128 variable. */
export const zscalar: TensorConstructor<"complex128", 0> = constructorOf("complex128", []);
/** A complex128 vector. */
export const zvector: TensorConstructor<"complex128", 1> = constructorOf("complex128", [null]);
/** A complex128 matrix. */
export const zmatrix: TensorConstructor<"complex128", 2> = constructorOf("complex128", [
  null,
  null,
]);
/** A complex128 matrix of one row. */
export const zrow: TensorConstructor<"complex128", 2> = constructorOf("complex128", [1, null]);
/** A complex128 matrix of one column. */
export const zcol: TensorConstructor<"complex128", 2> = constructorOf("complex128", [null, 1]);
/** A complex128 variable of rank 3. */
export const ztensor3: TensorConstructor<"complex128", 3> = constructorOf("complex128", rank3);
/** A complex128 variable of rank 4. */
export const ztensor4: TensorConstructor<"complex128", 4> = constructorOf("complex128", rank4);
/** A complex128 variable of rank 5. */
export const ztensor5: TensorConstructor<"complex128", 5> = constructorOf("complex128", rank5);
/** A complex128 variable of rank 6. */
export const ztensor6: TensorConstructor<"complex128", 6> = constructorOf("complex128", rank6);
/** A complex128 variable of rank 7. */
export const ztensor7: TensorConstructor<"complex128", 7> = constructorOf("complex128", rank7);
/** Several 0-d complex128 variables. */
export const zscalars: PluralConstructor<"complex128", 0> = pluralOf(zscalar);
/** Several complex128 vectors. */
export const zvectors: PluralConstructor<"complex128", 1> = pluralOf(zvector);
/** Several complex128 matrices. */
export const zmatrices: PluralConstructor<"complex128", 2> = pluralOf(zmatrix);
/** Several complex128 matrices of one row. */
export const zrows: PluralConstructor<"complex128", 2> = pluralOf(zrow);
/** Several complex128 matrices of one column. */
export const zcols: PluralConstructor<"complex128", 2> = pluralOf(zcol);
/** Several complex128 variables of rank 3. */
export const ztensor3s: PluralConstructor<"complex128", 3> = pluralOf(ztensor3);
/** Several complex128 variables of rank 4. */
export const ztensor4s: PluralConstructor<"complex128", 4> = pluralOf(ztensor4);
/** Several complex128 variables of rank 5. */
export const ztensor5s: PluralConstructor<"complex128", 5> = pluralOf(ztensor5);
/** Several complex128 variables of rank 6. */
export const ztensor6s: PluralConstructor<"complex128", 6> = pluralOf(ztensor6);
/** Several complex128 variables of rank 7. */
export const ztensor7s: PluralConstructor<"complex128", 7> = pluralOf(ztensor7);

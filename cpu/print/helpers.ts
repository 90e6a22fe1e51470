/**
 * Functions that printed modules call for what takes more than a few instructions.
 *
 * @module
 */

import type { Func, ModuleBuilder } from "../wasm/mod.ts";
import type { HelperName } from "./scalar.ts";

/** Prints a helper into a module. */
export function printHelper(
  module: ModuleBuilder,
  name: HelperName,
  helper: (name: HelperName) => Func,
): Func {
  switch (name) {
    case "fmod":
      return printFmod(module);
    case "mulhi_u64":
      return printMulhi(module);
    case "mulhi_s64": {
      const unsigned = helper("mulhi_u64");
      return module.func(
        { name, params: ["i64", "i64"], results: ["i64"] },
        (f, a, b) => {
          // A negative factor counts 2⁶⁴ too much of the other one.
          f.localGet(a).localGet(b).call(unsigned);
          f.localGet(a).i64Const(63).i64ShrS().localGet(b).i64And().i64Sub();
          f.localGet(b).i64Const(63).i64ShrS().localGet(a).i64And().i64Sub();
        },
      );
    }
  }
}

/** The upper half of the product of two u64, from four products of halves. */
function printMulhi(module: ModuleBuilder): Func {
  return module.func(
    { name: "mulhi_u64", params: ["i64", "i64"], results: ["i64"] },
    (f, a, b) => {
      const low = (x: typeof a) => f.localGet(x).i64Const(0xffffffffn).i64And();
      const high = (x: typeof a) => f.localGet(x).i64Const(32).i64ShrU();
      const middle = f.local("i64"), cross = f.local("i64");
      low(a), low(b), f.i64Mul().i64Const(32).i64ShrU();
      high(a), low(b), f.i64Mul().i64Add().localSet(middle);
      low(a), high(b), f.i64Mul();
      low(middle), f.i64Add().localSet(cross);
      high(a), high(b), f.i64Mul();
      high(middle), f.i64Add();
      high(cross), f.i64Add();
    },
  );
}

/**
 * The remainder of a float division with the sign of the dividend, exact: for quotients below 2⁵³
 * from long division of the significands, bit by bit as in musl's `fmod`.
 */
function printFmod(module: ModuleBuilder): Func {
  return module.func(
    { name: "fmod", params: ["f64", "f64"], results: ["f64"] },
    (f, x, y) => {
      const ux = f.local("i64"), uy = f.local("i64"), sign = f.local("i64");
      const ex = f.local("i32"), ey = f.local("i32"), rest = f.local("i64");
      const bits = (v: typeof x) => f.localGet(v).i64ReinterpretF64();
      bits(x), f.i64Const(-(2n ** 63n)).i64And().localSet(sign);
      // NaN operands, an infinite dividend and a zero divisor give NaN.
      f.localGet(y).f64Const(0).f64Eq().localGet(y).localGet(y).f64Ne().i32Or();
      f.localGet(x).localGet(x).f64Sub().f64Const(0).f64Ne().i32Or();
      f.if(() => f.f64Const(NaN).return());
      f.localGet(x).f64Abs().localGet(y).f64Abs().f64Lt();
      f.if(() => f.localGet(x).return());
      /** Splits |v| into an exponent and a significand with its leading bit at 2⁵². */
      const split = (v: typeof x, u: typeof ux, e: typeof ex) => {
        f.localGet(v).f64Abs().i64ReinterpretF64().localTee(u);
        f.i64Const(52).i64ShrU().i32WrapI64().localTee(e);
        f.if(() => {
          f.localGet(u).i64Const(2n ** 52n - 1n).i64And().i64Const(2n ** 52n).i64Or().localSet(u);
        }, () => {
          // Subnormal: shift the leading bit up. Zero stays zero.
          f.localGet(u).i64Eqz().i32Eqz().if(() => {
            f.localGet(u).i64Clz().i32WrapI64().i32Const(11).i32Sub().localSet(e);
            f.localGet(u).localGet(e).i64ExtendI32U().i64Shl().localSet(u);
            f.i32Const(1).localGet(e).i32Sub().localSet(e);
          });
        });
      };
      split(x, ux, ex);
      split(y, uy, ey);
      const signed = () => f.localGet(sign).i64Or().f64ReinterpretI64().return();
      f.localGet(ux).i64Eqz().if(() => f.localGet(x).return());
      f.block((done) => {
        f.loop((again) => {
          f.localGet(ux).localGet(uy).i64Sub().localTee(rest).i64Const(0).i64GeS().if(() => {
            f.localGet(rest).localSet(ux);
          });
          f.localGet(ux).i64Eqz().if(() => {
            f.i64Const(0);
            signed();
          });
          f.localGet(ex).localGet(ey).i32LeS().brIf(done);
          f.localGet(ux).i64Const(1).i64Shl().localSet(ux);
          f.localGet(ex).i32Const(1).i32Sub().localSet(ex);
          f.br(again);
        });
      });
      // Normalise: at most 52 shifts at once.
      f.localGet(ux).i64Clz().i64Const(11).i64Sub().localSet(rest);
      f.localGet(ux).localGet(rest).i64Shl().localSet(ux);
      f.localGet(ex).localGet(rest).i32WrapI64().i32Sub().localTee(ex).i32Const(0).i32GtS();
      f.if(() => {
        f.localGet(ux).i64Const(2n ** 52n).i64Sub();
        f.localGet(ex).i64ExtendI32U().i64Const(52).i64Shl().i64Or();
        signed();
      });
      f.localGet(ux).i32Const(1).localGet(ex).i32Sub().i64ExtendI32U().i64ShrU();
      f.localGet(sign).i64Or().f64ReinterpretI64();
    },
  );
}

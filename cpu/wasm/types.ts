/** Value types, handles and signatures shared by the module and function builders. */

/** A WebAssembly value type. */
export type ValType = "i32" | "i64" | "f32" | "f64" | "v128";

/** The binary code of each value type. */
export const VAL_TYPE_CODES: Readonly<Record<ValType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
};

/** A local variable or parameter of one function. */
export interface Local<T extends ValType = ValType> {
  /** Its number within the function. */
  readonly index: number;
  /** Its type. */
  readonly type: T;
}

/** The handles of a list of parameters, in order. */
export type LocalsOf<P extends readonly ValType[]> = {
  [K in keyof P]: Local<P[K]>;
};

/** A function that can be called: imported or defined. */
export interface Func {
  /** Its number among the functions of the module that are imported, or among those that are not. */
  readonly index: number;
  /** Whether it is imported. */
  readonly imported: boolean;
  /** The types of its parameters. */
  readonly params: readonly ValType[];
  /** The types of its results. */
  readonly results: readonly ValType[];
  /** Its name, for exports, stack traces and messages. */
  readonly name: string;
}

/** A global variable of a module: an i32 that may change. */
export interface Global {
  /** Its number within the module. */
  readonly index: number;
}

/** A branch target: the enclosing block, loop or if that it was handed to. */
export interface Label {
  /** How many blocks enclose the one that the label stands for. */
  readonly depth: number;
}

/**
 * The machine's own BLAS for large products, where the permission `--allow-ffi` has been given: it uses
 * wider vectors than WebAssembly has, and all cores.
 *
 * The library works on pointers into the WebAssembly memory. It is looked for when the first product is
 * linked, and only used after it has computed small products of every layout right.
 *
 * @module
 */

import type { GemmDtype } from "./real.ts";

const ROW_MAJOR = 101, PLAIN = 111, TRANSPOSED = 112;

/** Functions of C take numbers and pointers, which are numbers here. */
type Native = (...args: number[]) => void;

/** The functions of a library for one element type. */
interface Functions {
  readonly gemm: Native;
  readonly gemv: Native;
}

/** A library that passed its test. */
export interface Blas {
  /** For people: name and version where it tells them. */
  readonly name: string;
  /** Under which name it was opened. */
  readonly path: string;
  readonly functions: Readonly<Record<GemmDtype, Functions>>;
}

/** Under which names the libraries are found. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  linux: [
    "libopenblas.so.0",
    "libopenblas.so",
    "libmkl_rt.so.2",
    "libmkl_rt.so",
    "libblis.so.4",
    "libblis.so",
  ],
  darwin: [
    "/System/Library/Frameworks/Accelerate.framework/Accelerate",
    "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
    "/usr/local/opt/openblas/lib/libopenblas.dylib",
  ],
  windows: ["libopenblas.dll", "openblas.dll", "mkl_rt.2.dll", "mkl_rt.1.dll"],
};

/** What was found for a setting: a library, why there is none, or null where nothing may be looked for. */
type BlasFound = Blas | string | null;

const found = new Map<string, BlasFound>();

/**
 * The library for a setting, looked for once.
 *
 * @param setting `"auto"`, `"off"`, or the path of a library.
 */
export function findBlas(setting: string): BlasFound {
  if (setting === "off") return null;
  let answer = found.get(setting);
  if (answer === undefined) {
    answer = openFirst(setting);
    // What is not permitted now may be later.
    if (answer !== null) found.set(setting, answer);
  }
  return answer;
}

function openFirst(setting: string): BlasFound {
  const runtime = (globalThis as { Deno?: typeof Deno }).Deno;
  if (runtime === undefined) return null;
  const names = setting === "auto" ? NAMES[runtime.build.os] ?? [] : [setting];
  const permitted = names.filter((path) => isPermitted(runtime, path));
  if (permitted.length === 0) return null;
  let refusal: string | null = null;
  for (const path of permitted) {
    const library = open(runtime, path);
    if (typeof library !== "string") return library;
    // A library that is there and wrong is worth more words than one that is not there.
    if (setting !== "auto" || !library.startsWith("Could not open")) refusal ??= library;
  }
  return refusal ?? `found none of ${permitted.map((path) => path.split("/").at(-1)).join(", ")}`;
}

function isPermitted(runtime: typeof Deno, path: string): boolean {
  return runtime.permissions.querySync({ name: "ffi", path }).state === "granted";
}

/** Opens and tests a library; gives the reason where that fails. */
function open(runtime: typeof Deno, path: string): Blas | string {
  let library: Blas;
  try {
    const { symbols } = runtime.dlopen(path, {
      cblas_sgemm: { parameters: gemmParameters("f32"), result: "void" },
      cblas_dgemm: { parameters: gemmParameters("f64"), result: "void" },
      cblas_sgemv: { parameters: gemvParameters("f32"), result: "void" },
      cblas_dgemv: { parameters: gemvParameters("f64"), result: "void" },
    });
    const { cblas_sgemm, cblas_dgemm, cblas_sgemv, cblas_dgemv } = symbols as Record<
      string,
      Native
    >;
    library = {
      name: nameOf(runtime, path),
      path,
      functions: {
        float32: { gemm: cblas_sgemm!, gemv: cblas_sgemv! },
        float64: { gemm: cblas_dgemm!, gemv: cblas_dgemv! },
      },
    };
  } catch (error) {
    return (error as Error).message.replace(/^(Could not open library: )+/, "$1");
  }
  const wrong = testBlas(
    library,
    (array) => Number(runtime.UnsafePointer.value(runtime.UnsafePointer.of(array))),
  );
  return wrong === null ? library : `${library.name} ${wrong}`;
}

function gemmParameters(real: "f32" | "f64"): Deno.NativeType[] {
  const flags = new Array<Deno.NativeType>(6).fill("i32");
  return [...flags, real, "usize", "i32", "usize", "i32", real, "usize", "i32"];
}

function gemvParameters(real: "f32" | "f64"): Deno.NativeType[] {
  const flags = new Array<Deno.NativeType>(4).fill("i32");
  return [...flags, real, "usize", "i32", "usize", "i32", real, "usize", "i32"];
}

/** OpenBLAS tells its version, the others are known by their file. */
function nameOf(runtime: typeof Deno, path: string): string {
  try {
    const { symbols } = runtime.dlopen(path, {
      openblas_get_config: { parameters: [], result: "pointer" },
    });
    const text = runtime.UnsafePointerView.getCString(symbols.openblas_get_config()!);
    return text.split(" ").slice(0, 2).join(" ");
  } catch {
    const file = path.split(/[/\\]/).at(-1)!;
    if (file.includes("mkl")) return "MKL";
    return file.includes("blis") ? "BLIS" : file;
  }
}

/** How the library is told of a matrix: what to do with it, and from one row or column to the next. */
interface Layout {
  readonly transposed: boolean;
  readonly leading: number;
}

/** The layout of a matrix with these strides in elements; null for one that no library reads in place. */
export function layoutOf(
  rows: number,
  columns: number,
  rowStride: number,
  columnStride: number,
): Layout | null {
  if ((columnStride === 1 || columns === 1) && (rowStride >= columns || rows === 1)) {
    return { transposed: false, leading: Math.max(rowStride, columns) };
  }
  if ((rowStride === 1 || rows === 1) && (columnStride >= rows || columns === 1)) {
    return { transposed: true, leading: Math.max(columnStride, rows) };
  }
  return null;
}

/**
 * A product as `emitGemm` has it, with pointers and strides in bytes, by a library: returns 1 when it was
 * computed, and 0 for layouts that the library cannot read.
 */
export type BlasProduct = (...args: number[]) => number;

/** Makes the product of a library on pointers that start at `base`. */
export function blasProduct(
  { gemm, gemv }: Functions,
  bytes: number,
  base: () => number,
): BlasProduct {
  return (a, b, c, m, n, k, ars, acs, brs, bcs, crs, accumulate) => {
    const left = layoutOf(m!, k!, ars! / bytes, acs! / bytes);
    const right = layoutOf(k!, n!, brs! / bytes, bcs! / bytes);
    const start = base(), beta = accumulate === 0 ? 0 : 1;
    const [x, y, z] = [start + a!, start + b!, start + c!];
    if (n === 1 && m !== 1) {
      if (left === null || brs! <= 0 || crs! <= 0) return 0;
      vector(gemv, left, m!, k!, x, y, brs! / bytes, beta, z, crs! / bytes);
      return 1;
    }
    if (m === 1) {
      if (right === null || acs! <= 0) return 0;
      const turned = { ...right, transposed: !right.transposed };
      vector(gemv, turned, n!, k!, y, x, acs! / bytes, beta, z, 1);
      return 1;
    }
    if (left === null || right === null || crs! < n! * bytes) return 0;
    const first = left.transposed ? TRANSPOSED : PLAIN;
    const second = right.transposed ? TRANSPOSED : PLAIN;
    const { leading } = left;
    gemm(
      ROW_MAJOR,
      first,
      second,
      m!,
      n!,
      k!,
      1,
      x,
      leading,
      y,
      right.leading,
      beta,
      z,
      crs! / bytes,
    );
    return 1;
  };
}

/** `z (+)= A y`, where A has the layout of a matrix with so many rows and columns. */
function vector(
  gemv: Native,
  { transposed, leading }: Layout,
  rows: number,
  columns: number,
  a: number,
  y: number,
  yStride: number,
  beta: number,
  z: number,
  zStride: number,
): void {
  // The library is told the sizes of the matrix as it is stored.
  const [m, n] = transposed ? [columns, rows] : [rows, columns];
  const way = transposed ? TRANSPOSED : PLAIN;
  gemv(ROW_MAJOR, way, m, n, 1, a, leading, y, yStride, beta, z, zStride);
}

/** Products of small whole numbers, in every layout, against loops; says what is wrong, or null. */
function testBlas(
  library: Blas,
  pointer: (array: Float32Array | Float64Array) => number,
): string | null {
  for (const dtype of ["float32", "float64"] as const) {
    const make = (numbers: number[]) =>
      dtype === "float32" ? new Float32Array(numbers) : new Float64Array(numbers);
    const product = blasProduct(library.functions[dtype], make([]).BYTES_PER_ELEMENT, () => 0);
    for (const [m, n, k] of [[5, 7, 3], [6, 1, 9], [1, 6, 9], [17, 19, 33]] as const) {
      for (let layout = 0; layout < 8; layout++) {
        const a = make(Array.from({ length: m * k }, (_, i) => (i * 7) % 11 - 5));
        const b = make(Array.from({ length: k * n }, (_, i) => (i * 5) % 13 - 6));
        // Zeros don't hide what is not a number, and what is overwritten does not count.
        a[0] = 0;
        b[0] = NaN;
        const accumulate = layout >> 2;
        const c = make(new Array(m * n).fill(accumulate === 0 ? NaN : 2));
        const [ars, acs] = (layout & 1) === 0 ? [k, 1] : [1, m] as const;
        const [brs, bcs] = (layout & 2) === 0 ? [n, 1] : [1, k] as const;
        const size = a.BYTES_PER_ELEMENT;
        const strides = [ars, acs, brs, bcs, n].map((stride) => stride * size);
        product(pointer(a), pointer(b), pointer(c), m, n, k, ...strides, accumulate);
        for (let i = 0; i < m; i++) {
          for (let j = 0; j < n; j++) {
            let sum = accumulate === 0 ? 0 : 2;
            for (let l = 0; l < k; l++) sum += a[i * ars + l * acs]! * b[l * brs + j * bcs]!;
            if (!Object.is(c[i * n + j], sum) && c[i * n + j] !== sum) {
              return `gives ${c[i * n + j]} for ${sum} in a product of ${dtype}`;
            }
          }
        }
      }
    }
  }
  return null;
}

/** Gives the address of a WebAssembly memory in the process; its view is a new one after it has grown. */
export function baseOf(memory: () => Uint8Array): () => number {
  const { UnsafePointer } = Deno;
  let view: Uint8Array | null = null, base = 0;
  return () => {
    const u8 = memory();
    if (u8 !== view) {
      view = u8;
      base = Number(UnsafePointer.value(UnsafePointer.of(u8)));
    }
    return base;
  };
}

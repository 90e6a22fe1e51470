import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import cases from "../../../dev/testing/fft/numpy_fft.json" with { type: "json" };
import { onDevices, type TestDevice } from "../../../dev/testing/devices.ts";
import {
  compile,
  grad,
  scan,
  ShapeError,
  T,
  type Tensor,
  tensor,
  type Variable,
  verifyGrad,
} from "../../../all.ts";
import { type DType, isComplex } from "../../graph/dtype.ts";
import { rootsOf, transformed } from "./numbers.ts";

/** dtypes of a device: what is float64 there, and what is complex. */
const dtypesOf = (device: TestDevice) =>
  device === "cpu" ? ["float64", "complex128"] as const : ["float32", "complex64"] as const;

function given(dtype: DType, shape: readonly number[], data: readonly number[]): Tensor {
  const array = dtype === "float64" || dtype === "complex128" ? Float64Array : Float32Array;
  return tensor(new array(data) as never, { dtype, shape: [...shape] });
}

function expectNear(got: ArrayLike<number>, want: ArrayLike<number>, tolerance: number, what = "") {
  assertEquals(got.length, want.length, what);
  const most = Math.max(1, ...Array.from(want, Math.abs));
  for (let i = 0; i < got.length; i++) {
    assert(
      Math.abs(got[i]! - want[i]!) <= tolerance * most,
      `${what} ${i}: ${got[i]}, not ${want[i]}`,
    );
  }
}

type Transform = (x: Variable, options?: unknown) => Variable;

onDevices("transforms are those of NumPy", async (device) => {
  const [real, complex] = dtypesOf(device), inputs: Variable[] = [], outputs: Variable[] = [];
  const among = cases.cases.filter((_, i) => device === "cpu" || i % 5 === 4);
  for (const { name, options, x } of among) {
    // Lengths of every other case are not known before the call.
    const shape = inputs.length % 2 === 0 ? x.shape : x.shape.map(() => null);
    const input = T.tensor(x.complex ? complex : real, shape);
    const made = (T.fft as unknown as Record<string, Transform>)[name]!;
    inputs.push(input);
    outputs.push(made(input, name.endsWith("shift") ? options.axes : options));
  }
  const f = await compile(inputs, outputs, { device });
  const found = f(
    ...among.map(({ x }, i) => given(inputs[i]!.dtype, x.shape, x.data)) as never[],
  );
  among.forEach(({ name, options, x, y }, i) => {
    const what = `${name} of [${x.shape}], ${JSON.stringify(options)}`, got = found[i]!;
    assertEquals([got.shape, isComplex(got.dtype)], [y.shape, y.complex], what);
    expectNear(got.dataSync() as Float64Array, y.data, device === "cpu" ? 1e-11 : 2e-6, what);
  });
});

Deno.test("frequencies are those of NumPy", async () => {
  const n = T.lscalar("n"), d = T.dscalar("d");
  const both = [
    T.fft.fftfreq(n, d, { dtype: "float64" }),
    T.fft.rfftfreq(n, d, { dtype: "float64" }),
  ];
  const f = await compile([n, d], both, { device: "cpu" });
  cases.fftfreq.forEach(([n, d, want], i) => {
    const found = f(n as number, d as number);
    expectNear(found[0]!.dataSync() as Float64Array, want as number[], 1e-15);
    expectNear(found[1]!.dataSync() as Float64Array, cases.rfftfreq[i]![2] as number[], 1e-15);
  });
  assertEquals(T.fft.fftfreq(n, d).dtype, d.dtype);
  const known = await compile([], T.fft.fftfreq(4), { device: "cpu" });
  assertEquals(known().arraySync(), [0, 0.25, -0.5, -0.25]);
});

onDevices(
  "errors of long transforms, and of many rows, are as small as docs say",
  async (device) => {
    const x = T.tensor("complex64", [null, null], "x"), y = T.fft.fft(x), back = T.fft.ifft(y);
    const f = await compile([x], [y, back], { device });
    for (const [rows, n] of device === "cpu" ? [[1, 4096], [16, 360], [2, 1009]] : [[2, 101]]) {
      const data = Float32Array.from({ length: 2 * rows! * n! }, (_, i) => Math.sin(i * i));
      const [got, again] = f(given("complex64", [rows!, n!], [...data]));
      expectNear(again!.dataSync() as Float32Array, data, 1e-6, `${n} and back`);
      const unit = Math.sqrt(Math.log2(n!)) * 2 ** -24, isSmooth = n !== 101 && n !== 1009;
      for (let row = 0; row < rows!; row++) {
        const own = data.subarray(2 * row * n!, 2 * (row + 1) * n!);
        const re = Float64Array.from({ length: n! }, (_, i) => own[2 * i]!);
        const im = Float64Array.from({ length: n! }, (_, i) => own[2 * i + 1]!);
        const want = transformed({ re, im }, rootsOf(n!));
        const found = (got!.dataSync() as Float32Array).subarray(2 * row * n!, 2 * (row + 1) * n!);
        const errors = Array.from(
          want.re,
          (a, k) => Math.hypot(found[2 * k]! - a, found[2 * k + 1]! - want.im[k]!),
        );
        const size = rms(Array.from(want.re, (a, k) => Math.hypot(a, want.im[k]!)));
        const [error, most] = [rms(errors), Math.max(...errors)].map((x) => x / size / unit) as [
          number,
          number,
        ];
        assert(error <= (isSmooth ? 0.8 : 1.3), `${n}: ${error}`);
        assert(most <= (isSmooth ? 8 : 13), `${n}: ${most}`);
      }
    }
  },
);

function rms(x: readonly number[]): number {
  return Math.sqrt(x.reduce((sum, one) => sum + one * one, 0) / x.length);
}

Deno.test("gradients, and gradients of these, are what differences say", () => {
  const check = (build: (x: Variable) => Variable, shape: number[]) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const data = Array.from({ length: count }, (_, i) => Math.cos(3 * i) + 0.1);
    verifyGrad((x) => build(x), [given("float64", shape, data)], { order: 2 });
  };
  const power = (z: Variable) => T.real(z).pow(3).add(T.imag(z).sin());
  const complex = (x: Variable) => T.complex(x, x.sqr());
  check((x) => power(T.fft.fft(x)), [3]);
  check((x) => power(T.fft.ifft(complex(x), { axis: 0, norm: "ortho" })), [4, 2]);
  for (const n of [4, 5]) {
    check((x) => power(T.fft.rfft(x, { norm: "forward" })), [n]);
    check((x) => T.fft.irfft(complex(x), { n: 2 * n - 3 }).pow(3), [n - 1]);
  }
  check((x) => power(T.fft.rfft2(x, { s: [3, 4] })), [2, 3]);
});

onDevices("in the steps of a loop, of lengths that change from call to call", async (device) => {
  const x = T.fmatrix("x"), n = T.iscalar("n");
  const [sums] = scan((row) => T.abs(T.fft.rfft(row as Variable, { n })).sum(), { sequences: x });
  const slope = grad(sums.sum() as Variable, x);
  const all = T.abs(T.fft.rfft(x, { n })).sum(1), same = grad(all.sum() as Variable, x);
  const f = await compile([x, n], [sums, slope, all, same], { device });
  for (const [rows, columns, length] of [[2, 4, 4], [3, 5, 7]] as const) {
    const data = Array.from({ length: rows * columns }, (_, i) => Math.sin(i * i + 1));
    const found = f(given("float32", [rows, columns], data), length).map((t) =>
      t.dataSync() as Float32Array
    );
    expectNear(found[0]!, found[2]!, 1e-6);
    expectNear(found[1]!, found[3]!, 1e-5);
  }
});

Deno.test("a length known in a call only makes a plan for each", async () => {
  const x = T.dvector("x"),
    f = await compile([x], T.fft.irfft(T.fft.rfft(x), { n: x.shape[0]! }), { device: "cpu" });
  for (const n of [3, 4, 6, 17, 4, 1]) {
    const data = Array.from({ length: n }, (_, i) => i * i - 2);
    expectNear(f(data).dataSync() as Float64Array, data, 1e-13, `${n}`);
  }
});

onDevices("what is not finite makes all of its row so", async (device) => {
  const x = T.tensor("float32", [2, 6], "x");
  const f = await compile([x], [T.fft.rfft(x), T.fft.fft(x)], { device });
  for (const bad of [NaN, Infinity]) {
    for (const result of f([[1, 2, bad, 4, 5, 6], [1, 2, 3, 4, 5, 6]])) {
      const data = result.dataSync() as Float32Array, half = data.length / 2;
      for (let i = 0; i < half; i += 2) {
        assert(!Number.isFinite(data[i]! + data[i + 1]!), `${bad} ${i}`);
      }
      assert(data.subarray(half).every(Number.isFinite));
    }
  }
});

Deno.test("what cannot be transformed is an error", async () => {
  const x = T.dvector("x"), z = T.zvector("z"), fft = T.fft;
  assertThrows(() => fft.fft(x, { n: 0 }), RangeError, "expected a length >= 1");
  assertThrows(() => fft.fft(T.tensor("float64", [0])), ShapeError, "at least one element");
  assertThrows(() => fft.rfft(z), TypeError, "expected real numbers");
  assertThrows(() => fft.fft(x, { axis: 1 }), RangeError, "axis");
  assertThrows(() => fft.fft(T.dscalar("s")), RangeError, "no axis of a scalar");
  assertThrows(() => fft.fft(x, { norm: "half" as "ortho" }), TypeError, '"norm"');
  assertThrows(() => fft.fftn(x, { s: [1, 2], axes: [0] }), RangeError, "a length for each");
  assertThrows(() => fft.irfft(T.tensor("complex64", [1])), ShapeError, "at least one element");
  const f = await compile([x], fft.fft(x), { device: "cpu" });
  await assertRejects(
    async () => await f(new Float64Array(0)).data(),
    ShapeError,
    "at least one element",
  );
});

Deno.test("types: spectra are complex, of the same rank", () => {
  const x = T.fmatrix("x"), z: Variable<"complex64", 2> = T.fft.rfft2(x);
  const back: Variable<"float32", 2> = T.fft.irfft2(z),
    wide: Variable<"complex128", 1> = T.fft.fft(T.dvector("d"));
  const half = T.fft.fft(T.tensor("float16", [2])), int = T.fft.fft(T.ivector("i"));
  assertEquals([z, back, wide, half, int].map(({ dtype }) => dtype), [
    "complex64",
    "float32",
    "complex128",
    "complex64",
    "complex64",
  ]);
});

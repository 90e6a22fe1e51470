import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { dtypeInfo } from "../graph/dtype.ts";
import { roundToFloat16 } from "./float16.ts";

Deno.test("roundToFloat16() rounds as the engine does", () => {
  const halves = new Float16Array(Uint16Array.from({ length: 0x7c00 }, (_, i) => i).buffer);
  for (let i = 0; i + 1 < halves.length; i++) {
    // A float16 number, what is halfway to the next one, and what is beside that.
    const x = halves[i]!, middle = (x + halves[i + 1]!) / 2;
    const near = [middle * (1 + 2 ** -52), middle * (1 - 2 ** -52), (x + middle) / 2];
    for (const at of [x, middle, ...near]) {
      for (const signed of [at, -at]) {
        assertStrictEquals(roundToFloat16(signed), Math.f16round(signed));
      }
    }
  }
  for (
    const x of [NaN, Infinity, 65504, 65519.9, 65520, 65536, 1e300, 2 ** -24, 2 ** -25, 5e-324]
  ) {
    for (const signed of [x, -x]) {
      assertStrictEquals(roundToFloat16(signed), Math.f16round(signed));
    }
  }
});

Deno.test("without Float16Array only float16 arrays are refused", () => {
  const engine = Object.getOwnPropertyDescriptor(globalThis, "Float16Array")!;
  Reflect.deleteProperty(globalThis, "Float16Array");
  try {
    assertThrows(() => dtypeInfo("float16").array(1), TypeError, "use float32");
    assertEquals(dtypeInfo("float32").array(1), new Float32Array(1));
  } finally {
    Object.defineProperty(globalThis, "Float16Array", engine);
  }
});

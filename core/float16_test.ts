import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { dtypeInfo } from "./dtype.ts";
import { roundToFloat16 } from "./float16.ts";

Deno.test("roundToFloat16() rounds as the engine does", () => {
  const bits = new Uint16Array(1), half = new Float16Array(bits.buffer);
  for (bits[0] = 0; half[0]! < 65504; bits[0]++) {
    // A float16 number, what is halfway to the next one, and what is beside that.
    const x = half[0]!, y = (x + new Float16Array(new Uint16Array([bits[0]! + 1]).buffer)[0]!) / 2;
    for (const at of [x, y, y * (1 + 2 ** -52), y * (1 - 2 ** -52), (x + y) / 2]) {
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

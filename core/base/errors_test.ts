import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  CrotonError,
  DeviceLostError,
  GpuCommandError,
  GradientError,
  LimitError,
  NoGpuError,
  OutOfMemoryError,
  ShaderError,
} from "./errors.ts";

Deno.test("every error is a CrotonError, of its own class only, with its name", () => {
  const errors: Error[] = [
    new CrotonError("Plain"),
    new NoGpuError("no adapter"),
    new DeviceLostError("unknown", "it fell off the bus"),
    new OutOfMemoryError({ requested: 3, live: 2, pooled: 1 }),
    new LimitError("Cannot allocate", { limit: "maxBufferSize", requested: 5, maximum: 4 }),
    new ShaderError("k", "a\nb", "bad"),
    new GpuCommandError("validation", "bad"),
    new GradientError({ argument: 0, position: [1], symbolic: 2, numeric: 3 }),
  ];
  const classes = [
    NoGpuError,
    DeviceLostError,
    OutOfMemoryError,
    LimitError,
    ShaderError,
    GpuCommandError,
    GradientError,
  ];
  for (const error of errors) {
    assert(error instanceof CrotonError);
    assert(error instanceof Error);
    assertEquals(error.name, error.constructor.name);
    for (const type of classes) assertEquals(error instanceof type, error.constructor === type);
    assertEquals(Object.keys(error).includes("name"), false);
  }
  assert(errors[4] instanceof RangeError);
  assertEquals(new Error("other") instanceof CrotonError, false);
  assertEquals((null as unknown) instanceof CrotonError, false);
});

Deno.test("messages carry the numbers and the names", () => {
  assertEquals(
    new LimitError("Cannot bind a buffer", {
      limit: "maxStorageBufferBindingSize",
      requested: 9,
      maximum: 8,
    }).message,
    'Cannot bind a buffer: 9 is over the device\'s limit "maxStorageBufferBindingSize" of 8',
  );
  assertStringIncludes(
    new OutOfMemoryError({ requested: 30, live: 20, pooled: 10 }).message,
    "30 bytes on the GPU: the device is out of memory (20 bytes in use, 10 bytes pooled)",
  );
  const lines = Array.from({ length: 10 }, (_, i) => `line${i + 1}`).join("\n");
  const message = new ShaderError("sum", lines, "\nexpected ;\n").message;
  assertStringIncludes(message, '"sum": expected ;\n 1 | line1');
  assertStringIncludes(message, "10 | line10");
});

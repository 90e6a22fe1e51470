/** What the device costs: opening, recording, reading, and products of matrices. */

import { availability, testDevice } from "../../dev/testing/gpu_device.ts";
import { openDevice } from "./device.ts";
import {
  chooseSchedule,
  matmulGrid,
  matmulParams,
  matmulSumGrid,
  partialElements,
} from "../matmul/schedule.ts";
import { plainProduct } from "../../dev/testing/gpu/matmul.ts";

const ignore = !availability.available;

Deno.bench({ name: "open and test a device", group: "open", ignore }, async () => {
  (await openDevice()).destroy();
});

for (const bytes of [4, 16 << 10, 1 << 20, 16 << 20]) {
  Deno.bench({
    name: `read ${bytes} bytes at once`,
    group: "read",
    ignore,
    fn: async (bench) => {
      const { buffers, readback } = await testDevice();
      const handle = buffers.acquire(bytes);
      readback.readSync(handle.buffer, 0, bytes);
      bench.start();
      readback.readSync(handle.buffer, 0, bytes);
      bench.end();
      buffers.release(handle);
    },
  });
}

Deno.bench({
  name: "record and run 1000 small kernels",
  group: "dispatch",
  ignore,
  fn: async (bench) => {
    const { buffers, pipelines, queue, readback } = await testDevice();
    const kernel = await pipelines.create({
      label: "count",
      wgsl: `@group(0) @binding(0) var<storage, read_write> y: array<u32>;
@group(1) @binding(0) var<uniform> params: vec4<u32>;
@compute @workgroup_size(64) fn main(@builtin(local_invocation_index) i: u32) {
  y[i] += params.x;
}`,
      storage: ["write"],
    });
    const handle = buffers.acquire(256);
    const group = pipelines.bind(kernel, [handle]);
    const params = Uint32Array.of(1, 0, 0, 0);
    bench.start();
    for (let i = 0; i < 1000; i++) queue.dispatch(kernel, group, params, 1);
    readback.readSync(handle.buffer, 0, 4);
    bench.end();
    buffers.release(handle);
  },
});

const products: [number, number, number][] = [
  [512, 512, 512],
  [20, 500, 784],
  [100, 100, 16000],
  [2048, 1, 2048],
  [1, 2048, 2048],
];
for (const [m, n, k] of products) {
  const megaflops = (2 * m * n * k / 1e6).toFixed(0);
  Deno.bench({
    name: `product (${m}, ${k}) @ (${k}, ${n}), ${megaflops} MFLOP`,
    group: "product",
    ignore,
    fn: async (bench) => {
      const { buffers, pipelines, queue, readback, limits, info } = await testDevice();
      const shape = { batch: 1, m, n, k, leftRun: "k", rightRun: "n" } as const;
      const schedule = chooseSchedule(shape, { limits, software: info.isFallbackAdapter });
      const text = plainProduct({ type: "f32", schedule });
      const [product, sum] = await pipelines.createAll([
        { label: "product", wgsl: text.product, storage: ["read", "read", "write"] },
        { label: "sum", wgsl: text.sum, storage: ["read", "write"] },
      ]);
      const partial = partialElements(schedule, shape);
      const handles = [m * k, k * n, m * n, partial].map((size) => buffers.acquire(size * 4));
      const [a, b, c, p] = handles as [typeof handles[0], ...typeof handles];
      const params = matmulParams(schedule, shape, [
        { offset: 0, batch: 0, row: k, column: 1 },
        { offset: 0, batch: 0, row: n, column: 1 },
        { offset: 0, batch: 0, row: n, column: 1 },
      ]);
      const first = pipelines.bind(product!, [a!, b!, partial > 0 ? p! : c!]);
      const second = pipelines.bind(sum!, [p!, c!]);
      const run = (): void => {
        queue.dispatch(product!, first, params, ...matmulGrid(schedule, shape, limits));
        if (partial > 0) queue.dispatch(sum!, second, params, ...matmulSumGrid(shape, limits));
        readback.readSync(c!.buffer, 0, 4);
      };
      run();
      bench.start();
      run();
      bench.end();
      for (const handle of handles) buffers.release(handle);
    },
  });
}

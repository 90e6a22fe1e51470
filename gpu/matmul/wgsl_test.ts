import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { plainProduct } from "../../dev/testing/gpu/matmul.ts";
import { gpuTest } from "../../dev/testing/gpu_device.ts";
import type { BufferHandle } from "../device/buffers.ts";
import type { GpuDevice } from "../device/device.ts";
import {
  chooseSchedule,
  matmulGrid,
  matmulParams,
  type MatmulSchedule,
  type MatmulShape,
  type MatmulSizes,
  type MatmulStrides,
  matmulSumGrid,
  partialElements,
  workgroupBytes,
  workgroupSize,
} from "./schedule.ts";
import type { MatmulOptions } from "./wgsl.ts";

type Numbers = Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

interface Case {
  readonly sizes: MatmulSizes;
  readonly strides: readonly [MatmulStrides, MatmulStrides, MatmulStrides];
  readonly left: Numbers;
  readonly right: Numbers;
}

/** A small generator, so that a failure can be repeated. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Contiguous matrices of the sizes, either way round, with a few elements in front. */
function layout(
  [batch, rows, columns]: readonly [number, number, number],
  transposed: boolean,
  offset: number,
): MatmulStrides & { readonly elements: number } {
  const [row, column] = transposed ? [1, rows] : [columns, 1];
  const elements = offset + batch * rows * columns;
  return { offset, batch: rows * columns, row, column, elements };
}

function reference({ sizes, strides, left, right }: Case): Map<number, number> {
  const { batch, m, n, k } = sizes;
  const [a, b, c] = strides;
  const result = new Map<number, number>();
  for (let s = 0; s < batch; s++) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let t = 0; t < k; t++) {
          sum += left[a.offset + s * a.batch + i * a.row + t * a.column]! *
            right[b.offset + s * b.batch + t * b.row + j * b.column]!;
        }
        result.set(c.offset + s * c.batch + i * c.row + j * c.column, sum);
      }
    }
  }
  return result;
}

interface RunOptions extends Partial<Omit<MatmulOptions, "schedule">> {
  readonly schedule: MatmulSchedule;
  /** Elements of the result, of 4 bytes. */
  readonly elements: number;
}

/** Runs a product on the device; elements that are not written stay -7. */
async function run(device: GpuDevice, test: Case, options: RunOptions): Promise<ArrayBuffer> {
  const { buffers, queue, pipelines, readback, limits } = device;
  const { schedule, elements, type = "f32", ...hooks } = options;
  const handles: BufferHandle[] = [];
  const acquire = (bytes: number): BufferHandle => {
    const handle = buffers.acquire(bytes);
    handles.push(handle);
    return handle;
  };
  const upload = (data: Numbers): BufferHandle => {
    const handle = acquire(data.byteLength);
    queue.write(handle.buffer, 0, data);
    return handle;
  };
  const text = plainProduct({ type, schedule, ...hooks });
  const product = await pipelines.create({
    label: "product",
    wgsl: text.product,
    storage: ["read", "read", "write"],
  });
  const params = matmulParams(schedule, test.sizes, test.strides);
  const [a, b] = [upload(test.left), upload(test.right)];
  const c = upload(new Float32Array(elements).fill(-7));
  const partial = partialElements(schedule, test.sizes);
  const target = partial > 0 ? acquire(partial * 4) : c;
  const grid = matmulGrid(schedule, test.sizes, limits);
  queue.dispatch(product, pipelines.bind(product, [a, b, target]), params, ...grid);
  if (partial > 0) {
    const add = await pipelines.create({
      label: "sum",
      wgsl: text.sum,
      storage: ["read", "write"],
    });
    const sumGrid = matmulSumGrid(test.sizes, limits);
    queue.dispatch(add, pipelines.bind(add, [target, c]), params, ...sumGrid);
  }
  const result = await readback.read(c.buffer, 0, elements * 4);
  for (const handle of handles) buffers.release(handle);
  return result;
}

function assertResult(got: Numbers, expected: Map<number, number>, k: number, label: string): void {
  got.forEach((value, i) => {
    const wanted = expected.get(i);
    if (wanted === undefined) {
      assertEquals(value, -7, `${label}: element ${i} is none of the result`);
    } else {
      const close = Math.abs(value - wanted) <= 1e-6 * Math.max(1, k);
      assert(close, `${label}: element ${i} is ${value}, expected ${wanted}`);
    }
  });
}

function makeCase(
  sizes: MatmulSizes,
  next: () => number,
  [transposeA, transposeB, transposeC]: readonly boolean[],
): Case & { readonly shape: MatmulShape; readonly elements: number } {
  const { batch, m, n, k } = sizes;
  const a = layout([batch, m, k], transposeA!, 3);
  const b = layout([batch, k, n], transposeB!, 0);
  const c = layout([batch, m, n], transposeC!, 1);
  const fill = (elements: number): Float32Array<ArrayBuffer> =>
    Float32Array.from({ length: elements }, () => next() * 2 - 1);
  return {
    sizes,
    shape: { ...sizes, leftRun: transposeA ? "m" : "k", rightRun: transposeB ? "k" : "n" },
    strides: [a, b, c],
    left: fill(a.elements),
    right: fill(b.elements),
    elements: c.elements + 5,
  };
}

gpuTest("matmulWgsl() multiplies matrices of any size and direction", async (device) => {
  const next = random(1);
  const sizes: [number, number, number, number][] = [
    [1, 1, 1, 1],
    [1, 0, 3, 2],
    [1, 3, 0, 2],
    [0, 3, 2, 2],
    [1, 3, 2, 0],
    [1, 1, 5, 0],
    [3, 2, 2, 2],
    [1, 16, 16, 16],
    [2, 17, 15, 33],
    [1, 65, 64, 7],
    [1, 129, 20, 40],
    [1, 1, 300, 70],
    [2, 300, 1, 70],
    [2, 1, 1, 5000],
    [1, 7, 5, 3000],
    [70, 3, 4, 5],
  ];
  const target = { limits: device.limits, software: device.info.isFallbackAdapter };
  for (const [batch, m, n, k] of sizes) {
    const turns = [next() < 0.5, next() < 0.5, next() < 0.5];
    const test = makeCase({ batch, m, n, k }, next, turns);
    const schedule = chooseSchedule(test.shape, target);
    const result = await run(device, test, { schedule, elements: test.elements });
    const label = `${JSON.stringify(test.shape)} ${JSON.stringify(schedule)}`;
    assertResult(new Float32Array(result), reference(test), k, label);
  }
});

gpuTest("any schedule gives the same product", async (device) => {
  const next = random(2);
  const tile = { kind: "tile", tileM: 16, tileN: 16, tileK: 16, threadM: 4, threadN: 4 } as const;
  for (
    const sized of [
      { ...tile, unroll: 16, slices: 1 },
      { ...tile, unroll: 4, slices: 3 },
      { ...tile, tileM: 32, threadM: 8, unroll: 2, slices: 1 },
      { ...tile, tileN: 32, tileK: 8, threadN: 8, unroll: 1, slices: 2 },
      // Not as many elements to load as threads, and not a multiple of them.
      { ...tile, tileM: 24, tileN: 40, tileK: 4, unroll: 4, slices: 1 },
    ]
  ) {
    const turns = [next() < 0.5, next() < 0.5, next() < 0.5];
    const test = makeCase({ batch: 2, m: 37, n: 50, k: 45 }, next, turns);
    const { leftRun, rightRun } = test.shape;
    const schedule: MatmulSchedule = { ...sized, leftRun, rightRun };
    const result = await run(device, test, { schedule, elements: test.elements });
    const label = JSON.stringify(schedule);
    assertResult(new Float32Array(result), reference(test), 45, label);
  }
  for (const alongSum of [true, false]) {
    for (const matrix of ["left", "right"] as const) {
      for (const [outputs, lanes, slices] of [[1, 1, 1], [4, 16, 1], [16, 4, 3], [1, 64, 2]]) {
        const [m, n] = matrix === "left" ? [19, 1] : [1, 19];
        const test = makeCase({ batch: 3, m, n, k: 70 }, next, [false, true, false]);
        const schedule: MatmulSchedule = {
          kind: "vector",
          matrix,
          outputs: outputs!,
          lanes: lanes!,
          slices: slices!,
          alongSum,
        };
        const result = await run(device, test, { schedule, elements: test.elements });
        const label = JSON.stringify(schedule);
        assertResult(new Float32Array(result), reference(test), 70, label);
      }
    }
  }
});

gpuTest("strides may be 0 and negative", async (device) => {
  const sizes = { batch: 3, m: 5, n: 4, k: 6 };
  const next = random(3);
  const test: Case = {
    sizes,
    strides: [
      // The rows backwards, the same matrix in each batch.
      { offset: 24, batch: 0, row: -6, column: 1 },
      // Every row of a matrix is the same, the columns backwards.
      { offset: 11, batch: -4, row: 0, column: -1 },
      { offset: 0, batch: 20, row: 4, column: 1 },
    ],
    left: Float32Array.from({ length: 30 }, next),
    right: Float32Array.from({ length: 12 }, next),
  };
  const shape: MatmulShape = { ...sizes, leftRun: "k", rightRun: "n" };
  const schedule = chooseSchedule(shape, { limits: device.limits, software: true });
  const result = await run(device, test, { schedule, elements: 60 });
  assertResult(new Float32Array(result), reference(test), 6, "negative strides");
});

gpuTest("integers multiply and add exactly, and wrap", async (device) => {
  const next = random(4);
  const sizes = { batch: 1, m: 9, n: 10, k: 11 };
  const strides = [[9, 11], [11, 10], [9, 10]].map(([, columns]) => ({
    offset: 0,
    batch: 0,
    row: columns!,
    column: 1,
  })) as unknown as Case["strides"];
  const words = (length: number): Int32Array<ArrayBuffer> =>
    Int32Array.from({ length }, () => next() * 2 ** 32 - 2 ** 31);
  const [left, right] = [words(99), words(110)];
  const shape: MatmulShape = { ...sizes, leftRun: "k", rightRun: "n" };
  const schedule = chooseSchedule(shape, { limits: device.limits, software: true });
  const expected = new Int32Array(90);
  for (let i = 0; i < 9; i++) {
    for (let j = 0; j < 10; j++) {
      let sum = 0;
      for (let t = 0; t < 11; t++) {
        sum = (sum + Math.imul(left[i * 11 + t]!, right[t * 10 + j]!)) | 0;
      }
      expected[i * 10 + j] = sum;
    }
  }
  const test = { sizes, strides, left, right };
  for (const type of ["i32", "u32"] as const) {
    const result = await run(device, test, { schedule, elements: 90, type });
    assertEquals(new Int32Array(result), expected);
  }
});

gpuTest("sums that threads share are right every time", async (device) => {
  // A barrier that is moved or left out shows only now and then.
  const next = random(6);
  const strides = [
    { offset: 0, batch: 1000, row: 1000, column: 1 },
    { offset: 0, batch: 1000, row: 1, column: 1 },
    { offset: 0, batch: 1, row: 1, column: 1 },
  ] as const;
  const sizes = { batch: 40, m: 1, n: 1, k: 1000 };
  const schedule: MatmulSchedule = {
    kind: "vector",
    matrix: "left",
    outputs: 1,
    lanes: 64,
    slices: 1,
    alongSum: true,
  };
  for (let round = 0; round < 25; round++) {
    const [left, right] = [0, 1].map(() =>
      Int32Array.from({ length: 40000 }, () => next() * 2000 - 1000)
    ) as [Int32Array<ArrayBuffer>, Int32Array<ArrayBuffer>];
    const test = { sizes, strides, left, right };
    const result = await run(device, test, { schedule, elements: 40, type: "i32" });
    assertEquals([...new Int32Array(result)], [...reference(test).values()]);
  }
});

gpuTest("hooks change what is loaded and stored", async (device) => {
  const next = random(5);
  for (const k of [6, 3000]) {
    const test = makeCase({ batch: 2, m: 5, n: 4, k }, next, [false, false, false]);
    const target = { limits: device.limits, software: true };
    const schedule = chooseSchedule(test.shape, target);
    assertEquals(schedule.slices > 1, k === 3000);
    const result = await run(device, test, {
      schedule,
      elements: test.elements,
      loadA: (index) => `(a[${index}] + 1.0)`,
      baseB: () => "params.b_offset",
      store: (value, batch, row, column) =>
        `c[params.c_offset + ${batch} * params.c_batch + ${row} * params.c_row + ${column}] = ` +
        `max(${value}, 0.0) + f32(100u * ${batch} + 10u * ${row} + ${column});`,
    });
    const plain = reference({
      ...test,
      left: test.left.map((x) => x + 1) as Float32Array<ArrayBuffer>,
      strides: [test.strides[0], { ...test.strides[1], batch: 0 }, test.strides[2]],
    });
    const expected = new Map(
      [...plain].map(([i, value]) => {
        const [batch, row, column] = [
          Math.floor((i - 1) / 20),
          Math.floor((i - 1) / 4) % 5,
          (i - 1) % 4,
        ];
        return [i, Math.max(value, 0) + 100 * batch + 10 * row + column];
      }),
    );
    assertResult(new Float32Array(result), expected, 10 * k, `hooks, k = ${k}`);
  }
});

Deno.test("no barrier lies under a branch", () => {
  const limits = FAKE_LIMITS;
  for (const n of [1, 40]) {
    for (const k of [40, 40000]) {
      const shape: MatmulShape = { batch: 1, m: 40, n, k, leftRun: "k", rightRun: "n" };
      const schedule = chooseSchedule(shape, { limits });
      const text = plainProduct({ type: "f32", schedule }).product;
      assertStringIncludes(text, "workgroupBarrier();");
      let depth: string[] = [];
      for (const line of text.split("\n")) {
        if (line.includes("workgroupBarrier")) {
          const branches = depth.filter((opener) => opener.includes("if "));
          assertEquals(branches, []);
        }
        for (const brace of line.match(/[{}]/g) ?? []) {
          depth = brace === "{" ? [...depth, line] : depth.slice(0, -1);
        }
      }
      assertEquals(text.includes("return;"), false);
    }
  }
});

Deno.test("chooseSchedule() stays within the least limits of WebGPU and cuts long sums", () => {
  const target = { limits: FAKE_LIMITS };
  const shape = { batch: 1, leftRun: "k", rightRun: "n" } as const;
  for (const m of [1, 2, 9, 100, 1000]) {
    for (const n of [1, 2, 9, 100, 1000]) {
      for (const k of [0, 1, 30, 1000, 100000]) {
        const schedule = chooseSchedule({ ...shape, m, n, k }, target);
        assertEquals(schedule.kind, m === 1 || n === 1 ? "vector" : "tile");
        if (m * n > 4e5 || k < 300) assertEquals(schedule.slices, 1);
        if (m * n <= 100 && k === 100000) assert(schedule.slices > 1);
        assert(workgroupSize(schedule) <= 256);
        assert(workgroupBytes(schedule) <= 16384);
      }
    }
  }
});

const FAKE_LIMITS = {
  maxBufferSize: 268435456,
  maxStorageBufferBindingSize: 134217728,
  maxUniformBufferBindingSize: 65536,
  maxStorageBuffersPerShaderStage: 8,
  maxComputeWorkgroupStorageSize: 16384,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupSizeY: 256,
  maxComputeWorkgroupSizeZ: 64,
  maxComputeWorkgroupsPerDimension: 65535,
  minStorageBufferOffsetAlignment: 256,
  minUniformBufferOffsetAlignment: 256,
};

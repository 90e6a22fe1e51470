/**
 * The WGSL of matrix products: batched, with any strides, sizes and strides from parameters.
 *
 * Every thread reaches every barrier: the bounds of the loops around them come from the parameters,
 * and what lies outside of a matrix is replaced by 0 instead of being branched around.
 *
 * @module
 */

import { LINEAR_GROUP_WGSL } from "../print/grid.ts";
import {
  leftPitch,
  type MatmulSchedule,
  PART,
  rightPitch,
  SUM_GROUP,
  type TileSchedule,
  type VectorSchedule,
  workgroupSize,
} from "./schedule.ts";
import { SPECIAL_WGSL } from "../device/uniforms.ts";

/** Types that elements of matrices can have. */
type MatmulType = "f32" | "i32" | "u32";

/** What to print. */
export interface MatmulOptions {
  /** Type of the elements. */
  readonly type: MatmulType;
  /** How the work is spread. */
  readonly schedule: MatmulSchedule;
  /** Fields that follow the 20 words of `matmulParams` in the parameter block, each with a comma. */
  readonly extraParams?: string;
  /** The element of the left operand at an index. */
  readonly loadA: (index: string) => string;
  /** The element of the right operand at an index. */
  readonly loadB: (index: string) => string;
  /** Where left matrix `batch` begins; default `params.a_offset + batch * params.a_batch`. */
  readonly baseA?: (batch: string) => string;
  /** Where right matrix `batch` begins; default `params.b_offset + batch * params.b_batch`. */
  readonly baseB?: (batch: string) => string;
  /** Statements that store the value. Runs once for each element. */
  readonly store: MatmulHook;
}

/** Prints WGSL from the names of a value and of where it belongs (u32). */
export type MatmulHook = (value: string, batch: string, row: string, column: string) => string;

/**
 * The WGSL of a product, with entry point `main`. Group 1 has the parameters, whose first words
 * `matmulParams` makes.
 *
 * Under a schedule with slices, `c` is the buffer of partial results, and the stores are those of
 * {@linkcode matmulSumWgsl}, which runs next.
 *
 * @param options What to print.
 * @param declarations The storage bindings, and whatever else the hooks need, such as functions.
 */
export function matmulWgsl(options: MatmulOptions, declarations: string): string {
  const { schedule, type } = options;
  const sliced = schedule.slices > 1;
  const lines = [
    ...header(options),
    declarations,
    "var<private> k_end: u32;",
    baseFunction("left", options),
    baseFunction("right", options),
    loadFunction("left", options),
    loadFunction("right", options),
    sliced ? partialFunction(type) : storeFunction(options),
    schedule.kind === "tile" ? tileBody(schedule, type) : vectorBody(schedule, type),
  ];
  return lines.join("\n\n") + "\n";
}

/**
 * The WGSL of the kernel that adds the partial results of a sliced product up, with the stores of
 * the options.
 *
 * @param options The options of the product.
 * @param declarations As of `matmulWgsl`; `slice_sums` (read) is among them.
 */
export function matmulSumWgsl(options: MatmulOptions, declarations: string): string {
  const { type } = options;
  const body = `@compute @workgroup_size(${SUM_GROUP})
fn main(
  @builtin(local_invocation_index) lane: u32,
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
) {
  let index = linear_group(id, count) * ${SUM_GROUP}u + lane;
  let size = params.m * params.n;
  let all = size * params.batch;
  var sum = ${type}();
  for (var slice = 0u; slice < params.slices; slice++) {
    sum += slice_sums[select(0u, slice * all + index, index < all)];
  }
  finish(index / size, index % size / params.n, index % params.n, sum);
}`;
  const lines = [
    ...header(options),
    declarations,
    storeFunction(options),
    body,
  ];
  return lines.join("\n\n") + "\n";
}

/** What comes before the bindings. */
function header(options: MatmulOptions): string[] {
  const words = ["m", "n", "k", "batch"];
  for (const name of ["a", "b", "c"]) {
    words.push(`${name}_offset`, `${name}_batch`, `${name}_row`, `${name}_col`);
  }
  words.push("slices", "slice_k", "unused_0", "unused_1");
  const fields = words.map((word) => `  ${word}: u32,`);
  if (options.extraParams !== undefined) fields.push(`  ${options.extraParams}`);
  return [
    `struct Params {\n${fields.join("\n")}\n}`,
    "@group(1) @binding(0) var<uniform> params: Params;",
    SPECIAL_WGSL,
    LINEAR_GROUP_WGSL,
  ];
}

/** `left(base, i, j)` or `right(base, i, j)`: an element, or 0 outside of the matrix. */
function loadFunction(side: "left" | "right", options: MatmulOptions): string {
  const { type } = options;
  const letter = side === "left" ? "a" : "b";
  const inside = side === "left" ? "i < params.m && j < k_end" : "i < k_end && j < params.n";
  const load = side === "left" ? options.loadA : options.loadB;
  return `fn ${side}(base: u32, i: u32, j: u32) -> ${type} {
  let inside = ${inside};
  let index = select(0u, base + i * params.${letter}_row + j * params.${letter}_col, inside);
  return select(${type}(0), ${load("index")}, inside);
}`;
}

/** `finish(batch, row, column, value)`: stores an element of the result if there is such a one. */
function storeFunction({ type, store }: MatmulOptions): string {
  return `fn finish(batch: u32, row: u32, column: u32, value: ${type}) {
  if (batch < params.batch && row < params.m && column < params.n) {
    ${store("value", "batch", "row", "column")}
  }
}`;
}

/** As {@linkcode storeFunction}, but for the partial result of a slice. */
function partialFunction(type: MatmulType): string {
  return `fn finish(batch: u32, row: u32, column: u32, value: ${type}) {
  if (batch < params.batch * params.slices && row < params.m && column < params.n) {
    c[(batch * params.m + row) * params.n + column] = value;
  }
}`;
}

/** `left_base(batch)` or `right_base(batch)`: the index of element (0, 0) of a matrix. */
function baseFunction(side: "left" | "right", options: MatmulOptions): string {
  const letter = side === "left" ? "a" : "b";
  const hook = side === "left" ? options.baseA : options.baseB;
  const value = hook?.("batch") ?? `params.${letter}_offset + batch * params.${letter}_batch`;
  return `fn ${side}_base(batch: u32) -> u32 {
  return ${value};
}`;
}

/** The head of `main`: which matrices and which part of the result this workgroup computes. */
function mainHead(schedule: MatmulSchedule, groupsPerMatrix: string): string {
  const sliced = schedule.slices > 1;
  // The slices of the sum come one after another, as if they were more matrices.
  const matrix = sliced ? "batch % params.batch" : "min(batch, params.batch - 1u)";
  const all = sliced ? "params.batch * params.slices" : "params.batch";
  const unit = schedule.kind === "tile" ? schedule.tileK : schedule.lanes * 4;
  return `@compute @workgroup_size(${workgroupSize(schedule)})
fn main(
  @builtin(local_invocation_index) lane: u32,
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
) {
  let group = linear_group(id, count);
  let per_matrix = max(${groupsPerMatrix}, 1u);
  let batch = group / per_matrix;
  let part_of_matrix = group % per_matrix;
  let base_a = left_base(${matrix});
  let base_b = right_base(${matrix});
  let k_first = ${sliced ? "min((batch / params.batch) * params.slice_k, params.k)" : "0u"};
  let k_last = ${sliced ? "min(k_first + params.slice_k, params.k)" : "params.k"};
  k_end = k_last;
  let steps = select(0u, (k_last - k_first + ${unit - 1}u) / ${unit}u, batch < ${all});`;
}

/** What a long sum needs beside its running sums: totals that take them in part by part. */
function longSum(
  { long = false }: MatmulSchedule,
  names: readonly string[],
  type: string,
  termsPerStep: number,
): Record<"before" | "inside" | "after", readonly string[]> {
  if (!long) return { before: [], inside: [], after: [] };
  const steps = PART / termsPerStep;
  return {
    before: names.map((name) => `  var total_${name} = ${type}();`),
    inside: [
      `    if (step % ${steps}u == ${steps - 1}u) {`,
      ...names.flatMap((name) => [
        `      total_${name} += ${name};`,
        `      ${name} = ${type}();`,
      ]),
      "    }",
    ],
    after: names.map((name) => `  ${name} += total_${name};`),
  };
}

function tileBody(schedule: TileSchedule, type: MatmulType): string {
  const { tileM, tileN, tileK, threadM, threadN, unroll } = schedule;
  const threads = workgroupSize(schedule);
  const [blocksM, blocksN] = [threadM / 4, threadN / 4];
  const [threadsM, threadsN] = [tileM / threadM, tileN / threadN];
  const [pitchA, pitchB] = [leftPitch(schedule), rightPitch(schedule)];
  const lines: string[] = [
    `var<workgroup> tile_a: array<vec4<${type}>, ${tileK * pitchA}>;`,
    `var<workgroup> tile_b: array<vec4<${type}>, ${tileK * pitchB}>;`,
    "",
    mainHead(
      schedule,
      `((params.m + ${tileM - 1}u) / ${tileM}u) * ((params.n + ${tileN - 1}u) / ${tileN}u)`,
    ),
    `  let tiles_n = max((params.n + ${tileN - 1}u) / ${tileN}u, 1u);`,
    `  let row = (part_of_matrix / tiles_n) * ${tileM}u;`,
    `  let column = (part_of_matrix % tiles_n) * ${tileN}u;`,
    `  let thread_m = lane / ${threadsN}u;`,
    `  let thread_n = lane % ${threadsN}u;`,
  ];
  const names: string[] = [];
  for (let i = 0; i < threadM; i++) {
    for (let j = 0; j < blocksN; j++) names.push(`sum_${i}_${j}`);
  }
  const long = longSum(schedule, names, `vec4<${type}>`, tileK);
  lines.push(...names.map((name) => `  var ${name} = vec4<${type}>();`), ...long.before);
  lines.push(
    "  for (var step = 0u; step < steps; step++) {",
    `    let k = k_first + step * ${tileK}u;`,
  );
  lines.push(...tileLoads("a", schedule, threads), ...tileLoads("b", schedule, threads));
  lines.push("    workgroupBarrier();");
  const looped = unroll < tileK;
  if (looped) lines.push(`    for (var kk = 0u; kk < ${tileK}u; kk += ${unroll}u) {`);
  for (let u = 0; u < unroll; u++) {
    const [fromA, fromB] = [pitchA, pitchB].map((pitch) =>
      looped ? `(kk + ${u}u) * ${pitch}u` : `${u * pitch}u`
    );
    lines.push("      {");
    for (let i = 0; i < blocksM; i++) {
      lines.push(`        let a${i} = tile_a[${fromA} + ${i * threadsM}u + thread_m];`);
    }
    for (let j = 0; j < blocksN; j++) {
      lines.push(`        let b${j} = tile_b[${fromB} + ${j * threadsN}u + thread_n];`);
    }
    for (let i = 0; i < threadM; i++) {
      for (let j = 0; j < blocksN; j++) {
        lines.push(`        sum_${i}_${j} += a${i >> 2}.${"xyzw"[i & 3]} * b${j};`);
      }
    }
    lines.push("      }");
  }
  if (looped) lines.push("    }");
  lines.push("    workgroupBarrier();", ...long.inside, "  }", ...long.after);
  for (let i = 0; i < threadM; i++) {
    const row = `row + ${(i >> 2) * threadsM * 4 + (i & 3)}u + thread_m * 4u`;
    for (let j = 0; j < blocksN; j++) {
      for (let c = 0; c < 4; c++) {
        const column = `column + ${j * threadsN * 4 + c}u + thread_n * 4u`;
        lines.push(`  finish(batch, ${row}, ${column}, sum_${i}_${j}.${"xyzw"[c]});`);
      }
    }
  }
  lines.push("}");
  return lines.join("\n");
}

/** Statements that fill one tile, four elements of a column (a) or row (b) at a time. */
function tileLoads(letter: "a" | "b", schedule: TileSchedule, threads: number): string[] {
  const { tileK } = schedule;
  const vectors = (letter === "a" ? schedule.tileM : schedule.tileN) / 4;
  const pitch = letter === "a" ? leftPitch(schedule) : rightPitch(schedule);
  const alongSum = (letter === "a" ? schedule.leftRun : schedule.rightRun) === "k";
  const total = tileK * vectors;
  const lines: string[] = [];
  for (let first = 0; first < total; first += threads) {
    const at = first === 0 ? "lane" : `(lane + ${first}u)`;
    // Neighbouring threads read neighbouring elements.
    const kk = alongSum ? `${at} % ${tileK}u` : `${at} / ${vectors}u`;
    const vector = alongSum ? `${at} / ${tileK}u` : `${at} % ${vectors}u`;
    const guarded = first + threads > total;
    const open = guarded ? `    if (${at} < ${total}u) {` : "    {";
    const elements = [0, 1, 2, 3].map((c) =>
      letter === "a" ? `left(base_a, i + ${c}u, k + kk)` : `right(base_b, k + kk, i + ${c}u)`
    );
    lines.push(
      open,
      `      let kk = ${kk};`,
      `      let vector = ${vector};`,
      `      let i = ${letter === "a" ? "row" : "column"} + vector * 4u;`,
      `      tile_${letter}[kk * ${pitch}u + vector] = vec4(`,
      ...elements.map((element) => `        ${element},`),
      "      );",
      "    }",
    );
  }
  return lines;
}

function vectorBody(schedule: VectorSchedule, type: MatmulType): string {
  const { outputs, lanes, alongSum, matrix } = schedule;
  const size = matrix === "left" ? "params.m" : "params.n";
  const [k, output] = alongSum
    ? [`lane % ${lanes}u`, `lane / ${lanes}u`]
    : [`lane / ${outputs}u`, `lane % ${outputs}u`];
  const product = (at: string): string =>
    matrix === "left"
      ? `left(base_a, output, ${at}) * right(base_b, ${at}, 0u)`
      : `left(base_a, 0u, ${at}) * right(base_b, ${at}, output)`;
  const names = [0, 1, 2, 3].map((u) => `sum_${u}`), long = longSum(schedule, names, type, 1);
  const lines: string[] = [
    `var<workgroup> parts: array<${type}, ${workgroupSize(schedule)}>;`,
    "",
    mainHead(schedule, `(${size} + ${outputs - 1}u) / ${outputs}u`),
    `  let output = part_of_matrix * ${outputs}u + ${output};`,
    `  let first = ${k};`,
    ...names.map((name) => `  var ${name} = ${type}();`),
    ...long.before,
    "  for (var step = 0u; step < steps; step++) {",
    `    let k = k_first + step * ${lanes * 4}u + first;`,
    ...[0, 1, 2, 3].map((u) => `    sum_${u} += ${product(`k + ${u * lanes}u`)};`),
    ...long.inside,
    "  }",
    ...long.after,
    "  parts[lane] = (sum_0 + sum_1) + (sum_2 + sum_3);",
    "  workgroupBarrier();",
  ];
  for (let half = lanes / 2; half >= 1; half /= 2) {
    const other = alongSum ? half : half * outputs;
    lines.push(
      `  if (first < ${half}u) {`,
      `    parts[lane] += parts[lane + ${other}u];`,
      "  }",
      "  workgroupBarrier();",
    );
  }
  const place = matrix === "left" ? "output, 0u" : "0u, output";
  lines.push("  if (first == 0u) {", `    finish(batch, ${place}, parts[lane]);`, "  }", "}");
  return lines.join("\n");
}

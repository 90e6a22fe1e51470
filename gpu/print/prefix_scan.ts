/**
 * Running values within a workgroup.
 *
 * @module
 */

/**
 * Statements that turn `memory[lane]`, one value of each thread, into the combination of the values
 * of all threads up to and including this one. They begin and end with a barrier, so all threads of
 * the workgroup must reach them.
 *
 * @param memory Names of arrays in workgroup memory, one element for each thread.
 * @param threads Threads of the workgroup, a power of two.
 * @param identities Text of the value that changes nothing, for each array.
 * @param combine Text of earlier and later values as one, for array `index`.
 * @param fresh Makes names.
 */
export function prefixScan(
  memory: readonly string[],
  threads: number,
  identities: readonly string[],
  combine: (index: number, earlier: string, later: string) => string,
  fresh: (prefix: string) => string,
): string[] {
  const lines = ["workgroupBarrier();"];
  for (let distance = 1; distance < threads; distance *= 2) {
    const names = memory.map(() => fresh("e"));
    names.forEach((name, i) => {
      lines.push(`var ${name} = ${identities[i]};`);
    });
    const reads = memory.map((array, i) => `${names[i]} = ${array}[lane - ${distance}u];`);
    lines.push(`if (lane >= ${distance}u) { ${reads.join(" ")} }`);
    // All must have read before anyone writes.
    lines.push("workgroupBarrier();");
    const writes = memory.map((array, i) =>
      `${array}[lane] = ${combine(i, names[i]!, `${array}[lane]`)};`
    );
    lines.push(`if (lane >= ${distance}u) { ${writes.join(" ")} }`);
    lines.push("workgroupBarrier();");
  }
  return lines;
}

/**
 * Tools that come from npm, each when it is used: nothing else of this repository needs them.
 *
 * @module
 */

/** Names in variables: checks and tests of the rest do not fetch them. */
export const tools = {
  esbuild: "npm:esbuild@0.28.2",
  typescript: "npm:typescript@5.9.3",
  rollup: "npm:rollup@4.68.8",
  dts: "npm:rollup-plugin-dts@6.5.1",
};

/** The exit status where the tools cannot be fetched. */
export const NO_TOOLS = 3;

/** Imports a tool, from the cache or from npm. */
export async function fetched<M>(name: string): Promise<M> {
  try {
    return await import(name);
  } catch (error) {
    console.error(`Cannot go on without ${name}: ${error}`);
    Deno.exit(NO_TOOLS);
  }
}

/** Types of the instruction methods, derived from the opcode tables. */

import type { ATOMIC_OPCODES, MEMORY_OPCODES, SCALAR_OPCODES } from "./opcodes.ts";
import type {
  RELAXED_OPCODES,
  SIMD_LANE_MEMORY_OPCODES,
  SIMD_LANE_OPCODES,
  SIMD_MEMORY_OPCODES,
  SIMD_OPCODES,
} from "./opcodes_simd.ts";
import type { Local } from "./types.ts";

/** Names of instructions that take only operands from the stack. */
export type PlainName =
  | keyof typeof SCALAR_OPCODES
  | keyof typeof SIMD_OPCODES
  | keyof typeof RELAXED_OPCODES;

/** Names of loads, stores and atomic accesses. */
type MemoryName =
  | keyof typeof MEMORY_OPCODES
  | keyof typeof SIMD_MEMORY_OPCODES
  | keyof typeof ATOMIC_OPCODES;

/** Names of instructions that read or replace one lane. */
type LaneName = keyof typeof SIMD_LANE_OPCODES;

/** Names of loads and stores of one lane. */
type LaneMemoryName = keyof typeof SIMD_LANE_MEMORY_OPCODES;

/**
 * One method per instruction of the opcode tables, each returning the builder.
 *
 * Offsets and alignments are in bytes; the alignment is a hint and defaults to the natural one.
 */
export type Instructions<Self> =
  & { readonly [K in PlainName]: () => Self }
  & {
    readonly [K in MemoryName]: (offset?: number, align?: number) => Self;
  }
  & { readonly [K in LaneName]: (lane: number) => Self }
  & {
    readonly [K in LaneMemoryName]: (
      lane: number,
      offset?: number,
      align?: number,
    ) => Self;
  };

/** A value of type i32 that is at hand without computing: a constant or a local. */
export type I32Operand = number | Local<"i32">;

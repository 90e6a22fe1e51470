// Made of io/csv.ts by `deno task types`.
/**
 * Reads tables of numbers as text with separators (CSV): a line for each row, quoted fields or plain ones.
 *
 * See https://www.rfc-editor.org/rfc/rfc4180 for its description.
 *
 * @module
 */
import { Tensor } from "../core/runtime/tensor.d.ts";
import { type FileSource } from "./files.d.ts";
/** How to read a table. */
export interface CsvOptions {
    /**
     * Whether the first row has the names of the columns, which it has unless said otherwise. A first row
     * of nothing but numbers needs to be told.
     */
    readonly header?: boolean;
    /** What is between two fields: a comma unless said otherwise. */
    readonly separator?: string;
    /** The columns to take, by name or position from 0, in this order; all of them unless said otherwise. */
    readonly columns?: readonly (string | number)[];
    /** What stands for a missing value, beside a field with nothing in it: NA, N/A, NaN, null and the like. */
    readonly missing?: readonly string[];
    /** Type of the elements: float32 unless said otherwise. */
    readonly dtype?: "float32" | "float64";
}
/** A table of numbers. */
export interface CsvTable {
    /** The numbers, of shape `[rows, columns]`; those that are missing are NaN. */
    readonly values: Tensor<"float32" | "float64">;
    /** The names of the columns, or null where the file has none. */
    readonly names: readonly string[] | null;
}
/**
 * Reads a table of numbers from its text, or from the text's bytes in UTF-8.
 *
 * Throws a FileFormatError that names line and column where a field is no number, a row is too short or
 * too long, or a quoted field has no end.
 *
 * @param source The contents of the file.
 * @param options Header, separator, columns to take, missing values, type of the elements.
 * @returns The numbers and the names of the columns.
 *
 * @example
 * ```ts
 * import { io } from "@croton/croton";
 *
 * const text = 'city,high,"low, at night"\nOslo,3.5,-2\nRome,17,\n';
 * const { values, names } = io.decodeCsv(text, { columns: ["high", "low, at night"] });
 * console.assert(values.shape.join() === "2,2" && names?.[0] === "high");
 * ```
 */
export declare function decodeCsv(source: string | Uint8Array<ArrayBuffer>, options?: CsvOptions): CsvTable;
/**
 * Reads a table of numbers from a CSV file in UTF-8.
 *
 * Throws a FileError if it cannot be read, and a FileFormatError that names line and column where it is
 * no such table.
 *
 * @param source The file, or its bytes.
 * @param options Header, separator, columns to take, missing values, type of the elements.
 *
 * @example
 * ```ts ignore
 * import { io } from "@croton/croton";
 *
 * const { values } = await io.loadCsv("iris.csv", { columns: ["petal length", "petal width"] });
 * ```
 */
export declare function loadCsv(source: FileSource, options?: CsvOptions): Promise<CsvTable>;

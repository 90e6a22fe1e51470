// Made of core/base/options.ts by `deno task types`.
/**
 * Options as users give them: known by name, of the right type.
 *
 * @module
 */
/** What the value of an option must be: a JavaScript type, one of some words, or checked elsewhere. */
type OptionKind = "boolean" | "string" | "number" | "function" | "any" | readonly string[];
/** The kind of each option of `O`. */
export type OptionKinds<O> = {
    readonly [K in keyof Required<O>]: OptionKind;
};
/**
 * The options, checked: an object whose keys are known and whose values have their type. An option that
 * is undefined is as good as left out.
 *
 * Throws a TypeError that says which ones there are.
 *
 * @param action What cannot be done otherwise, as in "Cannot sum x".
 */
export declare function checkOptions<O extends object>(action: string, options: O | undefined, kinds: OptionKinds<O>): O;
/** Whether an object is one of named things: a plain one, or one of a class with fields, not a Date. */
export declare function isRecord(value: object): boolean;
/** The known name that is nearly the one given, for the end of a message; nothing if there is none. */
export declare function suggestion(given: string, known: readonly string[]): string;
/** The list, if it is one. Throws a TypeError for anything else. */
export declare function expectList<T>(action: string, list: readonly T[], what?: string): readonly T[];
export {};

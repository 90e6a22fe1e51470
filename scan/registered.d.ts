// What checkers of types read in place of registered.ts, which is imported for what it does.

export {};

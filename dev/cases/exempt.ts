/**
 * Cases that say what Theano does and Croton does not, with the reason. Croton's own choice is tested
 * beside the other cases of the group.
 *
 * @module
 */

/** Reasons by the id of the case. */
export const exempt: Readonly<Record<string, string>> = {
  "rng-exact-mt19937-optional":
    "the generator is Philox4x32-10 in place of MT19937, for the same bits on every device",
};

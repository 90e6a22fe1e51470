// Looking into programs.

import { T } from "../../all.ts";
import { testCase, testError } from "./harness.ts";

// Variables carry no test values: `eval` computes one from values that are given.
testCase("dbg-test-value-propagates", async () => {
  const x = T.vector("x");
  return { r: await x.pow(2).eval([[x, [1, 2]]]) };
}, { cpuOnly: "eval takes the default device" });

testCase("dbg-profile-callcount", async (_, { compile }) => {
  const x = T.scalar("x");
  const f = await compile([x], x.mul(2), { profile: true });
  for (const value of [1, 2, 3]) f(value);
  return { n: f.profile!.calls };
});

// JavaScript asks an object for no value where it stands as a condition alone; in a chain of
// comparisons it does.
testError("dbg-bool-of-comparison", /as a JavaScript number or condition/, () => {
  const x = T.scalar("x");
  void ((x.gt(1) as unknown as number) < 2);
});

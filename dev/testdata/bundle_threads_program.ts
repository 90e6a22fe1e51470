// Work on two threads, in the bundle: prints how many there are, and whether they change any bit.

import { compile, config, T, tensor } from "@croton/croton";

config.device = "cpu";
const a = T.fmatrix("a"), b = T.exp(a.mul(0.5)).add(a.T);
const f = await compile([a], [T.dot(a, a), b, b.sum(), T.softmax(b)]);
const x = tensor(Float32Array.from({ length: 512 * 512 }, (_, i) => Math.sin(i)), {
  shape: [512, 512],
});
config.threads = 1;
const alone = f(x).map((result) => result.dataSync());
config.threads = 2;
for (let calls = 0; calls < 1000 && !f.deviceInfo.includes("threads"); calls++) {
  f(x);
  // Browsers start workers only while a program waits.
  await new Promise((resolve) => setTimeout(resolve));
}
const same = f(x).every((result, i) =>
  result.dataSync().every((value, j) => value === alone[i]![j])
);
console.log(`${/on \d+ threads/.exec(f.deviceInfo)?.[0] ?? "on one thread"}, same bits: ${same}`);

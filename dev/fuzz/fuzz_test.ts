import { assert, assertEquals } from "@std/assert";
import { onDevices } from "../testing/devices.ts";
import { foundText, fuzz } from "./driver.ts";
import { kernelKinds, kindNames } from "./kinds/mod.ts";

const SEED = 1;

/** Programs of most kinds, on each device. */
const COUNT = 8;

/** Programs of kinds that take little time. */
const counts: Readonly<Record<string, number>> = { rewriting: 200, "kernels-cpu": 80 };

/** The import map that this process runs with, for the process that runs the programs. */
const flags = import.meta.resolve("@std/assert").startsWith("file:")
  ? ["--import-map", new URL("../import_map.json", import.meta.url).pathname]
  : [];

/** Kinds that are tried as often, by one process that makes and checks their programs. */
const groups = [
  { kinds: kindNames.filter((kind) => counts[kind] === undefined), count: COUNT },
  ...Object.entries(counts).map(([kind, count]) => ({ kinds: [kind], count })),
];

onDevices(`Random programs of each kind from seed ${SEED}`, async (device) => {
  for (const { kinds, count } of groups) {
    const here = kinds.filter((kind) =>
      kernelKinds.find(({ name }) => name === kind)?.devices.includes(device) !== false
    );
    if (here.length === 0) continue;
    const options = { seed: SEED, count, kinds: here, devices: [device], keepGoing: true, flags };
    const result = await fuzz(options);
    assertEquals(result.found.map(foundText), []);
    const tried = result.programs + result.skipped;
    assert(tried > 0.9 * count * here.length, `only ${tried} programs of ${here}`);
  }
});

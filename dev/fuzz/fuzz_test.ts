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

onDevices(`Random programs of each kind from seed ${SEED}`, async (device) => {
  for (const kind of kindNames) {
    if (kernelKinds.find(({ name }) => name === kind)?.devices.includes(device) === false) continue;
    const count = counts[kind] ?? COUNT;
    const result = await fuzz({ seed: SEED, count, kinds: [kind], devices: [device], flags });
    assertEquals(result.found.map(foundText), []);
    const tried = result.programs + result.skipped;
    assert(tried > count / 2, `only ${tried} programs of kind ${kind}`);
  }
});

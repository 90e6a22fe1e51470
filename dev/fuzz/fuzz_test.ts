import { assert, assertEquals } from "@std/assert";
import { onDevices } from "../devices.ts";
import { foundText, fuzz } from "./driver.ts";
import { kindNames } from "./kinds/mod.ts";

const SEED = 1;

/** Programs of each kind and device. */
const COUNT = 12;

/** The import map that this process runs with, for the process that runs the programs. */
const flags = import.meta.resolve("@std/assert").startsWith("file:")
  ? ["--import-map", new URL("../import_map.json", import.meta.url).pathname]
  : [];

/** Kinds of which programs still fail. */
const open = new Set([
  "integers",
  "narrow",
  "branches",
  "loop-seconds",
  "poisoned",
  "nested",
  "nested-until",
  "guards",
  "stable",
  "sizes",
]);

onDevices(`${COUNT} random programs of each kind from seed ${SEED}`, async (device) => {
  const names = kindNames.filter((name) => !open.has(name));
  const result = await fuzz({ seed: SEED, count: COUNT, kinds: names, devices: [device], flags });
  assertEquals(result.found.map(foundText), []);
  assert(result.programs > COUNT * names.length / 4, `only ${result.programs} programs ran`);
});

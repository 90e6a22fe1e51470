import { assertEquals, assertThrows } from "@std/assert";
import { numbers, onDevices } from "../dev/testing/devices.ts";
import {
  compile,
  DisconnectedInputError,
  grad,
  hessian,
  jvp,
  Rop,
  scan,
  T,
  type Variable,
} from "../all.ts";

const x = T.fvector("x"), start = T.constant(0, "float32");

/** What is linear in x, or constant, once exponentials and logarithms have cancelled. */
const cancelling: Readonly<Record<string, (x: Variable) => Variable>> = {
  "log exp": (x) => T.log(T.exp(x)),
  "log sqrt exp": (x) => T.log(T.sqrt(T.exp(x))),
  "log of a multiple": (x) => T.log(T.exp(x).mul(2)),
  "log of a square": (x) => T.log(T.exp(x).mul(T.exp(x))),
  "log of an inverse": (x) => T.log(T.div(1, T.exp(x))),
  quotient: (x) => T.exp(x).div(T.exp(x)),
  "in steps": (x) => scan((e) => T.log(T.exp(e)), { sequences: x })[0]!,
  "in states": (x) =>
    scan((e, s) => s!.add(T.log(T.exp(e!))), { sequences: x, outputsInfo: start })[0]!,
  "a quotient in steps": (x) => scan((e) => T.exp(e).div(T.exp(e)), { sequences: x })[0]!,
  "a gradient in steps": (x) => scan((e) => grad(T.log(T.exp(e)), e), { sequences: x })[0]!.mul(x),
};

onDevices("what cancels in derivatives is connected as it is written", async (device) => {
  const ignore = { disconnectedInputs: "ignore" } as const;
  for (const [name, f] of Object.entries(cancelling)) {
    const first = grad(f(x).sum(), x);
    const second = grad(first.sum(), x);
    const more = [
      second,
      grad(second.sum(), x),
      grad(Rop(f(x), x, T.onesLike(x)).sum(), x),
      grad(jvp(f, x, x.mul(0).add(1))[1].sum(), x),
      hessian(f(x).sum(), x).sum(0),
    ];
    const want = numbers((await compile([x], grad(f(x.mul(1)).sum(), x), { device }))([1, 2, 4]));
    for (const mode of ["fastRun", { base: "none" }, "debug"] as const) {
      const program = await compile([x], [first, ...more], { device, mode });
      const [slope, ...others] = program([1, 2, 4]);
      assertEquals(numbers(slope!), want, name);
      for (const other of others) assertEquals(numbers(other), [0, 0, 0], name);
    }
    // What is linear as it is written has a derivative that does not depend on x.
    const linear = grad(f(T.constant([1, 2, 4], "float32")).mul(x).sum(), x);
    assertThrows(() => grad(linear.sum(), x), DisconnectedInputError);
    const none = await compile([x], grad(linear.sum(), x, ignore), { device });
    assertEquals(numbers(none([1, 2, 4])), [0, 0, 0]);
  }
});

Deno.test("what a derivative does not depend on as written stays disconnected", () => {
  const y = T.fvector("y");
  for (
    const cost of [x.mul(2), x.div(T.exp(y)), T.log(T.exp(y)).mul(x), T.onesLike(x).mul(x)]
  ) {
    const first = grad(cost.sum(), x);
    assertThrows(() => grad(first.sum(), x), DisconnectedInputError);
  }
  grad(T.log(T.exp(x)).sum(), x);
  assertThrows(() => grad(T.onesLike(x).sum(), x), DisconnectedInputError);
});

onDevices(
  "what steps round has a gradient of zeros, as it has outside of steps",
  async (device) => {
    const y = T.fvector("y");
    const [[rounded, other]] = scan((a, b) => [T.floor(a!), T.sqr(b!)], {
      sequences: [x, y],
    }) as unknown as [Variable[]];
    const [summed] = scan((e, s) => s!.add(T.floor(e!)), { sequences: x, outputsInfo: start });
    const f = await compile([x], [grad(rounded!.sum(), x), grad((summed as Variable).sum(), x)], {
      device,
      onUnusedInput: "ignore",
    });
    assertEquals(f([1, 2]).map(numbers), [[0, 0], [0, 0]]);
    // Each result depends on what it reads alone.
    assertThrows(() => grad(other!.sum(), x), DisconnectedInputError);
    assertThrows(() => grad(rounded!.sum(), y), DisconnectedInputError);
  },
);

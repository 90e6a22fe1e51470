import { assert, assertThrows } from "@std/assert";
import { io, nn, RandomStreams, shared, T, tensor } from "../all.ts";
import { nearCalls } from "../dev/fuzz/near.ts";

// deno-lint-ignore no-explicit-any
const loose = (value: unknown): any => value;

function fails(body: () => unknown, message: RegExp | string): void {
  const error = assertThrows(body, Error);
  const found = typeof message === "string"
    ? error.message.includes(message)
    : message.test(error.message);
  assert(found && error.message.length < 1000, error.message.slice(0, 2000));
}

Deno.test("calls that are right but for one part end in errors for the reader", async () => {
  const wrong = await nearCalls();
  assert(wrong.length === 0, wrong.slice(0, 5).join("\n"));
});

Deno.test("parameters that are wrong say which layer wanted which variable", () => {
  const x = T.fmatrix("x"), times = T.ftensor3("times"), W = shared([[1]]);
  const layers: readonly (readonly [string, (p: unknown) => unknown])[] = [
    ["Cannot apply a dense layer", (p) => nn.dense(loose(p), x)],
    ["Cannot look words up", (p) => nn.embedding(loose(p), T.ivector("i"))],
    ["Cannot normalise", (p) => nn.layerNorm(loose(p), x)],
    ["Cannot normalise a batch", (p) => nn.batchNorm(loose(p), x)],
    ["Cannot run rnn", (p) => nn.rnn(loose(p), times)],
    ["Cannot run gru", (p) => nn.gru(loose(p), times)],
    ["Cannot run lstm", (p) => nn.lstm(loose(p), times)],
    ["Cannot convolve", (p) => nn.conv2d(loose(p), T.tensor4("images"))],
    ["Cannot attend by heads", (p) => nn.multiHeadAttention(loose(p), x, { heads: 1 })],
    ["Cannot run a transformer", (p) => nn.transformerBlock(loose(p), x, { heads: 1 })],
  ];
  for (const [action, run] of layers) {
    for (const junk of [null, undefined, 1, "W", W]) {
      fails(() => run(junk), `${action}: expected its parameters in a record, got`);
    }
  }
  fails(() => nn.dense(loose({ w: W }), x), 'expected a variable called "W", got ["w"]');
  fails(() => nn.dense(loose({ W: null }), x), '"W" must be a variable, got null');
  fails(() => nn.dense(loose({ W: "W" }), x), '"W" must be a variable, got "W"');
  fails(() => nn.gru(loose({ W, U: W, b: W }), times), 'a variable called "c"');
  const norm = { scale: shared([1]), bias: shared([1]) };
  fails(() => nn.batchNorm(loose(norm), x), "by its running averages");
  fails(() => nn.bidirectional(loose(null), loose({}), times), "expected a layer");
  fails(() => nn.initDense(loose(null), 2, 2), "expected random streams to draw from, got null");
  fails(() => nn.orthogonal(loose(2), [2, 2]), "expected random streams to draw from, got 2");
  fails(() => nn.ema({ W }, loose([null])), "expected update 0 to be a pair");
  assert(nn.initDense(new RandomStreams(1), 2, 2).W.ndim === 2);
});

Deno.test("keys of records are shown bounded, and records are not nested too deep", () => {
  const key = "k".repeat(1e5);
  fails(() => nn.trainable(loose({ [key]: null })), /got null at "k+…"$/);
  fails(() => io.restore(loose({ [key]: 1 }), {}), /got 1 at "k+…"$/);
  fails(() => io.restore({ [key]: shared([1]) }, { [key]: tensor([[1]]) }), "expected shape");
  let deep: unknown = shared([1]);
  for (let i = 0; i < 1e5; i++) deep = { a: deep };
  fails(() => nn.trainable(loose(deep)), "nested more than 64 deep");
});

Deno.test("names in safetensors files are shown bounded", async () => {
  const key = "k".repeat(1e5);
  const read = (header: unknown) => () => {
    const text = new TextEncoder().encode(JSON.stringify(header));
    const bytes = new Uint8Array(8 + text.length);
    bytes.set(text, 8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
    io.decodeSafetensors(bytes);
  };
  for (const entry of [null, { dtype: key }, { dtype: "F32", shape: [key] }, [key]]) {
    fails(read({ [key]: entry }), /^Cannot read tensor "k+…/);
  }
  fails(read({ __metadata__: { [key]: 1 } }), /got 1 for "k+…/);
  const wrong = await io.encodeSafetensors({}, loose({ [key]: 1 })).catch((error) => error);
  fails(() => {
    throw wrong;
  }, /^Cannot write the note "k+…: expected a text/);
});

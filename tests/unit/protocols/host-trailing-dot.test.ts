import { describe, expect, it } from "vitest";
import { normaliseHost } from "@/lib/protocols/host";

const zero = { kind: "address", address: "0.0.0.0" };
const name = { kind: "name", name: "a.example" };

describe("normaliseHost: dots at the end", () => {
  it.each([
    ["a.example.", name],
    ["a.example。", name],
    ["a.example..", null],
    ["a.example。.", null],
    ["0.", zero],
    ["0。", zero],
    ["0..", null],
    ["0。.", null],
    [".", null],
    ["。", null],
  ])("%s", (text, host) => {
    expect(normaliseHost(text)).toEqual(host);
  });
});

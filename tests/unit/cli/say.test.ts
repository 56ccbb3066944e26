import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { outliveReaders } from "@/lib/cli/say";

const withCode = (code: string): Error => Object.assign(new Error(`write ${code}`), { code });

it("a reader that leaves and a terminal that is closed end nothing, any other failure of the output does", () => {
  const stream = new PassThrough();
  outliveReaders([stream]);
  for (const code of ["EPIPE", "EIO"]) expect(() => stream.emit("error", withCode(code))).not.toThrow();
  expect(() => stream.emit("error", withCode("ENOSPC"))).toThrow("ENOSPC");
});

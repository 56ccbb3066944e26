import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { trackedFiles } from "../factories/tracked-files";

/** A name of something secret, compared by an operator that ends at the first byte that differs. */
const comparison = /\b\w*(?:[sS]ecret|[pP]assword|[tT]oken|[hH]ash|[cC]ode|[dD]igest)\w*(?:\.\w+)?\s*[!=]==?\s*(\S+)/g;
/** What the other side may be: nothing, a kind of thing, or a length. */
const harmless = /^(null|undefined|"|'|`|0\b|\d|[a-z]\w*Schema|typeof|true|false)/;
/** Places that compare what is no secret, and why. */
const known: Readonly<Record<string, string>> = {
  "lib/db/audit-chain.ts": "hashes of the chain are public to who may read it",
  "lib/proxy/tls/tls-front.ts": "the digest of the files of a certificate, compared with the one before",
};

it("secrets are compared in constant time only", () => {
  const sources = trackedFiles().filter((file) =>
    /^lib\/(auth|http|services|proxy|protocols|radius|db)\/.*\.ts$/.test(file),
  );
  const odd = sources.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(comparison)]
      .filter(([text, other = ""]) => !harmless.test(other) && !/[cC]ode\b/.test(text) && !(file in known))
      .map(([text]) => `${file}: ${text}`),
  );
  expect(odd).toEqual([]);
});

import { expect, it } from "vitest";
import { RuleHits } from "@/lib/proxy/rule-hits";

it("counts hits by list and rule, and hands each over once", () => {
  const hits = new RuleHits();
  const video = { kind: "host", value: "video.example" } as const;
  hits.count("a", video);
  hits.count("a", { ...video });
  hits.count("b", video);
  hits.count("a", { kind: "domain-suffix", value: "video.example" });
  const first = hits.take(2);
  expect(first).toMatchObject([
    { whiteListId: "a", ...video, hits: 2, lastAt: expect.any(String) },
    { whiteListId: "b", ...video, hits: 1 },
  ]);
  hits.count("b", video);
  expect(hits.take(10).map(({ whiteListId, kind, hits: count }) => [whiteListId, kind, count])).toEqual([
    ["a", "domain-suffix", 1],
    ["b", "host", 1],
  ]);
  expect(hits.take(10)).toEqual([]);
});

import { describe, expect, it } from "vitest";
import { type NetworkLines, networkMergeGroups, toNetworkLines } from "@/components/policy/prepare-networks";
import { prepareMerge } from "@/components/ui/prepare-merge";
import { english, korean } from "../../factories/words";

describe("networks that two people changed", () => {
  const base: NetworkLines = {};
  const yours = toNetworkLines({ accessNetworks: [], allowedPrivateRanges: ["10.0.0.0/8"] });
  const theirs = toNetworkLines({
    accessNetworks: [{ cidr: "192.0.2.0/24", access: "lte", name: "Core" }],
    allowedPrivateRanges: [],
  });

  it.each([
    [english, ["not there", "LTE, Core"], ["allowed", "not there"]],
    [korean, ["없음", "LTE, Core"], ["허용", "없음"]],
  ])("are told line by line, in either language", (t, network, range) => {
    const rows = prepareMerge(networkMergeGroups(t, [base, theirs, yours]), { base, yours, theirs });
    expect(rows.map((row) => [row.yours, row.theirs])).toEqual([network, range]);
  });
});

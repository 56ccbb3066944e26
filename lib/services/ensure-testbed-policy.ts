import { isDeepStrictEqual } from "node:util";
import { type PolicySnapshot, policySnapshotSchema } from "@/lib/contracts/policy";
import { getDatabase } from "@/lib/db/client";
import { lockPublishing } from "@/lib/db/policy-versions";
import { AppError } from "@/lib/shared/errors";
import { type PolicyContent, publishPolicyWithin } from "./publish-policy";

export type TestbedNetworks = { contentCidr: string; lteCidr: string; wifiCidr: string };

const listId = "testbed-content";
const lteName = "Testbed LTE";
const wifiName = "Testbed WiFi";

function withTestbed(policy: PolicySnapshot, networks: TestbedNetworks): PolicyContent {
  const { version: _version, publishedAt: _publishedAt, ...content } = policy;
  const others = content.accessNetworks.filter(({ name }) => name !== lteName && name !== wifiName);
  const isOldContent = (cidr: string): boolean =>
    policy.whiteLists.some(({ id, rules }) => id === listId && rules.some(({ value }) => value === cidr));
  const testbedList = {
    id: listId,
    name: "Testbed content",
    rules: [{ kind: "cidr" as const, value: networks.contentCidr, ports: [] }],
  };
  return {
    ...content,
    whiteLists: [testbedList, ...content.whiteLists.filter(({ id }) => id !== listId)],
    accessNetworks: [
      { cidr: networks.lteCidr, access: "lte", name: lteName },
      { cidr: networks.wifiCidr, access: "wifi", name: wifiName },
      ...others,
    ],
    allowedPrivateRanges: [
      networks.contentCidr,
      ...content.allowedPrivateRanges.filter((cidr) => cidr !== networks.contentCidr && !isOldContent(cidr)),
    ],
  };
}

/**
 * Make the current policy know the testbed: its content is white-listed and an allowed private range, its links are
 * LTE and WiFi. Publishes a version only where something differs.
 *
 * @returns the version in force
 * Errors: AppError POLICY_MISSING before the seed.
 */
export async function ensureTestbedPolicy(networks: TestbedNetworks): Promise<number> {
  return getDatabase().$transaction(async (transaction) => {
    await lockPublishing(transaction);
    const row = await transaction.policyVersion.findFirst({ orderBy: { version: "desc" } });
    if (row === null) throw new AppError("POLICY_MISSING", "There is no policy yet: seed the database first.");
    const policy = policySnapshotSchema.parse(row.snapshot);
    const content = withTestbed(policy, networks);
    const same = { ...content, version: policy.version, publishedAt: policy.publishedAt };
    if (isDeepStrictEqual(same, policy)) return policy.version;
    return publishPolicyWithin(transaction, { content, reason: "The networks of the testbed.", actor: "system" });
  });
}

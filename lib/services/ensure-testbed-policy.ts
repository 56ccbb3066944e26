import type { PolicySnapshot, WhiteList } from "@/lib/contracts/policy";
import type { Networks } from "@/lib/contracts/policy-admin";
import { getDatabase, type Transaction } from "@/lib/db/client";
import { lockPolicy } from "@/lib/db/policy-versions";
import { compilePolicy } from "@/lib/policy";
import { policyTransaction } from "./change-draft";
import { readOverlay, writeOverlay } from "./draft-overlay";
import { etagOf } from "./lost-update";
import { contentOf, type PolicyContent } from "./policy-content";
import { networksItem, networksOf } from "./policy-draft";
import { rememberSnapshot } from "./policy-snapshots";
import { readPolicyState } from "./policy-state";
import { publishPolicyWithin } from "./publish-policy";

export type TestbedNetworks = {
  contentCidr: string;
  lteCidr: string;
  wifiCidr: string;
  /** A host that is white-listed by its name, and the range that it and others are in. */
  named?: { host: string; cidr: string };
};

const listId = "testbed-content";
const lteName = "Testbed LTE";
const wifiName = "Testbed WiFi";
const reason = "The networks of the testbed.";

function testbedList(list: WhiteList | undefined, { contentCidr, named }: TestbedNetworks): WhiteList {
  const byName = named === undefined ? [] : [{ kind: "host" as const, value: named.host, ports: [] }];
  const rules = [{ kind: "cidr" as const, value: contentCidr, ports: [] }, ...byName];
  return { id: listId, name: list?.name ?? "Testbed content", audience: list?.audience ?? "everyone", rules };
}

function testbedNetworks(before: Networks, old: WhiteList | undefined, networks: TestbedNetworks): Networks {
  const { contentCidr, lteCidr, wifiCidr, named } = networks;
  const own = named === undefined ? [contentCidr] : [contentCidr, named.cidr];
  const isOldContent = (cidr: string): boolean => old?.rules.some(({ value }) => value === cidr) ?? false;
  const others = before.accessNetworks.filter(({ name }) => name !== lteName && name !== wifiName);
  return {
    accessNetworks: [
      { cidr: lteCidr, access: "lte", name: lteName },
      { cidr: wifiCidr, access: "wifi", name: wifiName },
      ...others,
    ],
    allowedPrivateRanges: [
      ...own,
      ...before.allowedPrivateRanges.filter((cidr) => !own.includes(cidr) && !isOldContent(cidr)),
    ],
  };
}

function withTestbed(policy: PolicySnapshot, networks: TestbedNetworks): PolicyContent {
  const content = contentOf(policy);
  const old = content.whiteLists.find(({ id }) => id === listId);
  const list = testbedList(old, networks);
  const isThere = old !== undefined;
  return {
    ...content,
    whiteLists: isThere
      ? content.whiteLists.map((known) => (known.id === listId ? list : known))
      : [list, ...content.whiteLists],
    ...testbedNetworks(networksOf(content), old, networks),
  };
}

/** A draft made on older networks would bring them back when it is published. */
async function moveDraft(
  transaction: Transaction,
  old: WhiteList | undefined,
  networks: TestbedNetworks,
): Promise<void> {
  const overlay = await readOverlay(transaction);
  for (const { collection, id, body, changedBy } of overlay?.items ?? [])
    if (collection === "networks" && body !== null)
      await writeOverlay(transaction, { ...networksItem, body: testbedNetworks(body, old, networks) }, changedBy);
    else if (collection === "white-list" && id === listId && body !== null)
      await writeOverlay(transaction, { collection, id, body: testbedList(body, networks) }, changedBy);
}

async function publishWithin(transaction: Transaction, networks: TestbedNetworks): Promise<PolicySnapshot[]> {
  await lockPolicy(transaction);
  const state = await readPolicyState(transaction);
  const { inForce, trial } = state;
  const content = withTestbed(inForce, networks);
  const tried = trial === null ? null : withTestbed(trial.snapshot, networks);
  const isSame = (wanted: PolicyContent, policy: PolicySnapshot): boolean =>
    etagOf(wanted) === etagOf(contentOf(policy));
  if (isSame(content, inForce) && (trial === null || tried === null || isSame(tried, trial.snapshot))) return [];
  for (const policy of tried === null ? [content] : [content, tried]) compilePolicy({ ...policy, version: 1 });
  await moveDraft(
    transaction,
    inForce.whiteLists.find(({ id }) => id === listId),
    networks,
  );
  const actor = "system";
  const snapshot = await publishPolicyWithin(transaction, { content, reason, actor }, state);
  if (trial === null || tried === null) return [snapshot];
  // A version after a trial ends it: it goes on as a new one.
  const again = { content: tried, reason, actor, kind: "canary" as const, scope: trial.scope };
  const sourceVersion = trial.snapshot.version;
  const known = { inForce: snapshot, trial: null };
  return [snapshot, await publishPolicyWithin(transaction, { ...again, sourceVersion }, known)];
}

/**
 * Make the policy in force know the testbed: its content is white-listed and an allowed private range, its links are
 * LTE and WiFi. Publishes a version only where something differs. A trial that is on, and the draft, learn the same.
 *
 * @returns the version in force
 * Errors: AppError POLICY_MISSING before the seed.
 */
export async function ensureTestbedPolicy(networks: TestbedNetworks): Promise<number> {
  const published = await getDatabase().$transaction(
    (transaction) => publishWithin(transaction, networks),
    policyTransaction,
  );
  for (const snapshot of published) rememberSnapshot(snapshot);
  const [snapshot] = published;
  return snapshot?.version ?? (await readPolicyState()).inForce.version;
}

import type { ServiceClass, WhiteListRule } from "@/lib/contracts/policy";
import {
  draftSchema,
  draftServiceClassListSchema,
  type PolicyVersion,
  policyVersionDetailSchema,
  policyVersionSchema,
} from "@/lib/contracts/policy-admin";
import {
  type SubscriberDetail,
  type SubscriberInput,
  subscriberDetailSchema,
  subscriberListSchema,
} from "@/lib/contracts/subscribers";
import { sleep } from "@/lib/shared/sleep";
import type { SignedInStaff } from "./started-demo";

/** What staff do to policy and subscribers of a running product, over HTTP. Errors: Error with the problem document. */
export class PortalDesk {
  constructor(private readonly staff: SignedInStaff) {}

  /** Change settings of a class and publish them for everyone. */
  async publishClass(id: string, changes: Partial<ServiceClass>): Promise<PolicyVersion> {
    const { items } = draftServiceClassListSchema.parse(await this.ask("GET", "/api/policy/draft/service-classes"));
    const known = items.find(({ item }) => item.id === id);
    if (known === undefined) throw new Error(`there is no class ${id}`);
    await this.ask("PUT", `/api/policy/draft/service-classes/${id}`, { ...known.item, ...changes }, known.etag);
    return this.publish();
  }

  /** Change a white-list's rules and publish it for everyone. */
  async publishRules(
    listId: string,
    edit: { add?: WhiteListRule[]; remove?: WhiteListRule[] },
  ): Promise<PolicyVersion> {
    await this.ask("POST", `/api/policy/draft/white-lists/${listId}/rules`, { add: [], remove: [], ...edit });
    return this.publish();
  }

  /** The rules of a white-list in this version. */
  async rulesOf(version: number, listId: string): Promise<WhiteListRule[]> {
    const { snapshot } = policyVersionDetailSchema.parse(await this.ask("GET", `/api/policy/versions/${version}`));
    return snapshot.whiteLists.find(({ id }) => id === listId)?.rules ?? [];
  }

  /** Resolves when this node has said that it took the version. */
  async untilApplied(version: number, nodeId: string): Promise<void> {
    for (const deadline = Date.now() + 10_000; Date.now() < deadline; await sleep(50)) {
      const { acks } = policyVersionDetailSchema.parse(await this.ask("GET", `/api/policy/versions/${version}`));
      const ack = acks.find((entry) => entry.nodeId === nodeId);
      if (ack?.state === "applied") return;
      if (ack?.state === "failed") throw new Error(`${nodeId} refused version ${version}: ${ack.reason}`);
    }
    throw new Error(`${nodeId} did not take version ${version} within 10 s`);
  }

  async subscriberOf(deviceId: string): Promise<SubscriberDetail> {
    const found = await this.ask("GET", `/api/subscribers?search=${encodeURIComponent(deviceId)}`);
    const [subscriber] = subscriberListSchema.parse(found).items;
    if (subscriber === undefined) throw new Error(`there is no subscriber with device ${deviceId}`);
    return subscriberDetailSchema.parse(await this.ask("GET", `/api/subscribers/${subscriber.id}`));
  }

  async changeSubscriber(deviceId: string, changes: Partial<SubscriberInput>): Promise<void> {
    const { id, etag, msisdn, imsi, state, serviceClassId, extraWhiteListIds } = await this.subscriberOf(deviceId);
    const input: SubscriberInput = { msisdn, imsi, state, serviceClassId, extraWhiteListIds, ...changes };
    await this.ask("PUT", `/api/subscribers/${id}`, input, etag);
  }

  private async publish(): Promise<PolicyVersion> {
    const { etag } = draftSchema.parse(await this.ask("GET", "/api/policy/draft"));
    const body = { reason: "A test", scope: { kind: "everyone" } };
    return policyVersionSchema.parse(await this.ask("POST", "/api/policy/publish", body, etag));
  }

  private async ask(method: string, path: string, body?: unknown, etag?: string): Promise<unknown> {
    const headers = {
      "content-type": "application/json",
      ...(etag === undefined ? {} : { "if-match": `"${etag}"` }),
    };
    const sent = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
    const response = await this.staff.fetch(path, sent);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? null : JSON.parse(text);
  }
}

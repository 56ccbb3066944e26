import type { ServiceClass } from "@/lib/contracts/policy";
import type { DraftServiceClass } from "@/lib/contracts/policy-admin";
import { classUsage } from "./class-usage";
import { etagOf } from "./lost-update";
import { type PolicyDraft, readDraft } from "./policy-draft";

/** Service classes of a draft, removed ones last, each as pages show it. */
export async function describeDraftClasses(
  draft: PolicyDraft,
  isWanted: (item: ServiceClass) => boolean = () => true,
): Promise<DraftServiceClass[]> {
  const usage = await classUsage();
  const { base, content, changes } = draft;
  const kept = new Set(content.serviceClasses.map(({ id }) => id));
  const removed = base.serviceClasses.filter(({ id }) => !kept.has(id));
  return [...content.serviceClasses, ...removed].filter(isWanted).map((item) => ({
    item,
    etag: etagOf(item),
    change: changes.find(({ collection, id }) => collection === "service-class" && id === item.id)?.kind ?? null,
    inForce: base.serviceClasses.find(({ id }) => id === item.id) ?? null,
    subscribers: usage.subscribers.get(item.id) ?? 0,
    achievedLteSharePercent: usage.lteSharePercent.get(item.id) ?? null,
  }));
}

/** The draft's service classes, removed ones last. */
export async function listDraftClasses(): Promise<{ items: DraftServiceClass[] }> {
  return { items: await describeDraftClasses(await readDraft()) };
}

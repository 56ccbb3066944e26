import type { LiveNode } from "@/lib/contracts/live";
import { type NodeSettings, nodeSettingsSchema } from "@/lib/contracts/nodes";
import type { Translate } from "@/lib/words/translate";

export type SettingKey = keyof NodeSettings;

type Setting = { key: SettingKey; label: string; unit?: string; hint: string; isText?: boolean };

export const nodeSettings = (t: Translate): readonly Setting[] => [
  {
    key: "listenAddress",
    label: t("nodes.listenAddress"),
    hint: t("nodes.n0000EveryIpv4"),
    isText: true,
  },
  { key: "listenPort", label: t("nodes.listenPort"), hint: t("nodes.n1To65535") },
  { key: "maxConnections", label: t("nodes.connectionsAtMost"), hint: t("nodes.moreAreClosedAtOnceAnd") },
  {
    key: "handshakeTimeoutSeconds",
    label: t("nodes.handshakeTimeOut"),
    unit: "s",
    hint: t("nodes.fromTheConnectionToTheEnd"),
  },
  { key: "idleTimeoutSeconds", label: t("nodes.idleTimeOut"), unit: "s", hint: t("nodes.withoutAByteEitherWay10") },
  { key: "threads", label: t("nodes.relayThreads"), hint: t("nodes.n1To64TakesEffectAt") },
  {
    key: "drainDeadlineSeconds",
    label: t("nodes.drainDeadline"),
    unit: "s",
    hint: t("nodes.howLongAProcessThatWas"),
  },
];

/** Settings as they are typed; empty: as the node's command line has it. */
export type SettingsForm = Record<SettingKey, string>;

export function toSettingsForm(settings: NodeSettings): SettingsForm {
  const text = (key: SettingKey): string => String(settings[key] ?? "");
  return {
    listenAddress: text("listenAddress"),
    listenPort: text("listenPort"),
    maxConnections: text("maxConnections"),
    handshakeTimeoutSeconds: text("handshakeTimeoutSeconds"),
    idleTimeoutSeconds: text("idleTimeoutSeconds"),
    threads: text("threads"),
    drainDeadlineSeconds: text("drainDeadlineSeconds"),
  };
}

function readWhole(text: string): number | null {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  return /^\d{1,9}$/.test(trimmed) ? Number(trimmed) : Number.NaN;
}

/** The settings that the form says, or per field what is wrong with it. */
export function readSettingsForm(
  t: Translate,
  form: SettingsForm,
): { settings: NodeSettings; errors: null } | { settings: null; errors: Partial<Record<SettingKey, string>> } {
  const address = form.listenAddress.trim();
  const parsed = nodeSettingsSchema.safeParse({
    listenAddress: address === "" ? null : address,
    listenPort: readWhole(form.listenPort),
    maxConnections: readWhole(form.maxConnections),
    handshakeTimeoutSeconds: readWhole(form.handshakeTimeoutSeconds),
    idleTimeoutSeconds: readWhole(form.idleTimeoutSeconds),
    threads: readWhole(form.threads),
    drainDeadlineSeconds: readWhole(form.drainDeadlineSeconds),
  });
  if (parsed.success) return { settings: parsed.data, errors: null };
  const wrong = new Set(parsed.error.issues.map(({ path }) => path[0]));
  const errors: Partial<Record<SettingKey, string>> = {};
  for (const { key, hint, isText } of nodeSettings(t))
    if (wrong.has(key))
      errors[key] = isText === true ? t("nodes.giveANumericIpv4OrIpv6") : t("nodes.aWholeNumber", { hint });
  return { settings: null, errors };
}

/** What the node uses now, and what is set but not in force there; null where the node does not say. */
export function inForceText(t: Translate, { status, order }: LiveNode, { key, unit }: Setting): string {
  const value = status?.settings?.[key];
  if (value === undefined) return t("nodes.theNodeDoesNotSayWhat");
  const wanted = order?.settings[key] ?? null;
  const text = unit === undefined ? String(value) : `${value} ${unit}`;
  if (wanted === null || wanted === value) return t("nodes.inForce", { text });
  const why = key === "threads" ? t("nodes.waitsForARestart") : t("nodes.waitsForTheNode");
  return t("nodes.inForceTextWantedWhy", { text, wanted: String(wanted), why });
}

/** Settings that are not in force although they are set. */
export function waitingSettings(t: Translate, node: LiveNode): string[] {
  const inForce = node.status?.settings ?? null;
  const wanted = node.order?.settings ?? null;
  if (inForce === null || wanted === null) return [];
  return nodeSettings(t)
    .filter(({ key }) => wanted[key] !== null && wanted[key] !== inForce[key])
    .map(({ label }) => label);
}

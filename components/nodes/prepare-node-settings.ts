import type { LiveNode } from "@/lib/contracts/live";
import { type NodeSettings, nodeSettingsSchema } from "@/lib/contracts/nodes";

export type SettingKey = keyof NodeSettings;

type Setting = { key: SettingKey; label: string; unit?: string; hint: string; isText?: boolean };

export const nodeSettings: readonly Setting[] = [
  {
    key: "listenAddress",
    label: "Listen address",
    hint: "0.0.0.0: every IPv4 address. Sessions that run go on, devices with the old address are told.",
    isText: true,
  },
  { key: "listenPort", label: "Listen port", hint: "1 to 65535." },
  { key: "maxConnections", label: "Connections at most", hint: "More are closed at once, and counted as refused." },
  {
    key: "handshakeTimeoutSeconds",
    label: "Handshake time-out",
    unit: "s",
    hint: "From the connection to the end of its request, 1 to 120 s.",
  },
  { key: "idleTimeoutSeconds", label: "Idle time-out", unit: "s", hint: "Without a byte either way, 10 s to a week." },
  { key: "threads", label: "Relay threads", hint: "1 to 64. Takes effect at the next restart." },
  {
    key: "drainDeadlineSeconds",
    label: "Drain deadline",
    unit: "s",
    hint: "How long a process that was replaced serves its sessions on; 0 ends them at once.",
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
  for (const { key, hint, isText } of nodeSettings)
    if (wrong.has(key))
      errors[key] = isText === true ? "Give a numeric IPv4 or IPv6 address." : `A whole number. ${hint}`;
  return { settings: null, errors };
}

/** What the node uses now, and what is set but not in force there; null where the node does not say. */
export function inForceText({ status, order }: LiveNode, { key, unit }: Setting): string {
  const value = status?.settings?.[key];
  if (value === undefined) return "The node does not say what it uses.";
  const wanted = order?.settings[key] ?? null;
  const text = unit === undefined ? String(value) : `${value} ${unit}`;
  if (wanted === null || wanted === value) return `In force: ${text}`;
  const why = key === "threads" ? "waits for a restart" : "waits for the node";
  return `In force: ${text}; ${wanted} ${why}`;
}

/** Settings that are not in force although they are set. */
export function waitingSettings(node: LiveNode): string[] {
  const inForce = node.status?.settings ?? null;
  const wanted = node.order?.settings ?? null;
  if (inForce === null || wanted === null) return [];
  return nodeSettings
    .filter(({ key }) => wanted[key] !== null && wanted[key] !== inForce[key])
    .map(({ label }) => label);
}

import { AccessMark } from "@/components/ui/access-mark";
import { formatBytes } from "@/lib/shared/units";

type UsageSumProps = { tone: "lte" | "wifi" | "other" | "total"; label: string; bytes: number };

/** Bytes of one access, or of all. */
export function UsageSum({ tone, label, bytes }: UsageSumProps) {
  return (
    <span className="flex items-center gap-1.5 whitespace-nowrap">
      <AccessMark tone={tone} />
      <span className="text-ink-2">{label}</span>
      <span className="font-medium tnum">{formatBytes(bytes)}</span>
    </span>
  );
}

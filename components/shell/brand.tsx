import { useTranslations } from "next-intl";

/** Two paths that become one: LTE dashed, WiFi solid. */
export function BrandMark({ size = 24 }: { size?: number }) {
  return (
    <svg aria-hidden width={size} height={size} viewBox="0 0 24 24" fill="none" strokeWidth="2.75">
      <path d="M2.5 6.5h4c3.5 0 4 5.5 7.5 5.5" className="stroke-lte" strokeDasharray="4 2" />
      <path d="M2.5 17.5h4c3.5 0 4-5.5 7.5-5.5" className="stroke-wifi" />
      <path d="M14 12h7.5" className="stroke-ink" />
    </svg>
  );
}

export function Brand({ environment }: { environment: string }) {
  return (
    <span className="flex items-center gap-2">
      <BrandMark />
      <span className="font-semibold text-lg tracking-tight">Twinpath</span>
      <EnvironmentBadge name={environment} />
    </span>
  );
}

function EnvironmentBadge({ name }: { name: string }) {
  const t = useTranslations();
  return (
    <span
      title={t("shell.environment", { name })}
      className="max-w-24 truncate rounded border border-line-strong px-1.5 py-px font-medium text-ink-2 text-xs"
    >
      <span className="sr-only">{t("shell.environment2")} </span>
      {name}
    </span>
  );
}

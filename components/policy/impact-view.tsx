import { ArrowRight } from "lucide-react";
import { useTranslations } from "next-intl";
import { tell } from "@/components/api/tell";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import type { PolicyImpact } from "@/lib/contracts/policy-admin";
import { formatBytes } from "@/lib/shared/units";

/** What the draft would have done to the subscribers and traffic of the last day. */
export function ImpactView({ impact }: { impact: PolicyImpact }) {
  const t = useTranslations();
  const { classes, destinations } = impact;
  const sentences = impact.sentences.map((sentence, index) => tell(t, sentence, impact.told[index]));
  return (
    <div className="flex flex-col">
      <ul className="flex flex-col gap-1.5 px-4 py-3">
        {sentences.map((sentence) => (
          <li key={sentence} className="font-medium">
            {sentence}
          </li>
        ))}
        {sentences.length === 0 ? (
          <li className="text-ink-2">{t("policy.nobodysSettingsChangeAndNoTraffic")}</li>
        ) : null}
      </ul>
      {classes.length === 0 ? null : (
        <Table label={t("policy.classesWithOtherSettings")} className="border-line border-t">
          <thead>
            <tr>
              <Th>{t("policy.classWithOtherSettings")}</Th>
              <Th className="text-right">{t("policy.subscribers")}</Th>
            </tr>
          </thead>
          <tbody>
            {classes.map(({ id, name, subscribers }) => (
              <Tr key={id}>
                <Td className="font-medium">{name}</Td>
                <Td className="text-right tnum">{t("common.number", { value: subscribers })}</Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
      {destinations.length === 0 ? null : (
        <Table label={t("policy.destinationsThatWouldBeDecidedOtherwise")} className="border-line border-t">
          <thead>
            <tr>
              <Th>{t("policy.destinationOfTheLast24Hours")}</Th>
              <Th>{t("policy.whiteList")}</Th>
              <Th className="text-right">{t("policy.sessions")}</Th>
              <Th className="hidden text-right sm:table-cell">{t("policy.volume")}</Th>
            </tr>
          </thead>
          <tbody>
            {destinations.map(({ destination, sessions, bytes, before, after }) => (
              <Tr key={`${destination} ${before} ${after}`}>
                <Td className="break-all font-medium">{destination}</Td>
                <Td>
                  <span className="flex flex-wrap items-center gap-x-2">
                    <span className="text-ink-2">{before ?? t("policy.direct")}</span>
                    <ArrowRight size={12} aria-label={t("policy.becomes")} className="text-ink-3" />
                    <span className="font-medium">{after ?? t("policy.direct")}</span>
                  </span>
                </Td>
                <Td className="text-right tnum">{t("common.number", { value: sessions })}</Td>
                <Td className="hidden text-right tnum sm:table-cell">{formatBytes(bytes)}</Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </div>
  );
}

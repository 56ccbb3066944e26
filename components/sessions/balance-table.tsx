import { useTranslations } from "next-intl";
import { Td, Th, Tr } from "@/components/ui/table";
import type { SessionRow } from "@/lib/contracts/portal";
import type { Translate } from "@/lib/words/translate";
import { type DirectionBalance, prepareBalance, type RestKind } from "./prepare-balance";

const nameOfRest = (t: Translate): Readonly<Record<RestKind, string>> => ({
  "on-its-way": t("sessions.onItsWay"),
  "on-its-way-at-the-end": t("sessions.onItsWayAtTheEnd"),
  "carried-before": t("sessions.carriedBefore"),
  "not-explained": t("sessions.notExplained"),
});

const exact = (t: Translate, bytes: number) => t("common.number", { value: bytes });

/** The session's bytes, exact: what the paths carried and what it was made of. */
export function BalanceTable({ session }: { session: SessionRow }) {
  const t = useTranslations();
  const { download, upload, restKind } = prepareBalance(session);
  const rows: { key: keyof DirectionBalance; name: string }[] = [
    { key: "payload", name: t("sessions.payload") },
    { key: "handshake", name: t("sessions.handshakeWithTheProxy") },
    { key: "reinjected", name: t("sessions.sentAgainOnAnotherPath") },
  ];
  if (download.rest !== 0 || upload.rest !== 0) rows.push({ key: "rest", name: nameOfRest(t)[restKind] });
  return (
    <table className="w-full text-right text-sm tnum">
      <thead>
        <tr>
          <Th className="text-left first:pl-0!">{t("sessions.bytes")}</Th>
          <Th className="text-right">{t("common.download")}</Th>
          <Th className="text-right last:pr-0!">{t("common.upload")}</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, name }) => (
          <Tr key={key}>
            <Td className="h-8 py-0 text-left text-ink-2 first:pl-0!">{name}</Td>
            <Td className="h-8 py-0">{exact(t, download[key])}</Td>
            <Td className="h-8 py-0 last:pr-0!">{exact(t, upload[key])}</Td>
          </Tr>
        ))}
        <tr className="font-medium">
          <Td className="h-8 py-0 text-left first:pl-0!">{t("sessions.sumOfThePaths")}</Td>
          <Td className="h-8 py-0">{exact(t, download.paths)}</Td>
          <Td className="h-8 py-0 last:pr-0!">{exact(t, upload.paths)}</Td>
        </tr>
      </tbody>
    </table>
  );
}

import { useTranslations } from "next-intl";
import { Td, Th, Tr } from "@/components/ui/table";
import type { SessionRow } from "@/lib/contracts/portal";
import type { Translate } from "@/lib/words/translate";
import { type DirectionBalance, prepareBalance } from "./prepare-balance";

/** While a session runs, one side of the relay is ahead of the other; where it broke off, it stays so. */
function nameOfRest(t: Translate, { end }: SessionRow): string {
  if (end === null) return t("sessions.onItsWay");
  return end.reason === "finished" ? t("sessions.notExplained") : t("sessions.onItsWayAtTheEnd");
}

const rows = (t: Translate, session: SessionRow): readonly { key: keyof DirectionBalance; name: string }[] => [
  { key: "payload", name: t("sessions.payload") },
  { key: "handshake", name: t("sessions.handshakeWithTheProxy") },
  { key: "reinjected", name: t("sessions.sentAgainOnAnotherPath") },
  { key: "unexplained", name: nameOfRest(t, session) },
];

const exact = (t: Translate, bytes: number) => t("common.number", { value: bytes });

/** The session's bytes, exact: what the paths carried and what it was made of. */
export function BalanceTable({ session }: { session: SessionRow }) {
  const t = useTranslations();
  const { download, upload } = prepareBalance(session);
  const shown = rows(t, session).filter(({ key }) => key !== "unexplained" || download[key] !== 0 || upload[key] !== 0);
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
        {shown.map(({ key, name }) => (
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

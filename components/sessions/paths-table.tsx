import { useTranslations } from "next-intl";
import { AccessMark, accessNames } from "@/components/ui/access-mark";
import { Badge } from "@/components/ui/badge";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import type { SubflowReport } from "@/lib/contracts/telemetry";
import { formatBitRate, formatBytes } from "@/lib/shared/units";
import { formatEnd } from "./prepare-session";

/** Every path the session had: what it carried, how it is, and how it is steered. */
export function PathsTable({ paths }: { paths: readonly SubflowReport[] }) {
  const t = useTranslations();
  return (
    <Table label={t("sessions.tableOfPaths")}>
      <thead>
        <tr>
          <Th>{t("sessions.path2")}</Th>
          <Th>{t("common.state")}</Th>
          <Th className="text-right">{t("common.download")}</Th>
          <Th className="text-right">{t("common.upload")}</Th>
          <Th className="text-right">RTT</Th>
          <Th className="text-right" title={t("sessions.segmentsThatWereSentAgain")}>
            {t("sessions.retransmitted")}
          </Th>
          <Th className="text-right">{t("sessions.downloadLimit")}</Th>
          <Th>{t("sessions.ueProxy")}</Th>
        </tr>
      </thead>
      <tbody>
        {paths.map((path) => (
          <PathLine key={path.id} path={path} />
        ))}
      </tbody>
    </Table>
  );
}

function PathLine({ path }: { path: SubflowReport }) {
  const t = useTranslations();
  const limit = path.downloadLimitBytesPerSecond;
  return (
    <Tr>
      <Td className="whitespace-nowrap">
        <span className="flex items-center gap-2 font-medium">
          <AccessMark tone={path.access} />
          {accessNames(t)[path.access]}
          <span className="font-normal text-ink-3 tnum">{path.id}</span>
        </span>
      </Td>
      <Td>
        <span className="flex items-center gap-1">
          <Badge tone={path.isOpen ? "good" : "neutral"}>
            {path.isOpen ? t("sessions.open") : t("sessions.closed2")}
          </Badge>
          {path.isBackup ? <Badge>{t("sessions.backup")}</Badge> : null}
        </span>
      </Td>
      <Td className="whitespace-nowrap text-right tnum">{formatBytes(path.downloadBytes)}</Td>
      <Td className="whitespace-nowrap text-right tnum">{formatBytes(path.uploadBytes)}</Td>
      <Td className="whitespace-nowrap text-right tnum">{path.rttMs.toFixed(1)} ms</Td>
      <Td className="whitespace-nowrap text-right tnum">{t("common.number", { value: path.retransSegments })}</Td>
      <Td className="whitespace-nowrap text-right tnum">
        {limit === null ? <span className="text-ink-3">{t("common.none")}</span> : formatBitRate(limit * 8)}
      </Td>
      <Td className="whitespace-nowrap text-ink-2 text-xs tnum">
        <span className="block">{formatEnd(path.ueAddress)}</span>
        <span className="block">{formatEnd(path.proxyAddress)}</span>
      </Td>
    </Tr>
  );
}

import { Td, Th, Tr } from "@/components/ui/table";
import type { Balance, DirectionBalance } from "./prepare-balance";

const rows: readonly { key: keyof DirectionBalance; name: string }[] = [
  { key: "payload", name: "Payload" },
  { key: "handshake", name: "Handshake with the proxy" },
  { key: "reinjected", name: "Sent again on another path" },
  { key: "unexplained", name: "Not explained" },
];

const exact = (bytes: number) => bytes.toLocaleString("en-GB");

/** The session's bytes, exact: what the paths carried and what it was made of. */
export function BalanceTable({ balance }: { balance: Balance }) {
  const { download, upload } = balance;
  const shown = rows.filter(({ key }) => key !== "unexplained" || download[key] !== 0 || upload[key] !== 0);
  return (
    <table className="w-full text-right text-sm tnum">
      <thead>
        <tr>
          <Th className="text-left first:pl-0!">Bytes</Th>
          <Th className="text-right">Download</Th>
          <Th className="text-right last:pr-0!">Upload</Th>
        </tr>
      </thead>
      <tbody>
        {shown.map(({ key, name }) => (
          <Tr key={key}>
            <Td className="h-8 py-0 text-left text-ink-2 first:pl-0!">{name}</Td>
            <Td className="h-8 py-0">{exact(download[key])}</Td>
            <Td className="h-8 py-0 last:pr-0!">{exact(upload[key])}</Td>
          </Tr>
        ))}
        <tr className="font-medium">
          <Td className="h-8 py-0 text-left first:pl-0!">Sum of the paths</Td>
          <Td className="h-8 py-0">{exact(download.paths)}</Td>
          <Td className="h-8 py-0 last:pr-0!">{exact(upload.paths)}</Td>
        </tr>
      </tbody>
    </table>
  );
}

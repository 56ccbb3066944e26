import { ArrowRight } from "lucide-react";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import type { PolicyImpact } from "@/lib/contracts/policy-admin";
import { formatBytes } from "@/lib/shared/units";

/** What the draft would have done to the subscribers and traffic of the last day. */
export function ImpactView({ impact }: { impact: PolicyImpact }) {
  const { sentences, classes, destinations } = impact;
  return (
    <div className="flex flex-col">
      <ul className="flex flex-col gap-1.5 px-4 py-3">
        {sentences.map((sentence) => (
          <li key={sentence} className="font-medium">
            {sentence}
          </li>
        ))}
        {sentences.length === 0 ? (
          <li className="text-ink-2">
            Nobody's settings change, and no traffic of the last 24 hours would go elsewhere.
          </li>
        ) : null}
      </ul>
      {classes.length === 0 ? null : (
        <Table label="Classes with other settings" className="border-line border-t">
          <thead>
            <tr>
              <Th>Class with other settings</Th>
              <Th className="text-right">Subscribers</Th>
            </tr>
          </thead>
          <tbody>
            {classes.map(({ id, name, subscribers }) => (
              <Tr key={id}>
                <Td className="font-medium">{name}</Td>
                <Td className="text-right tnum">{subscribers.toLocaleString("en-GB")}</Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
      {destinations.length === 0 ? null : (
        <Table label="Destinations that would be decided otherwise" className="border-line border-t">
          <thead>
            <tr>
              <Th>Destination of the last 24 hours</Th>
              <Th>White-list</Th>
              <Th className="text-right">Sessions</Th>
              <Th className="hidden text-right sm:table-cell">Volume</Th>
            </tr>
          </thead>
          <tbody>
            {destinations.map(({ destination, sessions, bytes, before, after }) => (
              <Tr key={`${destination} ${before} ${after}`}>
                <Td className="break-all font-medium">{destination}</Td>
                <Td>
                  <span className="flex flex-wrap items-center gap-x-2">
                    <span className="text-ink-2">{before ?? "direct"}</span>
                    <ArrowRight size={12} aria-label="becomes" className="text-ink-3" />
                    <span className="font-medium">{after ?? "direct"}</span>
                  </span>
                </Td>
                <Td className="text-right tnum">{sessions.toLocaleString("en-GB")}</Td>
                <Td className="hidden text-right tnum sm:table-cell">{formatBytes(bytes)}</Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </div>
  );
}

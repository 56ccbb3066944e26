"use client";

import { useState } from "react";
import { AccessMark, accessNames } from "@/components/ui/access-mark";
import { Card } from "@/components/ui/card";
import { CopyButton } from "@/components/ui/copy-button";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { Tabs } from "@/components/ui/tabs";
import type { PolicySnapshot } from "@/lib/contracts/policy";
import { classFacts } from "./prepare-class-facts";
import { formatCount } from "./prepare-words";
import { WhiteListsOfSnapshot } from "./white-lists-of-snapshot";

/** More than this is not readable on a page; the download has all. */
const shownCharacters = 60_000;

type Part = "classes" | "white-lists" | "networks" | "json";

/** All that a version says. */
export function SnapshotView({ snapshot }: { snapshot: PolicySnapshot }) {
  const [part, setPart] = useState<Part>("classes");
  return (
    <Card isFlush title="Snapshot" note="The whole policy, as nodes have it.">
      <Tabs
        label="Parts of the snapshot"
        value={part}
        onValue={setPart}
        tabs={[
          { value: "classes", label: "Service classes", content: <Classes snapshot={snapshot} /> },
          { value: "white-lists", label: "White-lists", content: <WhiteListsOfSnapshot lists={snapshot.whiteLists} /> },
          { value: "networks", label: "Access networks", content: <Networks snapshot={snapshot} /> },
          { value: "json", label: "JSON", content: <Json snapshot={snapshot} /> },
        ]}
      />
    </Card>
  );
}

function Classes({ snapshot: { serviceClasses } }: { snapshot: PolicySnapshot }) {
  const nameOf = (id: string) => serviceClasses.find((item) => item.id === id)?.name ?? id;
  const [, ...facts] = classFacts;
  return (
    <Table label="Service classes of the snapshot">
      <thead>
        <tr>
          <Th>Setting</Th>
          {serviceClasses.map(({ id, name }) => (
            <Th key={id}>{name}</Th>
          ))}
        </tr>
      </thead>
      <tbody>
        {facts.map(({ field, label, text }) => (
          <Tr key={field}>
            <Td className="whitespace-nowrap text-ink-2">{label}</Td>
            {serviceClasses.map((item) => (
              <Td key={item.id} className="whitespace-nowrap tnum">
                {text(item, nameOf)}
              </Td>
            ))}
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

function Networks({ snapshot: { accessNetworks, allowedPrivateRanges } }: { snapshot: PolicySnapshot }) {
  const shown = accessNetworks.slice(0, 200);
  return (
    <div>
      {shown.length === 0 ? <p className="px-4 py-6 text-ink-2 text-sm">No access network is named.</p> : null}
      {shown.length === 0 ? null : (
        <Table label="Access networks of the snapshot">
          <thead>
            <tr>
              <Th>Addresses</Th>
              <Th>Access</Th>
              <Th>Name</Th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ cidr, access, name }) => (
              <Tr key={cidr}>
                <Td className="font-medium tnum">{cidr}</Td>
                <Td>
                  <span className="inline-flex items-center gap-2">
                    <AccessMark tone={access} />
                    {accessNames[access]}
                  </span>
                </Td>
                <Td>{name}</Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
      {accessNetworks.length > shown.length ? (
        <p className="border-line border-t px-4 py-2 text-ink-3 text-sm">
          and {formatCount(accessNetworks.length - shown.length, "network", "networks")} more in the download
        </p>
      ) : null}
      <p className="border-line border-t px-4 py-3 text-ink-2 text-sm">
        Allowed private ranges: {allowedPrivateRanges.length === 0 ? "none" : allowedPrivateRanges.join(", ")}
      </p>
    </div>
  );
}

function Json({ snapshot }: { snapshot: PolicySnapshot }) {
  const text = JSON.stringify(snapshot, null, 2);
  return (
    <div className="relative">
      <div className="absolute top-2 right-4">
        <CopyButton text={text} label="Copy the snapshot" />
      </div>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        className="max-h-[32rem] overflow-auto px-4 py-3 font-mono text-xs"
      >
        {text.slice(0, shownCharacters)}
        {text.length > shownCharacters ? "\n… the rest is in the download" : ""}
      </pre>
    </div>
  );
}

"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { AccessMark, accessNames } from "@/components/ui/access-mark";
import { Card } from "@/components/ui/card";
import { CopyButton } from "@/components/ui/copy-button";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { Tabs } from "@/components/ui/tabs";
import type { PolicySnapshot } from "@/lib/contracts/policy";
import { classFacts } from "./prepare-class-facts";
import { WhiteListsOfSnapshot } from "./white-lists-of-snapshot";

/** More than this is not readable on a page; the download has all. */
const shownCharacters = 60_000;

type Part = "classes" | "white-lists" | "networks" | "json";

/** All that a version says. */
export function SnapshotView({ snapshot }: { snapshot: PolicySnapshot }) {
  const t = useTranslations();
  const [part, setPart] = useState<Part>("classes");
  return (
    <Card isFlush title={t("policy.snapshot")} note={t("policy.theWholePolicyAsNodesHave")}>
      <Tabs
        label={t("policy.partsOfTheSnapshot")}
        value={part}
        onValue={setPart}
        tabs={[
          { value: "classes", label: t("policy.serviceClasses2"), content: <Classes snapshot={snapshot} /> },
          {
            value: "white-lists",
            label: t("policy.whiteLists2"),
            content: <WhiteListsOfSnapshot lists={snapshot.whiteLists} />,
          },
          { value: "networks", label: t("policy.accessNetworks"), content: <Networks snapshot={snapshot} /> },
          { value: "json", label: "JSON", content: <Json snapshot={snapshot} /> },
        ]}
      />
    </Card>
  );
}

function Classes({ snapshot: { serviceClasses } }: { snapshot: PolicySnapshot }) {
  const t = useTranslations();
  const nameOf = (id: string) => serviceClasses.find((item) => item.id === id)?.name ?? id;
  const [, ...facts] = classFacts(t);
  return (
    <Table label={t("policy.serviceClassesOfTheSnapshot")}>
      <thead>
        <tr>
          <Th>{t("policy.setting")}</Th>
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
  const t = useTranslations();
  const shown = accessNetworks.slice(0, 200);
  return (
    <div>
      {shown.length === 0 ? <p className="px-4 py-6 text-ink-2 text-sm">{t("policy.noAccessNetworkIsNamed")}</p> : null}
      {shown.length === 0 ? null : (
        <Table label={t("policy.accessNetworksOfTheSnapshot")}>
          <thead>
            <tr>
              <Th>{t("policy.addresses")}</Th>
              <Th>{t("policy.access")}</Th>
              <Th>{t("common.name")}</Th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ cidr, access, name }) => (
              <Tr key={cidr}>
                <Td className="font-medium tnum">{cidr}</Td>
                <Td>
                  <span className="inline-flex items-center gap-2">
                    <AccessMark tone={access} />
                    {accessNames(t)[access]}
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
          {t("policy.andNetworksMoreInTheDownload", { count: accessNetworks.length - shown.length })}
        </p>
      ) : null}
      <p className="border-line border-t px-4 py-3 text-ink-2 text-sm">
        {t("policy.allowedPrivateRanges", {
          allowedPrivateRanges: allowedPrivateRanges.length === 0 ? t("common.none") : allowedPrivateRanges.join(", "),
        })}
      </p>
    </div>
  );
}

function Json({ snapshot }: { snapshot: PolicySnapshot }) {
  const t = useTranslations();
  const text = JSON.stringify(snapshot, null, 2);
  return (
    <div className="relative">
      <div className="absolute top-2 right-4">
        <CopyButton text={text} label={t("policy.copyTheSnapshot")} />
      </div>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        className="max-h-[32rem] overflow-auto px-4 py-3 font-mono text-xs"
      >
        {text.slice(0, shownCharacters)}
        {text.length > shownCharacters ? t("policy.theRestIsInTheDownload") : ""}
      </pre>
    </div>
  );
}

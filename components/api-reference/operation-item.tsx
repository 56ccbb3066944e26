"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { Badge } from "@/components/ui/badge";
import { Facts } from "@/components/ui/facts";
import { type ApiOperation, describeCredential } from "./prepare-api";

/** One call: a line, and in full once it is opened. */
export function OperationItem({ operation }: { operation: ApiOperation }) {
  const [isOpen, setOpen] = useState(false);
  const { method, path, summary } = operation;
  return (
    <li className="border-line border-t">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="flex min-h-10 cursor-pointer flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 text-sm hover:bg-sunken/60">
          <span className="w-14 shrink-0">
            <Badge tone={method === "GET" ? "neutral" : "accent"}>{method}</Badge>
          </span>
          <span className="min-w-0 break-all font-mono text-xs">{path}</span>
          <span className="min-w-0 text-ink-2">{summary}</span>
        </summary>
        {isOpen ? <OperationBody operation={operation} /> : null}
      </details>
    </li>
  );
}

function OperationBody({ operation }: { operation: ApiOperation }) {
  const t = useTranslations();
  const { description, parameters, requestBody, responses } = operation;
  return (
    <div className="flex flex-col gap-4 px-4 pt-1 pb-4">
      <Facts
        facts={[
          [t("apiReference.credential"), describeCredential(t, operation)],
          [t("apiReference.who"), description ?? t("apiReference.whoeverHasTheCredential")],
          ...parameters.map(
            ({ name, in: place, required }) =>
              [name, `${place}${required ? t("apiReference.mustBeGiven") : ""}`] as const,
          ),
        ]}
      />
      {requestBody === undefined ? null : <JsonBlock title={t("apiReference.body")} value={requestBody.content} />}
      <JsonBlock title={t("apiReference.answers")} value={responses} />
    </div>
  );
}

function JsonBlock({ title, value }: { title: string; value: unknown }) {
  return (
    <section aria-label={title} className="flex flex-col gap-1">
      <h3 className="font-semibold text-sm">{title}</h3>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        className="max-h-96 overflow-auto rounded-md bg-sunken p-3 font-mono text-xs"
      >
        {JSON.stringify(value, null, 2)}
      </pre>
    </section>
  );
}

"use client";

import { Smartphone } from "lucide-react";
import { useTranslations } from "next-intl";
import { useCallback, useMemo, useState } from "react";
import { errorText } from "@/components/api/error-text";
import { ListTools } from "@/components/lists/list-tools";
import { useList } from "@/components/lists/use-list";
import { Page, PageHeader } from "@/components/shell/page-header";
import { PageRefused } from "@/components/shell/page-refused";
import { subscriberReaders } from "@/components/shell/pages";
import { useMay } from "@/components/shell/staff";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Link } from "@/components/ui/link";
import { Pager } from "@/components/ui/pager";
import { SearchField } from "@/components/ui/search-field";
import { Segmented } from "@/components/ui/segmented";
import { TableSkeleton } from "@/components/ui/table-skeleton";
import type { Translate } from "@/lib/words/translate";
import { DevicesTable, deviceColumns } from "./devices-table";
import { useDevices } from "./use-devices";

const filterShape = { state: ["enrolled", "revoked"] } as const;

const states = (t: Translate) =>
  [
    { value: "all", label: t("devices.all") },
    { value: "enrolled", label: t("devices.enrolled") },
    { value: "revoked", label: t("devices.revoked") },
  ] as const;

/** Every enrolled device. */
export function DevicesPage() {
  return useMay(subscriberReaders) ? <DevicesBody /> : <PageRefused roles={subscriberReaders} />;
}

function DevicesBody() {
  const t = useTranslations();
  const [search, setSearch] = useState("");
  const columns = useMemo(() => deviceColumns(t), [t]);
  const { filter, refine, pages, shownColumns, tooling } = useList("devices", filterShape, columns);
  const devices = useDevices({ ...filter, search: search === "" ? undefined : search }, pages.cursor);
  const rows = devices.data?.items ?? [];
  const { reset } = pages;
  const find = useCallback(
    (text: string) => {
      setSearch(text);
      reset();
    },
    [reset],
  );
  return (
    <Page>
      <PageHeader title={t("devices.devices")} />
      <div className="flex flex-wrap items-center gap-2">
        <SearchField
          label={t("devices.deviceNameOrMsisdn")}
          value={search}
          onSearch={find}
          className="w-full sm:w-80"
        />
        <Segmented
          label={t("common.state")}
          value={filter.state ?? "all"}
          options={states(t)}
          onValue={(state) => refine({ state: state === "all" ? undefined : state })}
        />
        <ListTools {...tooling} />
      </div>
      {devices.isError ? (
        <ErrorState
          title={t("devices.theDevicesCouldNotBeRead")}
          detail={errorText(t, devices.error)}
          onRetry={() => devices.refetch()}
        />
      ) : null}
      <Card isFlush>
        {devices.isPending ? <TableSkeleton rows={12} /> : null}
        {devices.isSuccess && rows.length === 0 ? (
          <EmptyState icon={<Smartphone size={20} aria-hidden />} title={t("devices.noDeviceHere")}>
            {t.rich("devices.openASubscriberAndEnrolOne", {
              link: (chunks) => (
                <Link href="/subscribers" className="underline underline-offset-4">
                  {chunks}
                </Link>
              ),
            })}
          </EmptyState>
        ) : null}
        {rows.length > 0 ? (
          <>
            <DevicesTable rows={rows} columns={columns} shownColumns={shownColumns} />
            <Pager pages={pages} nextCursor={devices.data?.nextCursor ?? null} />
          </>
        ) : null}
      </Card>
    </Page>
  );
}

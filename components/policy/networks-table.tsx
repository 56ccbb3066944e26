"use client";

import { ChevronLeft, ChevronRight, Network, Plus, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRef, useState } from "react";
import { AccessMark, accessNames } from "@/components/ui/access-mark";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Field } from "@/components/ui/field";
import { IconButton } from "@/components/ui/icon-button";
import { SearchField } from "@/components/ui/search-field";
import { SelectField } from "@/components/ui/select-field";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import type { Translate } from "@/lib/words/translate";
import type { NetworkRow } from "./prepare-networks";
import type { NetworksEdit } from "./use-networks-edit";

const pageRows = 50;

const accesses = (t: Translate) =>
  [
    { value: "lte", label: accessNames(t).lte },
    { value: "wifi", label: accessNames(t).wifi },
    { value: "other", label: accessNames(t).other },
  ] as const;

type NetworksTableProps = { edit: NetworksEdit; isLocked: boolean; mayEdit: boolean };

/** Address ranges and their access; the longest prefix wins. */
export function NetworksTable({ edit, isLocked, mayEdit }: NetworksTableProps) {
  const t = useTranslations();
  const { form, setForm, read, isTried } = edit;
  const [search, setSearch] = useState("");
  const [page, setPage] = useState(0);
  const nextKey = useRef(1_000_000);
  const wanted = search.toLowerCase();
  const found = form.rows.filter(
    ({ cidr, name, access }) =>
      wanted === "" || `${cidr} ${name} ${accessNames(t)[access]}`.toLowerCase().includes(wanted),
  );
  const lastPage = Math.max(0, Math.ceil(found.length / pageRows) - 1);
  const shownPage = Math.min(page, lastPage);
  const rows = found.slice(shownPage * pageRows, (shownPage + 1) * pageRows);

  const change = (key: number, part: Partial<NetworkRow>) =>
    setForm({ rows: form.rows.map((row) => (row.key === key ? { ...row, ...part } : row)) });
  const add = () => {
    nextKey.current += 1;
    setSearch("");
    setPage(0);
    setForm({ rows: [{ key: nextKey.current, cidr: "", access: "wifi", name: "" }, ...form.rows] });
  };

  return (
    <Card
      isFlush
      title={t("networks.networks")}
      note={t("networks.ofSeveralRangesThatHoldAn")}
      actions={
        <>
          <SearchField
            label={t("networks.findANetwork")}
            value={search}
            onSearch={setSearch}
            className="w-full sm:w-56"
          />
          {mayEdit ? (
            <Button onClick={add} disabled={isLocked}>
              <Plus size={14} aria-hidden />
              {t("networks.addANetwork")}
            </Button>
          ) : null}
        </>
      }
    >
      {rows.length === 0 ? (
        <EmptyState
          icon={<Network size={20} aria-hidden />}
          title={form.rows.length === 0 ? t("networks.noNetworkIsNamed") : t("networks.noNetworkIsLikeThis")}
        >
          {form.rows.length === 0 ? t("networks.pathsAreThenToldApartOnly") : t("networks.searchForAPartOfThe")}
        </EmptyState>
      ) : (
        <Table label={t("networks.tableOfAccessNetworks")}>
          <thead>
            <tr>
              <Th className="min-w-36 sm:min-w-44">{t("networks.addresses")}</Th>
              <Th className="w-40 min-w-36">{t("networks.access")}</Th>
              <Th className="min-w-36">{t("common.name")}</Th>
              {mayEdit ? (
                <Th className="w-10">
                  <span className="sr-only">{t("networks.remove")}</span>
                </Th>
              ) : null}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) =>
              mayEdit ? (
                <EditedRow
                  key={row.key}
                  row={row}
                  isLocked={isLocked}
                  error={isTried || row.cidr.trim() !== "" ? read.rowErrors.get(row.key) : undefined}
                  onChange={(part) => change(row.key, part)}
                  onRemove={() => setForm({ rows: form.rows.filter(({ key }) => key !== row.key) })}
                />
              ) : (
                <Tr key={row.key}>
                  <Td className="font-medium tnum">{row.cidr}</Td>
                  <Td>
                    <span className="inline-flex items-center gap-2">
                      <AccessMark tone={row.access} />
                      {accessNames(t)[row.access]}
                    </span>
                  </Td>
                  <Td>{row.name}</Td>
                </Tr>
              ),
            )}
          </tbody>
        </Table>
      )}
      {lastPage === 0 ? null : (
        <nav
          aria-label={t("networks.pagesOfTheTable")}
          className="flex items-center gap-2 border-line border-t px-4 py-2"
        >
          <span className="grow text-ink-3 text-sm tnum">
            {t("networks.networksPageOf", {
              count: found.length,
              shownPage: String(shownPage + 1),
              lastPage: String(lastPage + 1),
            })}
          </span>
          <Button size="sm" disabled={shownPage === 0} onClick={() => setPage(shownPage - 1)}>
            <ChevronLeft size={14} aria-hidden />
            {t("common.previous")}
          </Button>
          <Button size="sm" disabled={shownPage === lastPage} onClick={() => setPage(shownPage + 1)}>
            {t("common.next")}
            <ChevronRight size={14} aria-hidden />
          </Button>
        </nav>
      )}
    </Card>
  );
}

type EditedRowProps = {
  row: NetworkRow;
  isLocked: boolean;
  error: string | undefined;
  onChange: (part: Partial<NetworkRow>) => void;
  onRemove: () => void;
};

function EditedRow({ row, isLocked, error, onChange, onRemove }: EditedRowProps) {
  const t = useTranslations();
  const name = row.cidr === "" ? t("networks.theNewNetwork") : row.cidr;
  return (
    <Tr className="align-top">
      <Td className="align-top">
        <Field
          label={t("networks.addressesOf", { name })}
          isLabelHidden
          size="sm"
          placeholder="192.0.2.0/24"
          autoComplete="off"
          spellCheck={false}
          disabled={isLocked}
          value={row.cidr}
          onChange={(event) => onChange({ cidr: event.target.value })}
          error={error}
        />
      </Td>
      <Td className="align-top">
        <span className="flex items-center gap-2">
          <AccessMark tone={row.access} />
          <SelectField
            label={t("networks.accessOf", { name })}
            isLabelHidden
            value={row.access}
            options={accesses(t)}
            onValue={(access) => onChange({ access })}
            isDisabled={isLocked}
            className="grow"
          />
        </span>
      </Td>
      <Td className="align-top">
        <Field
          label={t("networks.nameOf", { name })}
          isLabelHidden
          size="sm"
          placeholder="–"
          maxLength={80}
          disabled={isLocked}
          value={row.name}
          onChange={(event) => onChange({ name: event.target.value })}
        />
      </Td>
      <Td className="align-top">
        <IconButton label={t("networks.removeName", { name })} disabled={isLocked} onClick={onRemove}>
          <Trash2 size={14} aria-hidden />
        </IconButton>
      </Td>
    </Tr>
  );
}

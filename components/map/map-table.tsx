import { useTranslations } from "next-intl";
import { AccessMark } from "@/components/ui/access-mark";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import type { NetworkMap } from "./prepare-map";
import { linkText } from "./prepare-map-words";

/** The map's twin: every place with its state, every link with its rate. */
export function MapTable({ map }: { map: NetworkMap }) {
  const t = useTranslations();
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Table label={t("map.linksOfTheMap")}>
        <thead>
          <tr>
            <Th>{t("map.link2")}</Th>
            <Th className="text-right">{t("map.carries")}</Th>
          </tr>
        </thead>
        <tbody>
          {map.links.map((link) => (
            <Tr key={link.id}>
              <Td>
                <span className="flex items-center gap-2">
                  <AccessMark tone={link.tone} />
                  {link.name}
                </span>
              </Td>
              <Td className="text-right tnum">{linkText(t, link)}</Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      <Table label={t("map.systemsOfTheMap")}>
        <thead>
          <tr>
            <Th>{t("map.system")}</Th>
            <Th>{t("common.state")}</Th>
          </tr>
        </thead>
        <tbody>
          {map.places.map((place) => (
            <Tr key={place.id}>
              <Td>{place.name}</Td>
              <Td>{place.detail}</Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}

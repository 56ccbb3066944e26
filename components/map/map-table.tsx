import { AccessMark } from "@/components/ui/access-mark";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import type { NetworkMap } from "./prepare-map";
import { linkText } from "./prepare-map-words";

/** The map's twin: every place with its state, every link with its rate. */
export function MapTable({ map }: { map: NetworkMap }) {
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Table label="Links of the map">
        <thead>
          <tr>
            <Th>Link</Th>
            <Th className="text-right">Carries</Th>
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
              <Td className="text-right tnum">{linkText(link)}</Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      <Table label="Systems of the map">
        <thead>
          <tr>
            <Th>System</Th>
            <Th>State</Th>
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

import type { SessionReport } from "@/lib/contracts/telemetry";
import { arrayText } from "@/lib/db/array-text";
import type { Transaction } from "@/lib/db/client";
import { spanOf } from "./store-sessions";
import type { BatchSource } from "./telemetry-source";

/** Counters of the `path`-th path in the minute of a report, and the most they said in the reports before that one. */
type Counter = {
  path: number;
  minute: string;
  upload: number;
  download: number;
  mostUpload: number;
  mostDownload: number;
};

function countersOf(paths: readonly SessionReport["subflows"][number][], minutes: readonly string[]): Counter[] {
  return paths.flatMap(({ earlier = [] }, path) => {
    let [mostUpload, mostDownload] = [0, 0];
    return earlier.map(([place, upload, download]) => {
      const counter = { path, minute: minutes[place] ?? "", upload, download, mostUpload, mostDownload };
      mostUpload = Math.max(mostUpload, upload);
      mostDownload = Math.max(mostDownload, download);
      return counter;
    });
  });
}

/**
 * Put into `batch_paths` what the paths of a batch grew by the reports that it took in, a row a report. To be called after
 * `storeSessions` and before `storeSubflows`: what is known of the paths is what was told before the batch.
 */
export async function storeEarlier(
  transaction: Transaction,
  source: BatchSource,
  sessions: readonly SessionReport[],
): Promise<void> {
  if (source.earlierMinutes.length === 0) return;
  const paths = sessions.flatMap((session) =>
    session.subflows.map((path) => ({ ...path, session: session.id, ...spanOf(source, session) })),
  );
  const counters = countersOf(
    paths,
    source.earlierMinutes.map((minute) => minute.toISOString()),
  );
  const pathColumn = (value: (path: (typeof paths)[number]) => string | number | null) => arrayText(paths.map(value));
  const column = (value: (counter: Counter) => string | number) => arrayText(counters.map(value));
  await transaction.$executeRaw`
    WITH path AS MATERIALIZED (
      SELECT told.place, stored.id AS session_pk, told.access, stored.subscriber_id, stored.service_class_id,
        stored.white_list_id, told.from_at, told.to_at, coalesce(known.upload_bytes, 0) AS upload_bytes,
        coalesce(known.download_bytes, 0) AS download_bytes
      FROM unnest(${arrayText(paths.map((_, place) => place))}::int[], ${pathColumn(({ session }) => session)}::text[],
        ${pathColumn(({ id }) => id)}::int[], ${pathColumn(({ access }) => access)}::access_kind[],
        ${pathColumn(({ from }) => from)}::timestamptz[], ${pathColumn(({ to }) => to)}::timestamptz[]
      ) AS told(place, session_id, id, access, from_at, to_at)
      CROSS JOIN LATERAL (
        SELECT id, subscriber_id, service_class_id, white_list_id FROM sessions
        WHERE node_id = ${source.nodeId} AND epoch = ${source.epoch} AND session_id = told.session_id OFFSET 0
      ) stored
      LEFT JOIN LATERAL (
        SELECT upload_bytes, download_bytes FROM subflows WHERE session_pk = stored.id AND id = told.id OFFSET 0
      ) known ON true
    )
    INSERT INTO batch_paths (session_pk, access, subscriber_id, service_class_id, white_list_id, minute, upload_bytes,
      download_bytes, from_at, to_at)
    SELECT path.session_pk, path.access, path.subscriber_id, path.service_class_id, path.white_list_id, counter.minute,
      greatest(0, counter.upload - greatest(path.upload_bytes, counter.most_upload)),
      greatest(0, counter.download - greatest(path.download_bytes, counter.most_download)), path.from_at, path.to_at
    FROM unnest(${column(({ path }) => path)}::int[], ${column(({ minute }) => minute)}::timestamptz[],
      ${column(({ upload }) => upload)}::bigint[], ${column(({ download }) => download)}::bigint[],
      ${column(({ mostUpload }) => mostUpload)}::bigint[], ${column(({ mostDownload }) => mostDownload)}::bigint[]
    ) AS counter(place, minute, upload, download, most_upload, most_download)
    JOIN path USING (place)`;
}

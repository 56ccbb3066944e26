-- Bytes of a session between two reports in one row, where there was one for each second and access. Without a reference
-- to the session: samples end with their day.

ALTER TABLE "session_samples" RENAME TO "session_seconds";
ALTER INDEX "session_samples_pkey" RENAME TO "session_seconds_pkey";

CREATE TABLE "session_samples" (
    "session_pk" BIGINT NOT NULL,
    "from_at" TIMESTAMPTZ(3) NOT NULL,
    "to_at" TIMESTAMPTZ(3) NOT NULL,
    "lte_upload_bytes" BIGINT NOT NULL,
    "lte_download_bytes" BIGINT NOT NULL,
    "wifi_upload_bytes" BIGINT NOT NULL,
    "wifi_download_bytes" BIGINT NOT NULL,
    "other_upload_bytes" BIGINT NOT NULL,
    "other_download_bytes" BIGINT NOT NULL,
    CONSTRAINT "session_samples_pkey" PRIMARY KEY ("session_pk", "to_at")
);

INSERT INTO "session_samples"
SELECT "session_pk", "at", "at" + interval '1 second',
    coalesce(sum("upload_bytes") FILTER (WHERE "access" = 'lte'), 0),
    coalesce(sum("download_bytes") FILTER (WHERE "access" = 'lte'), 0),
    coalesce(sum("upload_bytes") FILTER (WHERE "access" = 'wifi'), 0),
    coalesce(sum("download_bytes") FILTER (WHERE "access" = 'wifi'), 0),
    coalesce(sum("upload_bytes") FILTER (WHERE "access" = 'other'), 0),
    coalesce(sum("download_bytes") FILTER (WHERE "access" = 'other'), 0)
FROM "session_seconds" GROUP BY "session_pk", "at";

DROP TABLE "session_seconds";
CREATE INDEX "session_samples_to_at_idx" ON "session_samples"("to_at");

-- Rows that every report writes anew: with half of a page free the new version lies beside the old one, and no index
-- has to be told.
ALTER TABLE "sessions" SET (fillfactor = 50);
ALTER TABLE "subflows" SET (fillfactor = 50);
ALTER TABLE "subscriber_months" SET (fillfactor = 50);

-- The usage ledger: bytes by subscriber, access and minute (UTC), a partition a day, rolled up by hour and day.

CREATE TABLE "usage_ledger_minutes" (
    "subscriber_id" TEXT NOT NULL,
    "minute" TIMESTAMPTZ(3) NOT NULL,
    "access" "access_kind" NOT NULL,
    "upload_bytes" BIGINT NOT NULL,
    "download_bytes" BIGINT NOT NULL,
    CONSTRAINT "usage_ledger_minutes_pkey" PRIMARY KEY ("subscriber_id", "minute", "access")
) PARTITION BY RANGE ("minute");

CREATE TABLE "usage_ledger_hours" (
    "subscriber_id" TEXT NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "access" "access_kind" NOT NULL,
    "upload_bytes" BIGINT NOT NULL,
    "download_bytes" BIGINT NOT NULL,
    CONSTRAINT "usage_ledger_hours_pkey" PRIMARY KEY ("subscriber_id", "hour", "access")
);
CREATE INDEX "usage_ledger_hours_hour_idx" ON "usage_ledger_hours"("hour");

CREATE TABLE "usage_ledger_days" (
    "subscriber_id" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "access" "access_kind" NOT NULL,
    "upload_bytes" BIGINT NOT NULL,
    "download_bytes" BIGINT NOT NULL,
    CONSTRAINT "usage_ledger_days_pkey" PRIMARY KEY ("subscriber_id", "day", "access")
);
CREATE INDEX "usage_ledger_days_day_idx" ON "usage_ledger_days"("day");

-- Hours that have had bytes since they were rolled up last.
CREATE TABLE "usage_ledger_stale_hours" (
    "hour" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "usage_ledger_stale_hours_pkey" PRIMARY KEY ("hour")
);

-- Exact at every moment: days as they were rolled up, and for stale hours what their minutes have in place of what went
-- into the day.
CREATE VIEW "usage_by_day" AS
SELECT "subscriber_id", "day", "access", sum("upload_bytes") AS "upload_bytes", sum("download_bytes") AS "download_bytes"
FROM (
    SELECT "subscriber_id", "day", "access", "upload_bytes", "download_bytes" FROM "usage_ledger_days"
    UNION ALL
    SELECT m."subscriber_id", (m."minute" AT TIME ZONE 'UTC')::date, m."access", m."upload_bytes", m."download_bytes"
    FROM "usage_ledger_stale_hours" s
    JOIN "usage_ledger_minutes" m ON m."minute" >= s."hour" AND m."minute" < s."hour" + interval '1 hour'
    UNION ALL
    SELECT h."subscriber_id", (h."hour" AT TIME ZONE 'UTC')::date, h."access", -h."upload_bytes", -h."download_bytes"
    FROM "usage_ledger_stale_hours" s JOIN "usage_ledger_hours" h ON h."hour" = s."hour"
) parts
GROUP BY "subscriber_id", "day", "access";

-- A session's first and last minute in the ledger, and bytes of it that no path shows: the kernel forgets the paths of a
-- connection that was reset.
ALTER TABLE "sessions"
    ADD COLUMN "ledger_from" TIMESTAMPTZ(3),
    ADD COLUMN "ledger_to" TIMESTAMPTZ(3),
    ADD COLUMN "unattributed_upload_bytes" BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN "unattributed_download_bytes" BIGINT NOT NULL DEFAULT 0;
-- Of those that run now the ledger has a part.
UPDATE "sessions" SET "ledger_from" = 'epoch', "ledger_to" = now() WHERE "ended_at" IS NULL;

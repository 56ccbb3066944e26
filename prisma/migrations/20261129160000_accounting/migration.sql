-- RADIUS accounting (RFC 2866): what the usage ledger has, as accounting sessions of subscriber, day and access.

-- Reading a span of minutes reads only the pages that have them.
CREATE INDEX "usage_ledger_minutes_minute_idx" ON "usage_ledger_minutes" USING brin ("minute") WITH (pages_per_range = 32);

-- One row, or none where nothing is accounted: minutes before "closed_to" take bytes by "accounting_late" only, those before
-- "folded_to" are in the sessions.
CREATE TABLE "accounting_cursor" (
    "id" TEXT NOT NULL,
    "closed_to" TIMESTAMPTZ(3) NOT NULL,
    "folded_to" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "accounting_cursor_pkey" PRIMARY KEY ("id")
);

-- What came for minutes that were closed, until it is in the sessions.
CREATE TABLE "accounting_late" (
    "id" BIGSERIAL NOT NULL,
    "subscriber_id" TEXT NOT NULL,
    "minute" TIMESTAMPTZ(3) NOT NULL,
    "access" "access_kind" NOT NULL,
    "upload_bytes" BIGINT NOT NULL,
    "download_bytes" BIGINT NOT NULL,
    CONSTRAINT "accounting_late_pkey" PRIMARY KEY ("id")
);

-- Sessions whose end no server has yet.
CREATE TABLE "accounting_sessions" (
    "id" UUID NOT NULL,
    "subscriber_id" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "access" "access_kind" NOT NULL,
    "msisdn" TEXT,
    "from_minute" TIMESTAMPTZ(3) NOT NULL,
    "to_minute" TIMESTAMPTZ(3) NOT NULL,
    "upload_bytes" BIGINT NOT NULL,
    "download_bytes" BIGINT NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "end_cause" TEXT,
    "told_at" TIMESTAMPTZ(3),
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "next_try_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "accounting_sessions_pkey" PRIMARY KEY ("id")
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX "accounting_sessions_running_key" ON "accounting_sessions"("subscriber_id", "day", "access") WHERE "ended_at" IS NULL;
CREATE INDEX "accounting_sessions_next_try_at_idx" ON "accounting_sessions"("next_try_at");
CREATE INDEX "accounting_sessions_due_at_idx" ON "accounting_sessions"("due_at");

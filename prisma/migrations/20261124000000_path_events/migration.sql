-- What happened to the paths of sessions, and what each path carried second by second (kept for a day).

CREATE TYPE "path_event_kind" AS ENUM ('joined', 'priority-changed', 'stalled', 'moved', 'recovered', 'closed', 'fallback');
CREATE TYPE "path_event_actor" AS ENUM ('policy', 'kernel', 'agent', 'proxy');

CREATE TABLE "path_events" (
    "id" BIGSERIAL NOT NULL,
    "session_pk" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "subflow_id" INTEGER,
    "access" "access_kind",
    "kind" "path_event_kind" NOT NULL,
    "cause" TEXT NOT NULL,
    "actor" "path_event_actor" NOT NULL,
    CONSTRAINT "path_events_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "path_events_session_pk_fkey" FOREIGN KEY ("session_pk") REFERENCES "sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "path_events_session_pk_at_idx" ON "path_events"("session_pk", "at");

CREATE TABLE "session_samples" (
    "session_pk" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "access" "access_kind" NOT NULL,
    "upload_bytes" BIGINT NOT NULL,
    "download_bytes" BIGINT NOT NULL,
    CONSTRAINT "session_samples_pkey" PRIMARY KEY ("session_pk", "at", "access"),
    CONSTRAINT "session_samples_session_pk_fkey" FOREIGN KEY ("session_pk") REFERENCES "sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "session_samples_at_idx" ON "session_samples"("at");

ALTER TABLE "subflows"
    ADD COLUMN "is_backup" BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN "download_limit" BIGINT;

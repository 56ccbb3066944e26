-- Policy versions: what kind of publish, for whom, made of which version.

CREATE TYPE "publish_kind" AS ENUM ('publish', 'rollback', 'canary', 'promote', 'revert');
CREATE TYPE "draft_collection" AS ENUM ('service-class', 'white-list', 'networks');
CREATE TYPE "import_state" AS ENUM ('checking', 'checked', 'committing', 'done', 'failed', 'cancelled');
CREATE TYPE "import_outcome" AS ENUM ('create', 'update', 'unchanged', 'error');

ALTER TABLE "policy_versions"
    ADD COLUMN "kind" "publish_kind" NOT NULL DEFAULT 'publish',
    ADD COLUMN "source_version" INTEGER,
    ADD COLUMN "scope" JSONB NOT NULL DEFAULT '{"kind": "everyone"}';

CREATE TABLE "policy_acks" (
    "version" INTEGER NOT NULL,
    "node_id" TEXT NOT NULL,
    "is_applied" BOOLEAN NOT NULL,
    "reason" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "policy_acks_pkey" PRIMARY KEY ("version", "node_id"),
    CONSTRAINT "policy_acks_version_fkey" FOREIGN KEY ("version") REFERENCES "policy_versions"("version") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "policy_acks_node_id_fkey" FOREIGN KEY ("node_id") REFERENCES "nodes"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- The draft: changes on top of the policy in force, one row an item; without a body the item is removed.

CREATE TABLE "policy_draft_items" (
    "collection" "draft_collection" NOT NULL,
    "id" TEXT NOT NULL,
    "body" JSONB,
    "changed_by" TEXT NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "policy_draft_items_pkey" PRIMARY KEY ("collection", "id")
);

CREATE TABLE "rule_hits" (
    "white_list_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "hits" BIGINT NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "rule_hits_pkey" PRIMARY KEY ("white_list_id", "kind", "value")
);

-- Subscribers and their devices.

ALTER TABLE "subscribers"
    ADD COLUMN "imsi" TEXT,
    ADD COLUMN "extra_white_list_ids" TEXT[] NOT NULL DEFAULT '{}',
    ADD COLUMN "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    ADD COLUMN "revision" INTEGER NOT NULL DEFAULT 1;
CREATE UNIQUE INDEX "subscribers_imsi_key" ON "subscribers"("imsi");
-- Beginning and end of a number, whatever the database's collation.
CREATE INDEX "subscribers_msisdn_prefix_idx" ON "subscribers"("msisdn" text_pattern_ops);
CREATE INDEX "subscribers_msisdn_suffix_idx" ON "subscribers"(reverse("msisdn") text_pattern_ops);
CREATE INDEX "subscribers_imsi_prefix_idx" ON "subscribers"("imsi" text_pattern_ops);
CREATE INDEX "subscribers_service_class_id_idx" ON "subscribers"("service_class_id", "msisdn");
CREATE INDEX "subscribers_suspended_idx" ON "subscribers"("msisdn") WHERE "state" = 'suspended';
CREATE INDEX "subscribers_extra_white_list_ids_idx" ON "subscribers" USING GIN ("extra_white_list_ids");

ALTER TABLE "devices"
    ADD COLUMN "name" TEXT NOT NULL DEFAULT '',
    ADD COLUMN "enrolled_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    ADD COLUMN "last_seen_at" TIMESTAMPTZ(3),
    ADD COLUMN "secret_changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;
CREATE INDEX "devices_enrolled_at_id_idx" ON "devices"("enrolled_at" DESC, "id" DESC);
ALTER TABLE "devices" DROP CONSTRAINT "devices_subscriber_id_fkey";
ALTER TABLE "devices" ADD CONSTRAINT "devices_subscriber_id_fkey"
    FOREIGN KEY ("subscriber_id") REFERENCES "subscribers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "enrolment_codes" (
    "code_hash" TEXT NOT NULL,
    "subscriber_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    CONSTRAINT "enrolment_codes_pkey" PRIMARY KEY ("code_hash"),
    CONSTRAINT "enrolment_codes_subscriber_id_fkey" FOREIGN KEY ("subscriber_id") REFERENCES "subscribers"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "enrolment_codes_subscriber_id_idx" ON "enrolment_codes"("subscriber_id");

-- What counts towards a subscriber's monthly quota.

CREATE TABLE "subscriber_months" (
    "subscriber_id" UUID NOT NULL,
    "month" DATE NOT NULL,
    "lte_bytes" BIGINT NOT NULL,
    "quota_reached_at" TIMESTAMPTZ(3),
    CONSTRAINT "subscriber_months_pkey" PRIMARY KEY ("subscriber_id", "month")
);

CREATE TABLE "idempotent_requests" (
    "key" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "request_sha256" TEXT NOT NULL,
    "answer" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "idempotent_requests_pkey" PRIMARY KEY ("actor", "key")
);

-- Imports: a job, and its rows as they were read and what became of them.

CREATE TABLE "import_jobs" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "state" "import_state" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "size_bytes" INTEGER NOT NULL,
    "rows" INTEGER NOT NULL DEFAULT 0,
    "progress" INTEGER NOT NULL DEFAULT 0,
    "reason" TEXT,
    "failure" TEXT,
    CONSTRAINT "import_jobs_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "import_jobs_created_at_id_idx" ON "import_jobs"("created_at" DESC, "id" DESC);

CREATE TABLE "import_rows" (
    "job_id" UUID NOT NULL,
    "line" INTEGER NOT NULL,
    "msisdn" TEXT NOT NULL,
    "imsi" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "service_class" TEXT NOT NULL,
    "extra_white_lists" TEXT NOT NULL,
    "outcome" "import_outcome",
    "message" TEXT NOT NULL DEFAULT '',
    CONSTRAINT "import_rows_pkey" PRIMARY KEY ("job_id", "line"),
    CONSTRAINT "import_rows_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "import_jobs"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "import_rows_outcome_idx" ON "import_rows"("job_id", "outcome", "line");

ALTER TABLE "sessions" ADD COLUMN "policy_version" INTEGER NOT NULL DEFAULT 0;

-- Bytes of all paths of the sessions of a class, by minute: the share that LTE really had.
CREATE TABLE "class_minutes" (
    "minute" TIMESTAMPTZ(3) NOT NULL,
    "service_class_id" TEXT NOT NULL,
    "lte_bytes" BIGINT NOT NULL,
    "total_bytes" BIGINT NOT NULL,
    CONSTRAINT "class_minutes_pkey" PRIMARY KEY ("minute", "service_class_id")
);

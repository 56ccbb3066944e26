CREATE TYPE "role" AS ENUM ('admin', 'operator', 'support', 'demo', 'viewer');
CREATE TYPE "node_kind" AS ENUM ('proxy', 'testbed');
CREATE TYPE "subscriber_state" AS ENUM ('active', 'suspended');
CREATE TYPE "access_kind" AS ENUM ('lte', 'wifi', 'other');
CREATE TYPE "run_state" AS ENUM ('queued', 'running', 'finished', 'failed', 'cancelled');

-- Staff and how they sign in.

CREATE TABLE "staff" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "role" "role" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "disabled_at" TIMESTAMPTZ(3),
    CONSTRAINT "staff_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "staff_email_key" ON "staff"("email");

CREATE TABLE "staff_sessions" (
    "id" UUID NOT NULL,
    "staff_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    CONSTRAINT "staff_sessions_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "staff_sessions_staff_id_fkey" FOREIGN KEY ("staff_id") REFERENCES "staff"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "staff_sessions_staff_id_idx" ON "staff_sessions"("staff_id");

CREATE TABLE "sign_in_attempts" (
    "id" BIGSERIAL NOT NULL,
    "account_hash" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "sign_in_attempts_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "sign_in_attempts_account_hash_at_idx" ON "sign_in_attempts"("account_hash", "at");
CREATE INDEX "sign_in_attempts_at_idx" ON "sign_in_attempts"("at");

CREATE TABLE "setup_links" (
    "id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    CONSTRAINT "setup_links_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "setup_links_token_hash_key" ON "setup_links"("token_hash");

-- Nodes, subscribers and their devices.

CREATE TABLE "nodes" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" "node_kind" NOT NULL,
    "secret_sha256" TEXT NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3),
    "epoch" TEXT,
    "starts" INTEGER NOT NULL DEFAULT 0,
    "status" JSONB,
    CONSTRAINT "nodes_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "subscribers" (
    "id" UUID NOT NULL,
    "msisdn" TEXT NOT NULL,
    "state" "subscriber_state" NOT NULL,
    "service_class_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "subscribers_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "subscribers_msisdn_key" ON "subscribers"("msisdn");

CREATE TABLE "devices" (
    "id" TEXT NOT NULL,
    "subscriber_id" UUID NOT NULL,
    "secret_sha256" TEXT NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    CONSTRAINT "devices_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "devices_subscriber_id_fkey" FOREIGN KEY ("subscriber_id") REFERENCES "subscribers"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "devices_subscriber_id_idx" ON "devices"("subscriber_id");

-- Policy: immutable versions.

CREATE TABLE "policy_versions" (
    "version" INTEGER NOT NULL,
    "snapshot" JSONB NOT NULL,
    "reason" TEXT NOT NULL,
    "published_at" TIMESTAMPTZ(3) NOT NULL,
    "published_by" TEXT NOT NULL,
    CONSTRAINT "policy_versions_pkey" PRIMARY KEY ("version")
);

-- Telemetry: what nodes reported, and the usage ledger made of it.

CREATE TABLE "telemetry_epochs" (
    "node_id" TEXT NOT NULL,
    "epoch" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "last_sequence" INTEGER NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,
    "lte_upload_bytes" BIGINT NOT NULL DEFAULT 0,
    "lte_download_bytes" BIGINT NOT NULL DEFAULT 0,
    "wifi_upload_bytes" BIGINT NOT NULL DEFAULT 0,
    "wifi_download_bytes" BIGINT NOT NULL DEFAULT 0,
    "other_upload_bytes" BIGINT NOT NULL DEFAULT 0,
    "other_download_bytes" BIGINT NOT NULL DEFAULT 0,
    CONSTRAINT "telemetry_epochs_pkey" PRIMARY KEY ("node_id", "epoch"),
    CONSTRAINT "telemetry_epochs_node_id_fkey" FOREIGN KEY ("node_id") REFERENCES "nodes"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "usage_minutes" (
    "minute" TIMESTAMPTZ(3) NOT NULL,
    "node_id" TEXT NOT NULL,
    "access" "access_kind" NOT NULL,
    "upload_bytes" BIGINT NOT NULL,
    "download_bytes" BIGINT NOT NULL,
    CONSTRAINT "usage_minutes_pkey" PRIMARY KEY ("minute", "node_id", "access"),
    CONSTRAINT "usage_minutes_node_id_fkey" FOREIGN KEY ("node_id") REFERENCES "nodes"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "sessions" (
    "id" BIGSERIAL NOT NULL,
    "node_id" TEXT NOT NULL,
    "epoch" TEXT NOT NULL,
    "session_id" TEXT NOT NULL,
    "device_id" TEXT NOT NULL,
    "subscriber_id" TEXT NOT NULL,
    "service_class_id" TEXT NOT NULL,
    "protocol" TEXT NOT NULL,
    "destination" TEXT NOT NULL,
    "destination_address" TEXT,
    "white_list_id" TEXT,
    "transport" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "upload_bytes" BIGINT NOT NULL,
    "download_bytes" BIGINT NOT NULL,
    "handshake_upload_bytes" BIGINT NOT NULL,
    "handshake_download_bytes" BIGINT NOT NULL,
    "reinjected_bytes" BIGINT NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "end_reason" TEXT,
    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "sessions_node_id_fkey" FOREIGN KEY ("node_id") REFERENCES "nodes"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "sessions_node_id_epoch_session_id_key" ON "sessions"("node_id", "epoch", "session_id");
CREATE INDEX "sessions_started_at_id_idx" ON "sessions"("started_at" DESC, "id" DESC);
CREATE INDEX "sessions_running_idx" ON "sessions"("node_id", "epoch") WHERE "ended_at" IS NULL;

CREATE TABLE "subflows" (
    "session_pk" BIGINT NOT NULL,
    "id" INTEGER NOT NULL,
    "access" "access_kind" NOT NULL,
    "ue_address" TEXT NOT NULL,
    "ue_port" INTEGER NOT NULL,
    "proxy_address" TEXT NOT NULL,
    "proxy_port" INTEGER NOT NULL,
    "upload_bytes" BIGINT NOT NULL,
    "download_bytes" BIGINT NOT NULL,
    "rtt_ms" DOUBLE PRECISION NOT NULL,
    "retrans_segments" BIGINT NOT NULL,
    "is_open" BOOLEAN NOT NULL,
    CONSTRAINT "subflows_pkey" PRIMARY KEY ("session_pk", "id"),
    CONSTRAINT "subflows_session_pk_fkey" FOREIGN KEY ("session_pk") REFERENCES "sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- Demo runs.

CREATE TABLE "demo_runs" (
    "id" UUID NOT NULL,
    "request" JSONB NOT NULL,
    "state" "run_state" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "created_by" TEXT NOT NULL,
    "lanes" JSONB NOT NULL,
    "testbed" JSONB,
    CONSTRAINT "demo_runs_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "demo_runs_created_at_id_idx" ON "demo_runs"("created_at" DESC, "id" DESC);
-- One testbed, one run at a time: two operators that press start at once cannot both win.
CREATE UNIQUE INDEX "demo_runs_one_active_key" ON "demo_runs" ((true)) WHERE "state" IN ('queued', 'running');

CREATE TABLE "demo_samples" (
    "run_id" UUID NOT NULL,
    "lane" TEXT NOT NULL,
    "t_ms" DOUBLE PRECISION NOT NULL,
    "lte_bytes" BIGINT NOT NULL,
    "wifi_bytes" BIGINT NOT NULL,
    "delivered_bytes" BIGINT NOT NULL,
    CONSTRAINT "demo_samples_pkey" PRIMARY KEY ("run_id", "lane", "t_ms"),
    CONSTRAINT "demo_samples_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "demo_runs"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- Audit: a hash chain that is only ever appended to.

CREATE TABLE "audit_entries" (
    "id" BIGINT NOT NULL,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,
    "reason" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "prev_hash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    CONSTRAINT "audit_entries_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "audit_entries_hash_key" ON "audit_entries"("hash");

CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END;
$$;

CREATE TRIGGER "audit_entries_append_only" BEFORE UPDATE OR DELETE ON "audit_entries"
    FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "audit_entries_no_truncate" BEFORE TRUNCATE ON "audit_entries"
    FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "policy_versions_immutable" BEFORE UPDATE OR DELETE ON "policy_versions"
    FOR EACH ROW EXECUTE FUNCTION "refuse_change"();

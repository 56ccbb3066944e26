ALTER TYPE "node_order_kind" ADD VALUE 'profile';
ALTER TYPE "node_order_kind" ADD VALUE 'credential';

ALTER TABLE "nodes"
    ADD COLUMN "region" TEXT,
    ADD COLUMN "address" TEXT,
    ADD COLUMN "has_joined" BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN "next_secret_sha256" TEXT,
    ADD COLUMN "secret_changed_at" TIMESTAMPTZ(3),
    ADD COLUMN "is_credential_due" BOOLEAN NOT NULL DEFAULT false;

CREATE TABLE "node_join_codes" (
    "code_hash" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "region" TEXT,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    CONSTRAINT "node_join_codes_pkey" PRIMARY KEY ("code_hash")
);

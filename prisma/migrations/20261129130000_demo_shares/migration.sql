CREATE TABLE "demo_shares" (
    "id" UUID NOT NULL,
    "run_id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    CONSTRAINT "demo_shares_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "demo_shares_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "demo_runs"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "demo_shares_token_hash_key" ON "demo_shares"("token_hash");
CREATE INDEX "demo_shares_run_id_idx" ON "demo_shares"("run_id");

-- What a look-up showed, kept as it was until it expires; its link holds a secret, of which the hash is kept.
CREATE TABLE "support_snapshots" (
    "id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "subscriber_id" UUID NOT NULL,
    "content" JSONB NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "made_by" UUID NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    CONSTRAINT "support_snapshots_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "support_snapshots_token_hash_key" ON "support_snapshots"("token_hash");
CREATE INDEX "support_snapshots_expires_at_idx" ON "support_snapshots"("expires_at");

CREATE TRIGGER "support_snapshots_immutable"
    BEFORE UPDATE OF "id", "token_hash", "subscriber_id", "content", "made_at", "made_by", "expires_at" ON "support_snapshots"
    FOR EACH ROW EXECUTE FUNCTION "refuse_change"();

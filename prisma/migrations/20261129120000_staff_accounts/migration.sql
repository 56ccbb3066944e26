-- An invited account has no password until its link was used.
ALTER TABLE "staff" ALTER COLUMN "password_hash" DROP NOT NULL;
ALTER TABLE "staff" ADD COLUMN "last_sign_in_at" TIMESTAMPTZ(3);

ALTER TABLE "staff_sessions" ADD COLUMN "address" TEXT NOT NULL DEFAULT '';
ALTER TABLE "staff_sessions" ADD COLUMN "browser" TEXT NOT NULL DEFAULT '';

-- One-time links with which an account chooses its password.
CREATE TABLE "staff_links" (
    "id" UUID NOT NULL,
    "staff_id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    CONSTRAINT "staff_links_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "staff_links_staff_id_fkey" FOREIGN KEY ("staff_id") REFERENCES "staff"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "staff_links_token_hash_key" ON "staff_links"("token_hash");
CREATE INDEX "staff_links_staff_id_idx" ON "staff_links"("staff_id");

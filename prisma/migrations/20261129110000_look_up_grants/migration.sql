-- Whose numbers a member of staff may see in full, since they looked that subscriber up and said why.
CREATE TABLE "look_up_grants" (
    "staff_id" UUID NOT NULL,
    "subscriber_id" UUID NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "look_up_grants_pkey" PRIMARY KEY ("staff_id", "subscriber_id"),
    CONSTRAINT "look_up_grants_staff_id_fkey" FOREIGN KEY ("staff_id") REFERENCES "staff"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "look_up_grants_subscriber_id_fkey" FOREIGN KEY ("subscriber_id") REFERENCES "subscribers"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "look_up_grants_subscriber_id_idx" ON "look_up_grants"("subscriber_id");
CREATE INDEX "look_up_grants_expires_at_idx" ON "look_up_grants"("expires_at");

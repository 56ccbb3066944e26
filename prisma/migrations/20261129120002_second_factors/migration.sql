-- Second factor of an account (RFC 6238); without confirmed_at it was begun only.
CREATE TABLE "second_factors" (
    "staff_id" UUID NOT NULL,
    "sealed_secret" TEXT NOT NULL,
    "confirmed_at" TIMESTAMPTZ(3),
    "last_step" INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT "second_factors_pkey" PRIMARY KEY ("staff_id"),
    CONSTRAINT "second_factors_staff_id_fkey" FOREIGN KEY ("staff_id") REFERENCES "staff"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- Codes that stand for it where the device is lost; a used one is removed.
CREATE TABLE "recovery_codes" (
    "staff_id" UUID NOT NULL,
    "code_hash" TEXT NOT NULL,
    CONSTRAINT "recovery_codes_pkey" PRIMARY KEY ("staff_id", "code_hash"),
    CONSTRAINT "recovery_codes_staff_id_fkey" FOREIGN KEY ("staff_id") REFERENCES "staff"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

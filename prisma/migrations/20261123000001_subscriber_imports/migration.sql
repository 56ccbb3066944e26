-- Imports: how far one came, and cells of columns that the file does not have.

ALTER TABLE "import_jobs"
    ADD COLUMN "counts" JSONB NOT NULL DEFAULT '{}',
    ADD COLUMN "last_line" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN "uploading_until" TIMESTAMPTZ(3);
CREATE INDEX "import_jobs_open_idx" ON "import_jobs"("created_at") WHERE "state" IN ('checking', 'committing');

ALTER TABLE "import_rows"
    ALTER COLUMN "imsi" DROP NOT NULL,
    ALTER COLUMN "state" DROP NOT NULL,
    ALTER COLUMN "service_class" DROP NOT NULL,
    ALTER COLUMN "extra_white_lists" DROP NOT NULL;

-- Devices by the beginning of their id or name.

CREATE INDEX "devices_id_prefix_idx" ON "devices"("id" text_pattern_ops);
CREATE INDEX "devices_name_prefix_idx" ON "devices"(lower("name") text_pattern_ops);

-- Lists by class and state in MSISDN order. Beginnings of numbers are asked for as ranges, which the unique indexes answer.

DROP INDEX "subscribers_msisdn_prefix_idx";
DROP INDEX "subscribers_imsi_prefix_idx";
DROP INDEX "subscribers_suspended_idx";
CREATE INDEX "subscribers_state_msisdn_idx" ON "subscribers"("state", "msisdn");
CREATE INDEX "subscribers_service_class_id_state_msisdn_idx" ON "subscribers"("service_class_id", "state", "msisdn");

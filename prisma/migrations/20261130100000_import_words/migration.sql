-- What is said of an import's file and rows, by code: each reader is told in a language of their own.

ALTER TABLE "import_jobs" ADD COLUMN "failure_told" JSONB;

ALTER TABLE "import_rows" ADD COLUMN "told" JSONB NOT NULL DEFAULT '[]';
UPDATE "import_rows"
    SET "told" = jsonb_build_array(jsonb_build_object('code', 'asIs', 'values', jsonb_build_object('text', "message")))
    WHERE "message" <> '';
ALTER TABLE "import_rows" DROP COLUMN "message";

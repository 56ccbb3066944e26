-- The language that somebody chose; null: none yet, the browser's counts.
CREATE TYPE "language" AS ENUM ('en', 'ko');
ALTER TABLE "staff" ADD COLUMN "language" "language";

-- What an alert says, by code, for who reads another language than English; null: of an earlier version.
ALTER TABLE "alerts" ADD COLUMN "told" JSONB;

-- What somebody keeps of a list: filter and columns, under a name.
CREATE TABLE "table_views" (
    "id" UUID NOT NULL,
    "staff_id" UUID NOT NULL,
    "table" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "filter" JSONB NOT NULL,
    "columns" JSONB,
    CONSTRAINT "table_views_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "table_views_staff_id_fkey" FOREIGN KEY ("staff_id") REFERENCES "staff"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "table_views_staff_id_table_name_key" ON "table_views"("staff_id", "table", "name");

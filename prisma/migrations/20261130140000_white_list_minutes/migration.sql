-- What the sessions carried that each white-list let pass.
CREATE TABLE "white_list_minutes" (
    "minute" TIMESTAMPTZ(3) NOT NULL,
    "white_list_id" TEXT NOT NULL,
    "total_bytes" BIGINT NOT NULL,
    CONSTRAINT "white_list_minutes_pkey" PRIMARY KEY ("minute", "white_list_id")
);

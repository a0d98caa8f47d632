-- Trigrams for search; trusted since Postgres 13, so the owner of the database may create it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- AlterTable
ALTER TABLE "user" ADD COLUMN     "search_visibility" "profile_visibility" NOT NULL DEFAULT 'PUBLIC';

-- CreateTable
CREATE TABLE "former_handle" (
    "handle" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "former_handle_pkey" PRIMARY KEY ("handle")
);

-- CreateIndex
CREATE INDEX "former_handle_user_id_idx" ON "former_handle"("user_id");

-- CreateIndex
CREATE INDEX "user_handle_trgm_idx" ON "user" USING GIN ("handle" gin_trgm_ops);

-- CreateIndex
CREATE INDEX "user_display_name_trgm_idx" ON "user" USING GIN ("display_name" gin_trgm_ops);

-- AddForeignKey
ALTER TABLE "former_handle" ADD CONSTRAINT "former_handle_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot express.

ALTER TABLE former_handle
  ADD CONSTRAINT former_handle_form CHECK (handle ~ '^[a-z0-9](-?[a-z0-9]){2,29}$');

-- CreateIndex
CREATE INDEX "user_handle_prefix_idx" ON "user"("handle" text_pattern_ops);

-- What Prisma cannot express. Search by beginning, without regard to case and in any collation.
CREATE INDEX "user_display_name_prefix_idx" ON "user" (lower(display_name) text_pattern_ops);

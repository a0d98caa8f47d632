-- What Prisma cannot express. Search by beginning, in any collation; of names without regard to case.
-- Handles are small letters already: as an expression the index is none of those that Prisma compares.
CREATE INDEX "user_handle_prefix_idx" ON "user" (lower(handle) text_pattern_ops);
CREATE INDEX "user_display_name_prefix_idx" ON "user" (lower(display_name) text_pattern_ops);

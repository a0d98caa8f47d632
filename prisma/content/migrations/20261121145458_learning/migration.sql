-- CreateTable
CREATE TABLE "enrolment" (
    "subject_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "enrolled_at" TIMESTAMPTZ(3) NOT NULL,
    "last_topic_id" TEXT,

    CONSTRAINT "enrolment_pkey" PRIMARY KEY ("subject_id","user_id")
);

-- CreateTable
CREATE TABLE "topic_done" (
    "subject_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "topic_id" TEXT NOT NULL,
    "done_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "topic_done_pkey" PRIMARY KEY ("subject_id","user_id","topic_id")
);

-- CreateTable
CREATE TABLE "checkpoint_attempt" (
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "topic_id" TEXT NOT NULL,
    "score" SMALLINT NOT NULL,
    "max_score" SMALLINT NOT NULL,
    "answered_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "checkpoint_attempt_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "certificate" (
    "id" TEXT NOT NULL,
    "subject_id" TEXT,
    "user_id" TEXT NOT NULL,
    "author_id" TEXT NOT NULL,
    "subject_title" TEXT NOT NULL,
    "topic_count" INTEGER NOT NULL,
    "issued_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "certificate_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "enrolment_user_id_enrolled_at_subject_id_idx" ON "enrolment"("user_id", "enrolled_at" DESC, "subject_id" DESC);

-- CreateIndex
CREATE INDEX "enrolment_last_topic_id_idx" ON "enrolment"("last_topic_id");

-- CreateIndex
CREATE INDEX "topic_done_topic_id_idx" ON "topic_done"("topic_id");

-- CreateIndex
CREATE INDEX "checkpoint_attempt_subject_id_user_id_topic_id_answered_at_idx" ON "checkpoint_attempt"("subject_id", "user_id", "topic_id", "answered_at" DESC);

-- CreateIndex
CREATE INDEX "checkpoint_attempt_topic_id_idx" ON "checkpoint_attempt"("topic_id");

-- CreateIndex
CREATE INDEX "certificate_user_id_issued_at_id_idx" ON "certificate"("user_id", "issued_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "certificate_subject_id_user_id_key" ON "certificate"("subject_id", "user_id");

-- AddForeignKey
ALTER TABLE "enrolment" ADD CONSTRAINT "enrolment_subject_id_fkey" FOREIGN KEY ("subject_id") REFERENCES "subject"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "enrolment" ADD CONSTRAINT "enrolment_last_topic_id_fkey" FOREIGN KEY ("last_topic_id") REFERENCES "topic"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "topic_done" ADD CONSTRAINT "topic_done_subject_id_user_id_fkey" FOREIGN KEY ("subject_id", "user_id") REFERENCES "enrolment"("subject_id", "user_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "topic_done" ADD CONSTRAINT "topic_done_topic_id_subject_id_fkey" FOREIGN KEY ("topic_id", "subject_id") REFERENCES "topic"("id", "subject_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "checkpoint_attempt" ADD CONSTRAINT "checkpoint_attempt_subject_id_user_id_fkey" FOREIGN KEY ("subject_id", "user_id") REFERENCES "enrolment"("subject_id", "user_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "checkpoint_attempt" ADD CONSTRAINT "checkpoint_attempt_topic_id_subject_id_fkey" FOREIGN KEY ("topic_id", "subject_id") REFERENCES "topic"("id", "subject_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "certificate" ADD CONSTRAINT "certificate_subject_id_fkey" FOREIGN KEY ("subject_id") REFERENCES "subject"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- What Prisma cannot express.

ALTER TABLE checkpoint_attempt
  ADD CONSTRAINT checkpoint_attempt_score CHECK (0 <= score AND score <= max_score AND max_score > 0);

-- CreateTable
CREATE TABLE "erased_text" (
    "sha256" TEXT NOT NULL,
    "erased_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "erased_text_pkey" PRIMARY KEY ("sha256")
);

-- AlterTable
ALTER TABLE "import_upload" ADD COLUMN     "worked_until" TIMESTAMPTZ(3);

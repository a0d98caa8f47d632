-- AlterTable
ALTER TABLE "session" ADD COLUMN     "in_cookies" BOOLEAN NOT NULL DEFAULT false;

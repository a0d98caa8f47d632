-- AlterTable
ALTER TABLE "session" ADD COLUMN     "network" TEXT;

-- Both are written by whoever signs in: bounded here too, whatever passes the gateway.
ALTER TABLE "session"
  ADD CONSTRAINT "session_user_agent_check" CHECK (length("user_agent") <= 400),
  ADD CONSTRAINT "session_network_check" CHECK ("network" ~ '^[0-9a-f.:]{4,30}/(24|48)$');

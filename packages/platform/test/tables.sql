-- What `npm run db:diff` writes for schema.prisma beside this file.
CREATE TABLE outbox (
  position BIGSERIAL PRIMARY KEY,
  id TEXT NOT NULL,
  type TEXT NOT NULL,
  aggregate_id TEXT NOT NULL,
  occurred_at TIMESTAMPTZ(3) NOT NULL,
  payload JSONB NOT NULL,
  published_at TIMESTAMPTZ(3)
);
CREATE UNIQUE INDEX outbox_id_key ON outbox (id);
CREATE INDEX outbox_published_at_position_idx ON outbox (published_at, position);

CREATE TABLE inbox (
  consumer TEXT NOT NULL,
  event_id TEXT NOT NULL,
  taken_at TIMESTAMPTZ(3) NOT NULL,
  PRIMARY KEY (consumer, event_id)
);
CREATE INDEX inbox_taken_at_idx ON inbox (taken_at);

CREATE TABLE parked_event (
  position BIGSERIAL PRIMARY KEY,
  consumer TEXT NOT NULL,
  event_id TEXT NOT NULL,
  type TEXT NOT NULL,
  aggregate_id TEXT NOT NULL,
  occurred_at TIMESTAMPTZ(3) NOT NULL,
  payload JSONB NOT NULL,
  error TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  parked_at TIMESTAMPTZ(3) NOT NULL
);
CREATE UNIQUE INDEX parked_event_consumer_event_id_key ON parked_event (consumer, event_id);
CREATE INDEX parked_event_consumer_aggregate_id_position_idx
  ON parked_event (consumer, aggregate_id, position);

CREATE TABLE effect (
  position BIGSERIAL PRIMARY KEY,
  consumer TEXT NOT NULL,
  aggregate_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  step INTEGER NOT NULL
);

CREATE TABLE account (
  id TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  units INTEGER NOT NULL
);
CREATE UNIQUE INDEX account_owner_key ON account (owner);

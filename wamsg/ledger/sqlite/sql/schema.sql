-- Version 1 of the ledger's file. Times are seconds since 1970-01-01 UTC; states, fates and phases are the numbers of
-- wamsg.ledger.state. A delivery's id is broadcast * 2^32 + its place in the input: one integer keeps a row of
-- `recipient`, of `send` and of `refused` together, and its range is a chunk.

CREATE TABLE meta (
    secret BLOB NOT NULL CHECK (length(secret) = 32)
) STRICT;

-- AUTOINCREMENT: the id of a discarded broadcast never comes back, since references name it.
CREATE TABLE broadcast (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    provider TEXT NOT NULL,
    message TEXT NOT NULL,
    options TEXT NOT NULL,
    columns TEXT,
    source TEXT NOT NULL,
    created_at REAL NOT NULL,
    phase INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    wanted INTEGER NOT NULL DEFAULT 0,
    fingerprint TEXT NOT NULL DEFAULT '',
    digest TEXT NOT NULL DEFAULT '',
    invalid INTEGER NOT NULL DEFAULT 0,
    duplicate INTEGER NOT NULL DEFAULT 0,
    suppressed INTEGER NOT NULL DEFAULT 0,
    deliveries INTEGER NOT NULL DEFAULT 0,
    started_at REAL,
    ended_at REAL
) STRICT;

-- Never changed once the broadcast is frozen.
CREATE TABLE recipient (
    id INTEGER PRIMARY KEY,
    broadcast INTEGER NOT NULL,
    line INTEGER NOT NULL,
    address INTEGER NOT NULL CHECK (address BETWEEN 1 AND 999999999999999),
    "values" TEXT,
    UNIQUE (broadcast, address)
) STRICT;

CREATE TABLE refused (
    id INTEGER PRIMARY KEY,
    line INTEGER NOT NULL,
    fate INTEGER NOT NULL,
    why TEXT NOT NULL,
    given TEXT NOT NULL,
    first_line INTEGER
) STRICT;

-- Inserted as the intent before the request leaves: this primary key is what keeps a delivery from going out twice.
-- No row means pending. `epoch` is that of the lease under which it was claimed last; 0 where it never was.
-- `status` is the rank of wamsg.model.event.DeliveryStatus: the furthest that was told of this try.
CREATE TABLE send (
    id INTEGER PRIMARY KEY,
    state INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    sent_at REAL,
    done_at REAL,
    message_id TEXT,
    error INTEGER,
    not_before REAL,
    status INTEGER,
    status_at REAL
) STRICT;

-- Which try a provider's id of a message belongs to. The digest of an id takes a third of the room of the id.
CREATE TABLE sent_as (
    digest INTEGER PRIMARY KEY,
    send INTEGER NOT NULL,
    attempt INTEGER NOT NULL
) STRICT;

-- What outcomes share, so that a million equal refusals cost four bytes each. Empty text and 0 stand for none.
CREATE TABLE error (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    http_status INTEGER NOT NULL,
    detail TEXT NOT NULL,
    UNIQUE (kind, code, http_status, detail)
) STRICT;

CREATE TABLE chunk (
    broadcast INTEGER NOT NULL,
    low INTEGER NOT NULL,
    high INTEGER NOT NULL,
    number INTEGER NOT NULL,
    epoch INTEGER NOT NULL DEFAULT 0,
    owner TEXT,
    leased_until REAL NOT NULL DEFAULT 0,
    ready_at REAL NOT NULL DEFAULT 0,
    done INTEGER NOT NULL DEFAULT 0,
    tallied INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (broadcast, low)
) STRICT, WITHOUT ROWID;

CREATE INDEX chunk_unfinished ON chunk (broadcast, low) WHERE done = 0;

-- How the sends of finished chunks ended; a status of 0 is none.
CREATE TABLE tally (
    broadcast INTEGER NOT NULL,
    low INTEGER NOT NULL,
    state INTEGER NOT NULL,
    status INTEGER NOT NULL,
    deliveries INTEGER NOT NULL,
    PRIMARY KEY (broadcast, low, state, status)
) STRICT, WITHOUT ROWID;

CREATE TABLE moment (
    id INTEGER PRIMARY KEY,
    broadcast INTEGER NOT NULL,
    at REAL NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;

CREATE INDEX moment_of ON moment (broadcast, at);

CREATE TABLE used (
    hour INTEGER PRIMARY KEY,
    intents INTEGER NOT NULL
) STRICT;

CREATE TABLE suppression (
    address INTEGER PRIMARY KEY CHECK (address BETWEEN 1 AND 999999999999999),
    reason TEXT NOT NULL,
    source TEXT NOT NULL,
    at REAL NOT NULL
) STRICT;

CREATE TABLE lane (
    key TEXT PRIMARY KEY,
    rate REAL NOT NULL,
    ceiling REAL,
    paused_until REAL NOT NULL
) STRICT, WITHOUT ROWID;

-- What callbacks brought. `position` is that of the newest event; `unknown` counts statuses that were given up, since no
-- message of this ledger is theirs.
CREATE TABLE inbox (
    position INTEGER NOT NULL,
    unknown INTEGER NOT NULL
) STRICT;

INSERT INTO inbox VALUES (0, 0);

-- The digests of the keys of events, and the day on which each came first.
CREATE TABLE seen (
    digest INTEGER PRIMARY KEY,
    day INTEGER NOT NULL
) STRICT;

-- Events that are not handled yet.
CREATE TABLE event (
    position INTEGER PRIMARY KEY,
    message INTEGER NOT NULL,
    document TEXT NOT NULL
) STRICT;

CREATE INDEX event_kind ON event (message, position);

-- When people last wrote.
CREATE TABLE written (
    address INTEGER PRIMARY KEY,
    at REAL NOT NULL
) STRICT;

-- Statuses of messages whose id is not known yet; each under the digests of all ids that came with it.
CREATE TABLE parked (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    came REAL NOT NULL,
    rank INTEGER NOT NULL,
    at REAL NOT NULL,
    error INTEGER
) STRICT;

CREATE TABLE parked_id (
    digest INTEGER NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (digest, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX parked_id_of ON parked_id (number);

-- Where readings of a provider's lists stand.
CREATE TABLE bookmark (
    name TEXT PRIMARY KEY,
    text TEXT NOT NULL
) STRICT, WITHOUT ROWID;

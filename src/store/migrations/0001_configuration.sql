-- oldest: 1
-- What is configured: the entries of config.json's lists, a row each, as JSON.
CREATE TABLE config_entity (
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  body TEXT NOT NULL,
  file_hash TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (kind, id)
);
CREATE TABLE config_revision (
  revision BIGINT NOT NULL
);
INSERT INTO config_revision (revision) VALUES (0);

-- What the key of the secrets is made with, whether the gateway made its passphrase, and by what a wrong one is found.
CREATE TABLE config_seal (
  one BIGINT PRIMARY KEY CHECK (one = 1),
  salt TEXT NOT NULL,
  made BIGINT NOT NULL,
  sealed TEXT NOT NULL
);

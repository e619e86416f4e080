-- oldest: 3
-- Sessions of the administrator, by the digest of their token, and who did what through the management API.
-- Times are milliseconds since 1970.
CREATE TABLE admin_session (
  digest TEXT NOT NULL PRIMARY KEY,
  account TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);

CREATE TABLE audit_log (
  id BIGINT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  request_id TEXT NOT NULL,
  actor TEXT NOT NULL,
  actor_kind TEXT NOT NULL,
  action TEXT NOT NULL,
  outcome TEXT NOT NULL,
  status BIGINT NOT NULL,
  error TEXT NOT NULL,
  method TEXT NOT NULL,
  path TEXT NOT NULL,
  targets TEXT NOT NULL,
  address TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  duration_ms BIGINT NOT NULL,
  mac TEXT NOT NULL
);
CREATE INDEX audit_log_at ON audit_log (at);

-- The number of the last record, so that none is given twice and a gap is a record that somebody took away.
CREATE TABLE audit_last (
  id BIGINT NOT NULL
);
INSERT INTO audit_last (id) VALUES (0);

-- oldest: 1
-- What was used: a row for each request, with the limits that it counted on as JSON,
-- [["limit", window start, window end, amount], ...]. Moments are nanoseconds since 1970, money is
-- nano-dollars, an hour is its number since 1970.
CREATE TABLE usage (
  node BIGINT NOT NULL,
  worker BIGINT NOT NULL,
  sequence BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  request_id TEXT NOT NULL,
  virtual_key TEXT NOT NULL,
  team TEXT NOT NULL,
  customer TEXT NOT NULL,
  provider TEXT NOT NULL,
  provider_key TEXT NOT NULL,
  model TEXT NOT NULL,
  input_tokens BIGINT NOT NULL,
  cache_read_tokens BIGINT NOT NULL,
  cache_write_tokens BIGINT NOT NULL,
  cache_write_1h_tokens BIGINT NOT NULL,
  input_audio_tokens BIGINT NOT NULL,
  input_image_tokens BIGINT NOT NULL,
  output_tokens BIGINT NOT NULL,
  reasoning_tokens BIGINT NOT NULL,
  output_audio_tokens BIGINT NOT NULL,
  output_image_tokens BIGINT NOT NULL,
  web_searches BIGINT NOT NULL,
  nano_dollars BIGINT NOT NULL,
  flags BIGINT NOT NULL,
  limits TEXT NOT NULL,
  PRIMARY KEY (node, worker, sequence)
);
CREATE INDEX usage_by_time ON usage (ended_at);
CREATE TABLE usage_hourly (
  hour BIGINT NOT NULL,
  virtual_key TEXT NOT NULL,
  team TEXT NOT NULL,
  customer TEXT NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  requests BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  input_tokens BIGINT NOT NULL,
  output_tokens BIGINT NOT NULL,
  nano_dollars BIGINT NOT NULL,
  PRIMARY KEY (hour, virtual_key, team, customer, provider, model)
);
CREATE TABLE limit_usage (
  limit_id TEXT NOT NULL,
  window_start BIGINT NOT NULL,
  window_end BIGINT NOT NULL,
  used BIGINT NOT NULL,
  opening BIGINT NOT NULL,
  PRIMARY KEY (limit_id, window_start, window_end)
);
CREATE TABLE journal_position (
  node BIGINT NOT NULL,
  worker BIGINT NOT NULL,
  next BIGINT NOT NULL,
  PRIMARY KEY (node, worker)
);

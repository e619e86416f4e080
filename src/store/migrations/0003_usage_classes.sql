-- oldest: 3
-- Sums of the hour have every class of tokens, and the provider's key: reports are made of them.
-- An hour is its number since 1970.
DROP TABLE usage_hourly;
CREATE TABLE usage_hourly (
  hour BIGINT NOT NULL,
  virtual_key TEXT NOT NULL,
  team TEXT NOT NULL,
  customer TEXT NOT NULL,
  provider TEXT NOT NULL,
  provider_key TEXT NOT NULL,
  model TEXT NOT NULL,
  requests BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  estimated BIGINT NOT NULL,
  unpriced BIGINT NOT NULL,
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
  PRIMARY KEY (hour, virtual_key, team, customer, provider, provider_key, model)
);
INSERT INTO usage_hourly
SELECT ended_at / 3600000000000, virtual_key, team, customer, provider, provider_key, model,
  COUNT(*),
  SUM(CASE WHEN (flags & 2) <> 0 THEN 1 ELSE 0 END),
  SUM(CASE WHEN (flags & 1) <> 0 THEN 1 ELSE 0 END),
  SUM(CASE WHEN (flags & 8) <> 0 THEN 1 ELSE 0 END),
  SUM(input_tokens), SUM(cache_read_tokens), SUM(cache_write_tokens), SUM(cache_write_1h_tokens),
  SUM(input_audio_tokens), SUM(input_image_tokens), SUM(output_tokens), SUM(reasoning_tokens),
  SUM(output_audio_tokens), SUM(output_image_tokens), SUM(web_searches), SUM(nano_dollars)
FROM usage
GROUP BY ended_at / 3600000000000, virtual_key, team, customer, provider, provider_key, model;

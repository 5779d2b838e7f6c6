-- One row a request. The columns are the published fields of an event, in their order.
--
-- A batch is inserted with a token of its own (insert_deduplication_token), and what a token once brought is not
-- inserted again: the window below remembers the last 10,000 of them in each partition.
--
-- Rows stay 14 days after the request, or after their arrival when they came later, so that an old log can be loaded
-- and looked at. A figure that the log does not give is NULL.
CREATE TABLE IF NOT EXISTS gatelens.requests
(
    time DateTime64(3, 'UTC') COMMENT 'start of the request' CODEC(Delta, ZSTD(1)),
    gateway LowCardinality(String) COMMENT 'kind of gateway',
    node LowCardinality(String) COMMENT 'gateway node, where the record names one',
    event_id FixedString(32) COMMENT 'deterministic id of the record, 32 hex digits; a keyed hash unless it is the gateway''s request id' CODEC(ZSTD(1)),
    request_id String COMMENT 'request id as the gateway gave it' CODEC(ZSTD(1)),
    trace_id String COMMENT 'W3C trace id' CODEC(ZSTD(1)),
    span_id String COMMENT 'W3C span id' CODEC(ZSTD(1)),
    method LowCardinality(String) COMMENT 'HTTP request method',
    scheme LowCardinality(String) COMMENT 'http or https',
    host LowCardinality(String) COMMENT 'requested host, lower case, without port, labels of undeclared hosts folded; __other__ past its budget',
    route LowCardinality(String) COMMENT 'bounded route: base path and template, or inferred template',
    outcome LowCardinality(String) COMMENT 'how the path resolved',
    operation_id LowCardinality(String) COMMENT 'operationId of the endpoint',
    api LowCardinality(String) COMMENT 'API document that declares the endpoint',
    api_version LowCardinality(String) COMMENT 'info.version of that document',
    catalog LowCardinality(String) COMMENT 'digest of the catalog in use, 12 hex digits',
    path String COMMENT 'route with parameter values as keyed hashes' CODEC(ZSTD(1)),
    params Map(LowCardinality(String), String) COMMENT 'path parameters as keyed hashes' CODEC(ZSTD(1)),
    service LowCardinality(String) COMMENT 'catalog service, else the gateway''s name of the backend',
    gateway_route LowCardinality(String) COMMENT 'route name in the gateway',
    owner LowCardinality(String) COMMENT 'owner of the service',
    system LowCardinality(String) COMMENT 'system of the service',
    domain LowCardinality(String) COMMENT 'domain of the service',
    lifecycle LowCardinality(String) COMMENT 'lifecycle of the API or service',
    deprecated Bool COMMENT 'the operation is declared deprecated',
    partner LowCardinality(String) COMMENT 'calling organisation',
    partner_tier LowCardinality(String) COMMENT 'tier of the partner',
    consumer LowCardinality(String) COMMENT 'consumer as the gateway identified it',
    credential String COMMENT 'keyed hash of the credential id' CODEC(ZSTD(1)),
    client_address String COMMENT 'client address, masked to /24 or /48' CODEC(ZSTD(1)),
    user_agent LowCardinality(String) COMMENT 'user agent, cut to product and major version',
    status UInt16 COMMENT 'status that the client saw; 0 = no response',
    upstream_status Nullable(UInt16) COMMENT 'final status of the upstream',
    response_source LowCardinality(String) COMMENT 'upstream or gateway',
    duration_ms Nullable(Float64) COMMENT 'total time' CODEC(ZSTD(1)),
    upstream_ms Nullable(Float64) COMMENT 'time in the upstream' CODEC(ZSTD(1)),
    gateway_ms Nullable(Float64) COMMENT 'time in the gateway' CODEC(ZSTD(1)),
    request_bytes Nullable(UInt64) COMMENT 'request size' CODEC(ZSTD(1)),
    response_bytes Nullable(UInt64) COMMENT 'response size' CODEC(ZSTD(1)),
    attempts Nullable(UInt8) COMMENT 'upstream attempts; 0 when nothing was proxied',
    upstream_address LowCardinality(String) COMMENT 'upstream target of the last attempt',
    rate_limited Bool COMMENT 'the gateway refused the request for a rate limit',
    limit_name LowCardinality(String) COMMENT 'limit that was tripped or is nearest',
    `limit` Nullable(UInt64) COMMENT 'allowed requests in that limit',
    remaining Nullable(UInt64) COMMENT 'remaining requests in that limit',
    cache_status LowCardinality(String) COMMENT 'cache outcome, where the gateway caches',
    plugins Map(LowCardinality(String), LowCardinality(String)) COMMENT 'plugin to outcome, where the gateway says',
    tls_version LowCardinality(String) COMMENT 'TLS version of the client connection',
    labels Map(LowCardinality(String), String) COMMENT 'labels added by configuration' CODEC(ZSTD(1)),
    source LowCardinality(String) COMMENT 'input that delivered the record',
    source_offset UInt64 COMMENT 'position of the record in that input' CODEC(Delta, ZSTD(1)),
    inserted_at DateTime('UTC') MATERIALIZED now() COMMENT 'when the row arrived; not part of SELECT *' CODEC(Delta, ZSTD(1)),

    INDEX request_id_index request_id TYPE bloom_filter(0.01) GRANULARITY 4,
    INDEX trace_id_index trace_id TYPE bloom_filter(0.01) GRANULARITY 4
)
ENGINE = MergeTree
PARTITION BY toDate(time)
ORDER BY (service, route, time)
TTL greatest(toDateTime(time), inserted_at) + INTERVAL 14 DAY
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1
COMMENT 'one row a request';

-- What is inserted here fills one rollup and no other table: the views again_to_… say which. It has the columns of requests; who
-- adds one adds it to both.
CREATE TABLE IF NOT EXISTS gatelens.requests_again AS gatelens.requests
ENGINE = Null
COMMENT 'takes rows for one rollup, and keeps none';

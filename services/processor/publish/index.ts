import { createClickhouseSink } from './clickhouse.ts'

/** The sinks by name. */
export const sinks = { clickhouse: createClickhouseSink }

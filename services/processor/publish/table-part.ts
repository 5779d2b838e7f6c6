import type { Part } from './encoded-batch.ts'

/** Rows of one table as a block of ClickHouse's Native format. They go out as one insert, and lie in one partition. */
export interface TablePart extends Part {
  table: string
  /** Tells the parts of an encoded batch apart: the UTC day of requests, `rejected`, `refused`. */
  name: string
  columns: string[]
}

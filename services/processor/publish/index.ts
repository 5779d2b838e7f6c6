import { fileSink } from './file.ts'
import { clickhouseSink } from './options.ts'

/** The kinds of sinks. Their types are those that `sinks:` uses. */
export const sinkKinds = [clickhouseSink, fileSink] as const

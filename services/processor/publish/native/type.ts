import type { ColumnType } from './column.ts'
import { map, nullable } from './composed.ts'
import { bool, fixedString, float64, time, uint16, uint32, uint64, uint8 } from './fixed.ts'
import { lowCardinality } from './low-cardinality.ts'
import { text } from './text.ts'

const plain: Record<string, ColumnType> = {
  Bool: bool,
  String: text,
  UInt8: uint8,
  UInt16: uint16,
  UInt32: uint32,
  UInt64: uint64,
  Float64: float64,
  'LowCardinality(String)': lowCardinality,
}

/**
 * The layout of a ClickHouse type by its name: Bool, String, FixedString, DateTime64(3), UInt8 to UInt64, Float64,
 * LowCardinality(String), Map of texts, and Nullable of what stands alone. Throws on other types.
 */
export function columnType (name: string): ColumnType {
  const found = plain[name]
  if (found !== undefined) return found
  const [, outer = '', argument = ''] = /^(\w+)\((.*)\)$/.exec(name) ?? []
  if (outer === 'FixedString' && /^[1-9]\d*$/.test(argument)) return fixedString(Number(argument))
  if (outer === 'DateTime64' && /^3\b/.test(argument)) return time
  if (outer === 'Nullable') return nullable(columnType(argument))
  const [key, item, ...more] = argument.split(', ')
  if (outer === 'Map' && item !== undefined && more.length === 0) return map(columnType(key ?? ''), columnType(item))
  throw new Error(`no encoding for the column type ${name}`)
}

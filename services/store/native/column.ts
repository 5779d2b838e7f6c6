/**
 * Where a column of a Native block ends. The format has no lengths: a reader must know how each type is laid out, see
 * https://clickhouse.com/docs/native-protocol/columns and `SerializationXxx::serializeBinaryBulk` in ClickHouse's source.
 */
import { StoreException } from '../exception.ts'
import { elementType, readType } from './type.ts'

/** A place in bytes of which more may come. */
export interface Bytes { data: Buffer, at: number }

/** Thrown by steps when the bytes end before they do. */
export const incomplete = Symbol('incomplete')

/** Steps over the columns of one type: first what stands before the rows, then the rows. */
export interface ColumnWalk {
  prefix (bytes: Bytes): void
  rows (bytes: Bytes, count: number): void
}

/** How the columns of a type are laid out. Throws NOT_IMPLEMENTED for types whose states only the engine can read. */
export function columnWalk (type: string): ColumnWalk {
  const { name, args } = readType(type)
  const width = widthOf(name, args)
  if (width !== undefined) return { prefix: nothing, rows: (bytes, count) => { skip(bytes, count * width) } }
  const make = composed[name]
  if (make === undefined) {
    throw new StoreException('NOT_IMPLEMENTED', `Native of the protocol revision that was asked for cannot be written for the type ${type}: ` +
      'convert the column, e.g. with toString or finalizeAggregation, or ask for another format')
  }
  return make(args)
}

const widths: Record<string, number> = {
  ...{ Int8: 1, UInt8: 1, Bool: 1, Enum8: 1, Nothing: 1, Int16: 2, UInt16: 2, Enum16: 2, Date: 2, BFloat16: 2 },
  ...{ Int32: 4, UInt32: 4, Float32: 4, Date32: 4, DateTime: 4, IPv4: 4, Time: 4, Decimal32: 4 },
  ...{ Int64: 8, UInt64: 8, Float64: 8, DateTime64: 8, Time64: 8, Decimal64: 8 },
  ...{ Int128: 16, UInt128: 16, UUID: 16, IPv6: 16, Decimal128: 16, Point: 16, Int256: 32, UInt256: 32, Decimal256: 32 },
}

function widthOf (name: string, args: readonly string[]): number | undefined {
  if (name === 'FixedString') return Number(args[0])
  if (name === 'Decimal') return decimalWidth(Number(args[0]))
  if (name.startsWith('Interval')) return 8
  return Object.hasOwn(widths, name) ? widths[name] : undefined
}

function decimalWidth (precision: number): number {
  if (precision <= 9) return 4
  if (precision <= 18) return 8
  return precision <= 38 ? 16 : 32
}

const composed: Partial<Record<string, (args: readonly string[]) => ColumnWalk>> = {
  String: () => ({ prefix: nothing, rows: skipStrings }),
  Nullable: ([inner = '']) => nullable(columnWalk(inner)),
  Array: ([inner = '']) => array(columnWalk(inner)),
  Tuple: (args) => args.length === 0 ? columnWalk('Nothing') : tuple(args),
  Map: (args) => array(tuple(args)),
  Nested: (args) => array(tuple(args)),
  LowCardinality: ([inner = '']) => lowCardinality(inner),
  SimpleAggregateFunction: (args) => columnWalk(args.at(-1) ?? ''),
  Variant: variant,
  Ring: () => columnWalk('Array(Point)'),
  LineString: () => columnWalk('Array(Point)'),
  Polygon: () => columnWalk('Array(Ring)'),
  MultiLineString: () => columnWalk('Array(LineString)'),
  MultiPolygon: () => columnWalk('Array(Polygon)'),
}

function nullable (inner: ColumnWalk): ColumnWalk {
  return {
    prefix: inner.prefix,
    rows: (bytes, count) => {
      skip(bytes, count)
      inner.rows(bytes, count)
    },
  }
}

/** The offsets of the ends of the rows, then all elements. */
function array (inner: ColumnWalk): ColumnWalk {
  return {
    prefix: inner.prefix,
    rows: (bytes, count) => {
      if (count === 0) return
      skip(bytes, count * 8)
      inner.rows(bytes, Number(bytes.data.readBigUInt64LE(bytes.at - 8)))
    },
  }
}

function tuple (args: readonly string[]): ColumnWalk {
  const elements = args.map((argument) => columnWalk(elementType(argument)))
  return {
    prefix: (bytes) => { for (const element of elements) element.prefix(bytes) },
    rows: (bytes, count) => { for (const element of elements) element.rows(bytes, count) },
  }
}

/** A version; then the width of the keys, the dictionary, and a key for each row. */
function lowCardinality (type: string): ColumnWalk {
  const inner = readType(type)
  const dictionary = columnWalk(inner.name === 'Nullable' ? inner.args[0] ?? '' : type)
  return {
    prefix: (bytes) => { skip(bytes, 8) },
    rows: (bytes, count) => {
      if (count === 0) return
      const width = 2 ** (Number(readUInt64(bytes)) & 0xff)
      dictionary.rows(bytes, Number(readUInt64(bytes)))
      skip(bytes, Number(readUInt64(bytes)) * width)
    },
  }
}

const noVariant = 255

/** A mode; then which variant each row has, and the rows of each. The type names its variants in the order of their columns. */
function variant (args: readonly string[]): ColumnWalk {
  const variants = args.map((argument) => columnWalk(argument))
  return {
    prefix: (bytes) => {
      skip(bytes, 8)
      for (const one of variants) one.prefix(bytes)
    },
    rows: (bytes, count) => {
      const start = bytes.at
      skip(bytes, count)
      const counts = new Array<number>(noVariant + 1).fill(0)
      for (const discriminator of bytes.data.subarray(start, bytes.at)) counts[discriminator]!++
      for (const [index, one] of variants.entries()) one.rows(bytes, counts[index]!)
    },
  }
}

function nothing (): void {}

function skipStrings (bytes: Bytes, count: number): void {
  for (let row = 0; row < count; row++) skip(bytes, readVarUInt(bytes))
}

/** Steps over a number of bytes; throws {@link incomplete} when they are not all there. */
export function skip (bytes: Bytes, length: number): void {
  bytes.at += length
  if (bytes.at > bytes.data.length) throw incomplete
}

function readUInt64 (bytes: Bytes): bigint {
  skip(bytes, 8)
  return bytes.data.readBigUInt64LE(bytes.at - 8)
}

/** Reads an unsigned LEB128 number below 2^53. */
export function readVarUInt (bytes: Bytes): number {
  let value = 0
  for (let factor = 1; ; factor *= 128) {
    skip(bytes, 1)
    const byte = bytes.data[bytes.at - 1]!
    value += (byte & 127) * factor
    if (byte < 128) return value
  }
}

/** Reads a text with its length before it. */
export function readText (bytes: Bytes): string {
  const length = readVarUInt(bytes)
  skip(bytes, length)
  return bytes.data.toString('utf8', bytes.at - length, bytes.at)
}

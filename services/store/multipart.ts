import type { IncomingMessage } from 'node:http'
import { StoreException } from './exception.ts'

/** Data that a client sends along with a query, to be read in it as a temporary table. */
export interface ExternalTable { name: string, structure: string, format: string, content: Buffer }

export interface Multipart {
  /** Query, parameters and settings that stand in the body instead of the URL. */
  fields: Array<[string, string]>
  tables: ExternalTable[]
}

const longest = 256 * 1024 * 1024

/**
 * Reads a `multipart/form-data` body: clients use it for long parameters and for external tables
 * (https://clickhouse.com/docs/engines/table-engines/special/external-data). Undefined for any other body.
 */
export async function readMultipart (message: IncomingMessage): Promise<Multipart | undefined> {
  const type = message.headers['content-type'] ?? ''
  if (!type.toLowerCase().startsWith('multipart/form-data')) return undefined
  const form = await parse(await collect(message), type)
  const params = new URL(message.url ?? '/', 'http://store').searchParams
  const fields = [...form].flatMap(([name, value]): Array<[string, string]> => typeof value === 'string' ? [[name, value]] : [])
  for (const [name, value] of fields) params.append(name, value)
  const tables: ExternalTable[] = []
  for (const [name, value] of form) {
    if (typeof value !== 'string') tables.push(describe(name, Buffer.from(await value.arrayBuffer()), params))
  }
  return { fields, tables }
}

async function collect (message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > longest) throw new StoreException('QUERY_IS_TOO_LARGE', `A multipart body may have ${longest} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

async function parse (body: Buffer, type: string): Promise<FormData> {
  try {
    return await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
  } catch {
    throw new StoreException('BAD_ARGUMENTS', 'The multipart body cannot be read')
  }
}

/** `name_structure` names the columns, `name_types` only their types (then they are `_1`, `_2`, …). */
function describe (name: string, content: Buffer, params: URLSearchParams): ExternalTable {
  const types = params.get(`${name}_types`)
  const structure = params.get(`${name}_structure`) ?? types?.split(',').map((item, index) => `_${index + 1} ${item.trim()}`).join(', ')
  const format = params.get(`${name}_format`) ?? 'TabSeparated'
  if (structure === undefined || !/^\w+$/.test(name) || !/^\w+$/.test(format)) {
    throw new StoreException('BAD_ARGUMENTS', `External table ${name}: neither ${name}_structure nor ${name}_types is given`)
  }
  return { name, structure, format, content }
}

import { createWriteStream } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Busboy } from '@fastify/busboy'
import { StoreException } from './exception.ts'
import { guardRoom } from './room.ts'
import type { Spool } from './spool.ts'

/** Data that a client sends along with a query, to be read in it as a temporary table; `path` is where it waits. */
export interface ExternalTable { name: string, structure: string, format: string, path: string }

export interface Multipart {
  /** Query, parameters and settings that stand in the body instead of the URL. */
  fields: Array<[string, string]>
  tables: ExternalTable[]
}

/** As much as a URL may hold. */
const longestFields = 1024 * 1024
const limits = { fieldNameSize: 1000, fieldSize: longestFields, fields: 1000, files: 100, parts: 1100, headerPairs: 100 }

interface File { name: string, path: string }

/**
 * Reads a `multipart/form-data` body: clients use it for long parameters and for external tables
 * (https://clickhouse.com/docs/engines/table-engines/special/external-data). Tables go to the spool as they come; who
 * calls this discards them. Undefined for any other body.
 */
export async function readMultipart (message: IncomingMessage, spool: Spool): Promise<Multipart | undefined> {
  const type = message.headers['content-type'] ?? ''
  if (!type.toLowerCase().startsWith('multipart/form-data')) return undefined
  const files: File[] = []
  try {
    const fields = await parse(message, type, (name, content) => {
      const path = spool.path()
      files.push({ name, path })
      return pipeline(content, guardRoom(path), createWriteStream(path, { mode: 0o600 }))
    })
    const params = new URL(message.url ?? '/', 'http://store').searchParams
    for (const [name, value] of fields) params.append(name, value)
    return { fields, tables: files.map((file) => describe(file, params)) }
  } catch (error) {
    await Promise.all(files.map(({ path }) => spool.discard(path)))
    throw error
  }
}

type Keep = (name: string, content: Readable) => Promise<void>

async function parse (message: IncomingMessage, type: string, keep: Keep): Promise<Array<[string, string]>> {
  const parser = open(type)
  const fields: Array<[string, string]> = []
  const kept: Array<Promise<void>> = []
  const contents: Readable[] = []
  let size = 0
  const fail = (error: StoreException): void => { parser.destroy(error) }
  parser.on('field', (name, value) => {
    size += name.length + value.length
    if (size > longestFields) return fail(new StoreException('QUERY_IS_TOO_LARGE', `The fields of a multipart body may have ${longestFields} bytes`))
    fields.push([name, value])
  })
  parser.on('file', (name, content) => {
    contents.push(content)
    const done = keep(name, content)
    done.catch((error: unknown) => { parser.destroy(error as Error) })
    kept.push(done)
  })
  for (const event of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) parser.on(event, () => { fail(unreadable()) })
  try {
    await pipeline(message, parser)
  } catch (error) {
    for (const content of contents) content.destroy()
    await Promise.allSettled(kept)
    throw error instanceof StoreException ? error : unreadable()
  }
  await Promise.all(kept)
  return fields
}

function open (type: string): InstanceType<typeof Busboy> {
  try {
    return new Busboy({ headers: { 'content-type': type }, limits })
  } catch {
    throw unreadable()
  }
}

/** `name_structure` names the columns, `name_types` only their types (then they are `_1`, `_2`, …). */
function describe ({ name, path }: File, params: URLSearchParams): ExternalTable {
  const types = params.get(`${name}_types`)
  const structure = params.get(`${name}_structure`) ?? types?.split(',').map((item, index) => `_${index + 1} ${item.trim()}`).join(', ')
  const format = params.get(`${name}_format`) ?? 'TabSeparated'
  if (structure === undefined || !/^\w+$/.test(name)) {
    throw new StoreException('BAD_ARGUMENTS', `External table ${name.slice(0, 100)}: neither its _structure nor its _types are given`)
  }
  return { name, structure, format, path }
}

function unreadable (): StoreException {
  return new StoreException('BAD_ARGUMENTS', 'The multipart body cannot be read')
}

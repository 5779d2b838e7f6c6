import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { web } from './web.ts'
import type { Web } from './web.ts'

/** An entity in the shape that the catalog's API gives. */
export interface LivingEntity {
  apiVersion: string
  kind: string
  metadata: { namespace: string, name: string, uid: string, etag: string, annotations: Record<string, string> }
  spec: Record<string, unknown>
  relations: Array<{ type: string, targetRef: string }>
}

/** A catalog that answers `by-query` and `by-refs` as the recorded one does, and may change between two requests. */
export interface LivingBackstage extends Web {
  entities: Map<string, LivingEntity>
  /** Status with which references are refused; 200 answers them. */
  refsStatus: number
  /** Called before each answer with its number, from 1. */
  before: (count: number) => void
  put (kind: string, name: string, spec: Record<string, unknown>, relations?: LivingEntity['relations']): void
}

/** Starts an empty one. */
export async function livingBackstage (): Promise<LivingBackstage> {
  const entities = new Map<string, LivingEntity>()
  let count = 0
  const server = await web((request, response) => {
    let body = ''
    request.on('data', (piece: Buffer) => { body += piece.toString() })
    request.on('end', () => {
      living.before(++count)
      const url = new URL(request.url ?? '', 'http://x')
      if (url.pathname.endsWith('/by-refs') && living.refsStatus !== 200) response.writeHead(living.refsStatus).end()
      else if (url.pathname.endsWith('/by-refs')) answerRefs(entities, body, response)
      else answerQuery(entities, url.searchParams, response)
    })
  })
  const living: LivingBackstage = {
    ...server,
    entities,
    refsStatus: 200,
    before: () => undefined,
    put: (...parts) => { put(entities, ...parts) },
  }
  return living
}

type Entities = LivingBackstage['entities']

function put (entities: Entities, kind: string, name: string, spec: LivingEntity['spec'], relations: LivingEntity['relations'] = []): void {
  const ref = `${kind}:default/${name}`.toLowerCase()
  const hash = (text: string): string => createHash('sha1').update(text).digest('hex')
  const etag = hash(JSON.stringify([spec, relations]))
  const annotations = { 'backstage.io/managed-by-location': 'url:https://git.example.com/catalog-info.yaml' }
  const metadata = { namespace: 'default', name, uid: hash(ref), etag, annotations }
  entities.set(ref, { apiVersion: 'backstage.io/v1alpha1', kind, metadata, spec, relations })
}

interface Cursor { after: string, kinds: string[], total: number }

/** Keyset pages in the order of the ids; the total is that of the first page, as in the recorded cursors. */
function answerQuery (entities: Entities, query: URLSearchParams, response: ServerResponse): void {
  const text = query.get('cursor')
  const kinds = query.getAll('filter').map((filter) => filter.replace('kind=', ''))
  const fitting = (wanted: string[]): LivingEntity[] =>
    [...entities.values()].filter(({ kind }) => wanted.includes(kind.toLowerCase()))
      .sort((a, b) => a.metadata.uid < b.metadata.uid ? -1 : 1)
  const cursor: Cursor = text === null
    ? { after: '', kinds, total: fitting(kinds).length }
    : JSON.parse(Buffer.from(text, 'base64').toString()) as Cursor
  const rest = fitting(cursor.kinds).filter(({ metadata }) => metadata.uid > cursor.after)
  const page = rest.slice(0, Number(query.get('limit')))
  const after = page.at(-1)?.metadata.uid ?? ''
  const nextCursor = Buffer.from(JSON.stringify({ ...cursor, after })).toString('base64')
  send(response, { items: query.has('fields') ? page.map(short) : page, totalItems: cursor.total, pageInfo: rest.length > page.length ? { nextCursor } : {} })
}

function answerRefs (entities: Entities, body: string, response: ServerResponse): void {
  if (body.length > 102_400) {
    response.writeHead(413).end()
    return
  }
  const { entityRefs, fields } = JSON.parse(body) as { entityRefs: string[], fields?: string[] }
  const found = entityRefs.map((ref) => entities.get(ref) ?? null)
  send(response, { items: fields === undefined ? found : found.map((entity) => entity === null ? null : short(entity)) })
}

function short ({ kind, metadata: { namespace, name, uid, etag } }: LivingEntity): unknown {
  return { kind, metadata: { namespace, name, uid, etag } }
}

function send (response: ServerResponse, answer: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(answer))
}

/** OpenAPI documents that stand behind a URL, with the documents that they refer to. */
import type { ApiDocument, Problem } from '../../../../normalizer/index.ts'
import { GatelensError, messageOf } from '../../../runtime/errors.ts'
import { isBroken, parseSource } from '../reading/document.ts'
import type { SourceFile } from '../reading/document.ts'
import { FetchError, shownUrl } from '../fetching/fetch-error.ts'
import { fetchText, passwordIn } from '../fetching/http.ts'
import type { FetchOptions, Validators } from '../fetching/http.ts'
import { isApiDocument, readDocument, repeatedProblems } from './api-document.ts'
import type { ServiceHints } from './api-document.ts'
import type { Part, PartReader } from '../reading/parts.ts'
import type { RemoteReading, RemoteUnit } from '../fetching/remote-unit.ts'
import { digestOf } from '../reading/cache.ts'
import type { FetchPolicy } from '../policy.ts'

/** A document to fetch, and the headers that go to its own origin and nowhere else. */
export interface DocumentUrl { url: string, headers: Record<string, string> }

/** The unit of a document behind a URL. */
export function documentUnit (options: DocumentUrl, intervalMs?: number): RemoteUnit<DocumentUrl> {
  return { source: 'openapi', key: `openapi ${options.url}`, label: shownUrl(options.url), intervalMs, options }
}

/** What is kept of a fetched document: its operations, and how to ask whether it or what it refers to has changed. */
export interface RemoteDocument {
  /** The document itself goes without its URL, which may hold a password. */
  texts: Array<{ url: string, validators: Validators, digest: string }>
  /** The path of the URL, as the name of a file would be. */
  path: string
  title: string
  hints: ServiceHints
  api: ApiDocument
  /** Lines of what findings speak of, by JSON pointer. */
  lines: Map<string, number>
  problems: Problem[]
}

/** The same, who is told before something is parsed, and what ends it. */
interface Job extends DocumentUrl { begin: () => void, signal: AbortSignal }

/**
 * Fetches a document and what it refers to, or finds that nothing of it has changed. Throws CATALOG_FETCH when the
 * document or, after it was there once, a part of it cannot be had, and CATALOG_DOCUMENT when it is no API document.
 */
export async function readRemoteDocument (
  source: Job, policy: FetchPolicy, previous: RemoteDocument | undefined
): Promise<RemoteReading<RemoteDocument>> {
  const texts = new Texts(source, policy)
  if (previous !== undefined && await texts.areUnchanged(previous.texts)) {
    return { value: previous, digest: digestAll(previous.texts), changed: false }
  }
  const value = await readWhole(source, texts)
  const lost = texts.failures.find(({ url }) => previous?.texts.some((text) => text.url === url) === true)
  if (lost !== undefined) throw lost.error
  return { value, digest: digestAll(value.texts), changed: true }
}

function digestAll (texts: RemoteDocument['texts']): string {
  return digestOf(texts.map(({ url, digest }) => `${url} ${digest}\n`).sort().join(''))
}

async function readWhole (source: Job, texts: Texts): Promise<RemoteDocument> {
  const label = shownUrl(source.url)
  const { url, text } = await texts.get(source.url)
  const path = new URL(url).pathname
  source.begin()
  const file = parseSource(path, text)
  if (isBroken(file)) throw unusable(label, `${file.message} (line ${file.line})`)
  const [document] = file.documents
  if (!isApiDocument(document)) throw unusable(label, 'The answer is no OpenAPI document: it has neither "openapi" nor "swagger".')
  let title = ''
  const remember = (_: string, name: string): string => { title = name; return '' }
  const { api, hints, problems } = await readDocument(document, url, label, file, remember, texts)
  if (api === undefined || hints === undefined) throw unusable(label, 'The document cannot be read.')
  const findings = api.problems.map((problem) => problem.where === undefined ? problem : { ...problem, line: file.lineOf(problem.where) })
  const told = [...problems, ...repeatedProblems(file.repeated, label)]
  return { texts: texts.all(), path, title, hints, api: { ...api, problems: findings }, lines: linesOf(file), problems: told }
}

const findable = /^(?:\/(?:info|servers|host|basePath|paths)(?:\/(?!.*\/(?:responses|requestBody|callbacks)(?:\/|$)).*)?)?$/

/** Answers and bodies are the larger part of a document, and no finding stands there. */
function linesOf (file: SourceFile): Map<string, number> {
  return new Map([...file.places?.() ?? []].filter(([pointer]) => findable.test(pointer)))
}

function unusable (where: string, message: string): GatelensError {
  return new GatelensError('CATALOG_DOCUMENT', message, { where, hint: 'Check that the URL leads to the document itself.' })
}

function lowered (headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

interface Text { url: string, text: string, validators: Validators }

/** The texts of one document, each fetched once, within the policy. */
class Texts implements PartReader {
  readonly failures: Array<{ url: string, error: unknown }> = []
  readonly #source: Job
  readonly #policy: FetchPolicy
  readonly #known = new Map<string, Text>()
  #references = 0

  constructor (source: Job, policy: FetchPolicy) {
    this.#source = source
    this.#policy = policy
  }

  /** Asks for each text with its validators; false at the first that is another one now. */
  async areUnchanged (texts: RemoteDocument['texts']): Promise<boolean> {
    for (const { url: kept, validators, digest } of texts) {
      const url = kept || this.#source.url
      const answer = await fetchText(url, { ...this.#options(url), validators })
      if (answer.status === 'unchanged') continue
      this.#known.set(url, answer)
      if (digestOf(answer.text) !== digest) return false
    }
    return true
  }

  async get (url: string): Promise<Text> {
    const known = this.#known.get(url)
    if (known !== undefined) return known
    const answer = await fetchText(url, this.#options(url))
    if (answer.status === 'unchanged') throw new FetchError('the server says "not modified" to a first request', { url, retriable: true })
    this.#known.set(url, answer)
    return answer
  }

  nameOf (location: string): string {
    return shownUrl(location)
  }

  locate (reference: string, base: string): string {
    if (!URL.canParse(reference, base)) return reference
    const url = new URL(reference, base)
    url.hash = ''
    return url.href
  }

  /** A document that another one refers to. */
  async read (url: string): Promise<Part> {
    try {
      const text = await this.#refer(url)
      this.#source.begin()
      return parseSource(url, text)
    } catch (error) {
      this.failures.push({ url, error })
      return { message: messageOf(error), line: 0 }
    }
  }

  async #refer (url: string): Promise<string> {
    if (++this.#references > this.#policy.references) {
      throw new FetchError(`the document refers to more than ${this.#policy.references} others`, { url, hint: 'Bundle it, or raise catalog.fetch.references.' })
    }
    if (this.#source.url.startsWith('https:') && !url.startsWith('https:')) throw new FetchError('a document from https may not refer to http', { url })
    return (await this.get(url)).text
  }

  all (): RemoteDocument['texts'] {
    return [...this.#known].map(([url, { text, validators }]) =>
      ({ url: url === this.#source.url ? '' : url, validators, digest: digestOf(text) }))
  }

  #options (url: string): FetchOptions {
    const { max_bytes: maxBytes, timeout: timeoutMs, redirects, hosts } = this.#policy
    const own = new URL(this.#source.url)
    const headers = new URL(url).origin === own.origin ? { ...passwordIn(own), ...lowered(this.#source.headers) } : {}
    return { headers, maxBytes, timeoutMs, redirects, allowOrigin: own.origin, allowHosts: hosts, signal: this.#source.signal }
  }
}

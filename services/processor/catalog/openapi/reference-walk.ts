/** One walk through a document along what routes need, with the parts that are there; says which others it wants. */
import { pathToFileURL } from 'node:url'
import { isBroken } from '../reading/document.ts'
import { memberOf, pointerStep, stepsOf } from '../reading/member.ts'
import type { Part, PartReader } from '../reading/parts.ts'

/** Any object of a document. */
export type JsonObject = Record<string, unknown>

/** A reference that leads nowhere: the document (a path or URL) and the JSON pointer where it stands. */
export interface DeadReference {
  message: string
  location: string
  where: string
  /** What is lost with it. */
  loss: Loss
}

/** What a reference stands for. */
export type Loss = 'operations' | 'parameter' | 'response'

/** Where a value stands. */
interface Place { location: string, root: unknown, where: string }

/** A value, and the place that its own references start from; `isOwn` tells that every step of the way stayed in the document itself. */
interface Target { value: unknown, place: Place, isOwn: boolean }

type Found = Target | 'wanted' | 'dead'

const operationKeys = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query', 'x-amazon-apigateway-any-method'])
const mostHops = 32

/** A walk. What it changes it copies. */
export class ReferenceWalk {
  /** What was not there, with the reference that leads to it. */
  readonly wanted = new Map<string, string>()
  readonly dead: DeadReference[] = []
  readonly #root: JsonObject
  readonly #location: string
  readonly #parts: ReadonlyMap<string, Part>
  readonly #reader: PartReader
  readonly #known = new Map<string, Found | string>()

  constructor (root: JsonObject, location: string, { parts, reader }: { parts: ReadonlyMap<string, Part>, reader: PartReader }) {
    this.#root = root
    this.#location = location
    this.#parts = parts
    this.#reader = reader
  }

  /** The document with what its references lead to in their place. */
  run (): JsonObject {
    const changed: JsonObject = {}
    for (const key of ['paths', 'x-ms-paths']) {
      const paths = this.#root[key]
      const resolved = this.#paths(paths, { location: this.#location, root: this.#root, where: `/${key}` })
      if (resolved !== paths) changed[key] = resolved
    }
    return Object.keys(changed).length === 0 ? this.#root : { ...this.#root, ...changed }
  }

  #paths (value: unknown, place: Place): unknown {
    const { value: paths, place: at } = this.#follow(value, place, 'operations') ?? { value, place }
    if (!isObject(paths)) return value
    return this.#each(paths, (key, item) => key.startsWith('x-') ? item : this.#item(item, below(at, key)))
  }

  /** A path item with its own fields and those of what it refers to; its own win. */
  #item (value: unknown, place: Place, origin = place, depth = 0): unknown {
    if (!isObject(value)) return value
    const own = this.#fields(value, place)
    if (typeof value.$ref !== 'string') return own
    if (depth > mostHops) {
      this.#tell(`The reference ${value.$ref} runs in a circle.`, origin, 'operations')
      return own
    }
    const target = this.#target(value.$ref, place, 'operations')
    if (target === undefined || !isObject(target.value)) return own
    const { $ref: _, ...rest } = own
    const there = this.#item(target.value, target.place, origin, depth + 1)
    return isObject(there) ? { ...there, ...rest } : own
  }

  #fields (item: JsonObject, place: Place): JsonObject {
    return this.#each(item, (key, value) => {
      if (operationKeys.has(key)) return this.#operation(value, below(place, key))
      if (key === 'parameters') return this.#list(value, below(place, key))
      if (key !== 'additionalOperations' || !isObject(value)) return value
      const at = below(place, key)
      return this.#each(value, (name, operation) => this.#operation(operation, below(at, name)))
    })
  }

  #operation (value: unknown, place: Place): unknown {
    const { value: operation, place: at } = this.#follow(value, place, 'operations') ?? { value, place }
    if (!isObject(operation)) return operation
    return this.#each(operation, (key, part) => {
      if (key === 'parameters') return this.#list(part, below(at, key))
      return key === 'responses' ? this.#responses(part, below(at, key)) : part
    })
  }

  #list (value: unknown, place: Place): unknown {
    const { value: list, place: at } = this.#follow(value, place, 'parameter') ?? { value, place }
    if (!Array.isArray(list)) return list
    const parameters = list.map((parameter, index) => this.#parameter(parameter, below(at, String(index))))
    return parameters.every((parameter, index) => parameter === list[index]) ? list : parameters
  }

  /** Values of a parameter from elsewhere are looked up there: references in it mean nothing here. */
  #parameter (value: unknown, place: Place): unknown {
    const target = this.#follow(value, place, 'parameter')
    if (target === undefined || target.isOwn || !isObject(target.value)) return target === undefined || target.isOwn ? value : target.value
    const { schema } = target.value
    if (!isObject(schema) || typeof schema.$ref !== 'string') return target.value
    const { root, location } = target.place
    const local = schema.$ref.startsWith('#') ? lookUp(root, schema.$ref.slice(1)) : undefined
    return { ...target.value, schema: isObject(local) && location !== '' && typeof local.$ref !== 'string' ? local : {} }
  }

  #responses (value: unknown, place: Place): unknown {
    const { value: responses, place: at } = this.#follow(value, place, 'response') ?? { value, place }
    if (!isObject(responses)) return responses
    return this.#each(responses, (key, response) => {
      const target = isObject(response) && typeof response.$ref === 'string' ? this.#follow(response, below(at, key), 'response') : undefined
      return target === undefined || target.isOwn ? response : target.value
    })
  }

  /** What a value refers to in the end, the value itself when it refers to nothing; undefined when that is not there. */
  #follow (value: unknown, place: Place, loss: Loss): Target | undefined {
    let target: Target = { value, place, isOwn: place.location === this.#location }
    for (let hops = 0; hops <= mostHops; hops++) {
      if (!isObject(target.value) || typeof target.value.$ref !== 'string') return target
      const next = this.#target(target.value.$ref, target.place, loss)
      if (next === undefined) return undefined
      target = { ...next, isOwn: target.isOwn && next.isOwn }
    }
    this.#tell(`The reference ${referenceOf(value)} runs in a circle.`, place, loss)
    return undefined
  }

  /** One step. */
  #target (reference: string, place: Place, loss: Loss): Target | undefined {
    const key = `${place.location}\n${reference}`
    const found = this.#known.get(key) ?? this.#find(reference, place)
    this.#known.set(key, found)
    if (typeof found !== 'string') return found
    if (found !== 'wanted') this.#tell(found, place, loss)
    return undefined
  }

  /** The target, `wanted`, or the sentence that says why there is none. */
  #find (reference: string, { location, root }: Place): Target | string {
    const [address = '', fragment = ''] = split(reference)
    const identified = address === '' ? undefined : this.#bySelf(address, { location, root })
    if (typeof identified === 'string') return identified
    if (identified !== undefined) return this.#at(identified.root, fragment, identified.location, reference)
    const there = address === '' ? location : this.#reader.locate(address, location)
    if (there === location) return this.#at(root, fragment, there, reference)
    if (there === this.#location) return this.#at(this.#root, fragment, there, reference)
    const part = this.#parts.get(there)
    if (part === undefined) {
      this.wanted.set(there, address)
      return 'wanted'
    }
    if (!isBroken(part)) return this.#at(part.documents[0], fragment, there, reference)
    const name = this.#reader.nameOf(there)
    const line = part.line === 0 ? '' : `:${part.line}`
    return `The reference ${reference} is not followed: ${name}${line}: ${part.message}.`
  }

  /**
   * The document whose `$self` a reference names; `wanted` while files that may be it are not read, undefined when none is. A file is
   * looked for beside the one that refers to it, under the name that the two URLs give: https://spec.openapis.org/oas/v3.2.0#oas-self
   */
  #bySelf (address: string, { location, root }: Pick<Place, 'location' | 'root'>): Pick<Place, 'location' | 'root'> | 'wanted' | undefined {
    const base = selfOf(root, location)
    if (base === '') return undefined
    const wanted = resolveUrl(address, base)
    if (wanted === base) return { location, root }
    if (wanted === selfOf(this.#root, this.#location)) return { location: this.#location, root: this.#root }
    const names = namesOf(wanted, base)
    const places = names.map((name) => this.#reader.locate(name, location))
    const missing = places.filter((there) => there !== this.#location && !this.#parts.has(there))
    for (const there of missing) this.wanted.set(there, names[places.indexOf(there)]!)
    if (missing.length > 0) return 'wanted'
    const found = places.find((there) => selfOf(rootOf(this.#parts.get(there)), there) === wanted)
    return found === undefined ? undefined : { location: found, root: rootOf(this.#parts.get(found)) }
  }

  #at (root: unknown, fragment: string, location: string, reference: string): Target | string {
    const value = lookUp(root, fragment)
    const where = fragment === '' ? '' : decoded(fragment)
    if (value !== undefined) return { value, place: { location, root, where }, isOwn: location === this.#location }
    const isElsewhere = !reference.startsWith('#')
    return `The reference ${reference} leads nowhere: ${isElsewhere ? this.#reader.nameOf(location) : 'the document'} has nothing at "${where}".`
  }

  #tell (message: string, { location, where }: Place, loss: Loss): void {
    this.dead.push({ message, location, where, loss })
  }

  /** The object with every member replaced; the same object when none is another one. */
  #each (holder: JsonObject, replace: (key: string, value: unknown) => unknown): JsonObject {
    let changed: JsonObject | undefined
    for (const key of Object.keys(holder)) {
      const value = replace(key, holder[key])
      if (value !== holder[key]) (changed ??= { ...holder })[key] = value
    }
    return changed ?? holder
  }
}

/** The absolute URL that a document calls itself by, if need be in terms of the place where it stands; '' without one. */
function selfOf (root: unknown, location: string): string {
  const self = memberOf(root, '$self')
  if (typeof self !== 'string' || self === '') return ''
  return resolveUrl(self, /^https?:/i.test(location) ? location : pathToFileURL(location).href)
}

function rootOf (part: Part | undefined): unknown {
  return part === undefined || isBroken(part) ? undefined : part.documents[0]
}

function resolveUrl (address: string, base: string): string {
  return URL.canParse(address, base) ? new URL(address, base).href.replace(/#.*$/s, '') : address
}

/** Under which a document may stand beside another, as their URLs stand; a URL often leaves the ending out. */
function namesOf (wanted: string, base: string): string[] {
  const folder = base.replace(/[^/]*$/, '')
  if (folder === '' || !wanted.startsWith(folder) || wanted === folder) return []
  const name = wanted.slice(folder.length)
  return /\.(?:ya?ml|json)$/i.test(name) ? [name] : [name, ...['.yaml', '.yml', '.json'].map((ending) => name + ending)]
}

function isObject (value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function referenceOf (value: unknown): string {
  return String(memberOf(value, '$ref'))
}

function below ({ location, root, where }: Place, key: string): Place {
  return { location, root, where: `${where}/${pointerStep(key)}` }
}

function split (reference: string): [string, string] {
  const at = reference.indexOf('#')
  return at < 0 ? [reference, ''] : [reference.slice(0, at), reference.slice(at + 1)]
}

/** RFC 6901 §6: a pointer in a fragment is percent-encoded; many are not. What is no pointer (an anchor) leads nowhere. */
function lookUp (root: unknown, fragment: string): unknown {
  if (fragment === '') return root
  if (!fragment.startsWith('/')) return undefined
  return along(root, stepsOf(fragment)) ?? along(root, stepsOf(decoded(fragment)))
}

function along (root: unknown, steps: readonly string[]): unknown {
  return steps.reduce((value: unknown, step) => memberOf(value, step), root)
}

function decoded (fragment: string): string {
  try {
    return decodeURIComponent(fragment)
  } catch {
    return fragment
  }
}

/**
 * A compiled catalog as few typed arrays: what one thread hands to another without copying anything per operation. Endpoints and
 * forms are written as numbers of texts; they become objects when a match needs them first.
 */
import type { Endpoint, Form, Segment } from './endpoint.ts'
import { createTextWriter, readText } from './texts.ts'
import type { TextTable, TextWriter } from './texts.ts'

/** Endpoints and forms, packed. Lists are runs of numbers. */
export interface PackedObjects {
  readonly texts: TextTable
  /** Numbers of the texts of all lists. */
  readonly lists: Uint32Array
  /** Where each list ends. */
  readonly listEnds: Uint32Array
  /** Rows of `endpointSize` numbers. */
  readonly endpoints: Uint32Array
  /** Rows of two numbers: label, and the list of segments doubled, odd for a trailing slash. */
  readonly forms: Uint32Array
}

/** The fields of an endpoint that are texts; behind them stand whether it is deprecated, and the list of statuses. */
const fields = ['method', 'template', 'route', 'operationId', 'service', 'api', 'apiVersion', 'source', 'where'] as const
const endpointSize = fields.length + 2

/** Packs endpoints and forms; their places are their numbers. The numbers of `further` lists of texts stand in `numbers`. */
export function packObjects (
  endpoints: readonly Endpoint[], forms: readonly Form[], further: readonly string[][]
): { objects: PackedObjects, numbers: Uint32Array } {
  const texts = createTextWriter()
  const lists = createListWriter(texts)
  const rows = new Uint32Array(endpoints.length * endpointSize)
  for (const [index, endpoint] of endpoints.entries()) rows.set(packEndpoint(endpoint, texts, lists), index * endpointSize)
  const shapes = new Uint32Array(forms.length * 2)
  for (const [index, { label, segments, slash }] of forms.entries()) {
    shapes.set([texts.add(label), lists.add(segments.map((segment) => JSON.stringify(segment))) * 2 + Number(slash)], index * 2)
  }
  const numbers = Uint32Array.from(further, (items) => lists.add(items))
  return { objects: { texts: texts.finish(), ...lists.finish(), endpoints: rows, forms: shapes }, numbers }
}

/** Makes objects of packed ones: others at every call. What many endpoints have in common they share. */
export interface ObjectReader {
  /** How many there are. */
  readonly endpoints: number
  readonly forms: number
  endpoint (number: number): Endpoint
  form (number: number): Form
  /** The texts of a list. */
  list (number: number): string[]
}

/** A reader over packed objects. */
export function createObjectReader ({ texts, lists, listEnds, endpoints, forms }: PackedObjects): ObjectReader {
  const common = new Map<number, string>()
  const text = (at: number): string => readText(texts, endpoints[at]!)
  const shared = (at: number): string => {
    const number = endpoints[at]!
    const known = common.get(number) ?? readText(texts, number)
    common.set(number, known)
    return known
  }
  const list = (number: number): string[] => {
    const items: string[] = []
    for (let at = number === 0 ? 0 : listEnds[number - 1]!; at < listEnds[number]!; at++) items.push(readText(texts, lists[at]!))
    return items
  }
  return {
    endpoints: endpoints.length / endpointSize,
    forms: forms.length / 2,
    list,
    endpoint (number) {
      const at = number * endpointSize
      return {
        method: shared(at),
        template: text(at + 1),
        route: text(at + 2),
        operationId: text(at + 3),
        service: shared(at + 4),
        api: shared(at + 5),
        apiVersion: shared(at + 6),
        deprecated: endpoints[at + 9] === 1,
        statuses: list(endpoints[at + 10]!),
        source: shared(at + 7),
        where: text(at + 8),
      }
    },
    form (number) {
      const shape = forms[number * 2 + 1]!
      const segments = list(shape >>> 1).map((segment) => JSON.parse(segment) as Segment)
      return { segments, slash: shape % 2 === 1, label: readText(texts, forms[number * 2]!) }
    },
  }
}

interface ListWriter { add (items: unknown): number, finish (): Pick<PackedObjects, 'lists' | 'listEnds'> }

/** Lists of texts, each once. */
function createListWriter (texts: TextWriter): ListWriter {
  const numbers = new Map<string, number>()
  const lists: number[] = []
  const ends: number[] = []
  return {
    add (items) {
      const places = Array.isArray(items) ? items.map((item) => texts.add(item)) : []
      const key = places.join()
      const known = numbers.get(key)
      if (known !== undefined) return known
      numbers.set(key, numbers.size)
      for (const place of places) lists.push(place)
      ends.push(lists.length)
      return numbers.size - 1
    },
    finish: () => ({ lists: Uint32Array.from(lists), listEnds: Uint32Array.from(ends) }),
  }
}

function packEndpoint (endpoint: Endpoint, texts: TextWriter, lists: ListWriter): number[] {
  return [...fields.map((field) => texts.add(endpoint[field])), Number(endpoint.deprecated === true), lists.add(endpoint.statuses)]
}

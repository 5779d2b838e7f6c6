/**
 * Backstage catalog entities: https://backstage.io/docs/features/software-catalog/descriptor-format. Reads what files
 * (`catalog-info.yaml`) and the REST API give: relations in `spec` and in `relations`.
 */
import type { Problem } from '../endpoint.ts'
import { isObject, objectsOf, stringsOf, textOf } from './references.ts'
import type { Json } from './references.ts'

/** A Component as the catalog knows it. Names are short where kind and namespace are the usual ones. */
export interface BackstageService {
  /** The entity's own name; where two namespaces use the same, only that of `default` stays short: `outlet/cart`. */
  name: string
  /** `component:default/name`, lower case. */
  ref: string
  owner: string
  system: string
  domain: string
  lifecycle: string
  /** E-mail of the owning group or user, else a contact annotation, else the owner's first link; '' if there is none. */
  contact: string
  description: string
  providesApis: string[]
  consumesApis: string[]
  partOf: string[]
}

/** An API entity. */
export interface BackstageApi {
  name: string
  ref: string
  /** `openapi`, `asyncapi`, `graphql`, `grpc`, … */
  type: string
  owner: string
  system: string
  domain: string
  lifecycle: string
  /** The document: text as written, or an object; undefined when it stands elsewhere. */
  definition: string | Record<string, unknown> | undefined
  /** Where the document stands: the value of `$text`, `$json`, `$yaml` or `$openapi`; '' when it is inline. */
  location: string
  /** Names of the services that provide it. */
  providers: string[]
}

/** What was read. Problems name the entity in `where`. */
export interface BackstageCatalog {
  services: BackstageService[]
  apis: BackstageApi[]
  problems: Problem[]
}

/** Reads parsed entities (one document of a file each). Unknown kinds are passed over; never throws. */
export function readBackstage (entities: unknown, options: { source: string }): BackstageCatalog {
  const problems: Problem[] = []
  const source = textOf(options?.source)
  const known = indexEntities(Array.isArray(entities) ? entities : [entities], source, problems)
  const reader: Reader = { known, names: nameServices(known), source, problems }
  for (const entity of known.values()) reportState(reader, entity)
  const services = [...known.values()].filter(({ kind }) => kind === 'component').map((entity) => readService(reader, entity))
  const providers = providersByApi(services)
  const apis = [...known.values()].filter(({ kind }) => kind === 'api').map((entity) => readApi(reader, entity, providers))
  return { services, apis, problems }
}

/** An entity reference `[kind:][namespace/]name` in full and lower case, as Backstage compares them. */
export function entityRef (text: string, defaults: { kind: string, namespace?: string }): string {
  const match = /^(?:([^:/]+):)?(?:([^:/]+)\/)?(.+)$/.exec(text.trim())
  if (match === null) return ''
  return `${match[1] ?? defaults.kind}:${match[2] ?? defaults.namespace ?? 'default'}/${match[3]}`.toLowerCase()
}

interface Entity { ref: string, kind: string, namespace: string, name: string, metadata: Json, spec: Json, relations: Json[], status: Json }
interface Reader { known: Map<string, Entity>, names: Map<string, string>, source: string, problems: Problem[] }

const kinds = new Set(['component', 'api', 'system', 'domain', 'group', 'resource', 'user'])

function indexEntities (entities: readonly unknown[], source: string, problems: Problem[]): Map<string, Entity> {
  const known = new Map<string, Entity>()
  for (const [index, raw] of entities.entries()) {
    if (raw === null || raw === undefined) continue
    const entity = toEntity(raw)
    if (entity === undefined) {
      problems.push({ severity: 'error', code: 'invalid-entity', message: 'The entity has no kind or no metadata.name.', source, where: `/${index}` })
    } else if (kinds.has(entity.kind) && known.has(entity.ref)) {
      problems.push({ severity: 'warning', code: 'duplicate-entity', message: `${entity.ref} is there twice; the first one counts.`, source, where: entity.ref })
    } else if (kinds.has(entity.kind)) {
      known.set(entity.ref, entity)
    }
  }
  return known
}

function toEntity (raw: unknown): Entity | undefined {
  if (!isObject(raw)) return undefined
  const metadata = isObject(raw.metadata) ? raw.metadata : {}
  const name = textOf(metadata.name)
  const kind = textOf(raw.kind).toLowerCase()
  if (name === '' || kind === '') return undefined
  const namespace = textOf(metadata.namespace) || 'default'
  const ref = `${kind}:${namespace}/${name}`.toLowerCase()
  const [spec, status] = [raw.spec, raw.status].map((part) => isObject(part) ? part : {}) as [Json, Json]
  return { ref, kind, namespace, name, metadata, spec, relations: objectsOf(raw.relations), status }
}

/** Component references to service names: gateways and logs know short names, so these stay where they are unique. */
function nameServices (known: Reader['known']): Map<string, string> {
  const components = [...known.values()].filter(({ kind }) => kind === 'component')
  const uses = new Map<string, number>()
  for (const { name } of components) uses.set(name.toLowerCase(), (uses.get(name.toLowerCase()) ?? 0) + 1)
  return new Map(components.map(({ ref, namespace, name }) =>
    [ref, uses.get(name.toLowerCase()) === 1 || namespace.toLowerCase() === 'default' ? name : `${namespace}/${name}`]))
}

/** What Backstage itself says is wrong with an entity that it still serves. */
function reportState (reader: Reader, { ref, metadata, status }: Entity): void {
  const annotations = isObject(metadata.annotations) ? metadata.annotations : {}
  if (textOf(annotations['backstage.io/orphan']) === 'true') {
    report(reader, 'warning', 'orphaned-entity', `${ref} is an orphan: the place that declared it no longer does.`, ref)
  }
  const error = objectsOf(status.items).find(({ level }) => level === 'error')
  if (error === undefined) return
  const message = textOf(error.message).replace(/\s+/g, ' ').slice(0, 300)
  report(reader, 'warning', 'processing-error', `Backstage serves an old version of ${ref}, since it cannot process the new one: ${message}`, ref)
}

function readService (reader: Reader, entity: Entity): BackstageService {
  const system = firstTarget(reader, entity, 'system', 'partOf', 'system')
  const owner = ownerOf(reader, entity)
  return {
    name: reader.names.get(entity.ref) ?? entity.name,
    ref: entity.ref,
    owner: shortName(reader, owner, 'group'),
    system: shortName(reader, system, 'system'),
    domain: domainOf(reader, system),
    lifecycle: textOf(entity.spec.lifecycle),
    contact: contactOf(reader, owner, entity),
    description: textOf(entity.metadata.description),
    providesApis: targets(reader, entity, 'providesApis', 'providesApi', 'api'),
    consumesApis: targets(reader, entity, 'consumesApis', 'consumesApi', 'api'),
    partOf: targets(reader, entity, 'subcomponentOf', 'partOf', 'component'),
  }
}

/** The domain of a system. */
function domainOf (reader: Reader, system: string): string {
  const entity = reader.known.get(system)
  return entity === undefined ? '' : shortName(reader, firstTarget(reader, entity, 'domain', 'partOf', 'domain'), 'domain')
}

/** Owners are what most people ask a catalog for, and Backstage itself demands them. */
function ownerOf (reader: Reader, entity: Entity): string {
  const owner = firstTarget(reader, entity, 'owner', 'ownedBy', 'group')
  if (owner === '') report(reader, 'warning', 'missing-owner', `${entity.ref} has no owner.`, entity.ref)
  return owner
}

function readApi (reader: Reader, entity: Entity, providers: ReadonlyMap<string, string[]>): BackstageApi {
  const { definition } = entity.spec
  const location = isObject(definition) ? ['$text', '$json', '$yaml', '$openapi'].map((key) => textOf(definition[key])).find((text) => text !== '') ?? '' : ''
  const type = textOf(entity.spec.type)
  const system = firstTarget(reader, entity, 'system', 'partOf', 'system')
  if (definition === undefined && (type === '' || type === 'openapi')) {
    report(reader, 'warning', 'missing-definition', `${entity.ref} has no definition.`, entity.ref)
  }
  const own = targets(reader, entity, '', 'apiProvidedBy', 'component').map((ref) => reader.names.get(ref) ?? shortName(reader, ref, 'component'))
  const provided = [...new Set([...providers.get(entity.ref) ?? [], ...own])]
  const owner = firstTarget(reader, entity, 'owner', 'ownedBy', 'group')
  if (owner === '' && provided.length === 0 && (type === '' || type === 'openapi')) {
    report(reader, 'warning', 'missing-owner', `${entity.ref} has no owner, and no component provides it.`, entity.ref)
  }
  return {
    name: entity.name,
    ref: entity.ref,
    type,
    owner: shortName(reader, owner, 'group'),
    system: shortName(reader, system, 'system'),
    domain: domainOf(reader, system),
    lifecycle: textOf(entity.spec.lifecycle),
    definition: location !== '' ? undefined : typeof definition === 'string' || isObject(definition) ? definition : undefined,
    location,
    providers: provided,
  }
}

function providersByApi (services: readonly BackstageService[]): Map<string, string[]> {
  const providers = new Map<string, string[]>()
  for (const service of services) {
    for (const api of service.providesApis) providers.set(api, [...providers.get(api) ?? [], service.name])
  }
  return providers
}

function firstTarget (reader: Reader, entity: Entity, field: string, relation: string, kind: string): string {
  const all = targets(reader, entity, field, relation, kind)
  return all.find((ref) => ref.startsWith(`${kind}:`)) ?? (field === 'owner' ? all[0] ?? '' : '')
}

/**
 * References in full: those of the relation, which Backstage resolved, else those of the field of `spec`. A kind left
 * out is `kind`, a namespace the entity's own.
 */
function targets (reader: Reader, entity: Entity, field: string, relation: string, kind: string): string[] {
  const related = entity.relations.filter((item) => textOf(item.type) === relation).map((item) => relationTarget(item, kind))
  const written = stringsOf(entity.spec[field]).map((text) => entityRef(text, { kind, namespace: entity.namespace }))
  const refs = [...new Set(related.some((ref) => ref !== '') ? related : written)].filter((ref) => ref !== '')
  for (const ref of refs) {
    const missing = ref.startsWith('api:') && !reader.known.has(ref)
    if (missing) report(reader, 'warning', 'unknown-reference', `${entity.ref} refers to ${ref}, which is not in this catalog.`, entity.ref)
  }
  return refs
}

function relationTarget (relation: Json, kind: string): string {
  if (typeof relation.targetRef === 'string') return entityRef(relation.targetRef, { kind })
  if (!isObject(relation.target)) return ''
  const { target } = relation
  return entityRef(textOf(target.name), { kind: textOf(target.kind) || kind, namespace: textOf(target.namespace) || 'default' })
}

/** `group:default/payments` → `payments`; what is unusual stays: `user:default/jane` → `user:jane`. */
function shortName (reader: Reader, ref: string, kind: string): string {
  const match = /^([^:]*):([^/]*)\/(.*)$/.exec(ref)
  if (match === null) return ref
  const namespace = match[2] === 'default' ? '' : `${match[2]}/`
  return (match[1] === kind ? '' : `${match[1]}:`) + namespace + (reader.known.get(ref)?.name ?? match[3])
}

const contactAnnotations = /(?:^|[./])(?:contact|e-?mail|slack-channel|slack|channel|on-?call|pagerduty[a-z-]*\/service-id)$/i

function contactOf (reader: Reader, owner: string, entity: Entity): string {
  const group = reader.known.get(owner)
  const profile = isObject(group?.spec.profile) ? group.spec.profile : {}
  const links = group === undefined ? [] : objectsOf(group.metadata.links)
  return textOf(profile.email) || annotatedContact(entity) || (group === undefined ? '' : annotatedContact(group)) || textOf(links[0]?.url)
}

function annotatedContact (entity: Entity): string {
  const annotations = isObject(entity.metadata.annotations) ? entity.metadata.annotations : {}
  const key = Object.keys(annotations).find((name) => contactAnnotations.test(name))
  return key === undefined ? '' : textOf(annotations[key])
}

function report (reader: Reader, severity: Problem['severity'], code: string, message: string, where: string): void {
  reader.problems.push({ severity, code, message, source: reader.source, where })
}

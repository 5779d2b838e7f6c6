/** What the readers of a Backstage catalog need to see in an entity: who it is, which version, what it refers to. */

/** A raw entity as the REST API gives it. */
export type RawEntity = Record<string, unknown>

/** One version of an entity. */
export interface HeldEntity {
  /** `uid` and `etag`: Backstage changes the etag with any change of content, relations or status. */
  version: string
  entity: RawEntity
  /** Epoch ms since when the server does not list it, for one that is kept nevertheless. */
  missingSince?: number
}

/** The fields that tell an entity and its version. */
export const versionFields = ['kind', 'metadata.namespace', 'metadata.name', 'metadata.uid', 'metadata.etag']

/** The objects of an answer that is meant to be a list of entities; undefined when it is none. */
export function entitiesOf (value: unknown): RawEntity[] | undefined {
  return Array.isArray(value) ? value.filter(isRecord) : undefined
}

/** `kind:namespace/name` in lower case, as Backstage compares references; '' when kind or name is missing. */
export function refOfEntity (entity: RawEntity): string {
  const kind = textAt(entity, 'kind')
  const name = textAt(entity.metadata, 'name')
  return kind === '' || name === '' ? '' : `${kind}:${textAt(entity.metadata, 'namespace') || 'default'}/${name}`.toLowerCase()
}

/** The version of an entity; '' (never equal to another) when the server tells no etag. */
export function versionOf (entity: RawEntity): string {
  const etag = textAt(entity.metadata, 'etag')
  return etag === '' ? '' : `${textAt(entity.metadata, 'uid')} ${etag}`
}

const followed = new Set(['ownedBy', 'partOf', 'providesApi'])

/** References to what the catalog needs beside an entity: owners, system, domain, and the APIs that it provides. */
export function neededBy (entity: RawEntity): string[] {
  const relations = Array.isArray(entity.relations) ? entity.relations.filter(isRecord) : []
  return relations.filter((relation) => followed.has(textAt(relation, 'type'))).map(targetOf).filter((ref) => ref !== '')
}

/** Installations of before 2022 give the target in parts only. */
function targetOf (relation: RawEntity): string {
  const written = textAt(relation, 'targetRef').toLowerCase()
  return written !== '' || !isRecord(relation.target) ? written : refOfEntity({ kind: relation.target.kind, metadata: relation.target })
}

/** An entity as it is kept: without a definition that nobody reads, and with a definition elsewhere named in full. */
export function keptEntity (entity: RawEntity): RawEntity {
  const { spec } = entity
  if (textAt(entity, 'kind').toLowerCase() !== 'api' || !isRecord(spec)) return entity
  if (!['', 'openapi'].includes(textAt(spec, 'type').toLowerCase())) return { ...entity, spec: { ...spec, definition: undefined } }
  return isRecord(spec.definition) ? { ...entity, spec: { ...spec, definition: withFullUrls(spec.definition, entity) } } : entity
}

const placeholders = ['$text', '$yaml', '$json', '$openapi']

/** https://backstage.io/docs/features/software-catalog/descriptor-format#substitutions-in-the-descriptor-format */
function withFullUrls (definition: RawEntity, entity: RawEntity): RawEntity {
  const annotations = isRecord(entity.metadata) ? entity.metadata.annotations : undefined
  const base = textAt(annotations, 'backstage.io/managed-by-location').replace(/^url:/, '')
  return Object.fromEntries(Object.entries(definition).map(([key, value]) =>
    [key, placeholders.includes(key) && typeof value === 'string' && URL.canParse(value, base) ? new URL(value, base).href : value]))
}

function isRecord (value: unknown): value is RawEntity {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textAt (holder: unknown, key: string): string {
  const value = isRecord(holder) ? holder[key] : undefined
  return typeof value === 'string' ? value : ''
}

/** What is kept of Kong's entities: names, addresses and routing. Credentials keep their id and owner, never a secret. */

/** An entity as Kong's Admin API or its declarative file gives it. */
export type KongEntity = Record<string, unknown>

/** The kept members of each kind of entity, by its name in a declarative file. */
export const keptMembers = {
  services: ['id', 'name', 'enabled', 'url', 'protocol', 'host', 'port', 'path', 'tags'],
  routes: ['id', 'name', 'service', 'protocols', 'methods', 'hosts', 'paths', 'headers', 'snis', 'expression', 'priority', 'strip_path', 'path_handling', 'regex_priority', 'tags'],
  consumers: ['id', 'username', 'custom_id', 'tags'],
  keyauth_credentials: ['id', 'consumer'],
  jwt_secrets: ['id', 'consumer'],
  basicauth_credentials: ['id', 'consumer'],
  hmacauth_credentials: ['id', 'consumer'],
  oauth2_credentials: ['id', 'consumer'],
  mtls_auth_credentials: ['id', 'consumer'],
} as const

/** A kind of entity that is kept. */
export type KongKind = keyof typeof keptMembers

/** Kinds in the order of a declarative file. */
export const kongKinds = Object.keys(keptMembers) as KongKind[]

/** True for an object that is no array. */
export function isEntity (value: unknown): value is KongEntity {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A copy with the kept members that have a value. */
export function keptOf (kind: KongKind, entity: KongEntity): KongEntity {
  const members: readonly string[] = keptMembers[kind]
  return Object.fromEntries(members.flatMap((name) => entity[name] === undefined || entity[name] === null ? [] : [[name, entity[name]]]))
}

/** Kong tries routes that weigh the same in the order in which they were made; a declarative file has them in its order. */
export function inOrder (kind: KongKind, entities: readonly KongEntity[]): KongEntity[] {
  const key = (entity: KongEntity): string => String(entity.id ?? entity.name ?? '')
  return [...entities].sort((left, right) => (kind === 'routes' ? made(left) - made(right) : 0) || (key(left) < key(right) ? -1 : 1))
}

function made ({ created_at }: KongEntity): number {
  return typeof created_at === 'number' ? created_at : 0
}

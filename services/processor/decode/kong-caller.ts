/** Who called, in a record of Kong's, and the names of Kong's entities. */
import { isObject, objectOf, textOf } from './field.ts'
import type { JsonObject } from './field.ts'

/** The first name that an entity has: Kong's names are optional, its ids are not. */
export function nameOf (entity: unknown, ...keys: string[]): string {
  const object = objectOf(entity)
  for (const key of keys) {
    const text = textOf(object[key])
    if (text !== '') return text
  }
  return ''
}

/** A consumer; all texts are empty, where the record does not give them. */
export interface Caller { name: string, id: string, customId: string, credential: string, anonymous: boolean }

const nobody: Caller = { name: '', id: '', customId: '', credential: '', anonymous: false }

/**
 * Some plugins authenticate a credential that no consumer has (ldap-auth, openid-connect); the catalog may know whose it is.
 * Kong sets `x-anonymous-consumer` exactly when it sets a consumer without a credential; such a caller is nobody. The
 * header alone proves nothing: on a route without authentication any client can send it.
 */
export function readCaller (entry: JsonObject, headers: JsonObject): Caller {
  const entity = objectOf(entry.authenticated_entity)
  const credential = textOf(entity.id)
  if (!isObject(entry.consumer)) return credential === '' ? nobody : { ...nobody, id: textOf(entity.consumer_id), credential }
  if (credential === '' && textOf(headers['x-anonymous-consumer']) !== '') return { ...nobody, anonymous: true }
  return {
    name: nameOf(entry.consumer, 'username', 'custom_id', 'id'),
    id: textOf(entry.consumer.id) || textOf(entity.consumer_id),
    customId: textOf(entry.consumer.custom_id),
    credential,
    anonymous: false,
  }
}

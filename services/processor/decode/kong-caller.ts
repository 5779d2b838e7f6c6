/** Who called, in a record of Kong's, and the names of Kong's entities. */
import { isObject, objectOf, textOf } from './field.ts'

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

/** What a record says of its caller: id and consumer of the authenticated entity, and the header `x-anonymous-consumer`. */
export interface CallerValues { consumer: unknown, credentialId: unknown, credentialConsumer: unknown, anonymous: unknown }

const nobody: Caller = { name: '', id: '', customId: '', credential: '', anonymous: false }

/**
 * Some plugins authenticate a credential that no consumer has (ldap-auth, openid-connect); the catalog may know whose it is.
 * Kong sets `x-anonymous-consumer` exactly when it sets a consumer without a credential; such a caller is nobody. The
 * header alone proves nothing: on a route without authentication any client can send it.
 */
export function readCaller ({ consumer, credentialId, credentialConsumer, anonymous }: CallerValues): Caller {
  const credential = textOf(credentialId)
  if (!isObject(consumer)) return credential === '' ? nobody : { ...nobody, id: textOf(credentialConsumer), credential }
  if (credential === '' && textOf(anonymous) !== '') return { ...nobody, anonymous: true }
  return {
    name: nameOf(consumer, 'username', 'custom_id', 'id'),
    id: textOf(consumer.id) || textOf(credentialConsumer),
    customId: textOf(consumer.custom_id),
    credential,
    anonymous: false,
  }
}

import { createHash, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { StoreException } from './exception.ts'
import { limitsSchema } from './limits.ts'
import type { Credentials } from './request.ts'

/** Who may use the store. A read-only user may SELECT, SHOW, DESCRIBE, EXPLAIN and the like, and nothing else. */
export const userSchema = z.strictObject({
  name: z.string().min(1),
  password: z.string().min(1).describe('use ${NAME} or ${file:path}, so that it does not stand in the file'),
  read_only: z.boolean().default(false),
  limits: limitsSchema.optional().describe('what one query for rows of this user may take; read-only users have limits without it'),
})

export type User = z.output<typeof userSchema>

/**
 * Who comes to a store without configured users, which listens on loopback only. Like a server's user without password
 * it takes any: the JDBC driver sends the word null when it is given none.
 */
const anyone: User = { name: 'default', password: '', read_only: false }

/**
 * Finds the user of a request. Without configured users there is only `default`, with whatever password. Throws 516
 * AUTHENTICATION_FAILED, worded as the server words it.
 */
export function authenticate (users: readonly User[], credentials: Credentials): User {
  if (users.length === 0 && credentials.user === anyone.name) return anyone
  const user = users.find((item) => item.name === credentials.user)
  if (user !== undefined && isSame(user.password, credentials.password)) return user
  throw new StoreException('AUTHENTICATION_FAILED',
    `${credentials.user}: Authentication failed: password is incorrect, or there is no user with such name.`)
}

/** Compared as digests of one length, so that the time says nothing of the password. */
function isSame (expected: string, given: string): boolean {
  return timingSafeEqual(createHash('sha256').update(expected).digest(), createHash('sha256').update(given).digest())
}

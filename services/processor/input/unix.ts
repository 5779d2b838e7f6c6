/** The unix input: takes records over a Unix socket of this machine, as lines or with their lengths before them. */
import { chmodSync, lstatSync, unlinkSync } from 'node:fs'
import { connect } from 'node:net'
import { resolve as resolvePath } from 'node:path'
import { z } from 'zod'
import { GatelensError, systemCode } from '../../runtime/errors.ts'
import type { Input } from '../contract.ts'
import { openConnections } from './connections.ts'
import { defineInput } from './definition.ts'
import { handOutReceived, Received } from './received.ts'
import type { SocketContext } from './received.ts'
import { connectionShape, receivedShape } from './socket-options.ts'
import { tellListener } from './tell-listener.ts'

export const unixInputSchema = z.strictObject({
  ...receivedShape('unix'),
  path: z.string().min(1).max(100, 'a path of a socket has at most about 100 bytes').describe('Path of the socket, which is made at the start (a stream socket).'),
  mode: z.string().regex(/^0?[0-7]{3}$/, 'write it as 0660').default('0660').describe('Who may send: the mode of the socket. Quote it, so that YAML does not read a number.'),
  ...connectionShape,
})

/** The checked form of {@link unixInputSchema}. */
export type UnixInputOptions = z.output<typeof unixInputSchema>

/** Listens as {@link unixInputSchema} says, and hands out what comes in. Throws PORT_IN_USE when another process listens there. */
export async function createUnixInput (options: UnixInputOptions, context: SocketContext): Promise<Input> {
  const path = resolvePath(context.base, options.path)
  await removeLeftOver(path)
  const received = new Received(options.max_waiting_bytes)
  const { server, close } = await openConnections({ path }, options, received)
  chmodSync(path, Number.parseInt(options.mode, 8))
  tellListener(options.name, server.address(), { isOpen: false, log: context.log })
  return { [Symbol.asyncIterator]: () => handOutReceived(options, context, received, close) }
}

/** A process that was killed leaves its socket behind, to which nobody can connect. Anything else stays where it is. */
async function removeLeftOver (path: string): Promise<void> {
  const isSocket = lstatSync(path, { throwIfNoEntry: false })?.isSocket()
  if (isSocket === undefined) return
  if (!isSocket) throw new GatelensError('PORT_IN_USE', 'something that is no socket is there already', { where: path, hint: 'Choose another path for the socket.' })
  const code = await new Promise<string>((resolve) => {
    const socket = connect(path, () => {
      socket.destroy()
      resolve('')
    }).on('error', (error) => resolve(systemCode(error)))
  })
  if (code === 'ECONNREFUSED') unlinkSync(path)
}

/** The definition of the unix input. */
export const unixInput = defineInput({
  type: 'unix',
  options: unixInputSchema,
  example: { path: 'gatelens.sock' },
  uncommitted: 'lost',
  idOf: ({ name }) => name,
  create: createUnixInput,
})

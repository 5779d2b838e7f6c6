/**
 * What a thread asks the main thread, which alone decides what is a matter of all traffic: which routes are inferred, and which values
 * have room in the budgets. A thread asks in the midst of a batch and sleeps until the answer is there, so it asks once for a portion.
 */
import { receiveMessageOnPort } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { boundedFields } from '../enrich/bounds.ts'
import type { BoundedField, Budgets } from '../enrich/bounds.ts'
import type { InferRoutes, Undeclared } from '../normalize/normalize.ts'

/** The bounded fields; a question names one by its place here. */
export const askedFields = Object.keys(boundedFields) as BoundedField[]

/** Requests that nothing declares, five texts each (service, name, method, path, caller), and 1 for each that is doubtful. */
interface RoutesQuestion { kind: 'routes', texts: string[], doubtful: Uint8Array }

/** Values of bounded fields: which, the places of their fields, and 1 for each that something vouches for. */
export interface ValuesQuestion { kind: 'values', values: string[], fields: Uint8Array, trusted: Uint8Array }

type Question = RoutesQuestion | ValuesQuestion

/** Who decides. */
export interface Owner { infer: InferRoutes, budgets: Budgets }

/** Asks, and returns with the answer. */
export interface Asker {
  infer: InferRoutes
  /** 1 for each value that may stand, 0 for one that has no room. */
  admit (question: Omit<ValuesQuestion, 'kind'>): Uint8Array
}

/** Makes what asks over a port whose other end {@link answerOn} has; both have the same `bell`, four bytes long. */
export function createAsker (port: MessagePort, bell: SharedArrayBuffer): Asker {
  const rung = new Int32Array(bell)
  const ask = (question: Question): unknown => {
    port.postMessage(question)
    Atomics.wait(rung, 0, 0)
    Atomics.store(rung, 0, 0)
    return (receiveMessageOnPort(port) as { message: unknown }).message
  }
  return {
    infer: (requests) => ask({ kind: 'routes', ...packRequests(requests) }) as string[],
    admit: (question) => ask({ kind: 'values', ...question }) as Uint8Array,
  }
}

/** Answers what a thread asks, as long as the port is open. */
export function answerOn (port: MessagePort, bell: SharedArrayBuffer, owner: Owner): void {
  const rung = new Int32Array(bell)
  port.on('message', (question: Question) => {
    port.postMessage(question.kind === 'routes' ? owner.infer(unpackRequests(question)) : admit(question, owner.budgets))
    Atomics.store(rung, 0, 1)
    Atomics.notify(rung, 0)
  })
}

/** Texts in a row cross threads at a fraction of what objects of named fields cost. */
function packRequests (requests: readonly Undeclared[]): Omit<RoutesQuestion, 'kind'> {
  const texts: string[] = []
  for (const { service, name, method, path, caller } of requests) texts.push(service, name, method, path, caller)
  return { texts, doubtful: Uint8Array.from(requests, ({ doubtful }) => Number(doubtful)) }
}

function unpackRequests ({ texts, doubtful }: RoutesQuestion): Undeclared[] {
  return Array.from(doubtful, (flag, index) => {
    const [service = '', name = '', method = '', path = '', caller = ''] = texts.slice(index * 5, index * 5 + 5)
    return { service, name, method, path, caller, doubtful: flag === 1 }
  })
}

function admit ({ values, fields, trusted }: ValuesQuestion, budgets: Budgets): Uint8Array {
  return Uint8Array.from(values, (value, index) => {
    const field = askedFields[fields[index]!]!
    return Number(budgets[field](value, trusted[index] === 1) === value)
  })
}

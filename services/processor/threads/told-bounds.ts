import { other } from '../enrich/budget.ts'
import type { BoundedField, Bounds } from '../enrich/bounds.ts'
import type { EnrichedEvent } from '../event.ts'
import { askedFields } from './questions.ts'
import type { Asker } from './questions.ts'

const places = Object.fromEntries(askedFields.map((field, index) => [field, index])) as Record<BoundedField, number>

/** A value that must be asked for: of which event and field, and as which place of the question. */
interface Open { event: EnrichedEvent, field: number, question: number }

/**
 * Bounds of a thread. A budget takes nothing back, so what was admitted once is not asked for again; what was refused is, because a
 * request that something vouches for may bring it later. All that is new in a portion is one question.
 */
export function createToldBounds (admit: Asker['admit']): Bounds {
  const told = askedFields.map(() => new Set<string>())
  let open: Open[] = []
  let questions = new Map<string, number>()
  let [values, fields, trusts]: [string[], number[], number[]] = [[], [], []]
  const look = (event: EnrichedEvent, field: number, value: string, trusted: boolean): void => {
    if (value === '' || told[field]!.has(value)) return
    const key = `${field} ${Number(trusted)} ${value}`
    let question = questions.get(key)
    if (question === undefined) {
      question = values.push(value) - 1
      fields.push(field)
      trusts.push(Number(trusted))
      questions.set(key, question)
    }
    open.push({ event, field, question })
  }
  return {
    admit: (event, trusted) => {
      look(event, places.host, event.host, trusted)
      look(event, places.user_agent, event.user_agent, trusted)
      look(event, places.service, event.service, trusted)
      look(event, places.gateway_route, event.gateway_route, trusted)
      look(event, places.upstream_address, event.upstream_address, trusted)
      look(event, places.consumer, event.consumer, true)
      look(event, places.limit_name, event.limit_name, true)
    },
    settle: () => {
      if (open.length === 0) return
      const admitted = admit({ values, fields: Uint8Array.from(fields), trusted: Uint8Array.from(trusts) })
      for (const [index, value] of values.entries()) if (admitted[index] === 1) told[fields[index]!]!.add(value)
      for (const { event, field, question } of open) if (!told[field]!.has(values[question]!)) event[askedFields[field]!] = other
      open = []
      questions = new Map()
      ;[values, fields, trusts] = [[], [], []]
    },
  }
}

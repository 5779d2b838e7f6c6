import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import type { Directory } from '../../../services/processor/detect/directory.ts'
import { Rounds } from '../../../services/processor/detect/round.ts'
import { ruleSchema } from '../../../services/processor/detect/rule.ts'
import type { DetectStore } from '../../../services/processor/detect/store.ts'

test('an evaluation stands while the store has nothing new, and for no longer than a minute', async () => {
  let events = 5
  let evaluated = 0
  let clock = 1_800_000_000_000
  const none: [] = []
  const quotas: [] = []
  const store: DetectStore = {
    newest: async () => ({ newest: 1_799_999_000_000, events }),
    points: async () => { evaluated++; return none },
    parts: async () => none,
    quotas: async () => quotas,
    crossings: async () => none,
    samples: async () => none,
    breaches: async () => none,
    knownRules: async () => new Set(),
    write: async () => {},
  }
  const directory = { partners: [], services: [] } as unknown as Directory
  const rule = ruleSchema.parse({ name: 'many', measure: 'requests', over: '1m', above: 100 })
  const rounds = new Rounds(store, {
    rules: [rule], database: 'd', catalog: () => directory, telemetry: { add: () => {}, set: () => {} }, log: pino({ level: 'silent' }), clock: () => clock,
  })
  const evaluatedBy = async (step: () => void): Promise<boolean> => {
    step()
    const before = evaluated
    await rounds.run()
    return evaluated > before
  }
  assert.deepEqual([
    await evaluatedBy(() => {}),
    await evaluatedBy(() => { clock += 10_000 }),
    await evaluatedBy(() => { events++ }),
    await evaluatedBy(() => { clock += 10_000 }),
    await evaluatedBy(() => { rounds.use([rule]) }),
    await evaluatedBy(() => { clock += 59_000 }),
    await evaluatedBy(() => { clock += 1000 }),
  ], [true, false, true, false, true, false, true])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkDocument, emptyAgreement } from './directory/agreement.ts'
import { documentNames, readDocument } from './directory/documents.ts'
import { checkMerged, emptyMergedAgreement } from './directory/merged.ts'
import { createRandom } from './directory/random.ts'

const seed = 20_261_121

test(`every operation of every real document is found (seed ${seed})`, (t) => {
  const random = createRandom(seed)
  const sum = emptyAgreement()
  for (const name of documentNames()) checkDocument(name, readDocument(name), random, 1, sum)
  t.diagnostic(`${sum.operations} operations, ${sum.requests} requests, ${sum.preferred} for which the rules prefer another template, ${sum.strangers} strangers`)
  assert.deepEqual(sum.failures.slice(0, 20), [])
  assert.ok(sum.operations > 100_000, `${sum.operations} operations`)
})

test(`all real documents in one catalog are told apart by host and service (seed ${seed})`, (t) => {
  const random = createRandom(seed)
  const sum = emptyMergedAgreement()
  checkMerged(documentNames(), random, 0.03, sum)
  t.diagnostic(`${sum.requests} requests, ${sum.ambiguous} ambiguous`)
  assert.deepEqual(sum.failures.slice(0, 20), [])
  assert.ok(sum.requests > 50_000, `${sum.requests} requests`)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkDocument, emptyAgreement } from './directory/agreement.ts'
import { documentNames, readDocument } from './directory/documents.ts'
import { checkMerged, emptyMergedAgreement } from './directory/merged.ts'
import { createRandom } from './directory/random.ts'

const seed = 20_261_121

/** One document in so many, and some that are odd each in a way of its own. */
const sampled = 40
const odd = [
  'amazonaws.com/ec2.json', 'amazonaws.com/s3.json', 'amazonaws.com/chime.json', 'apache.org/airflow', 'apidapp.com', 'apiz.ebay.com/sell-finances',
  'azure.com/search-searchindex', 'azure.com/servicefabric.json', 'box.com', 'flickr.com', 'geneea', 'ghes-3.3', 'googleapis.com/firestore', 'healthcare.gov',
  'oxforddictionaries', 'telegram.org', 'twilio_messaging', 'twilio.com/api.json', 'vtex.local/Logistics',
]

test(`requests made from real documents find the template that they were made from (seed ${seed})`, () => {
  const random = createRandom(seed)
  const sum = emptyAgreement()
  const names = documentNames().filter((name, index) => index % sampled === 0 || odd.some((part) => name.includes(part)))
  for (const name of names) checkDocument(name, readDocument(name), random, 0.3, sum)
  assert.deepEqual(sum.failures.slice(0, 20), [])
  assert.ok(sum.requests > 10_000, `${sum.requests} requests of ${names.length} documents`)
})

test(`real documents in one catalog are told apart by host and service (seed ${seed})`, () => {
  const random = createRandom(seed)
  const sum = emptyMergedAgreement()
  checkMerged(documentNames().filter((_, index) => index % sampled === 1), random, 0.2, sum)
  assert.deepEqual(sum.failures.slice(0, 20), [])
  assert.ok(sum.requests > 1000, `${sum.requests} requests`)
})

/** The contract of decoders over the whole registry, with what fits the framing of each; and a decoder that is added. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import { createDecoder, formatNames, formatSchema } from '../../services/processor/format.ts'
import { readCases } from '../case.ts'
import { fc, runs } from '../property.ts'
import { testDecoder } from './decoder.ts'

/** The cases of a format by how they configure it. */
function samplesOf (name: string): Map<string, string[]> {
  const samples = new Map<string, string[]>()
  for (const { config, input } of readCases(`decode/${name}`)) {
    const key = JSON.stringify((parse(config) as { format: unknown }).format)
    samples.set(key, [...samples.get(key) ?? [], ...input.split('\n')])
  }
  return samples
}

for (const name of formatNames) {
  for (const [key, samples] of samplesOf(name)) {
    testDecoder({ name: key.slice(0, 100), decoder: createDecoder(formatSchema.parse(JSON.parse(key))), samples })
  }
}

test('kong: any value in the place of any other gives an event or a reject', () => {
  const { decode } = createDecoder({ type: 'kong' })
  const records = (samplesOf('kong').get('"kong"') ?? []).filter((line) => line.length > 100 && !('reason' in [decode({ bytes: Buffer.from(line), offset: 0 }, 'input')].flat()[0]!))
  const odd = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(-1, 1e308, 2 ** 63, '-', '', '1e999', '\ud800', [], {}, [[]], null, true))
  fc.assert(fc.property(fc.constantFrom(...records), fc.nat(), odd, (sample, place, value) => {
    const record: unknown = JSON.parse(sample)
    const places = placesOf(record)
    const { owner, key } = places[place % places.length] ?? { owner: {}, key: '' }
    Object.defineProperty(owner, key, { value, enumerable: true, configurable: true, writable: true })
    const [result] = [decode({ bytes: Buffer.from(JSON.stringify(record)), offset: 0 }, 'input')].flat()
    assert.ok(result !== undefined)
  }), runs(600))
})

interface Place { owner: object, key: string }

function placesOf (value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [{ owner: value, key }, ...placesOf(inner)])
}

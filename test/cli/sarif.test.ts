import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { describe, test } from 'node:test'
import { toSarif } from '../../services/cli/sarif.ts'
import type { SarifFinding } from '../../services/cli/sarif.ts'

const rules = {
  'same-shape': { summary: 'Two templates accept the same paths.', help: 'Delete one.', level: 'error' as const },
  unused: { summary: 'Never found.' },
}
const finding: SarifFinding = { rule: 'same-shape', level: 'error', message: '/a/{b} is /a/{c}.', file: 'apis/billing.yaml', line: 7 }

interface Location { physicalLocation: { artifactLocation: { uri: string, uriBaseId?: string }, region: { startLine: number } } }
interface Result {
  ruleId: string
  ruleIndex: number
  level: string
  message: { text: string }
  locations: Location[]
  partialFingerprints: { primaryLocationLineHash: string }
}
interface Rule { id: string, shortDescription: { text: string }, help: { text: string }, defaultConfiguration: { level: string } }
interface Log { version: string, runs: Array<{ tool: { driver: { name: string, rules: Rule[] } }, results: Result[] }> }

function run (findings: SarifFinding[]): Log['runs'][0] {
  const log = JSON.parse(toSarif(findings, rules)) as Log
  assert.equal(log.version, '2.1.0')
  assert.equal(log.runs.length, 1)
  return log.runs[0]!
}

function locationOf (file: string, line = 1): Location['physicalLocation'] {
  return run([{ ...finding, file, line }]).results[0]!.locations[0]!.physicalLocation
}

function fingerprints (...findings: SarifFinding[]): string[] {
  return run(findings).results.map((result) => result.partialFingerprints.primaryLocationLineHash)
}

describe('SARIF', () => {
  test('a log describes every rule, and every result names one by id and index', () => {
    const { tool, results } = run([finding, { ...finding, rule: 'other' }])
    assert.deepEqual(tool.driver.rules.map(({ id }) => id), ['same-shape', 'unused', 'other'])
    assert.deepEqual(tool.driver.rules.map(({ help }) => help.text), ['Delete one.', 'Never found.', 'other'])
    assert.deepEqual(tool.driver.rules.map(({ defaultConfiguration: { level } }) => level), ['error', 'warning', 'warning'])
    for (const { ruleId, ruleIndex } of results) assert.equal(tool.driver.rules[ruleIndex]?.id, ruleId)
    assert.equal(results[0]?.level, 'error')
    assert.equal(results[0].message.text, finding.message)
  })

  test('paths are relative to the folder of the run, whatever form they came in', () => {
    const relative = { uri: 'apis/my%20api%23.yaml', uriBaseId: '%SRCROOT%' }
    assert.deepEqual(locationOf('apis/my api#.yaml').artifactLocation, relative)
    assert.deepEqual(locationOf(resolve('apis/my api#.yaml')).artifactLocation, relative)
  })

  test('a URL stays a URL, and a file elsewhere becomes one', () => {
    assert.deepEqual(locationOf('https://example.com/a%20b%23 c.json').artifactLocation, { uri: 'https://example.com/a%20b%23%20c.json' })
    assert.deepEqual(locationOf('/elsewhere/a b.json').artifactLocation, { uri: 'file:///elsewhere/a%20b.json' })
  })

  test('a finding about the whole file stands on its first line', () => {
    assert.equal(locationOf('a.yaml', 0).region.startLine, 1)
    assert.equal(locationOf('a.yaml', 7).region.startLine, 7)
  })

  test('a fingerprint outlives a moved line and a new wording, and tells equal findings apart', () => {
    const [first, second] = fingerprints(finding, { ...finding, line: 99 })
    assert.equal(first?.replace(/:1$/, ':2'), second)
    const own = { ...finding, fingerprint: 'get /a' }
    assert.deepEqual(fingerprints(own), fingerprints({ ...own, message: 'Said in other words.' }))
    assert.notDeepEqual(fingerprints(own), fingerprints({ ...own, fingerprint: 'put /a' }))
    assert.notDeepEqual(fingerprints(finding), fingerprints({ ...finding, file: 'apis/orders.yaml' }))
  })
})

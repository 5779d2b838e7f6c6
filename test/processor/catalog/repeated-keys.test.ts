/** Keys that stand twice, in YAML and JSON: operations must not be lost without a word. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isBroken, parseSource } from '../../../services/processor/catalog/reading/document.ts'
import { deepestLevel } from '../../../services/processor/catalog/reading/json-keys.ts'
import { repeatedProblems } from '../../../services/processor/catalog/openapi/api-document.ts'

function problemsOf (path: string, text: string): string[] {
  const file = parseSource(path, text)
  if (isBroken(file)) return [`${file.line} ${file.message}`]
  return repeatedProblems(file.repeated, path).map(({ severity, line, where }) => `${severity} ${line} ${where}`)
}

const yaml = `openapi: 3.0.0
paths:
  /a:
    get: {}
    get: {}
  /a:
    post: { responses: { 200: {}, 200: {} } }
  "/b": {}
  /b: {}
components:
  schemas:
    X: { type: string, type: object }
openapi: 3.1.0
`

test('a repeated key is told with the line of the second, an error where operations are lost', () => {
  assert.deepEqual(problemsOf('a.yaml', yaml), [
    'error 5 /paths/~1a/get', 'error 6 /paths/~1a', 'error 7 /paths/~1a/post/responses/200', 'error 9 /paths/~1b',
    'warning 12 /components/schemas/X/type', 'error 13 /openapi',
  ].sort((a, b) => Number(a.split(' ')[1]) - Number(b.split(' ')[1])).sort(byPlace))
})

/** Those of one mapping come before those inside its values. */
function byPlace (a: string, b: string): number {
  const order = problemsOf('a.yaml', yaml)
  return order.indexOf(a) - order.indexOf(b)
}

test('JSON is no better, also where one key is written in two ways', () => {
  const json = '{\n "paths": {\n  "/a": {"get": {}},\n  "/\\u0061": {"post": {}},\n  "/c": {"get": {"x": [{"k": 1}, {"k": 1, "k": "\\"}"}]}}\n }\n}'
  assert.deepEqual(problemsOf('a.json', json), ['error 4 /paths/~1a', 'error 5 /paths/~1c/get/x/1/k'])
  assert.deepEqual(problemsOf('a.json', '{"a": {"b": 1}, "c": {"b": 1}, "d": [{"b": 1}, {"b": 1}], "e": "a", "f": "a"}'), [])
})

test('merge keys and the same key of different mappings are no repetition', () => {
  assert.deepEqual(problemsOf('a.yaml', 'x: &x { get: {} }\ny: &y { put: {} }\npaths:\n  /a: { <<: *x, get: {} }\n  /b: { <<: *x, <<: *y }\n'), [])
})

test('the last of two keys counts', () => {
  const file = parseSource('a.yaml', yaml)
  assert.deepEqual(isBroken(file) ? [] : Object.keys((file.documents[0] as { paths: Record<string, object> }).paths['/a']!), ['post'])
})

test('what nests too deeply is broken at its line, in JSON and YAML, and never an exception', () => {
  const levels = deepestLevel + 1
  assert.match(problemsOf('a.json', `{"a":\n${'['.repeat(levels)}${']'.repeat(levels)}}`)[0] ?? '', /^2 collections nest more than/)
  assert.match(problemsOf('a.yaml', `a:\n  - ${'['.repeat(levels)}${']'.repeat(levels)}\n`)[0] ?? '', /^2 collections nest more than/)
  assert.match(problemsOf('a.yaml', Array.from({ length: 3000 }, (_, level) => `${' '.repeat(level)}a:\n`).join(''))[0] ?? '', /collections nest more than/)
  const anchored = `x: &x 1\ny: *x\nz: ${'['.repeat(50_000)}${']'.repeat(50_000)}\n`
  assert.match(problemsOf('a.yaml', anchored)[0] ?? '', /collections nest more than/)
})

test('faults of YAML are told in our own words', () => {
  assert.deepEqual(problemsOf('a.yaml', 'a: 1\n\tb: 2\n'), ['2 the file is no valid YAML here: a tab is used for indentation; write spaces'])
  assert.match(problemsOf('a.yaml', 'a: *nowhere\nb: &x 1\nc: *x\n')[0] ?? '', /alias/)
  const unclosed = 'the file is no valid YAML here: brackets or braces before are not closed, or what stands in them is not indented'
  assert.deepEqual(problemsOf('a.yaml', 'a: [1, 2\nb: 3\n'), [`2 ${unclosed}`])
  assert.deepEqual(problemsOf('a.yaml', 'get: { a: [\n'), [`2 ${unclosed}`])
  assert.deepEqual(problemsOf('a.yaml', 'a:\n   b: 1\n  c: 2\n'), ['3 the file is no valid YAML here: the indentation does not fit the lines before'])
})

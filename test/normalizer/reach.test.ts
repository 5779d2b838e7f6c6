/** Lint asks the matcher with one well-chosen request; here every request that a template can be written as is tried. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile, lintCatalog, readOpenApi } from '../../normalizer/index.ts'
import type { ApiDocument, Normalizer } from '../../normalizer/index.ts'
import { fc, runs } from '../property.ts'
import { isThorough } from '../thorough.ts'

const segment = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('a', 'b', 'ab', 'v1') },
  { weight: 5, arbitrary: fc.constantFrom('{x}', '{y}', '{z}') },
  { weight: 3, arbitrary: fc.constantFrom('{x}.b', 'a{x}', '{x}-{y}', 'a{x}b', '{x}a', '{y}-{x}-{z}') },
  { weight: 1, arbitrary: fc.constantFrom('{x+}', '{y+}') }
)
const key = fc.tuple(fc.array(segment, { minLength: 1, maxLength: 3 }), fc.constantFrom('', '', '', '/', '#a', '?b'))
  .map(([parts, end]) => `/${parts.join('/')}${end}`)
const template = fc.record({ key, methods: fc.subarray(['GET', 'POST'], { minLength: 1 }) })
const templates = fc.uniqueArray(template, { minLength: 1, maxLength: 14, selector: (item) => item.key })

const values = ['q9', 'a', 'b', 'ab', 'v1', 'a-b', 'q.b', 'aqb', 'q9a']
const spans = [...values, 'q9/q9', 'q9/q9/q9', 'q9/q9/q9/q9']

test('an operation is called unreachable exactly when no request for its template reaches it', () => {
  let unreachable = 0
  fc.assert(fc.property(templates, fc.constantFrom('', '/v1', '/a'), (drawn, base) => {
    const apis = [documentOf(0, base, drawn)]
    const normalizer = compile(apis)
    const lost = lostOperations(apis)
    for (const item of drawn) {
      for (const method of item.methods) {
        const expected = !targetsOf(base, item.key).some((target) => reaches(normalizer, `${method} 0 ${item.key}`, target))
        unreachable += Number(expected)
        assert.equal(lost.has(`${method} 0 ${item.key}`), expected, `${method} ${item.key} in ${JSON.stringify(drawn)}`)
      }
    }
  }), runs(200))
  assert.ok(unreachable > (isThorough ? 200 : 20), `only ${unreachable} operations were unreachable`)
})

test('across base paths and documents of one service, what is called unreachable is so', () => {
  let unreachable = 0
  const documents = fc.array(fc.tuple(fc.constantFrom('', '/v1', '/a'), templates), { minLength: 2, maxLength: 3 })
  fc.assert(fc.property(documents, (drawn) => {
    const apis = drawn.map(([base, items], index) => documentOf(index, base, items))
    const normalizer = compile(apis)
    for (const name of lostOperations(apis)) {
      const [, index = '', key = ''] = name.split(' ')
      unreachable++
      const found = targetsOf(drawn[Number(index)]![0], key).find((target) => reaches(normalizer, name, target))
      assert.equal(found, undefined, `${name} in ${JSON.stringify(drawn)}`)
    }
  }), runs(100))
  assert.ok(unreachable > (isThorough ? 200 : 20), `only ${unreachable} operations were unreachable`)
})

interface Drawn { key: string, methods: string[] }

function documentOf (index: number, base: string, drawn: readonly Drawn[]): ApiDocument {
  const paths = Object.fromEntries(drawn.map(({ key, methods }) =>
    [key, Object.fromEntries(methods.map((method) => [method.toLowerCase(), { operationId: `${method} ${index} ${key}` }]))]))
  return readOpenApi({ openapi: '3.1.0', servers: base === '' ? [] : [{ url: base }], paths }, { service: 'one', source: String(index) })
}

/** The names (`GET 0 /key`) of the operations that lint gives up for lost. */
function lostOperations (apis: ApiDocument[]): Set<string> {
  return new Set([...compile(apis).problems, ...lintCatalog(apis)].flatMap(({ code, source, where = '', message }) => {
    const [, path = '', method = ''] = /^\/paths\/([^/]*)(?:\/([a-z]+))?$/.exec(where) ?? []
    const key = `${source} ${path.replaceAll('~1', '/').replaceAll('~0', '~')}`
    if (code === 'unreachable-operation') return [`${method.toUpperCase()} ${key}`]
    return code === 'same-shape' ? /\(([A-Z, ]+)\)/.exec(message)![1]!.split(', ').map((shared) => `${shared} ${key}`) : []
  }))
}

function reaches (normalizer: Normalizer, name: string, path: string): boolean {
  return normalizer.match({ method: name.slice(0, name.indexOf(' ')), path }).endpoint?.operationId === name
}

/**
 * Ways to fill a template from the values, with and without its base path, at most about 400 spread evenly over all; the
 * first is the one that no literal can be taken for. Greedy parameters take up to four segments.
 */
function targetsOf (base: string, key: string): string[] {
  const parts = key.replace(/[?#].*$/, '').split(/(\{[^}]*\})/)
    .map((part) => part.endsWith('+}') ? spans : part.startsWith('{') ? values : [part])
  const choices = [base === '' ? [''] : [base, ''], ...parts]
  const total = choices.reduce((product, { length }) => product * length, 1)
  let step = Math.max(1, Math.floor(total / 400))
  // The numbers of choices are made of twos and threes: a step that is, too, would take the same few of the first ones only.
  while (step % 2 === 0 || step % 3 === 0) step++
  return Array.from({ length: Math.ceil(total / step) }, (_, index) => fill(choices, index * step))
}

function fill (choices: readonly string[][], number: number): string {
  let rest = number
  return choices.map((options) => {
    const chosen = options[rest % options.length]!
    rest = Math.floor(rest / options.length)
    return chosen
  }).join('')
}

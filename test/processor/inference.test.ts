import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { createRoutes, keepRoutes } from '../../services/processor/inference.ts'
import type { KeptRoutes } from '../../services/processor/inference.ts'
import { normalizeSchema } from '../../services/processor/normalize/bounds.ts'
import { makeFolder } from './input/fixture.ts'

const defaults = normalizeSchema.parse({}).inference
const write = async (run: () => Promise<void>): Promise<boolean> => run().then(() => true)

interface Kept extends KeptRoutes { warnings: object[], shown: number[], path: string }

async function keep (folder: string, bounds = defaults): Promise<Kept> {
  const warnings: object[] = []
  const shown: number[] = []
  const log = { warn: (fields: object) => { warnings.push(fields) } }
  const telemetry = { set: (_name: string, _labels: object, value: number) => { shown.push(value) } }
  return { ...await keepRoutes(folder, bounds, { writer: write, telemetry, log }), warnings, shown, path: join(folder, 'inference.json') }
}

function folderWith (t: TestContext, content: string): string {
  const folder = makeFolder(t)
  writeFileSync(join(folder, 'inference.json'), content)
  return folder
}

test('the same paths give the same routes after a restart, whatever order they come in', async (t) => {
  const folder = makeFolder(t)
  const bounds = { ...defaults, per_level: 3, per_service: 6, total: 10, words: 'all' as const }
  const paths = ['/alpha', '/beta/7', '/gamma', '/delta', '/2010-04-01/jobs', '/epsilon/zeta', '/eta/42']
  const first = await keep(folder, bounds)
  const before = paths.map((path) => first.inference.infer('s', path))
  await first.save()
  const second = await keep(folder, bounds)
  assert.deepEqual([...paths].reverse().map((path) => second.inference.infer('s', path)).reverse(), before)
  assert.deepEqual(before.slice(0, 5), ['/alpha', '/beta/{int}', '/gamma', '/{*}', '/{*}/jobs'])
  assert.equal(second.inference.size, first.inference.size)
  assert.deepEqual([...first.warnings, ...second.warnings], [])
})

test('the file is written when there is a new route, and only then', async (t) => {
  const kept = await keep(makeFolder(t))
  const seen: string[] = []
  const save = async (): Promise<void> => {
    await kept.save()
    seen.push(existsSync(kept.path) ? readFileSync(kept.path, 'utf8') : '')
  }
  await save()
  kept.inference.infer('orders', '/alpha/42')
  await save()
  writeFileSync(kept.path, 'untouched')
  kept.inference.infer('orders', '/alpha/43')
  await save()
  assert.deepEqual(kept.shown, [0, 1])
  assert.deepEqual(seen, ['', '{"version":2,"words":"known","services":{"orders":["/alpha/{int}"]},"positions":{"orders":[["/alpha","","{int}",1,false]]},"closed":{"orders":[]}}\n', 'untouched'])
})

test('a file that cannot be used is a warning, and routes are given anew', async (t) => {
  const broken = ['', '{', 'null', '[]', '7', '{"version":1}', '{"version":2,"services":{}}', '{"version":1,"services":[]}',
    '{"version":1,"services":{"a":"/x"}}', '{"version":1,"services":{"a":[7]}}', '{"version":1,"services":{"a":["x"]}}', '\0\u{ffff}']
  for (const content of broken) {
    const kept = await keep(folderWith(t, content))
    assert.equal(kept.warnings.length, 1, content)
    assert.ok(!JSON.stringify(kept.warnings).includes('"a"'), 'the content is not quoted')
    assert.equal(kept.inference.infer('a', '/x/1'), '/x/{int}')
    await kept.save()
    assert.deepEqual((await keep(join(kept.path, '..'))).warnings, [], content)
  }
})

test('narrower bounds at the next start keep the routes that came first', async (t) => {
  const folder = makeFolder(t)
  const first = await keep(folder)
  for (const path of ['/a', '/b', '/c', '/d']) first.inference.infer('s', path)
  await first.save()
  const second = await keep(folder, { ...defaults, total: 2 })
  assert.deepEqual(['/d', '/c', '/b', '/a'].map((path) => second.inference.infer('s', path)), ['__other__', '__other__', '/b', '/a'])
})

test('names that objects know by themselves are names like others', async (t) => {
  const folder = makeFolder(t)
  const first = await keep(folder)
  for (const service of ['__proto__', 'constructor', '42', '']) first.inference.infer(service, '/hasOwnProperty/__proto__')
  await first.save()
  const second = await keep(folder)
  assert.equal(second.inference.size, 4)
  assert.equal(second.inference.infer('__proto__', '/hasOwnProperty/__proto__'), '/hasOwnProperty/__proto__')
})

test('nothing that looks like a secret stands in a route or in the file', async (t) => {
  const folder = makeFolder(t)
  const kept = await keep(folder)
  const secrets = ['sk_live_abcdefghijkl', 'ghp_abcdefghijklmnopqrstu', 'AKIAIOSFODNNEXAMPLE', 'xoxb-abcdefghij-klmnop', 'glpat-abcdefghijklmno',
    'jane.doe%40example.com', 'jane@example.com', 'password=hunter', '4111111111111111', '4111-1111-1111-1111', 'npm_abcdefghijklmnopqrst']
  for (const secret of secrets) {
    for (const path of [`/reset/${secret}`, `/${secret}/x`, `/files/${secret}.json`, `/jobs/${secret}:run`, `/call(${secret})`, `/a;k=${secret}`]) {
      assert.ok(!kept.inference.infer('accounts', path).includes(secret), path)
    }
    kept.inference.infer(secret, '/x')
  }
  await kept.save()
  const content = readFileSync(kept.path, 'utf8')
  assert.deepEqual(secrets.filter((secret) => content.includes(secret)), [])
})

test('requests that found nothing get known routes, but few of their own', () => {
  const routes = createRoutes({ per_level: 1000, per_service: 100, total: 1000, words: 'all', callers: 0 })
  assert.equal(routes.infer('s', '/orders/1'), '/orders/{int}')
  const scanned = Array.from({ length: 500 }, (_, index) => routes.infer('s', `/admin/${letters(index)}`, { doubtful: true }))
  assert.equal(new Set(scanned).size, 6)
  assert.equal(routes.infer('s', '/orders/2', { doubtful: true }), '/orders/{int}')
  assert.equal(routes.infer('s', '/invoices/1'), '/invoices/{int}')
  assert.equal(routes.infer('s', `/admin/${letters(0)}`), scanned[0])
})

/** A short word for each number. */
function letters (index: number): string {
  return `${'abcdefghij'.charAt(index % 10)}o${'lmnprstvwx'.charAt(Math.floor(index / 10) % 10)}a${'klmnprstvw'.charAt(Math.floor(index / 100))}`
}

test('pipelines that publish at the same time write the file one after the other, and each waits for its own routes', async (t) => {
  const folder = makeFolder(t)
  let writing = 0
  const slow = async (run: () => Promise<void>): Promise<boolean> => {
    assert.equal(++writing, 1, 'one write at a time')
    await run()
    await new Promise((resolve) => { setImmediate(resolve) })
    writing--
    return true
  }
  const { inference, save } = await keepRoutes(folder, defaults, { writer: slow, telemetry: { set: () => {} }, log: { warn: () => {} } })
  const saves = Array.from({ length: 10 }, async (_, index) => {
    const route = inference.infer(`service-${index}`, '/orders/7')
    await save()
    assert.ok(readFileSync(join(folder, 'inference.json'), 'utf8').includes(`service-${index}`), route)
  })
  await Promise.all(saves)
})

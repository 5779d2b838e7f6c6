/** Records in pieces, read from files: ranges end before the first of a record that is not whole, so that none is lost or doubled. */
import assert from 'node:assert/strict'
import { appendFileSync, renameSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { pause } from '../../../services/runtime/shutdown.ts'
import { fc } from '../../property.ts'
import { openInput, setUp } from './fixture.ts'

const cri = (text: string, tag = 'F', stream = 'stdout'): string => `2026-08-20T10:15:33.7Z ${stream} ${tag} ${text}\n`
const docker = (text: string, stream = 'stdout'): string => `${JSON.stringify({ log: text, stream, time: '2026-08-20T10:15:33.7Z' })}\n`
const short = (texts: readonly string[]): string[] => texts.map((text) => text.replace(/^\S+ (\w+) (\w) /, '$1 $2 ').replace(/"time".*/, ''))

test('a record whose last piece is not there waits, and comes with the place of its first piece', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, cri('one') + cri('tw', 'P'))
  const input = openInput(t, folder, { rotation_grace: '1h' })
  const first = await input.next()
  assert.deepEqual([short(first?.texts ?? []), first?.to], [['stdout F one'], cri('one').length])
  await input.commit()
  const waiting = input.next()
  await input.settle()
  appendFileSync(log, cri('o', 'P'))
  await input.settle()
  appendFileSync(log, cri(''))
  const second = await waiting
  assert.deepEqual([second?.texts, second?.offsets, second?.from], [['two'], [cri('one').length], first?.to])
  await input.stop()
})

test('a process that ends between two pieces reads the record whole in its next life, with the same place', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, docker('one\n') + docker('tw'))
  const before = openInput(t, folder, { rotation_grace: '1h', framing: 'docker' })
  assert.equal((await before.next())?.texts.length, 1)
  await before.stop()
  appendFileSync(log, docker('o\n') + docker('three\n'))
  const after = openInput(t, folder, { rotation_grace: '1h', framing: 'docker' })
  const again = await after.next()
  assert.deepEqual([again?.again, again?.to], [true, docker('one\n').length])
  await after.commit()
  const rest = await after.next()
  assert.deepEqual([rest?.texts[0], rest?.offsets[0], rest?.texts.length], ['two', docker('one\n').length, 2])
  await after.stop()
})

test('a range with records in pieces comes again exactly', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, cri('o', 'P') + cri('err', 'F', 'stderr') + cri('ne') + cri('t', 'P', 'stderr'))
  const before = openInput(t, folder, { rotation_grace: '1h' })
  const pending = await before.next()
  assert.deepEqual(short(pending?.texts ?? []), ['one', 'stderr F err'])
  await before.stop()
  appendFileSync(log, cri('wo', 'F', 'stderr'))
  const after = openInput(t, folder, { rotation_grace: '1h' })
  assert.deepEqual(await after.next(), { ...pending, again: true })
  await after.commit()
  assert.deepEqual((await after.next())?.texts, ['two'])
  await after.stop()
})

test('a piece whose last one never comes goes out when it was waited for, and holds the other stream up no longer', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, cri('lost', 'P') + cri('one', 'F', 'stderr'))
  const input = openInput(t, folder, { rotation_grace: '20ms' })
  const batch = await input.next()
  assert.deepEqual(short(batch?.texts ?? []), ['lost', 'stderr F one'])
  await input.commit()
  appendFileSync(log, cri('two'))
  assert.deepEqual(short(await input.take(1)), ['stdout F two'])
  await input.stop()
})

test('pieces at the end of a file that is not followed, or was rotated away, go out', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, cri('one') + cri('two', 'P'))
  const input = openInput(t, folder, { rotation_grace: '30ms' })
  assert.deepEqual(short(await input.take(1)), ['stdout F one'])
  renameSync(log, `${log}.1`)
  assert.deepEqual(await input.take(1), ['two'])
  await input.stop()
  const { folder: other, log: ended } = setUp(t)
  writeFileSync(ended, docker('one\n') + docker('two'))
  assert.deepEqual(short(await openInput(t, other, { follow: false, rotation_grace: '1h', framing: 'docker' }).take(Infinity)), [short([docker('one\n').trim()])[0], 'two'])
})

test('a record that is longer than allowed once it is put together is one reject, and its neighbours are read', async (t) => {
  const { folder, log } = setUp(t)
  const long = cri('x'.repeat(60), 'P')
  writeFileSync(log, cri('one') + long + cri('err', 'F', 'stderr') + long + long + cri('end') + cri('two'))
  const input = openInput(t, folder, { follow: false, max_record_bytes: 120 })
  const batch = await input.next()
  assert.deepEqual([short(batch?.texts ?? []), batch?.tooLong], [['stdout F one', 'stderr F err', 'stdout F two'], [183]])
})

test('a piece without an end holds no more than some records of the longest kind', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, cri('lost', 'P') + cri('some text', 'F', 'stderr').repeat(20))
  const input = openInput(t, folder, { rotation_grace: '1h', max_record_bytes: 100 })
  const texts = await input.take(12)
  assert.equal(texts[0], 'lost')
  await input.stop()
})

test('lines that were named as such are read as they are', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, cri('one', 'P') + '{\n"a": 1\n}\n')
  const input = openInput(t, folder, { follow: false, framing: 'lines' })
  assert.deepEqual(short(await input.take(Infinity)), ['stdout P one', '{', '"a": 1', '}'])
})

test('however pieces are written, and wherever the process ends, each record comes once and at its place', async (t) => {
  const step = fc.record({ stream: fc.constantFrom('stdout', 'stderr'), pieces: fc.array(fc.constantFrom('a', 'bb', ''), { minLength: 1, maxLength: 4 }) })
  const plan = fc.record({
    steps: fc.array(step, { minLength: 2, maxLength: 8 }),
    shuffle: fc.infiniteStream(fc.boolean()),
    ends: fc.infiniteStream(fc.nat(3)),
    records: fc.integer({ min: 1, max: 4 }),
  })
  await fc.assert(fc.asyncProperty(plan, async ({ steps, shuffle, ends, records }) => {
    const { folder, log } = setUp(t)
    const queues = ['stdout', 'stderr'].map((stream) => steps.flatMap((item, index) => item.stream !== stream
      ? []
      : item.pieces.map((text, place) => ({ index, text: `${place === 0 ? `r${index}:` : ''}${text}`, stream, tag: place === item.pieces.length - 1 ? 'F' : 'P' }))))
    const expected: Array<[number, string]> = []
    const places = new Map<number, number>()
    let written = 0
    let input = openInput(t, folder, { rotation_grace: '1h', batch: { records } })
    const got: Array<[number, string]> = []
    const take = async (): Promise<void> => {
      const batch = await input.next()
      batch?.texts.forEach((text, index) => got.push([batch.offsets[index]!, text.replace(/^\S+ \w+ \w /, '')]))
      await input.commit()
    }
    writeFileSync(log, '')
    while (queues.some((queue) => queue.length > 0)) {
      const [a, b] = queues as [typeof queues[0], typeof queues[0]]
      const line = (a.length === 0 || (b.length > 0 && shuffle.next().value === true) ? b : a).shift()!
      const bytes = cri(line.text, line.tag, line.stream)
      if (!places.has(line.index)) places.set(line.index, written)
      written += bytes.length
      appendFileSync(log, bytes)
      const end = ends.next().value as number
      if (end === 0) {
        // A batch may have been handed out and not committed: it comes again.
        const pending = input.next()
        await Promise.race([pending, pause(10)])
        await input.stop()
        await pending.catch(() => undefined)
        input = openInput(t, folder, { rotation_grace: '1h', batch: { records } })
      }
    }
    for (const [index, { pieces }] of steps.entries()) expected.push([places.get(index)!, `r${index}:${pieces.join('')}`])
    while (got.length < steps.length) await take()
    await input.stop()
    assert.deepEqual(got.sort(([x], [y]) => x - y), expected.sort(([x], [y]) => x - y))
  }), { numRuns: 10 })
})

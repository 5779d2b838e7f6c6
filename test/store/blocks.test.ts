import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { globSync } from 'tinyglobby'
import { decodeBlocks, encodeBlocks } from '../../services/store/blocks.ts'
import { cityHash128 } from '../../services/store/cityhash.ts'
import type { Store } from '../../services/store/server.ts'
import { temporaryFolder } from '../folder.ts'
import { openStore, send } from './fixture.ts'

const folder = temporaryFolder()
let store: Store

before(async () => { store = await openStore({ folder }) })
after(async () => { await store.close() })

/** The files of columns that are there to stay: the engine renames or removes the folders of what it still merges. */
const columnFiles = (pattern: string): string[] => globSync(pattern, { cwd: folder, absolute: true, dot: true, ignore: ['**/tmp_*/**', '**/delete_tmp_*/**'] })

const post = async (body: NonNullable<RequestInit['body']>, params: Record<string, string> = {}): Promise<string> => {
  const response = await fetch(`${store.url}/?${new URLSearchParams(params).toString()}`, { method: 'POST', body })
  const text = await response.text()
  assert.equal(response.status, 200, text)
  return text
}

async function * pieces (buffer: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < buffer.length; at += size) yield buffer.subarray(at, at + size)
}

async function collect (chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts)
}

test('checksums are those that the engine writes into its own files', async () => {
  await post('CREATE TABLE files (a UInt64, b String CODEC(NONE), c String) ENGINE = MergeTree ORDER BY a SETTINGS min_bytes_for_wide_part = 0')
  for (const rows of [1, 2, 3, 10, 20, 200, 30_000]) await post(`INSERT INTO files SELECT number, repeat('x', number % 9), toString(cityHash64(number)) FROM numbers(${rows})`)
  const sizes = new Set<number>()
  for (const path of columnFiles('**/*.bin')) {
    const file = readFileSync(path)
    for (let at = 0; at < file.length;) {
      const end = at + 16 + file.readUInt32LE(at + 17)
      const halves = cityHash128(file.subarray(at + 16, end)).flatMap(({ low, high }) => [low | 0, high | 0])
      const start = at
      assert.deepEqual(halves, [0, 4, 8, 12].map((offset) => file.readInt32LE(start + offset)), path)
      sizes.add(end - at - 16)
      at = end
    }
  }
  assert.ok(Math.min(...sizes) < 16 && Math.max(...sizes) > 10_000 && sizes.size > 20, `sizes ${[...sizes].join(' ')}`)
})

test('the engine\'s own LZ4 and stored blocks are understood', async () => {
  const values = Array.from({ length: 30_000 }, (_, a) => a)
  await post('CREATE TABLE lz4 (a UInt64 CODEC(LZ4)) ENGINE = TinyLog')
  await post('CREATE TABLE stored (a UInt64 CODEC(NONE)) ENGINE = TinyLog')
  for (const table of ['lz4', 'stored']) {
    await post(`INSERT INTO ${table} SELECT number FROM numbers(30000)`)
    const found = columnFiles('**/store/**/a.bin').map((path) => readFileSync(path))
    const wanted = Buffer.from(new BigUint64Array(values.map(BigInt)).buffer)
    const decoded = await Promise.all(found.map(async (file) => await collect(decodeBlocks(pieces(file, 1000)))))
    assert.ok(decoded.some((content) => content.equals(wanted)), table)
  }
})

test('answers are framed for clients that ask for it', async () => {
  const query = 'SELECT number, toString(number) FROM numbers(100000) FORMAT RowBinary'
  const plain = Buffer.from(await (await fetch(store.url, { method: 'POST', body: query })).arrayBuffer())
  const framed = Buffer.from(await (await fetch(`${store.url}/?compress=1`, { method: 'POST', body: query })).arrayBuffer())
  assert.ok((await collect(decodeBlocks(pieces(framed, 777)))).equals(plain))
})

test('framed bodies are taken, with the query in the URL or inside', async () => {
  await post('CREATE TABLE framed (a UInt32) ENGINE = MergeTree ORDER BY a')
  const frame = async (text: string): Promise<Uint8Array<ArrayBuffer>> =>
    new Uint8Array(await collect(encodeBlocks(pieces(Buffer.from(text), 1 << 20))))
  await post(await frame('1\n2\n'), { decompress: '1', query: 'INSERT INTO framed FORMAT TSV' })
  await post(await frame('INSERT INTO framed VALUES (3)'), { decompress: '1' })
  assert.equal(await post('SELECT groupArray(a) FROM (SELECT a FROM framed ORDER BY a)'), '[1,2,3]\n')
})

test('what goes in comes out, for every size around the limits of the framing', async () => {
  for (const size of [1, 2, 6, 7, 14, 15, 16, 100, 118, 119, 120, 269, 270, 271, 65_535, 65_536, 65_537, 200_000]) {
    const bytes = Buffer.from(Array.from({ length: size }, (_, index) => (index * 31 + size) & 255))
    assert.ok((await collect(decodeBlocks(encodeBlocks(pieces(bytes, 1 << 20))))).equals(bytes), String(size))
  }
})

test('damaged, cut and foreign blocks are refused', async () => {
  const good = await collect(encodeBlocks(pieces(Buffer.from('x'.repeat(1000)), 1000)))
  const refuse = async (bytes: Buffer, reason: RegExp): Promise<void> => {
    await assert.rejects(collect(decodeBlocks(pieces(bytes, 100))), { type: 'CANNOT_DECOMPRESS', message: reason })
  }
  for (const at of [0, 30, good.length - 1]) {
    const bad = Buffer.from(good)
    bad[at] = (bad[at] ?? 0) ^ 1
    await refuse(bad, /checksum/)
  }
  await refuse(good.subarray(0, -1), /cut/)
  await refuse(Buffer.alloc(100), /impossible size/)
  const answer = await send(store.url, { decompress: '1' }, { method: 'POST', body: 'SELECT 1' })
  assert.deepEqual([answer.status, answer.headers.get('x-clickhouse-exception-code')], [500, '271'])
})

import { test } from 'node:test'
import { killWhileFollowing, kongInput } from './kill-scenario.ts'
import { nginxLine } from './nginx-fixture.ts'

test('a processor that is killed twenty times while it follows a growing file stores every record exactly once', async (t) => {
  await killWhileFollowing(t, { records: 200_000, kills: 20 })
})

test('a processor with a file sink, and one that never answers, that is killed twenty times has every record exactly once in store and files', async (t) => {
  await killWhileFollowing(t, { records: 50_000, kills: 20, archive: true })
})

test('a processor with two inputs of different formats that is killed twenty times stores every record of both exactly once', async (t) => {
  await killWhileFollowing(t, { records: 50_000, kills: 20, inputs: [kongInput, { name: 'edge', format: 'nginx', line: nginxLine }] })
})

test('a processor with two threads and two inputs that is killed twenty times has every record exactly once, in the store and in a file sink', async (t) => {
  const inputs = [kongInput, { name: 'edge', format: 'nginx', line: nginxLine }]
  await killWhileFollowing(t, { records: 50_000, kills: 20, inputs, archive: true, threads: 2 })
})

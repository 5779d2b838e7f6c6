import assert from 'node:assert/strict'
import { test } from 'node:test'
import { printable, printableLine } from '../../services/runtime/printable.ts'

const evil = 'a\u001b]0;title\u0007b\u009b31mc\u007fd\re\u0008'

test('text for a terminal has no control characters but lines and tabs', () => {
  assert.equal(printable(`${evil}\n\tend`), 'a\\u001b]0;title\\u0007b\\u009b31mc\\u007fd\\u000de\\u0008\n\tend')
  assert.equal(printable('plain'), 'plain')
})

test('our own colours stay, and only those', () => {
  assert.equal(printable('\u001b[1;31mred\u001b[39m \u001b[2J\u001b]8;;x\u001b\\', true), '\u001b[1;31mred\u001b[39m \\u001b[2J\\u001b]8;;x\\u001b\\')
})

test('what is escaped in JSON is the same value', () => {
  const text = JSON.stringify({ title: evil })
  assert.deepEqual(JSON.parse(printable(text)), { title: evil })
})

test('a name on one line neither ends the line nor turns the direction of writing', () => {
  assert.equal(printableLine('a\nb\tc\u202egnp.exe\u2028d'), 'a\\x0ab\\x09c\\u202egnp.exe\\u2028d')
})

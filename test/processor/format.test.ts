import assert from 'node:assert/strict'
import { test } from 'node:test'
import { processorSchema } from '../../services/processor/config.ts'
import { createDecoder, formatNames, formatSchema } from '../../services/processor/format.ts'
import { parseConfig } from '../../services/runtime/config.ts'

function formatIn (text: string): unknown {
  return parseConfig({ path: 'gatelens.yaml', text: `input:\n  type: file\n  paths: [a]\n  format: ${text}\n` }, processorSchema).inputs[0]?.format
}

test('a format is a name or an object, and its parsed form has all options', () => {
  const whole = { type: 'nginx', log_format: 'combined', escape: 'default', fields: {} }
  assert.deepEqual(formatIn('kong'), { type: 'kong' })
  assert.deepEqual(formatIn('{ type: kong }'), { type: 'kong' })
  assert.deepEqual(formatIn('nginx'), whole)
  assert.deepEqual(formatIn('{ type: nginx }'), whole)
})

test('the format of every input is kong where none is named', () => {
  for (const input of ['{ type: file, paths: [a] }', '{ type: kafka, brokers: [\'a:1\'], topics: [t], group: g }']) {
    assert.deepEqual(parseConfig({ path: 'gatelens.yaml', text: `input: ${input}` }, processorSchema).inputs[0]?.format, { type: 'kong' })
  }
})

test('what is wrong with a format is told with its path and the nearest name', () => {
  const known = formatNames.join(', ')
  for (const [text, message] of [
    ['ngin', `input.format: unknown log format "ngin"; known: ${known}; did you mean "nginx"?`],
    ['{ type: ngin }', `input.format.type: unknown log format "ngin"; known: ${known}; did you mean "nginx"?`],
    ['csv', `input.format: unknown log format "csv"; known: ${known}`],
    ['{}', `input.format.type: a log format is a name, or an object whose type is one: ${known}`],
    ['7', `input.format: a log format is a name, or an object whose type is one: ${known}`],
    ['json', 'input.format: the log format "json" needs options, fields at least: write format: { type: json, … }'],
    ['{ type: json }', 'input.format.fields: Invalid input: expected object, received undefined'],
    ['{ type: json, fields: { time: t } }', 'input.format.fields: a request needs target, method, status: name where the records have it'],
    ['{ type: json, fields: { time: t, target: p, method: m, status: s, hots: h } }', 'input.format.fields.hots: unknown key; did you mean "host"?'],
    ['{ type: json, fields: { time: { path: t, unit: h }, target: p, method: m, status: s } }', 'input.format.fields.time.unit: Invalid option: expected one of "s"|"ms"|"us"|"ns"'],
    ['{ type: nginx, logformat: x }', 'input.format.logformat: unknown key; did you mean "log_format"?'],
    ['{ type: nginx, fields: { consumr: $x } }', 'input.format.fields.consumr: unknown key; did you mean "consumer"?'],
    ['{ type: nginx, fields: { consumer: $x } }', 'input.format.fields.consumer: log_format does not have $x'],
    ['{ type: nginx, log_format: combind }', 'input.format.log_format: "combind" is no log format: it has no variables, and the names are combined, main, ingress-nginx; did you mean "combined"?'],
    ['{ type: nginx, log_format: \'$uri $status\' }', 'input.format.log_format: log_format lacks the time: $msec, $time_iso8601 or $time_local; and the request: $request, or $request_method and $request_uri'],
    ['{ type: nginx, log_format: \'$msec $request\' }', 'input.format.log_format: log_format lacks $status'],
    ['{ type: nginx, log_format: \'$msec $request $status $\' }', 'input.format.log_format: a $ in it is followed by no name of a variable'],
    ['{ type: nginx, log_format: \'$msec $request$status\' }', 'input.format.log_format: $request$status: nothing tells where one ends and the next begins; write something between them'],
  ] as const) {
    assert.throws(() => formatIn(text), (error: Error & { where?: string }) => error.where === 'gatelens.yaml:4' && error.message === message, text)
  }
})

test('a log_format may have braces, be the directive of nginx.conf, or come in its quotes', () => {
  const read = (text: string): unknown => {
    const { decode } = createDecoder(formatSchema.parse({ type: 'nginx', log_format: text }))
    const [result] = [decode({ bytes: Buffer.from('1787220930.170 0.047s "GET / HTTP/1.1" 200'), offset: 0 }, 'a')].flat()
    return result === undefined || 'reason' in result ? result : [result.time, result.duration_ms, result.target]
  }
  for (const text of [
    '$msec ${request_time}s "$request" $status', 'log_format timed \'$msec ${request_time}s \' \'"$request" $status\';', '\'$msec ${request_time}s \'\n  \'"$request" $status\'',
    'log_format timed escape=json "$msec ${request_time}s \\"$request\\" $status";',
  ]) assert.deepEqual(read(text), [1787220930123, 47, '/'], text)
  assert.deepEqual(formatIn('{ type: nginx, log_format: \'$msec $${request_time}s $request $status\' }'),
    { type: 'nginx', log_format: '$msec ${request_time}s $request $status', escape: 'default', fields: {} })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderTemplate, unsetMark } from '../../services/kong/template.ts'
import { fc } from '../property.ts'

const values: Record<string, string> = { DECK_HOST: 'api.example.com', DECK_PORT: '8443', DECK_ON: 'T', DECK_RATIO: '1.50', DECK_CERT: 'a\nb\nc', DECK_QUOTED: 'x"y' }
const render = (text: string): string => renderTemplate(text, (name) => values[name]).text.replace(unsetMark, (_mark, number) => `<${number}>`)
const faultOf = (text: string): string => renderTemplate(text, (name) => values[name]).faults.map(({ line, message }) => `${line}: ${message}`).join('\n')

test('variables are filled in before the file is parsed, in quotes and without', () => {
  assert.equal(render('host: "${{ env "DECK_HOST" }}"\nport: ${{env "DECK_PORT"|toInt}}'), 'host: "api.example.com"\nport: 8443')
  assert.equal(render('${{ env `DECK_HOST` }}:${{ env "DECK_PORT" }}'), 'api.example.com:8443')
  assert.equal(render('${{ toBool (env "DECK_ON") }} ${{ env "DECK_RATIO" | toFloat }}'), 'true 1.5')
  assert.equal(render('  cert: |\n    ${{ env "DECK_CERT" | indent 4 }}'), '  cert: |\n    a\n    b\n    c')
  assert.equal(render('${{ indent 2 (env "DECK_CERT") }}'), 'a\n  b\n  c')
})

test('comment lines stay, and so does everything else', () => {
  const text = '# ${{ env "DECK_HOST" }}\n  # ${{ nonsense }}\na: "${HOME} $(x) {{ y }}" # no'
  assert.equal(render(text), text)
  assert.equal(faultOf(text), '')
  assert.equal(render('a: b # ${{ env "DECK_HOST" }}'), 'a: b # api.example.com')
})

test('a variable that is not set leaves a mark', () => {
  const { text, unset, faults } = renderTemplate('a: "${{ env "DECK_A" | toInt }}"\nb: ${{ env "DECK_B" | indent 2 }}', () => undefined)
  assert.equal(text, 'a: "\uE0000\uE001"\nb: \uE0001\uE001')
  assert.deepEqual(unset.map(({ name }) => name), ['DECK_A', 'DECK_B'])
  assert.deepEqual(faults, [])
})

test('what decK refuses is told with its line', () => {
  assert.match(faultOf('\n\n${{ env "HOME" }}'), /^3: \$\{\{ env "HOME" \}\}: decK takes environment variables only whose names begin with DECK_; "HOME" does not$/)
  for (const body of ['env "DECK_HOST" | toInt', 'env "DECK_QUOTED" | toBool', 'env "DECK_HOST" | toFloat']) assert.match(faultOf(`\${{ ${body} }}`), /cannot read the value$/)
  for (const body of ['', 'env', 'env DECK_HOST', 'env "DECK_HOST" "x"', 'printf "x"', 'if true', 'constructor "a"', 'env "DECK_HOST" |', '| toInt', '(env "DECK_HOST"', 'env "DECK_HOST" | indent', '.X', 'env "DECK_HOST']) {
    assert.match(faultOf(`\${{ ${body} }}`), /^1: .*no placeholder that decK fills in/, body)
  }
})

test('lines are those of the text as it was written, behind values of several lines, too', () => {
  const { sourceLine, text } = renderTemplate('a\n${{ env "DECK_CERT" }}\nb\n${{ env\n  "DECK_HOST" }}\nc', (name) => values[name])
  assert.deepEqual(text.split('\n').map((line, index) => [line, sourceLine(index + 1)]),
    [['a', 1], ['a', 2], ['b', 2], ['c', 2], ['b', 3], ['api.example.com', 5], ['c', 6]])
})

test('whatever a text holds, it is rendered', () => {
  const piece = fc.constantFrom('${{', '}}', ' env ', '"DECK_HOST"', '"', '`', '|', 'toInt', '(', ')', '\n', '#', ' ', '\\', 'a')
  fc.assert(fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
    const { text, sourceLine } = renderTemplate(pieces.join(''), (name) => values[name])
    assert.ok(sourceLine(text.split('\n').length) <= pieces.join('').split('\n').length)
  }))
})

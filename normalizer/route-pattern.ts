/** Regular expressions in route names: those that say no more than a template does. They are read, never run. */

/** The template of an anchored expression such as `^/users/(?P<id>\d+)$`; undefined for one that says more. */
export function readPattern (expression: string): string | undefined {
  let body = expression.replace(/^~?\*?\s*\^?/, '')
  const closed = /(?<!\\)\$$|\\[zZ]$/.test(body)
  body = body.replace(/(?:\$|\\[zZ])$/, '').replace(/\/\?$/, '')
  const pieces: string[] = []
  let count = 0
  while (body !== '') {
    const piece = nextPiece(body)
    if (piece === undefined) return undefined
    body = body.slice(piece.length)
    if (piece.kind === 'literal') {
      pieces.push(piece.text)
    } else if (piece.kind === 'rest') {
      if (body !== '') return undefined
      pieces.push(piece.text === '' ? '{*}' : `{${piece.text}+}`)
    } else {
      count++
      pieces.push(`{${piece.text === '' ? (count === 1 ? 'value' : `value${count}`) : piece.text}}`)
    }
  }
  const template = pieces.join('')
  if (!template.startsWith('/')) return undefined
  // An expression that is not closed fits whatever comes behind it.
  return closed || template.endsWith('+}') || template.endsWith('{*}') ? template : `${template.replace(/\/$/, '')}/{*}`
}

interface Piece { kind: 'literal' | 'value' | 'rest', text: string, length: number }

/** What fits within one segment, however often: a class of characters or an escape that leaves the slash out. */
const within = '(?:\\[\\^\\/[^\\]]*\\]|\\[(?!\\^)[^\\]\\/]*\\]|\\\\[dw])(?:[+*]|\\{[\\d,]+\\})'
const value = new RegExp(`^(?:\\((?:\\?P?<(\\w+)>|\\?:)?${within}\\)|${within})`)
const rest = /^(?:\((?:\?P?<(\w+)>|\?:)?\.[*+]\)|\.[*+])/

function nextPiece (text: string): Piece | undefined {
  const literal = /^(?:[\w~!&,;=:@%/-]|\\[./~-])+/.exec(text)
  if (literal !== null) return { kind: 'literal', text: literal[0].replaceAll('\\', ''), length: literal[0].length }
  const one = value.exec(text)
  if (one !== null) return { kind: 'value', text: one[1] ?? '', length: one[0].length }
  const all = rest.exec(text)
  return all === null ? undefined : { kind: 'rest', text: all[1] ?? '', length: all[0].length }
}

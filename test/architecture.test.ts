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
const house = globSync(['normalizer/**/*.ts', 'services/**/*.ts', 'dashboards/**/*.ts', 'docs/**/*.ts', 'test/**/*.ts'], { cwd: root }).sort()
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

test('types included, no circle of imports holds more than three files', () => {
  assert.deepEqual(circlesOf(local).filter((circle) => circle.length > 3), [])
})

test('a circle is found however it is closed, and what only leads into one is no part of it', () => {
  const edges = ['a b', 'b c', 'c d', 'd a', 'c b', 'in a', 'd out'].map((edge) => edge.split(' ') as [string, string])
  assert.deepEqual(circlesOf(edges.map(([from, to]) => ({ from, to, typeOnly: true }))), [['a', 'b', 'c', 'd']])
})

test('no file is longer than 300 lines', () => {
  const lengths = house.map((file) => ({ file, lines: textOf(file).split('\n').length - 1 }))
  assert.ok(lengths.length > files.length)
  assert.deepEqual(lengths.filter(({ lines }) => lines > 300), [])
})

test('no function has more than 50 lines of its own', () => {
  const functions = house.flatMap((file) => functionsOf(file, textOf(file)))
  assert.ok(functions.length > 1000)
  assert.deepEqual(functions.filter(({ name, lines }) => lines > 50 && name !== listOfFields), [])
})

test('no further function has more than 50 lines together with the functions inside of it', () => {
  const functions = files.flatMap((file) => functionsOf(file, textOf(file)))
  assert.deepEqual(functions.filter(({ name, whole }) => whole > (closures[name] ?? 50)), [])
})

/** One literal with a line for each field: in parts, every record would cost more to make. */
const listOfFields = 'blankEvent'

/** What is longer as a whole, because small functions in it share state; none may grow. */
const closures: Record<string, number> = {
  [listOfFields]: 67,
  connectTo: 55,
  createHandler: 148,
  createInference: 152,
  createMachine: 54,
  createParser: 55,
  createSlots: 65,
  createWalk: 104,
}

test('the lines of a function are those that stand in no function inside of it', () => {
  const source = ['function outer () {', '  const one = 1', '  const inner = () => {', '    return one', '  }', '  return inner', '}'].join('\n')
  assert.deepEqual(functionsOf('example.ts', source).map(({ name, lines, whole }) => [name, lines, whole]), [['outer', 4, 7], ['inner', 3, 3]])
})

test('there are no default exports', () => {
  assert.deepEqual(files.filter((file) => /^export default /m.test(readFileSync(resolve(root, file), 'utf8'))), [])
})

function group (items: Import[]): Map<string, Import[]> {
  const groups = new Map<string, Import[]>()
  for (const item of items) groups.set(item.from, [...groups.get(item.from) ?? [], item])
  return groups
}

/** The strongly connected components of more than one file, sorted (Tarjan's algorithm). */
function circlesOf (items: Import[]): string[][] {
  const edges = group(items)
  const numbers = new Map<string, number>()
  const open: string[] = []
  const circles: string[][] = []
  const visit = (file: string): number => {
    const number = numbers.size
    const place = open.push(file) - 1
    numbers.set(file, number)
    let low = number
    for (const { to } of edges.get(file) ?? []) {
      if (!numbers.has(to)) low = Math.min(low, visit(to))
      else if (open.includes(to)) low = Math.min(low, numbers.get(to)!)
    }
    if (low === number) circles.push(open.splice(place).sort())
    return low
  }
  for (const file of edges.keys()) if (!numbers.has(file)) visit(file)
  return circles.filter((circle) => circle.length > 1)
}

interface Measured { name: string, place: string, lines: number, whole: number }

/** Every function of a file with a body, by name and place, and how many lines are its own. */
function functionsOf (file: string, text: string): Measured[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const lineAt = (position: number): number => source.getLineAndCharacterOfPosition(position).line + 1
  const functions: Measured[] = []
  const visit = (node: ts.Node, own: Set<number>): void => {
    if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) return ts.forEachChild(node, (child) => { visit(child, own) })
    const [first, last] = [lineAt(node.getStart()), lineAt(node.end)]
    const lines = new Set(Array.from({ length: last - first + 1 }, (_, index) => first + index))
    const found = { name: nameOf(node), place: `${file}:${first}`, lines: 0, whole: last - first + 1 }
    functions.push(found)
    ts.forEachChild(node, (child) => { visit(child, lines) })
    found.lines = lines.size
    for (let line = first; line <= last; line++) own.delete(line)
  }
  visit(source, new Set())
  return functions
}

function nameOf (node: ts.SignatureDeclaration): string {
  const { parent } = node
  return node.name?.getText() ?? (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) ? parent.name.getText() : '')
}

function textOf (file: string): string {
  return readFileSync(resolve(root, file), 'utf8')
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

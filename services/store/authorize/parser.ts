import type { Connection } from '../engine.ts'
import { StoreException } from '../exception.ts'
import { assignments, quoteText } from '../quote.ts'
import { tokensOf } from '../tokens.ts'
import { check } from './check.ts'
import type { Parsed } from './check.ts'
import type { Registry } from './registry.ts'
import { rightsOf, toStatement } from './statement.ts'
import type { Rights, Statement } from './statement.ts'
import { structuresOf } from './structures.ts'
import { readTree } from './tree.ts'
import { createVerdicts } from './verdicts.ts'

export type Permit = (rights: Rights) => void

export interface Parser {
  registry: Registry
  /**
   * Reads one statement as the engine does, and refuses what is not on the lists. `params` are the values of its
   * placeholders; `permit` is told what it needs before that, and may throw. Throws SYNTAX_ERROR, also for several
   * statements, ACCESS_DENIED and what the engine says of the text.
   */
  read (text: string, params: Readonly<Record<string, string>>, permit?: Permit): Promise<Statement>
  close (): void
}

/**
 * Has every statement parsed by the engine itself, twice: once to have it written in the engine's own words, without
 * comments and in one form, once for the tree of those words. The words are then what runs, so that there is one reading
 * of a statement only. What was read is kept, for clients that send the same statements again and again.
 */
export function createParser (connect: () => Connection, registry: Registry): Parser {
  const idle: Connection[] = []
  const turn = createTurns(mostAtOnce)
  const verdicts = createVerdicts()

  const onConnection = async <T>(work: (connection: Connection) => Promise<T>): Promise<T> => {
    await turn.take()
    let connection = idle.pop()
    while (connection?.alive === false) connection = idle.pop()
    try {
      connection ??= await prepared(connect())
      return await work(connection)
    } finally {
      if (connection !== undefined) idle.push(connection)
      turn.give()
    }
  }

  const parse = async (connection: Connection, text: string, params: Readonly<Record<string, string>>, permit: Permit): Promise<Parsed> => {
    const words = await textOf(connection, `SELECT formatQuerySingleLine(${quoteText(text)})`).catch((error: unknown) => { throw withoutScope(error) })
    const tokens = await tokensOf(words)
    if (tokens.some(({ text: bracket }) => bracket === '{')) await bindAll(connection, params)
    const tree = await readTree(await textOf(connection, `EXPLAIN AST ${words}`))
    permit(rightsOf(tree))
    const parsed = { tree, text: words, tokens }
    check(parsed, registry)
    return parsed
  }

  const readAnew = async (text: string, params: Readonly<Record<string, string>>, permit: Permit): Promise<Reading> =>
    await onConnection(async (connection) => {
      const parsed = await parse(connection, text, params, permit)
      const structures = structuresOf(parsed.tree)
      for (const structure of structures) await checkStructure(async (sql) => await parse(connection, sql, {}, () => {}), structure)
      const statement = toStatement(parsed, registry)
      const dependsOnParams = statement.params.length > 0 && (structures.length > 0 || parsed.tokens.some((token) => token.keyword === 'IDENTIFIER'))
      return { statement, dependsOnParams }
    })

  return {
    registry,
    read: async (text, params, permit = () => {}) => {
      if (text.includes('\0')) throw new StoreException('SYNTAX_ERROR', 'Syntax error: the statement has a zero byte')
      const known = verdicts.find(text)
      if (known !== undefined) {
        permit(known.rights)
        return known
      }
      const { statement, dependsOnParams } = await readAnew(text, params, permit)
      if (!dependsOnParams) verdicts.keep(text, statement)
      return statement
    },
    close: () => { for (const connection of idle.splice(0)) connection.close() },
  }
}

/** `dependsOnParams`: another value of a placeholder could make it another statement. */
interface Reading { statement: Statement, dependsOnParams: boolean }

/** The engine parses this many texts at once. */
const mostAtOnce = 4

/** Lets `most` through at a time, in order. */
function createTurns (most: number): { take: () => Promise<void>, give: () => void } {
  const waiting: Array<() => void> = []
  let free = most
  return {
    take: async () => {
      if (free > 0) free--
      else await new Promise<void>((resolve) => { waiting.push(resolve) })
    },
    give: () => {
      const next = waiting.shift()
      if (next === undefined) free++
      else next()
    },
  }
}

/** A structure of a table function is text of its own, with defaults that are computed: what it may hold is the same. */
async function checkStructure (parse: (sql: string) => Promise<Parsed>, structure: string): Promise<void> {
  try {
    await parse(`CREATE TEMPORARY TABLE structure (${structure}\n) ENGINE = Memory`)
  } catch (error) {
    // Then it is none, and the engine takes it for something else.
    if (!(error instanceof StoreException) || error.type !== 'SYNTAX_ERROR') throw error
  }
}

async function prepared (connection: Connection): Promise<Connection> {
  await connection.run('SET max_ast_elements = 50000')
  return connection
}

async function bindAll (connection: Connection, params: Readonly<Record<string, string>>): Promise<void> {
  if (Object.keys(params).length > 0) await connection.run(`SET ${assignments(params, 'param_')}`)
}

async function textOf (connection: Connection, sql: string): Promise<string> {
  return Buffer.from((await connection.run(sql, 'TSVRaw')).output).toString('utf8').replace(/\n$/, '')
}

/** The engine quotes our own query around the client's. */
function withoutScope (error: unknown): unknown {
  return error instanceof StoreException ? new StoreException(error.type, error.message.replace(/ ?:? ?In scope SELECT formatQuerySingleLine\([^]*$/, ''), error.code) : error
}

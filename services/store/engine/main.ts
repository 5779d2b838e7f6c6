/** The process that holds the engine (chDB), and nothing else of the store: it does what it is told over its channel. */
import { Session, drainPending } from 'chdb'
import { watchFailedWrites } from './failed-writes.ts'
import type { Answer, Request } from './messages.ts'

const sessions = new Map<number, Session>()
let opened: { first: Session, open: () => Session } | undefined
/** What is on the disk is sound, and only that: the next process sets aside what is broken, and takes up what a merge had replaced. */
const failedWrites = watchFailedWrites(() => opened?.first, () => {
  process.send?.({ kind: 'unwritten' } satisfies Answer, () => process.kill(process.pid, 'SIGKILL'))
})

process.on('message', (request: Request) => { obey(request).catch((error: unknown) => { tell({ kind: 'failed', message: textOf(error) }) }) })
// Without the store there is nobody to serve, and its folder must be free at once for the next one.
process.on('disconnect', () => { process.kill(process.pid, 'SIGKILL') })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
tell({ kind: 'started' })

async function obey (request: Request): Promise<void> {
  if (request.kind === 'open') return await open(request.data, request.config)
  if (request.kind === 'run') return await run(request)
  if (request.kind === 'shut') return await shut()
  sessions.get(request.connection)?.close()
  sessions.delete(request.connection)
}

/** Opens the engine on a folder; what was open before is closed, to be opened with another configuration. */
async function open (data: string, config: string): Promise<void> {
  opened?.first.close()
  await drainPending()
  const connect = (): Session => new Session(data, { connectionArgs: [`--config-file=${config}`] })
  opened = { first: connect(), open: connect }
  const ask = async (sql: string): Promise<string[]> => (await connected().queryAsync(sql, { format: 'TSV' })).text().trim().split('\n')
  const [version = '', timezone = 'UTC'] = await ask('SELECT arrayJoin([version(), timezone()])')
  // The name of an alias would fix the setting that it stands for.
  const query = await ask("SELECT name FROM system.settings WHERE alias_for = '' ORDER BY name")
  const mergeTree = await ask('SELECT name FROM system.merge_tree_settings ORDER BY name')
  tell({ kind: 'opened', version, timezone, query, mergeTree })
}

async function run ({ id, connection, sql, format }: Extract<Request, { kind: 'run' }>): Promise<void> {
  const session = sessions.get(connection) ?? opened?.open()
  if (session === undefined) return tell({ kind: 'refused', id, message: 'the engine is not open' })
  sessions.set(connection, session)
  try {
    const result = await session.queryAsync(sql, { format })
    await failedWrites.look()
    tell({ kind: 'done', id, output: result.bytes(), rows: result.rowsRead, bytes: result.bytesRead, seconds: result.elapsed })
  } catch (error) {
    // A failed query stays in system.processes, and what it had put out comes before the next answer, until another follows.
    await session.queryAsync('SELECT 1', { format: 'Null' }).catch(() => undefined)
    tell({ kind: 'refused', id, message: textOf(error) })
  }
}

async function shut (): Promise<void> {
  for (const session of sessions.values()) session.close()
  opened?.first.close()
  await drainPending()
  tell({ kind: 'shut' })
}

function connected (): Session {
  if (opened === undefined) throw new Error('the engine is not open')
  return opened.first
}

function tell (answer: Answer): void {
  process.send?.(answer)
}

function textOf (error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

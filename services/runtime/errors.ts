import { printableLine } from './printable.ts'

/**
 * The error catalogue: every failure that a user can cause or must act on has an entry here.
 * `docs/reference/errors.md` is generated from this table.
 */
export const catalogue = {
  USAGE: { summary: 'The command line is wrong.', hint: 'Run the command with --help.', retriable: false },
  CONFIG_NOT_FOUND: { summary: 'A configuration file does not exist or cannot be read.', hint: 'Check the path and its permissions.', retriable: false },
  CONFIG_SYNTAX: { summary: 'A configuration file is not valid YAML or JSON.', hint: 'Mend the line that the message names.', retriable: false },
  CONFIG_INVALID: { summary: 'A configuration value is unknown, missing or of the wrong kind.', hint: 'The message names the path, and the nearest known key if there is one.', retriable: false },
  CONFIG_VARIABLE: { summary: 'A ${NAME} or ${file:path} in a configuration file cannot be expanded.', hint: 'Set the variable, create the file, or give a default: ${NAME:-default}.', retriable: false },
  CATALOG_DOCUMENT: { summary: 'A catalog document could not be used.', hint: 'Mend the document; the others were loaded.', retriable: false },
  CATALOG_EMPTY: { summary: 'No catalog document matched.', hint: 'Check the path or glob.', retriable: false },
  CATALOG_COMPILE: { summary: 'The catalog could not be compiled.', hint: 'Raise catalog.compile.memory or catalog.compile.timeout; what was loaded before stays in use.', retriable: true },
  CATALOG_FETCH: { summary: 'A catalog source could not be fetched over HTTP.', hint: 'Check the URL, the credentials and the server; what was loaded before stays in use.', retriable: true },
  PORT_IN_USE: { summary: 'An address is taken by another process.', hint: 'Stop that process or configure another port; port 0 picks a free one.', retriable: false },
  FOLDER_UNUSABLE: { summary: 'A folder cannot be created or written.', hint: 'Check its owner, its permissions and the free space.', retriable: false },
  FOLDER_LOCKED: { summary: 'A data folder is in use by another process.', hint: 'Stop that process or choose another folder.', retriable: false },
  ENGINE_MISSING: { summary: 'The embedded ClickHouse engine is not installed; it is a package of its own.', hint: 'Install it beside gatelens (npm install chdb), or name a ClickHouse server as store.url.', retriable: false },
  STORE_UNREACHABLE: { summary: 'ClickHouse does not answer.', hint: 'It is tried again with back-off; check store.url.', retriable: true },
  STORE_REFUSED: { summary: 'ClickHouse refused a statement.', hint: 'The message is the engine\'s own.', retriable: false },
  SCHEMA_NEWER: { summary: 'The database schema is newer than this program.', hint: 'Upgrade gatelens.', retriable: false },
  SCHEMA_DIFFERENT: { summary: 'The tables of a database were made by schema files that differ from those of this program.', hint: 'Use the gatelens that made the database, or let this one make another: an empty folder for the embedded store, another name as store.database for a server.', retriable: false },
  SCHEMA_MISSING: { summary: 'The database has no gatelens schema.', hint: 'Run: gatelens migrate', retriable: false },
  INPUT_UNREADABLE: { summary: 'An input file cannot be read.', hint: 'Check the path and its permissions.', retriable: true },
  REQUEST_UNAUTHORIZED: { summary: 'A sender of records may not send them: its token is missing or wrong (401), or it is a web page (403).', hint: 'Send the token of the input as "Authorization: Bearer …".', retriable: false },
  REQUEST_INVALID: { summary: 'A request with records cannot be read (400, 405, 408, 411, 415, 431).', hint: 'POST records as JSON, NDJSON or lines of text.', retriable: false },
  REQUEST_TOO_LARGE: { summary: 'A request has more bytes than its input allows, as it is sent or once it is decompressed (413).', hint: 'Send fewer records at once, or raise max_body_bytes or max_inflated_bytes of the input.', retriable: false },
  INPUT_BUSY: { summary: 'An input takes no records at the moment (503): it starts or ends, or all that it may hold waits to be stored.', hint: 'Send the same again after the time that Retry-After says.', retriable: true },
  OUTPUT_FAILED: { summary: 'What was asked for cannot be written out.', hint: 'Check the free space of where the output goes.', retriable: false },
  SINK_UNAVAILABLE: { summary: 'A sink takes nothing.', hint: 'It is tried again with growing pauses, and batches wait in its spool; mend what the message names.', retriable: true },
  STATE_INVALID: { summary: 'A checkpoint cannot be understood.', hint: 'Restore it from a copy, or delete it to read the input anew (rows already stored will then be stored again).', retriable: false },
  RULE_INVALID: { summary: 'A detection rule cannot be compiled.', hint: 'The message names the rule and the key.', retriable: false },
  THREAD_ENDED: { summary: 'A thread that takes records through the stages ended (threads).', hint: 'Start the processor again: the records that it had come again. For one that takes too much memory, lower batch.bytes of the inputs, or threads.', retriable: false },
  INTERNAL: { summary: 'Something happened that should not be possible.', hint: 'Report it with the message and the stack.', retriable: false },
} as const satisfies Record<string, { summary: string, hint: string, retriable: boolean }>

/** A code of the catalogue, as `error[CODE]` shows it. */
export type ErrorCode = keyof typeof catalogue

/** One of several things that are wrong in a file; `rule` is the rule of `gatelens validate` that it breaks, if any. */
export interface ErrorPart { where: string, message: string, rule?: string | undefined }

/** A failure with a catalogue entry: what happened, where (file:line or config path), and what to do about it. */
export class GatelensError extends Error {
  readonly code: ErrorCode
  readonly where: string
  readonly hint: string
  /** Everything that is wrong, each with its place, the first included. */
  readonly parts: readonly ErrorPart[]

  constructor (code: ErrorCode, message: string, options: { where?: string, hint?: string, cause?: unknown, parts?: ErrorPart[] } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'GatelensError'
    this.code = code
    this.where = options.where ?? ''
    this.hint = options.hint ?? catalogue[code].hint
    this.parts = options.parts ?? [{ where: this.where, message }]
  }

  get retriable (): boolean {
    return catalogue[this.code].retriable
  }
}

/** Renders any thrown value for a person: code, place, message, hint. A stack is added only for what nobody foresaw. */
export function explainError (error: unknown): string {
  if (error instanceof GatelensError) {
    const place = error.where === '' ? '' : `${printableLine(error.where)}: `
    return `error[${error.code}] ${place}${error.message}\n  what to do: ${error.hint}`
  }
  return `error[INTERNAL] ${error instanceof Error ? error.stack ?? error.message : String(error)}\n  what to do: ${catalogue.INTERNAL.hint}`
}

/** The message of any thrown value, on one line. */
export function messageOf (error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\s*\n\s*/g, ' ')
}

/** The `code` that Node and its libraries put on system errors (`ENOENT`, `EADDRINUSE`, …), or ''. */
export function systemCode (error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return ''
  return String(error.code)
}

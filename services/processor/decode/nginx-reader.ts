import { textOf } from './field.ts'
import type { Refusal } from './field.ts'
import { valueAt } from './json-path.ts'
import { readJson } from './json.ts'
import type { LogFormat } from './nginx-format.ts'
import { readTemplate } from './nginx-template.ts'
import type { Leaf } from './nginx-template.ts'
import { compileScanner } from './nginx-scan.ts'
import type { Scanner } from './nginx-scan.ts'
import { readValue } from './nginx-values.ts'

/** Reads the values of variables out of lines. */
export interface Reader {
  /** The variables that are read, each once. */
  names: readonly string[]
  /** True when the format writes a JSON object. */
  isJson: boolean
  /** The values of the line that was read last, in the order of `names`; '' for what it does not have. */
  values: string[]
  /** Reads a line into `values`; gives why it cannot be read. */
  read (bytes: Buffer): Refusal | undefined
}

/** Compiles a log format to a reader of the variables that are used; a text that says what is wrong with it. */
export function createReader (format: LogFormat, isUsed: (name: string) => boolean): Reader | string {
  const scanner = compileScanner(format, isUsed)
  if (typeof scanner === 'string') return scanner
  const names = [...new Set(format.slots.map(({ name }) => name).filter(isUsed))]
  const values = names.map(() => '')
  const leaves = readTemplate(format)
  const readLine = createLineReader(format, scanner, names, values)
  const readKeys = leaves === undefined ? undefined : createKeyReader(format, leaves, names, values)
  return {
    names,
    isJson: leaves !== undefined,
    values,
    // A line that nginx wrote fits as it stands, also where it is no JSON; one that passed through other hands may be written anew.
    read: (bytes) => {
      const refusal = readLine(bytes)
      return refusal === undefined || readKeys === undefined ? refusal : readKeys(bytes)
    },
  }
}

function createLineReader ({ slots, escape }: LogFormat, scanner: Scanner, names: readonly string[], values: string[]): Reader['read'] {
  const places = names.map((name) => slots.findIndex((slot) => slot.name === name))
  const scan = { starts: slots.map(() => 0), ends: slots.map(() => 0) }
  const isEscaped = escape !== 'none'
  return (bytes) => {
    const text = bytes.toString('latin1')
    const fault = scanner(bytes, text, scan)
    if (fault !== -1) return { reason: 'malformed', detail: bytes.length === 0 ? 'the line is empty' : describeFault(slots, fault) }
    for (let index = 0; index < places.length; index++) {
      const place = places[index]!
      values[index] = readValue(bytes, scan.starts[place]!, scan.ends[place]!, isEscaped)
    }
    return undefined
  }
}

function describeFault (slots: LogFormat['slots'], fault: number): string {
  const name = (index: number): string => `$${slots[index]?.name.slice(0, 64) ?? ''}`
  return fault < slots.length
    ? `the line does not fit log_format at ${name(fault)}`
    : `the line goes on behind ${name(fault - 1)}, the end of log_format`
}

function createKeyReader ({ slots }: LogFormat, leaves: { list: Leaf[], wanted: Parameters<typeof readJson>[1] }, names: readonly string[], values: string[]): Reader['read'] {
  const indexes = slots.map(({ name }) => names.indexOf(name))
  const put = (slot: number, value: string): void => {
    const index = indexes[slot]!
    if (index !== -1) values[index] = value
  }
  return (bytes) => {
    const { value, refusal } = readJson(bytes, leaves.wanted)
    if (refusal !== undefined) return refusal
    values.fill('')
    for (const leaf of leaves.list) leaf.read(textOf(valueAt(value, leaf.path)), put)
    return undefined
  }
}

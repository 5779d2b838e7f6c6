/**
 * Runs a pattern's program with what it learnt before: sets of states in their order of preference become single states
 * of a machine, found once and kept (a lazy DFA, as RE2 builds one). A character then costs one look into a table; what
 * is kept is bounded, and without it a character costs what it costs `run`.
 */
import { run } from './pattern-program.ts'
import type { Instruction } from './pattern-program.ts'

/** Length of the preferred match at the start of `text`, or -1. The text begins with the machine's head. */
export type Machine = (text: string) => number

/** More states than these are forgotten and learnt anew. */
const mostStates = 200
/** Codes 0 to 127, and 128 for all others. */
const alphabet = 129
const UNKNOWN = 0
const DEAD = -1

/** What a state is: threads up to the one that accepts, if any; those after it lost. */
interface State { threads: readonly number[], flags: number }

const ACCEPTS = 1
const ACCEPTS_AT_END = 2

/**
 * A machine for the program; `head` is what every match begins with, literally. Word boundaries look at both sides of a
 * place: programs with one are run as they are.
 */
export function createMachine (program: readonly Instruction[], head: string): Machine {
  if (program.some((instruction) => instruction.op === 'assert' && 'bB'.includes(instruction.what))) return (text) => run(program, text)
  const { classes, count } = classify(program)
  const bound = head.length + mostStates
  // By state and class of code; state 0 is not used: 0 says that nobody was there yet.
  let table: Int32Array = new Int32Array(count * 8)
  const flags = new Uint8Array(bound + 1)
  const states: State[] = []
  const numbers = new Map<string, number>()
  let first = UNKNOWN

  const numberOf = (threads: number[]): number => {
    if (threads.length === 0) return DEAD
    const key = threads.join(' ')
    const known = numbers.get(key)
    if (known !== undefined) return known
    const state = createState(program, threads)
    const number = states.push(state)
    numbers.set(key, number)
    flags[number] = state.flags
    if (table.length < (number + 1) * count) table = enlarged(table)
    return number
  }
  const step = (from: number, code: number): number => {
    const reached = states[from - 1]!.threads.flatMap((thread) => takes(program[thread]!, code) ? [thread + 1] : [])
    const next = numberOf(closure(program, reached, false))
    table[from * count + classes[code]!] = next
    return next
  }
  const start = (): number => {
    states.length = 0
    numbers.clear()
    table.fill(UNKNOWN)
    first = numberOf(closure(program, [0], true))
    for (let at = 0; at < head.length && first !== DEAD; at++) first = step(first, head.charCodeAt(at))
    return first
  }

  return (text) => {
    // Only here are start and end one place.
    if (text === '') return run(program, text)
    let best = -1
    let number = first === UNKNOWN || states.length >= bound ? start() : first
    for (let at = head.length; number !== DEAD; at++) {
      if ((flags[number]! & ACCEPTS) !== 0) best = at
      if (at === text.length) return (flags[number]! & ACCEPTS_AT_END) !== 0 ? at : best
      const code = Math.min(text.charCodeAt(at), alphabet - 1)
      const next = table[number * count + classes[code]!]!
      if (next === UNKNOWN && states.length >= bound) return run(program, text)
      number = next === UNKNOWN ? step(number, code) : next
    }
    return best
  }
}

function enlarged (table: Int32Array): Int32Array {
  const larger = new Int32Array(table.length * 2)
  larger.set(table)
  return larger
}

/** Codes that no instruction tells apart share a class, so that a state's table is a few numbers. */
function classify (program: readonly Instruction[]): { classes: Uint8Array, count: number } {
  const known = new Map<string, number>()
  const sets = program.flatMap((instruction) => instruction.op === 'set' ? [instruction.codes] : [])
  const classes = Uint8Array.from({ length: alphabet }, (_, code) => {
    const signature = sets.map((codes) => codes[code]).join('')
    const number = known.get(signature) ?? known.size
    known.set(signature, number)
    return number
  })
  return { classes, count: known.size }
}

function createState (program: readonly Instruction[], threads: readonly number[]): State {
  const accepting = threads.findIndex((thread) => program[thread]!.op === 'accept')
  const alive = accepting < 0 ? threads : threads.slice(0, accepting + 1)
  const atEnd = alive.some((thread) => leadsToEnd(program, thread))
  return { threads: alive, flags: (accepting < 0 ? 0 : ACCEPTS) | (atEnd ? ACCEPTS_AT_END : 0) }
}

function takes (instruction: Instruction, code: number): boolean {
  return instruction.op === 'set' && instruction.codes[code] === 1
}

/** Everything reachable without consuming, in order of preference. An assertion of the end waits for it. */
function closure (program: readonly Instruction[], starts: readonly number[], atStart: boolean): number[] {
  const seen = new Set<number>()
  const threads: number[] = []
  const pending = [...starts].reverse()
  while (pending.length > 0) {
    const index = pending.pop()!
    if (seen.has(index)) continue
    seen.add(index)
    const instruction = program[index]!
    if (instruction.op === 'fork') pending.push(instruction.second, instruction.first)
    else if (instruction.op !== 'assert' || instruction.what === '$') threads.push(index)
    else if (atStart) pending.push(index + 1)
  }
  return threads
}

/** Whether a thread accepts at the end of the text: itself, or past assertions of the end. */
function leadsToEnd (program: readonly Instruction[], thread: number): boolean {
  const seen = new Set<number>()
  const pending = [thread]
  while (pending.length > 0) {
    const index = pending.pop()!
    if (seen.has(index)) continue
    seen.add(index)
    const instruction = program[index]!
    if (instruction.op === 'accept') return true
    if (instruction.op === 'fork') pending.push(instruction.second, instruction.first)
    else if (instruction.op === 'assert' && instruction.what === '$') pending.push(index + 1)
  }
  return false
}

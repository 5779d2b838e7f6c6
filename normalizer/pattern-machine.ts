/**
 * Runs a pattern's program with what it learnt before: sets of states in their order of preference become single states
 * of a machine, found once and kept (a lazy DFA, as RE2 builds one). A character then costs one look into a table; what
 * is kept is bounded, and without it a character costs what it costs `run`.
 */
import { run } from './pattern-program.ts'
import type { Instruction } from './pattern-program.ts'

/** Length of the preferred match at the start of `text`, or -1. */
export type Machine = (text: string) => number

/** More states than these are forgotten and learnt anew. */
const mostStates = 200
/** Codes 0 to 127, and 128 for all others. */
const alphabet = 129
const UNKNOWN = 0
const DEAD = -1

/** Threads up to the one that accepts, if any; those after it lost. */
interface State { threads: readonly number[], accepts: boolean, acceptsAtEnd: boolean, next: Int32Array }

/** A machine for the program. Word boundaries look at both sides of a place: programs with one are run as they are. */
export function createMachine (program: readonly Instruction[]): Machine {
  if (program.some((instruction) => instruction.op === 'assert' && 'bB'.includes(instruction.what))) return (text) => run(program, text)
  // Number 0 is taken: in the tables it says that nobody was there yet.
  const states: State[] = []
  const numbers = new Map<string, number>()
  let first = UNKNOWN

  const numberOf = (threads: number[]): number => {
    if (threads.length === 0) return DEAD
    const key = threads.join(' ')
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, states.length + 1)
    return states.push(createState(program, threads))
  }
  const start = (): number => {
    states.length = 0
    numbers.clear()
    first = numberOf(closure(program, [0], true))
    return first
  }
  const step = (from: number, code: number): number => {
    const state = states[from - 1]!
    const reached = state.threads.flatMap((thread) => takes(program[thread]!, code) ? [thread + 1] : [])
    const next = numberOf(closure(program, reached, false))
    state.next[code] = next
    return next
  }

  return (text) => {
    let best = -1
    let number = first === UNKNOWN || states.length >= mostStates ? start() : first
    for (let at = 0; number !== DEAD; at++) {
      const state = states[number - 1]!
      if (state.accepts) best = at
      if (at === text.length) return state.acceptsAtEnd ? at : best
      const code = Math.min(text.charCodeAt(at), alphabet - 1)
      const next = state.next[code]!
      if (next === UNKNOWN && states.length >= mostStates) return run(program, text)
      number = next === UNKNOWN ? step(number, code) : next
    }
    return best
  }
}

function createState (program: readonly Instruction[], threads: readonly number[]): State {
  const accepting = threads.findIndex((thread) => program[thread]!.op === 'accept')
  const alive = accepting < 0 ? threads : threads.slice(0, accepting + 1)
  const acceptsAtEnd = alive.some((thread) => leadsToEnd(program, thread))
  return { threads: alive, accepts: accepting >= 0, acceptsAtEnd, next: new Int32Array(alphabet) }
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

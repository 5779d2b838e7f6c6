/** Patterns as programs: a set of states moves over the text (Thompson), the preferred one first (Pike). */

/** A pattern's syntax. */
export type Syntax =
  | { kind: 'set', codes: Uint8Array }
  | { kind: 'sequence', parts: Syntax[] }
  | { kind: 'choice', parts: Syntax[] }
  | { kind: 'repeat', part: Syntax, least: number, most: number, lazy: boolean }
  | { kind: 'assert', what: '^' | '$' | 'b' | 'B' }

/** Bound of a program; above it a pattern is refused. */
export const maxSize = 4000

/** One instruction: consume a code of a set, assert, fork (the first target preferred), or accept. */
export type Instruction =
  | { op: 'set', codes: Uint8Array }
  | { op: 'assert', what: string }
  | { op: 'fork', first: number, second: number }
  | { op: 'accept' }

/** The program of a syntax; throws SyntaxError when it is too large. */
export function assemble (tree: Syntax): Instruction[] {
  const program: Instruction[] = []
  emit(program, tree)
  program.push({ op: 'accept' })
  return program
}

function emit (program: Instruction[], tree: Syntax): void {
  if (program.length > maxSize) throw new SyntaxError('too large')
  if (tree.kind === 'set') program.push({ op: 'set', codes: tree.codes })
  else if (tree.kind === 'assert') program.push({ op: 'assert', what: tree.what })
  else if (tree.kind === 'sequence') for (const part of tree.parts) emit(program, part)
  else if (tree.kind === 'choice') emitChoice(program, tree.parts)
  else emitRepeat(program, tree)
}

function emitChoice (program: Instruction[], parts: readonly Syntax[]): void {
  const exits: Array<{ op: 'fork', first: number, second: number }> = []
  for (const [index, part] of parts.entries()) {
    const fork = { op: 'fork' as const, first: program.length + 1, second: program.length + 1 }
    if (index < parts.length - 1) program.push(fork)
    emit(program, part)
    const exit = { op: 'fork' as const, first: 0, second: 0 }
    program.push(exit)
    exits.push(exit)
    fork.second = program.length
  }
  for (const exit of exits) exit.first = exit.second = program.length
}

function emitRepeat (program: Instruction[], { part, least, most, lazy }: Extract<Syntax, { kind: 'repeat' }>): void {
  const before = program.length
  for (let copy = 0; copy < least; copy++) {
    emit(program, part)
    // Nothing, however often, is nothing.
    if (program.length === before) return
  }
  const forks: Array<{ op: 'fork', first: number, second: number }> = []
  const optional = most === Infinity ? 1 : Math.max(0, most - least)
  for (let copy = 0; copy < optional; copy++) {
    const start = program.length
    const fork = { op: 'fork' as const, first: start + 1, second: start + 1 }
    program.push(fork)
    forks.push(fork)
    emit(program, part)
    if (most === Infinity) program.push({ op: 'fork', first: start, second: start })
  }
  for (const fork of forks) {
    if (lazy) fork.first = program.length
    else fork.second = program.length
  }
}

/** Length of the preferred match at the start of `text`, or -1. Linear in the text. */
export function run (program: readonly Instruction[], text: string): number {
  const marks = new Int32Array(program.length).fill(-1)
  let threads: number[] = []
  let best = -1
  follow(program, text, 0, 0, threads, marks)
  for (let at = 0; threads.length > 0; at++) {
    const code = at < text.length ? Math.min(text.charCodeAt(at), 128) : -1
    const next: number[] = []
    for (const thread of threads) {
      const instruction = program[thread]!
      if (instruction.op === 'accept') {
        best = at
        break
      }
      if (instruction.op === 'set' && code >= 0 && instruction.codes[code] === 1) follow(program, text, thread + 1, at + 1, next, marks)
    }
    threads = next
  }
  return best
}

/** Adds every state that is reachable without consuming, in order of preference. */
function follow (program: readonly Instruction[], text: string, start: number, at: number, threads: number[], marks: Int32Array): void {
  const pending = [start]
  while (pending.length > 0) {
    const index = pending.pop()!
    if (marks[index] === at) continue
    marks[index] = at
    const instruction = program[index]!
    if (instruction.op === 'fork') pending.push(instruction.second, instruction.first)
    else if (instruction.op !== 'assert') threads.push(index)
    else if (holds(instruction.what, text, at)) pending.push(index + 1)
  }
}

function holds (what: string, text: string, at: number): boolean {
  if (what === '^') return at === 0
  if (what === '$') return at === text.length
  const boundary = isWord(text, at - 1) !== isWord(text, at)
  return boundary === (what === 'b')
}

function isWord (text: string, at: number): boolean {
  return at >= 0 && at < text.length && /\w/.test(text[at]!)
}

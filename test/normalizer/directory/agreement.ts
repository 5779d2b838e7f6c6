/** Holds the normalizer against the templates that requests were made from, and against the plain rules where they differ. */
import { compile, readOpenApi } from '../../../normalizer/index.ts'
import type { Normalizer } from '../../../normalizer/index.ts'
import { ask } from '../oracle.ts'
import { declaredOf } from './documents.ts'
import type { Json } from './documents.ts'
import type { Random } from './random.ts'
import { requestsFor, strangersFor, wordsOf } from './requests.ts'
import type { Made } from './requests.ts'
import { rowsOf, templatesOf } from './templates.ts'
import type { Templates } from './templates.ts'

/** What checking came to; `failures` are sentences. */
export interface Agreement {
  operations: number
  requests: number
  /** The request fits its own template, and the rules prefer another one. */
  preferred: number
  strangers: number
  failures: string[]
}

/** Adds up. */
export function emptyAgreement (): Agreement {
  return { operations: 0, requests: 0, preferred: 0, strangers: 0, failures: [] }
}

/** One share of the answers that agree anyway is also put to the plain rules. */
const asked = 0.002

/** Large documents have many strangers that fit another template; the plain rules are asked for about this many. */
const askedStrangers = 2000

/** Checks one document; `share` is the part of its operations that requests are made from. */
export function checkDocument (name: string, document: Json, random: Random, share: number, sum: Agreement): void {
  const normalizer = compile([readOpenApi(document, { service: 'service', source: name })])
  const declared = declaredOf(document)
  const words = wordsOf(declared)
  let templates: Templates | undefined
  const rules = (): Templates => (templates ??= templatesOf(rowsOf(declared)))
  for (const operation of declared) {
    if (operation.method === '' || random.next() >= share) continue
    sum.operations++
    for (const made of requestsFor(operation, words, random)) checkMade(normalizer, made, name, rules, random, sum)
    const strangers = strangersFor(operation, random).filter(() => random.next() < askedStrangers / declared.length)
    for (const made of strangers) checkStranger(normalizer, made, name, rules, random, sum)
  }
}

function checkMade (normalizer: Normalizer, made: Made, name: string, rules: () => Templates, random: Random, sum: Agreement): void {
  sum.requests++
  const match = normalizer.match(made)
  const agrees = match.outcome === 'matched' && match.endpoint?.template === made.key
  if (agrees && random.next() > asked) return
  if (!agrees) sum.preferred++
  compare(match, made, name, rules, sum)
}

function checkStranger (normalizer: Normalizer, made: Made, name: string, rules: () => Templates, random: Random, sum: Agreement): void {
  sum.strangers++
  const match = normalizer.match(made)
  if (match.outcome !== 'unmatched' || random.next() < asked) compare(match, made, name, rules, sum)
}

function compare (match: ReturnType<Normalizer['match']>, made: Made, name: string, rules: () => Templates, sum: Agreement): void {
  const host = /^[a-z]+:\/\/([^/]+)/.exec(made.path)?.[1] ?? made.host
  const answer = ask(rules()(host, made.path), made.method, made.path)
  // An undeclared OPTIONS on a declared path is tagged, not refused.
  const outcome = match.tag === 'options' ? 'method_not_declared' : match.outcome
  if (outcome === answer.outcome && (match.endpoint?.template ?? '') === answer.key) return
  sum.failures.push(`${name}: ${made.kind} ${made.method} ${made.host}${made.path} of ${made.key}: ` +
    `${match.outcome} ${match.endpoint?.template ?? ''}, but the rules say ${answer.outcome} ${answer.key}`)
}

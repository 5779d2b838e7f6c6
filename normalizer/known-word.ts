/**
 * Words that are known to be words of APIs. A name, a user name or a passphrase looks like a word, too, so only these may
 * stand in the labels of undeclared paths.
 */
import { apiWords } from './api-words.ts'
import { isLocale, isStandard } from './word.ts'
import { codes, shortWords, technicalWords } from './words.ts'

/** True for a word that is known besides, such as those of documents. Asked for whole segments and, in lower case, for their pieces. */
export type KnowsWord = (word: string) => boolean

const mostRemembered = 8192

/** The same function, which computes what comes again only once; it forgets all when it knows too much. */
function remembering<T extends object | number> (compute: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>()
  return (text) => {
    const before = known.get(text)
    if (before !== undefined) return before
    const result = compute(text)
    if (known.size >= mostRemembered) known.clear()
    known.set(text, result)
    return result
  }
}

/** True for a segment that is made of words of APIs: in any case, with any separator, in the usual forms, or written together. */
export function isKnownWord (text: string, knows: KnowsWord = knowsNothing): boolean {
  if (knows(text)) return true
  const reading = read(text)
  if (reading.known || knows === knowsNothing) return reading.known
  return reading.pieces.some(knows) && isMadeOfKnown(reading.pieces, knows)
}

/** What a segment is without the words that a caller knows besides. */
interface Reading { pieces: string[], known: boolean }

const read = remembering((text: string): Reading => {
  const pieces = piecesOf(text)
  return { pieces, known: isCode(text) || isStandard(text) || isLocale(text) || isMadeOfKnown(pieces, knowsNothing) }
})

function isMadeOfKnown (pieces: readonly string[], knows: KnowsWord): boolean {
  let known = 0
  let unknown = 0
  let single = 0
  let derived = 0
  let count = 0
  for (const piece of pieces) {
    count++
    // Too short to name anybody.
    if (piece.length < 3) {
      if (piece.length === 1) single++
      else if (!glue.has(piece)) unknown += 2
      continue
    }
    const strength = knows(piece) ? EXACT : strengthOf(piece)
    if (strength === UNKNOWN) {
      if (piece.length > 3 || shortNames.has(piece)) return false
      unknown += piece.length
    } else known += piece.length
    if (strength === DERIVED) derived++
  }
  // Passphrases have four words or more: all of them must be common then.
  // `us`, `v1b3`; more of them in a row are a chance of letters.
  return (known === 0 ? count < 2 || (count === 2 && unknown === 0) : known >= unknown + single) && (count < 4 || derived < 2)
}

/** `USD`, `EUR-USD`, `DEU`, `deu`. */
function isCode (text: string): boolean {
  return codes.has(text) || (text.length === 7 && codes.has(text.slice(0, 3)) && codes.has(text.slice(4)))
}

const knowsNothing = (): boolean => false

/** `getUserByID` and `get-user.by_id` in lower case, without digits: they are judged by shape. */
export function piecesOf (text: string): string[] {
  const pieces = text.match(/[A-Z]{2,}s(?![a-z])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? []
  return pieces.map((piece) => piece.toLowerCase())
}

const mostNames = 4096
const none: ReadonlySet<string> = new Set()

/** Gives the pieces of names that somebody gave to services and routes; remembers them within a bound. */
export function createNameWords (): (name: string) => ReadonlySet<string> {
  const known = new Map<string, ReadonlySet<string>>()
  return (name) => {
    if (name === '') return none
    const before = known.get(name)
    if (before !== undefined) return before
    const words = new Set(piecesOf(name.slice(0, 256)).filter((piece) => piece.length > 2))
    if (known.size >= mostNames) known.clear()
    known.set(name, words)
    return words
  }
}

const UNKNOWN = 0
const DERIVED = 1
const EXACT = 2

const strengthOf = remembering(judge)

function judge (piece: string): number {
  if (isListed(piece)) return EXACT
  if (names.has(piece)) return UNKNOWN
  if (isDerived(piece)) return DERIVED
  // Shorter ones would make words of `simon` and `madison`; `getuser` begins with a verb.
  const verb = piece.length < 8 ? /^(?:get|set|add|put|del|list|find|is|has|no)/.exec(piece)?.[0].length ?? piece.length : 0
  return piece.length > verb + 1 && piece.length <= 60 && splits(piece, verb, new Set()) ? EXACT : UNKNOWN
}

/** In the list, or its plural. */
function isListed (word: string): boolean {
  if (apiWords.has(word) || shortWords.has(word) || technicalWords.has(word)) return true
  return word.endsWith('s') && word.length > 3 && (isBase(word.slice(0, -1)) || (word.endsWith('es') && isBase(word.slice(0, -2))) ||
    (word.endsWith('ies') && isBase(`${word.slice(0, -3)}y`)))
}

function isBase (word: string): boolean {
  return word.length >= 3 && (apiWords.has(word) || shortWords.has(word))
}

const suffixes = ('ed d ing er ers or ors ly able ible al ally ation ations ion ions ment ments ness ity ality ivity ive ize izer ise ized izing ization isation ' +
  'ful less ship ary ics ic ical ist ists est th ance ence ency ant ent age ability ty').split(' ')
const prefixes = 're un non pre post sub multi auto inter co de dis mis over under micro meta geo bio super anti trans'.split(' ')

/** `normalize`, `unfreeze`, `engineering`, `shipped`: one form of a word that is listed. */
function isDerived (word: string): boolean {
  if (hasStem(word)) return true
  return prefixes.some((prefix) => word.startsWith(prefix) && word.length - prefix.length >= 4 &&
    (isListed(word.slice(prefix.length)) || hasStem(word.slice(prefix.length))))
}

function hasStem (word: string): boolean {
  if (word.endsWith('ied') && isBase(`${word.slice(0, -3)}y`)) return true
  return suffixes.some((suffix) => {
    if (!word.endsWith(suffix)) return false
    const stem = word.slice(0, -suffix.length)
    if (stem.length < (suffix === 'ed' || suffix === 'ing' ? 3 : 4)) return false
    if (isBase(stem) || isBase(`${stem}e`)) return true
    const last = stem.at(-1)
    return (last === stem.at(-2) && isBase(stem.slice(0, -1))) || (last === 'i' && isBase(`${stem.slice(0, -1)}y`))
  })
}

/** Short words that join others where nothing separates them: `listbyid`, `endofday`. */
const glue = new Set('by of to in on is id ip or at vs no up as if it my me us eu ui vm os db tv'.split(' '))

/** `jobpreparationtask`: words behind each other. `dead` holds places from which no way leads on, so that the time stays bounded. */
function splits (word: string, from: number, dead: Set<number>): boolean {
  if (from === word.length) return true
  if (dead.has(from)) return false
  for (let end = Math.min(word.length, from + 20); end >= from + 2; end--) {
    const part = word.slice(from, end)
    if ((end - from === 2 ? glue.has(part) : isListed(part) || (end - from > 6 && isDerived(part))) && splits(word, end, dead)) return true
  }
  dead.add(from)
  return false
}

/** First names of three letters: other unknown letters of that number are abbreviations, where a known word stands beside them. */
const shortNames: ReadonlySet<string> = new Set((
  'abe ada ali amy ana ann asa ava bea ben bob cal cam dan deb dee don dot eli ema eva eve fay flo gia gil gus guy hal ian ida ike ina ira isa ivy jan jay jeb jed jen ' +
  'jim joe jon joy kai kay ken kim kit kyle lea lee len leo lex lia liz lou luc mae max meg mel mia moe nan ned nia noa noe nora ola ole oma ora pam pat peg pia ray reg rex rob ' +
  'rod roy sal sam sky sol stu sue tad ted tim tom ugo una uma val van vic wes will zac zoe doe lee kim ali roe fox cox ray day may fry gray hay'
).split(' '))

/** Names of people that rules would take for forms of words. */
const names: ReadonlySet<string> = new Set((
  'allison addison madison landon lawson carson brandon walker carter turner parker weber wells constance fielding tyler taylor tailor ' +
  'miller fisher baker cooper carpenter gardner gardener hunter archer mason piper parker potter porter rider ryder sawyer sadler slater spencer stanton stephan ' +
  'constantin constantine cassandra sharity stormy destiny charity christian cristian dominion julian adrian marina sandra martin marton dixon nixon logan landon lander ' +
  'lambert hobert robert albert herbert hubert norbert gilbert elbert delbert walter alter valter hester lester chester forester foster webster brewster'
).split(' '))

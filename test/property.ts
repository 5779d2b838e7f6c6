/**
 * fast-check, with one seed for every property: what passed once passes everywhere, and a failure tells of a change.
 * To search where nobody has looked, give another: `GATELENS_FUZZ_SEED=7`, or `GATELENS_FUZZ_SEED=random` for one that
 * the failure names.
 */
import fc from 'fast-check'
import { isThorough } from './thorough.ts'

const given = process.env.GATELENS_FUZZ_SEED ?? '20261121'
if (given !== 'random') fc.configureGlobal({ seed: Number(given) })

export { fc }

/** How often a property is tried: five times as often in the integration run. */
export function runs (count: number): { numRuns: number } {
  return { numRuns: isThorough ? count * 5 : count }
}

/** Texts of any code points. As fast-check's own unit `binary`, which first makes a table of all of them, for a second of CPU. */
export function anyText (constraints: { minLength?: number, maxLength?: number } = {}): fc.Arbitrary<string> {
  return fc.string({ ...constraints, unit: codePoint })
}

/** All but the surrogates, which are no characters. */
const [firstSurrogate, surrogates, points] = [0xd800, 0x800, 0x110000]
const codePoint = fc.nat(points - surrogates - 1)
  .map((number) => String.fromCodePoint(number < firstSurrogate ? number : number + surrogates))

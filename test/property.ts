/**
 * fast-check, with one seed for every property: what passed once passes everywhere, and a failure tells of a change.
 * To search where nobody has looked, give another: `GATELENS_FUZZ_SEED=7`, or `GATELENS_FUZZ_SEED=random` for one that
 * the failure names.
 */
import fc from 'fast-check'

const given = process.env.GATELENS_FUZZ_SEED ?? '20261121'
if (given !== 'random') fc.configureGlobal({ seed: Number(given) })

export { fc }

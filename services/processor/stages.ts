/** Wires the pure stages the same way for the processor, the report and the tests. */
import type { Cache } from './caches.ts'
import type { Catalog } from './catalog/catalog.ts'
import type { Decoder, Enricher, Filter, Normalize } from './contract.ts'
import { internedTexts } from './decode/intern.ts'
import { createBounds, createBudgets } from './enrich/bounds.ts'
import type { Bounds } from './enrich/bounds.ts'
import { createEnricher } from './enrich/enrich.ts'
import { createPrivacy } from './enrich/privacy.ts'
import type { PrivacyOptions } from './enrich/privacy.ts'
import { createFilter } from './filter/filter.ts'
import type { FilterRules } from './filter/filter.ts'
import { createDecoder } from './format.ts'
import type { FormatConfig } from './format.ts'
import { createUnframe } from './framing.ts'
import type { FramingConfig } from './framing.ts'
import { createRoutes } from './inference.ts'
import { createNormalize, inferWith } from './normalize/normalize.ts'
import type { InferRoutes } from './normalize/normalize.ts'

/** What the stages need: the catalog as it is at the start of each batch, and the checked configuration. */
export interface StageOptions {
  catalog: () => Catalog
  privacy: PrivacyOptions
  filter: FilterRules
  /** Infers routes; without it a fresh inference does, within the default bounds. */
  infer?: InferRoutes
  /** Bounds published texts; without it fresh budgets do. */
  bounds?: Bounds
  /** Key of the hashes where `privacy` has none; without it a random one. */
  key?: Uint8Array
}

/** The pure stages behind the decoders, in the order in which the pipeline runs them, and what the operator should know. */
export interface Stages {
  normalize: Normalize
  filter: Filter
  enrich: Enricher
  notices: readonly string[]
  /** What the stages remember between batches. */
  caches: readonly Cache[]
}

/** Makes one set of stages. They hold bounded memory of their own, which all pipelines of a thread share. */
export function createStages ({ catalog, privacy, filter, infer, bounds = createBounds(createBudgets()), key }: StageOptions): Stages {
  const routes = infer ?? inferWith(createRoutes(undefined, { knows: (word) => catalog().knows(word), names: privacy.names }))
  const rules = createPrivacy(privacy, key)
  const enrich = createEnricher({ catalog, privacy: rules, bounds })
  return {
    normalize: createNormalize(catalog, routes),
    filter: createFilter(filter),
    enrich,
    notices: rules.notices,
    caches: [internedTexts, ...rules.caches, ...enrich.caches],
  }
}

/**
 * Makes the decoder of one input; it picks the header and query values that `privacy` allows. Without a framing, records are looked for
 * in every known wrapper.
 */
export function createInputDecoder (format: FormatConfig, privacy: PrivacyOptions, framing?: FramingConfig): Decoder {
  const decoder = createDecoder(format, { headers: privacy.allow_headers, query: privacy.allow_query })
  const unframe = framing === undefined ? undefined : createUnframe(framing)
  return unframe === undefined ? decoder : { ...decoder, unframe }
}

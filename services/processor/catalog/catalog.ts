import { endpointsOf, open, prepare } from '../../../normalizer/index.ts'
import type { Endpoint, Normalizer, Problem } from '../../../normalizer/index.ts'
import type { CompiledCatalog } from './compile.ts'
import { digestCatalog } from './digest.ts'
import { createConsumerFinder, createConsumerNames, createPartnerFinder } from './partners/partners.ts'
import type { ConsumerFinder, Partner, PartnerFinder } from './partners/partners.ts'
import type { Service } from './service.ts'

/** Everything that is declared, ready for use. It is never changed, only replaced whole. */
export interface Catalog {
  normalizer: Normalizer
  services: ReadonlyMap<string, Service>
  /** The gateway's name of a backend to the catalog's name of the service, where they differ. */
  aliases: ReadonlyMap<string, string>
  partners: readonly Partner[]
  /** Partner and tier of a request: `''` for nobody, `unmapped` for a caller that no partner claims. */
  findPartner: PartnerFinder
  /** Consumer of a credential id, '' where the gateway's configuration names none. */
  findConsumer: ConsumerFinder
  /** True for a host, name or word that a document or the gateway declares. */
  knows (text: string): boolean
  /** True for a name of a consumer that the gateway's configuration or the partners declare. */
  isConsumer (name: string): boolean
  /** All at once: for commands. */
  readonly endpoints: readonly Endpoint[]
  endpointCount: number
  /** The methods of HTTP and those that a document declares, as they are written there. */
  methods: ReadonlySet<string>
  /** One after the other, in the same order: what a running processor asks for, whose catalog may be large. */
  eachEndpoint (): Iterable<Endpoint>
  problems: readonly Problem[]
  /** 32 hex digits: two catalogs with the same digest do the same with every request. */
  digest: string
  /** Epoch ms. */
  compiledAt: number
  /** What it was opened from, for threads that need one of their own. */
  compiled: CompiledCatalog
}

/** Opens a compiled catalog, also after it was cloned from another thread. */
export function openCatalog (compiled: CompiledCatalog): Catalog {
  const { prepared, services, aliases, partners, consumers, owners, consumerNames, problems, digest, compiledAt } = compiled
  const normalizer = open(prepared)
  const findPartner = createPartnerFinder(partners, consumers)
  return {
    normalizer,
    services,
    aliases,
    partners,
    findPartner,
    findConsumer: createConsumerFinder(owners),
    knows: normalizer.knows,
    isConsumer: createConsumerNames(consumerNames),
    get endpoints () {
      return normalizer.endpoints
    },
    endpointCount: prepared.declared.length,
    methods: new Set([...prepared.methods.keys()].filter((method) => method !== '*')),
    eachEndpoint: () => endpointsOf(prepared),
    problems,
    digest,
    compiledAt,
    compiled,
  }
}

/** The catalog that declares nothing. */
export function emptyCatalog (): Catalog {
  const services = new Map<string, Service>()
  const aliases = new Map<string, string>()
  const digest = digestCatalog({ documents: [], gateway: undefined, services, aliases, partners: [], consumers: [] })
  const nothing = { services, aliases, partners: [], consumers: [], owners: '[]', consumerNames: '[]', problems: [], cut: { errors: 0, warnings: 0 } }
  return openCatalog({ ...nothing, digest, compiledAt: Date.now(), prepared: prepare([]) })
}

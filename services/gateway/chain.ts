import type { PluginEntry } from './entities.ts'
import type { Route, Service } from './entity.ts'
import type { Exchange } from './exchange.ts'
import type { Answer, Environment, Hooks } from './plugin.ts'

/** The plugins of one route, in running order; a consumer's own configuration comes before the general one. */
interface Slot {
  byConsumer: ReadonlyMap<string, Hooks>
  otherwise: Hooks | undefined
}

export interface Chains {
  /** The plugins that apply to a route; without a route, the global ones. */
  of (route: Route | undefined): readonly Slot[]
  /** Header and log hooks of requests that no route took. */
  global: Hooks[]
}

/** Starts every configured plugin once and sorts them out by route. */
export function createChains (plugins: PluginEntry[], routes: Route[], environment: Environment): Chains {
  const started = plugins.map((entry) => ({ ...entry, hooks: entry.plugin.start(environment) }))
  const byRoute = new Map(routes.map((route) => [route, slotsOf(started, route, route.service)]))
  const none = slotsOf(started, undefined, undefined)
  return {
    of: (route) => (route === undefined ? none : byRoute.get(route)) ?? none,
    global: none.flatMap((slot) => slot.otherwise ?? []),
  }
}

type Started = PluginEntry & { hooks: Hooks }

function slotsOf (started: Started[], route: Route | undefined, service: Service | undefined): Slot[] {
  const fitting = started.filter(({ scope }) =>
    (scope.route === undefined || scope.route === route) && (scope.service === undefined || scope.service === service))
  const names = [...new Set(fitting.map((entry) => entry.plugin.name))]
  return names.map((name) => fitting.filter((entry) => entry.plugin.name === name))
    .sort((a, b) => priorityOf(b) - priorityOf(a))
    .map(slotOf)
}

function priorityOf (entries: Started[]): number {
  return entries[0]?.plugin.priority ?? 0
}

function slotOf (entries: Started[]): Slot {
  // From the general to the special, so that the special one stays.
  const sorted = [...entries].sort((a, b) => rank(a) - rank(b))
  const general = sorted.filter((entry) => entry.scope.consumer === undefined).at(-1)
  const personal = sorted.filter((entry) => general === undefined || rank(general) < 3 || rank(entry) > 0)
  const byConsumer = new Map(personal.flatMap(({ scope, hooks }) => scope.consumer === undefined ? [] : [[scope.consumer.id, hooks]]))
  return { byConsumer, otherwise: general?.hooks }
}

/**
 * Kong's order (kong/runloop/plugins_iterator.lua): consumer with route and service, with route, with service; route and
 * service; consumer; route; service; global. So route and service together (3) outrank a consumer with neither (0).
 */
function rank ({ scope }: PluginEntry): number {
  return (scope.route === undefined ? 0 : 2) + (scope.service === undefined ? 0 : 1)
}

/**
 * Runs the access phase: each plugin that applies to the consumer known so far is noted for the later phases. The first
 * answer wins; plugins after it no longer run their access phase, but still see the response and the log.
 */
export function runAccess (exchange: Exchange, slots: readonly Slot[]): Answer | undefined | Promise<Answer | undefined> {
  return runFrom(exchange, slots, 0)
}

function runFrom (exchange: Exchange, slots: readonly Slot[], first: number): Answer | undefined | Promise<Answer | undefined> {
  let answer: Answer | undefined
  for (let index = first; index < slots.length; index++) {
    const hooks = choose(slots[index], exchange)
    if (hooks === undefined) continue
    exchange.hooks.push(hooks)
    if (answer !== undefined) continue
    const result = hooks.access?.(exchange)
    if (result instanceof Promise) {
      return result.then((late) => late === undefined ? runFrom(exchange, slots, index + 1) : noteRest(exchange, slots, index + 1, late))
    }
    answer = result
  }
  return answer
}

function noteRest (exchange: Exchange, slots: readonly Slot[], first: number, answer: Answer): Answer {
  for (const slot of slots.slice(first)) {
    const hooks = choose(slot, exchange)
    if (hooks !== undefined) exchange.hooks.push(hooks)
  }
  return answer
}

function choose (slot: Slot | undefined, exchange: Exchange): Hooks | undefined {
  return (exchange.consumer === undefined ? undefined : slot?.byConsumer.get(exchange.consumer.id)) ?? slot?.otherwise
}

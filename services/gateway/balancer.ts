import type { Target, Upstream } from './entity.ts'

/** Says which targets may be used, and hears what became of each attempt. */
export interface Health {
  available (target: Target): boolean
  report (target: Target, outcome: Outcome): void
}

/** A response status, or how the attempt failed. */
export type Outcome = number | 'tcp_failure' | 'timeout'

export interface Balancer {
  upstream: Upstream
  health: Health
  /** The next target by smooth weighted round robin, one that was not tried if there is any; undefined when none is available. */
  next (tried: ReadonlySet<Target>): Target | undefined
}

/** Balances over the targets of an upstream; a target of weight 0 gets nothing. */
export function createBalancer (upstream: Upstream, health: Health): Balancer {
  const peers = upstream.targets.filter((target) => target.weight > 0).map((target) => ({ target, current: 0 }))
  return {
    upstream,
    health,
    next: (tried) => {
      const available = peers.filter((peer) => health.available(peer.target))
      const fresh = available.filter((peer) => !tried.has(peer.target))
      return pick(fresh.length > 0 ? fresh : available)
    },
  }
}

interface Peer { target: Target, current: number }

/** Every peer gains its weight, the richest is chosen and pays the total: the smooth form that nginx uses. */
function pick (peers: Peer[]): Target | undefined {
  let best: Peer | undefined
  let total = 0
  for (const peer of peers) {
    total += peer.target.weight
    peer.current += peer.target.weight
    if (best === undefined || peer.current > best.current) best = peer
  }
  if (best === undefined) return undefined
  best.current -= total
  return best.target
}

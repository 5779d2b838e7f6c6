/** What a declarative configuration says of a route, apart from its plugins. */
import { z } from 'zod'
import { messageOf } from '../runtime/errors.ts'
import { absent, dumped, given, name, named, path } from './declarative-fields.ts'
import { compileHeaderPattern, compileRoutePattern } from './route-pattern.ts'

const routePath = z.string().superRefine((text, context) => {
  if (text.startsWith('~')) {
    checkPattern(() => compileRoutePattern(text.slice(1)), context)
  } else if (!path.safeParse(text).success) {
    context.addIssue({ code: 'custom', message: 'a path starts with / and has no empty segments; a regular expression starts with ~' })
  }
})

const routeHeader = z.array(z.string()).superRefine(([first = '', ...more], context) => {
  if (more.length === 0 && first.startsWith('~*')) checkPattern(() => compileHeaderPattern(first.slice(2)), context)
})

function checkPattern (compile: () => unknown, context: z.RefinementCtx): void {
  try {
    compile()
  } catch (error) {
    context.addIssue({ code: 'custom', message: messageOf(error).replace(/^Invalid regular expression: .*\/[a-z]*: /, 'not a regular expression: ') })
  }
}

const routeHost = z.string().min(1).refine((text) => {
  const stars = text.split('*').length - 1
  return stars === 0 || (stars === 1 && /^\*\.?[^*]|[^*]\*(:\d+)?$/.test(text))
}, 'one wildcard at most, as the leftmost or the rightmost label')

/** A route without its plugins. */
export const routeRules = z.strictObject({
  ...dumped,
  name: name.nullish(),
  protocols: given(z.array(z.enum(['http', 'https'])).min(1), ['http', 'https'] as Array<'http' | 'https'>),
  methods: z.array(z.string().regex(/^[A-Z]+$/, 'a method is written in capitals')).nullish(),
  hosts: z.array(routeHost).nullish(),
  paths: z.array(routePath).nullish(),
  headers: z.record(z.string(), routeHeader).nullish(),
  https_redirect_status_code: given(z.union([426, 301, 302, 307, 308].map((code) => z.literal(code))), 426),
  regex_priority: given(z.number().int(), 0),
  strip_path: given(z.boolean(), true),
  preserve_host: given(z.boolean(), false),
  path_handling: given(z.enum(['v0', 'v1']), 'v0' as const),
  request_buffering: given(z.boolean(), true).describe('accepted; bodies are always streamed'),
  response_buffering: given(z.boolean(), true).describe('accepted; bodies are always streamed'),
  service: named,
  snis: absent,
  sources: absent,
  destinations: absent,
  filter_chains: absent,
  expression: absent,
  priority: z.literal(0, 'only with the expressions router, which this gateway does not have').nullish(),
})

/** A route as the file gives it, with Kong's defaults. */
export type RouteRules = z.output<typeof routeRules>

/** The words of the normalizer: what documents declare, what a request asks, what a match answers. Types only. */

/** How bad a problem is: `error` = something could not be used, `warning` = used, but probably not as meant. */
export type Severity = 'error' | 'warning'

/** A finding about a catalog document. It is a value: reading and compiling never throw. */
export interface Problem {
  severity: Severity
  /** Stable kebab-case name of the finding, e.g. `same-shape`. */
  code: string
  message: string
  /** The document, as named by whoever read it (a path, a URL). */
  source: string
  /** 1-based line in the source; filled in by a loader that kept positions. */
  line?: number
  /** JSON pointer (RFC 6901) of the place, e.g. `/paths/~1users~1{id}/get`. */
  where?: string
}

/** One declared operation: method + template + who it belongs to. Objects are shared and must not be changed. */
export interface Endpoint {
  /** Upper case; '' stands for a path whose asked method is not declared, `*` for an any-method operation. */
  method: string
  /** The document's own key, unchanged. */
  template: string
  /** The bounded label: first base path + template, without `#…` and `?…` suffixes. */
  route: string
  operationId: string
  service: string
  /** Title of the API document. */
  api: string
  apiVersion: string
  deprecated: boolean
  /** Declared statuses as written: `200`, `4XX`, `default`. */
  statuses: readonly string[]
  source: string
  /** JSON pointer of the operation in its source. */
  where: string
}

/** One place that an operation is served at. */
export interface Server {
  /** Lower case, may hold `*` for a variable part and end in `:port`; '' = any host. */
  host: string
  /** '' or `/…` without a trailing slash; variables that may have any value stand as parameters. */
  basePath: string
  /** The same with the defaults of such variables: another form of the base path, not a label of its own. */
  defaultPath?: string
}

/** One path item of a document. */
export interface ApiPath {
  /** The document's own key, unchanged. */
  template: string
  /** JSON pointer of the path item. */
  where: string
  /** Names of parameters that the document declares to span segments. */
  greedy: readonly string[]
  /** Where the path item is served: its own servers, else the document's. */
  servers: readonly Server[]
  operations: readonly ApiOperation[]
}

/** One operation with the servers that it is reachable at (its own, else its path item's, else the document's). */
export interface ApiOperation {
  endpoint: Endpoint
  servers: readonly Server[]
  /** Values that the document names for path parameters; missing when it names none. */
  values?: readonly ParameterValues[]
  /** A deprecated operation says what to use instead, or until when it works. */
  successor?: boolean
}

/** Documented values of one path parameter. */
export interface ParameterValues {
  name: string
  values: readonly string[]
  /** No other values are legal (enum, const). */
  closed: boolean
}

/** An API document, read: everything that compiling needs. */
export interface ApiDocument {
  service: string
  source: string
  api: string
  apiVersion: string
  /** `2.0`, `3.0`, `3.1`, `3.2`, or '' when it could not be recognised. */
  format: string
  servers: readonly Server[]
  paths: readonly ApiPath[]
  problems: readonly Problem[]
}

/** Where a gateway sends a request. Rules that share a route share the object. */
export interface GatewayRoute {
  name: string
  /** The gateway's id of the route, another name for it. */
  id?: string
  /** The gateway's own name of the backend. */
  service: string
  /** `http://host:port/path` of the backend; its path is put before what the gateway sends there. */
  service_url?: string
}

/**
 * Which paths a rule takes: the `exact` path; a `prefix`, letter by letter; whole `segments` (`/v1` takes `/v1` and `/v1/x`, not `/v1x`); a
 * `regex` from the start of the path on (RE2 or PCRE; one that ends in `$` takes whole paths); `any` path; or `none`, so that only records
 * that name the route find it.
 */
export type GatewayPath = { kind: 'exact' | 'prefix' | 'segments' | 'regex', value: string } | { kind: 'any' | 'none' }

/** A header that must be there with one of the values, in any case, or hold a match of one of the patterns. */
export interface GatewayHeader { name: string, values?: readonly string[], patterns?: readonly string[] }

/** One rule: what a request must be, and where it goes then. All conditions must hold; one that is left out always does. */
export interface GatewayRule {
  route: GatewayRoute
  path: GatewayPath
  /** `example.com`, `*.example.com`, `example.*`, each with an optional `:port`. */
  hosts?: readonly string[]
  methods?: readonly string[]
  /** Compared when the request tells its headers. */
  headers?: readonly GatewayHeader[]
  /** Whether the part of the path that the rule takes is cut off before the request goes to the backend. */
  strip?: boolean
}

/**
 * How a gateway routes: rules in the order in which the gateway decides. The first rule that fits counts. The reader of each gateway makes
 * the order; `readKong` and `orderKongRoutes` make Kong's.
 */
export interface GatewayMap { rules: readonly GatewayRule[] }

/** One request, as a gateway logged it. */
export interface MatchRequest {
  method: string
  /** Raw request target, undecoded: origin form with or without query, or absolute form. */
  path: string
  /** Requested host, with or without port. */
  host?: string
  /** Name of the backend, the catalog's or the gateway's. */
  service?: string
  /** Name of the gateway's route. */
  route?: string
  /** Raw target as sent upstream; tried when `path` itself fits nothing. */
  upstream?: string
  /** Lower-case header names to values, where logged. */
  headers?: Readonly<Record<string, string>>
}

/** How a request resolved against the declared routes. */
export type MatchOutcome = 'matched' | 'method_not_declared' | 'ambiguous' | 'unmatched' | 'malformed'

/** What narrowed the search when the match was found, strongest first. */
export type Scope = 'gateway' | 'service' | 'host' | 'catalog' | 'rescue' | ''

/** The answer to one request. `endpoint` is missing exactly when the outcome is `unmatched` or `malformed`. */
export interface Match {
  outcome: MatchOutcome
  /** With `method_not_declared`, and for an undeclared OPTIONS, it stands for the path: method and operationId are ''. */
  endpoint: Endpoint | undefined
  /** The bounded label: base path as matched + template; '' when there is no endpoint. */
  route: string
  /** `head`: a declared GET answered for HEAD; `options`: a declared path answered for an undeclared OPTIONS. */
  tag: '' | 'head' | 'options'
  scope: Scope
  /** The path fitted without the document's base path. */
  stripped: boolean
  /** The path fitted but for a trailing slash. */
  slash: boolean
  /** Another template of the same shape declares the same method, and the first one was taken. */
  sameShape: boolean
  /** The gateway's route, when a gateway map is compiled in and one fits. */
  gateway: GatewayRoute | undefined
  /** The cut and normalised path that was compared; holds raw values. */
  path: string
  /** Opaque: what `params` needs. */
  form: Form | undefined
}

/** One compiled way to write a template: base path + template, split in segments. Opaque to callers. */
export interface Form {
  readonly segments: readonly Segment[]
  readonly slash: boolean
  readonly label: string
}

/** One segment of a template. */
export type Segment =
  | { kind: 'static', text: string }
  | { kind: 'param', names: readonly string[] }
  /**
   * `spans`: one of the parameters may span segments; forms are written for it, which a search takes as they are. There,
   * `joined` tells that the greedy segment before or after this one is part of its first or last parameter.
   */
  | { kind: 'mixed', literals: readonly string[], names: ReadonlyArray<readonly string[]>, spans?: true, joined?: 'before' | 'after' }
  | { kind: 'greedy', names: readonly string[] }

/** One template that fits a request, as `explain` shows it. */
export interface Candidate {
  endpoint: Endpoint
  route: string
  /** `rival`: nothing tells it from the winner, so that the match is ambiguous. */
  outcome: 'winner' | 'rival' | 'loser'
  /** Why it won or lost, a sentence. */
  reason: string
}

/** What became of a request target (rule 1). Parts hold raw values. */
export interface TargetSteps {
  scheme: string
  authority: string
  /** The host that the target itself names; it outweighs the request's. */
  host: string
  /** With its `?`. */
  query: string
  /** With its `#`. */
  fragment: string
  /** In normal form; '' when the target is malformed. */
  path: string
  /** What was done to the path, in words. */
  changes: readonly string[]
  /** Why the target is no path; '' when it is one. */
  malformed: string
}

/** The declared template that comes closest to an undeclared path. */
export interface NearestTemplate {
  route: string
  /** 1-based place of the first segment that differs; `expected` or `found` is '' where one of the two has ended. */
  segment: number
  expected: string
  found: string
}

/** One segment of an undeclared path. */
export interface InferredSegment {
  segment: string
  label: string
  reason: string
}

/** Why a request resolved as it did. */
export interface Explanation {
  match: Match
  /** The rule that decided, a sentence that names the rule of the guide. */
  rule: string
  candidates: Candidate[]
  target: TargetSteps
  /** The path as the gateway's route hands it to the service; '' without a route. */
  upstream: string
  /** Declared methods of the path, when the asked one is not declared. */
  allowed: readonly string[]
  /** For a path that nothing fits. */
  nearest: NearestTemplate | undefined
  /** For an unmatched path: what inference makes of it. */
  inferred: readonly InferredSegment[]
}

/**
 * gatelens/normalizer: from API documents to bounded routes. Pure: no input or output, no clock, no dependency, and no
 * function that throws.
 *
 *     const apis = [readOpenApi(document, { service: 'billing', source: 'billing.yaml' })]
 *     const normalizer = compile(apis, { gateway })
 *     normalizer.match({ method: 'GET', path: '/v1/invoices/42', host: 'api.example.com' })
 */
export { readBackstage } from './catalog/backstage.ts'
export type { BackstageApi, BackstageCatalog, BackstageService } from './catalog/backstage.ts'
export { readKong } from './catalog/kong.ts'
export { orderKongRoutes } from './catalog/kong-order.ts'
export type { KongRoute } from './catalog/kong-order.ts'
export type { KongCatalog, KongConsumer, KongService } from './catalog/kong.ts'
export { readOpenApi } from './catalog/openapi.ts'
export type { ReadOptions } from './catalog/openapi.ts'
export type {
  ApiDocument, ApiOperation, ApiPath, Candidate, Endpoint, Explanation, GatewayHeader, GatewayMap, GatewayPath,
  GatewayRoute, GatewayRule, InferredSegment,
  Match, MatchOutcome, MatchRequest, NearestTemplate, ParameterValues, Problem, Scope, Server, Severity, TargetSteps,
} from './endpoint.ts'
export { inferRoute } from './infer.ts'
export { createInference } from './inference.ts'
export type { Circumstances, Inference, InferenceLimits } from './inference.ts'
export { isInferenceState } from './inference-state.ts'
export type { InferenceState } from './inference-state.ts'
export { isKnownWord, piecesOf } from './known-word.ts'
export type { KnowsWord } from './known-word.ts'
export { lintCatalog } from './lint/catalog.ts'
export { compile, open, prepare } from './normalizer.ts'
export type { CompileOptions, Normalizer } from './normalizer.ts'
export { buffersOf, endpointsOf } from './prepared.ts'
export type { Prepared } from './prepared.ts'
export { readRouteName } from './route-name.ts'
export type { RouteName } from './route-name.ts'

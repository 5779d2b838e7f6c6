import type { Endpoint } from '../../../normalizer/index.ts'

/** A declared operation, as far as drift needs it. */
export type DeclaredOperation = Pick<Endpoint, 'service' | 'api' | 'method' | 'route' | 'template' | 'operationId' | 'deprecated' | 'statuses' | 'source' | 'where'>

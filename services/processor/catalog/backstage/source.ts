/** Backstage: descriptor files and the REST API of its catalog. https://backstage.io/docs/features/software-catalog/ */
import { z } from 'zod'
import type { RemoteUnit } from '../fetching/remote-unit.ts'
import { interval } from '../policy.ts'
import { isUrl } from '../reading/source-name.ts'
import { defineSource } from '../source.ts'
import { backstageApiSchema, backstageUnit, readBackstageApi } from './api.ts'
import type { BackstageServerEntry, RemoteBackstage } from './api.ts'
import { loadBackstage } from './entities.ts'

const ownPath = z.string().min(1).refine((text) => !isUrl(text), 'a URL is written { url: … }')

/** Components, APIs and who owns them. */
export const backstage = defineSource({
  options: z.array(z.union([ownPath, backstageApiSchema.extend({ interval })])).default([])
    .describe('Backstage catalog-info.yaml files, folders or globs, or the REST API of a Backstage.'),
  command: {
    value: '<path...>',
    describe: 'Backstage catalog-info.yaml files or quoted globs, or the URL of a Backstage',
    token: 'bearer token',
    entry: (place, token) => isUrl(place) ? backstageApiSchema.parse({ url: place, token }) : place,
  },
  origins: (entries) => entries.map((entry) => typeof entry === 'string' ? { path: entry, mayRefer: true } : backstageUnit(entry)),
  read: loadBackstage,
  fetch: async ({ options }: RemoteUnit<BackstageServerEntry>, { previous, begin, signal }) => {
    const kept = previous as RemoteBackstage | undefined
    const { entities, problems, state, digest, changed } = await readBackstageApi(options, kept?.state, { signal, begin })
    const value: RemoteBackstage = { entities, problems, state }
    return { value, digest, changed: changed || kept === undefined }
  },
})

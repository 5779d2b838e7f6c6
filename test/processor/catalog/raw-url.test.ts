import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rawUrl } from '../../../services/processor/catalog/fetching/raw-url.ts'

const pages: Record<string, string> = {
  'https://github.com/acme/orders/blob/main/openapi.yaml': 'https://raw.githubusercontent.com/acme/orders/main/openapi.yaml',
  'https://github.com/acme/orders/blob/main/deep/er/openapi%20v1.yaml': 'https://raw.githubusercontent.com/acme/orders/main/deep/er/openapi%20v1.yaml',
  'https://github.com/acme/orders/raw/main/openapi.yaml': 'https://raw.githubusercontent.com/acme/orders/main/openapi.yaml',
  'https://gitlab.com/acme/group/orders/-/blob/main/openapi.yaml': 'https://gitlab.com/acme/group/orders/-/raw/main/openapi.yaml',
  'https://gitlab.com/acme/orders/blob/main/openapi.yaml': 'https://gitlab.com/acme/orders/-/raw/main/openapi.yaml',
  'https://git.example.com/acme/orders/-/blob/v1/openapi.yaml?ref_type=heads': 'https://git.example.com/acme/orders/-/raw/v1/openapi.yaml',
  'https://bitbucket.org/acme/orders/src/main/openapi.yaml': 'https://api.bitbucket.org/2.0/repositories/acme/orders/src/main/openapi.yaml',
  'https://git.example.com/projects/ACME/repos/orders/browse/openapi.yaml?at=main': 'https://git.example.com/rest/api/1.0/projects/ACME/repos/orders/raw/openapi.yaml?at=main',
}

test('the page of a file at a code host stands for the file', () => {
  for (const [page, file] of Object.entries(pages)) assert.equal(rawUrl(page), file)
})

test('any other URL stays as it is', () => {
  for (const url of [...Object.values(pages), 'https://example.com/blob/main/a.yaml', 'https://github.com/acme/orders', './a.yaml', 'no url']) assert.equal(rawUrl(url), url)
})

import neostandard from 'neostandard'

export default [
  { ignores: ['dist/', 'node_modules/', 'gatelens-demo/', 'test/.servers/'] },
  ...neostandard({ ts: true, noJsx: true }),
  {
    rules: {
      // Event fields and ClickHouse columns are snake_case, as the gateways and the engine write them.
      camelcase: 'off',
      // Messages speak of `${NAME}` in configuration files.
      'no-template-curly-in-string': 'off',
      '@stylistic/max-len': ['error', { code: 140, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true }],
      'no-console': 'error',
    },
  },
  {
    files: ['**/*.ts'],
    rules: { '@typescript-eslint/no-explicit-any': 'error' },
  },
  // The command line, build scripts and tests are the places that print.
  { files: ['services/cli/**', 'test/**', 'docs/**', 'dashboards/**', 'examples/**'], rules: { 'no-console': 'off' } },
  // Properties draw from one seed.
  {
    files: ['test/**/*.ts'],
    ignores: ['test/property.ts'],
    rules: { 'no-restricted-imports': ['error', { name: 'fast-check', message: 'Take fc from test/property.ts.' }] },
  },
]

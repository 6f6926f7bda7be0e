/**
 * What each folder of src/ may import from src/ besides itself. Imports only point down; types count.
 * A folder that is missing here may import nothing of src/.
 */
const layers = {
  base: [],
  contract: [],
  thread: ['base', 'contract'],
  sql: ['contract'],
  pool: ['base', 'contract', 'sql', 'drivers/catalogue.ts'],
  record: ['contract', 'sql', 'pool', 'base/turns.ts'],
  kysely: ['contract', 'pool'],
  migrate: ['contract', 'sql', 'pool', 'record'],
  inspect: ['contract', 'pool', 'record'],
  testing: ['base', 'contract', 'thread', 'pool'],
  cli: ['base', 'contract', 'thread', 'drivers', 'sql', 'pool', 'record', 'migrate', 'inspect'],
}

/** The modules that packages are entered through, and what they may import. */
const doors = {
  'index.ts': ['contract', 'pool', 'base/node-version.ts'],
  'driver.ts': ['contract', 'thread', 'base/node-version.ts'],
  'record.ts': ['record', 'base/node-version.ts'],
  'kysely.ts': ['kysely', 'base/node-version.ts'],
}

/** The one file that knows English words. */
const inflector = 'record/names/inflector.ts'

const bareImports = [
  'npm',
  'npm-dev',
  'npm-optional',
  'npm-peer',
  'npm-bundled',
  'npm-no-pkg',
  'npm-unknown',
  'unknown',
]

/** An import of a file that is not there, which has a rule of its own. */
const relativePath = '^[.]{1,2}/(?!.*node_modules/)'

function paths(names) {
  return names.map((name) => (name.endsWith('.ts') ? `^src/${name.replaceAll('.', '\\.')}$` : `^src/${name}/`))
}

function rule(name, comment, from, to) {
  return { name, comment, severity: 'error', from, to }
}

function layerRule([folder, below]) {
  const allowed = below.length > 0 ? below.join(', ') : 'nothing'
  const own = `^src/${folder}/`
  return rule(
    `layer-${folder}`,
    `src/${folder} may import: ${allowed}.`,
    { path: own },
    {
      path: '^src/',
      pathNot: [own, ...paths(below)],
    },
  )
}

function doorRule([file, below]) {
  const from = { path: paths([file]) }
  return rule(`door-${file}`, `src/${file} may import: ${below.join(', ')}.`, from, {
    path: '^src/',
    pathNot: paths(below),
  })
}

const driverRules = [
  rule(
    'driver-apart',
    'A driver imports contract, thread, drivers/shared, and drivers/sqlite or drivers/server: never another driver, never the pool.',
    { path: '^src/drivers/([^/]+)/' },
    {
      path: '^src/',
      pathNot: ['^src/drivers/$1/', '^src/drivers/(sqlite|server|shared)/', ...paths(['contract', 'thread'])],
    },
  ),
  rule(
    'sqlite-or-server',
    'What SQLite drivers share and what server drivers share know nothing of each other.',
    { path: '^src/drivers/(server|pg|mysql)/' },
    { path: '^src/drivers/sqlite/' },
  ),
  rule(
    'sqlite-without-servers',
    'What SQLite drivers share and what server drivers share know nothing of each other.',
    { path: '^src/drivers/(sqlite|[^/]+-sqlite|[^/]+-sqlite3)/' },
    { path: '^src/drivers/server/' },
  ),
  rule(
    'drivers-shared-is-below',
    'src/drivers/shared is what all drivers share: it imports contract and no driver.',
    { path: '^src/drivers/shared/' },
    { path: '^src/', pathNot: ['^src/drivers/shared/', ...paths(['contract'])] },
  ),
  rule(
    'catalogue-is-a-table',
    'A file directly in src/drivers names drivers and imports none of them.',
    { path: '^src/drivers/[^/]+\\.ts$' },
    { path: '^src/', pathNot: ['^src/drivers/[^/]+\\.ts$', ...paths(['contract'])] },
  ),
]

const unlistedRules = [
  rule(
    'folder-without-layer',
    'A new folder or file of src/ needs its place among the layers of this file.',
    {
      path: '^src/',
      pathNot: [
        ...Object.keys(layers).map((folder) => `^src/${folder}/`),
        '^src/drivers/',
        ...paths(Object.keys(doors)),
      ],
    },
    {},
  ),
]

const packageRules = [
  rule(
    'packages-only-in-drivers-and-sql',
    'npm packages are imported by drivers; kysely by sql and by the dialect for it; inflection by the one file that speaks English.',
    { path: '^src/', pathNot: ['^src/drivers/[^/]+/', '^src/sql/', '^src/kysely/', ...paths([inflector])] },
    { dependencyTypes: bareImports, pathNot: relativePath },
  ),
  rule(
    'sql-imports-only-kysely',
    'src/sql is the small door to kysely and to no other package, and src/kysely is made for it.',
    { path: '^src/(sql|kysely)/' },
    { dependencyTypes: bareImports, pathNot: [relativePath, '(^|/)node_modules/kysely/', '^kysely(/|$)'] },
  ),
  rule(
    'inflector-imports-only-inflection',
    'src/record/names/inflector.ts is the small door to inflection and to no other package.',
    { path: paths([inflector]) },
    { dependencyTypes: bareImports, pathNot: [relativePath, '(^|/)node_modules/inflection/', '^inflection$'] },
  ),
  rule(
    'source-alone',
    'src/ never imports tests, benchmarks, examples or scripts.',
    { path: '^src/' },
    {
      path: '^(test|bench|examples|docs|scripts)/',
    },
  ),
  rule('resolvable', 'An import that leads nowhere.', {}, { couldNotResolve: true, path: '^[.]|^offloop(/|$)' }),
]

const cycles = rule('no-cycles', 'No import cycle, types included.', { path: '^src/' }, { circular: true })

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    cycles,
    ...Object.entries(layers).map(layerRule),
    ...Object.entries(doors).map(doorRule),
    ...driverRules,
    ...unlistedRules,
    ...packageRules,
  ],
  options: {
    // TypeScript 7 has no API that dependency-cruiser could call; swc sees type imports as well.
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['offloop-source', 'import', 'node', 'types', 'default'],
    },
  },
}

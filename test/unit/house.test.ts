import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  circlesIn,
  type Doors,
  type House,
  importsOf,
  readHouse,
  roomOf,
  throughWalls,
} from '../support/house.ts'

const ROOT = join(import.meta.dirname, '../..')
const HOUSE = readHouse(ROOT)
const LIB = [...HOUSE.keys()].filter((file) => file.startsWith('lib/'))

const CORE = ['words', 'core']
const FEATURES = ['leftovers', 'people', 'evidence', 'sweep']

/** Dependencies point inward: functions → wire → adapters, doors, acts → features → core → words. */
const DOORS: Doors = {
  words: [],
  core: ['words'],
  senders: CORE,
  doors: [...CORE, 'senders'],
  atlas: [...CORE, 'leftovers'],
  aws: [...CORE, 'doors'],
  leftovers: CORE,
  people: CORE,
  evidence: [...CORE, 'leftovers'],
  sweep: [...CORE, 'leftovers', 'people', 'evidence'],
  acts: [...CORE, 'senders', ...FEATURES, 'cli'],
  cli: CORE,
  'config.ts': [...CORE, 'senders', 'people'],
  'wire.ts': [...CORE, 'senders', 'doors', 'atlas', 'aws', ...FEATURES, 'acts', 'config.ts'],
  functions: [...CORE, 'senders', 'doors', 'acts', 'cli', ...FEATURES, 'wire.ts'],
  infra: [
    ...CORE,
    'senders',
    'doors',
    'atlas',
    'aws',
    ...FEATURES,
    'acts',
    'cli',
    'config.ts',
    'wire.ts',
    'functions',
  ],
}

const isPackage = (imported: string) => !/^(lib|functions|infra|test)\//.test(imported)

function offenders(
  house: House,
  files: readonly string[],
  isForbidden: (imported: string, file: string) => boolean,
): readonly string[] {
  return files.flatMap((file) =>
    importsOf(house, file)
      .filter((imported) => isForbidden(imported, file))
      .map((imported) => `${file} imports ${imported}`),
  )
}

describe('the rooms', () => {
  test('no import goes through a wall', () => {
    expect(LIB.length).toBeGreaterThan(100)
    expect(throughWalls(HOUSE, DOORS)).toEqual([])
  })

  test('a wall is noticed: core importing an adapter, a feature importing an act, an unknown room', () => {
    const planted: House = new Map([
      ['lib/core/rules.ts', "import { send } from '../atlas/send.ts'"],
      ['lib/leftovers/search.ts', "import type { Act } from '../acts/act.ts'"],
      ['lib/utils/text.ts', ''],
      ['lib/core/runner.ts', "import { at } from '../words/at.ts'\nimport { x } from '../../test/x.ts'"],
    ])

    expect(throughWalls(planted, DOORS)).toEqual([
      'lib/core/rules.ts imports lib/atlas/send.ts',
      'lib/leftovers/search.ts imports lib/acts/act.ts',
      'lib/utils/text.ts stands in no known room',
      'lib/core/runner.ts imports test/x.ts',
    ])
  })

  test('no import goes in a circle, type imports included', () => {
    expect(circlesIn(HOUSE)).toEqual([])
  })

  test('a circle is noticed', () => {
    const planted: House = new Map([
      ['lib/core/a.ts', "import type { B } from './b.ts'"],
      ['lib/core/b.ts', "import { c } from './c.ts'"],
      ['lib/core/c.ts', "export type { A } from './a.ts'"],
      ['lib/core/d.ts', "import './a.ts'"],
    ])

    expect(circlesIn(planted)).toEqual([['lib/core/a.ts', 'lib/core/b.ts', 'lib/core/c.ts']])
  })

  test('beside the rooms stand config and wiring alone', () => {
    const beside = LIB.filter((file) => file.split('/').length === 2)

    expect(beside).toEqual(['lib/config.ts', 'lib/wire.ts'])
  })

  test('no file is longer than 250 lines', () => {
    const long = LIB.filter((file) => (HOUSE.get(file) ?? '').split('\n').length > 251)

    expect(long).toEqual([])
  })
})

describe('packages', () => {
  test('words, core and features are pure: of packages they name node:crypto and types', () => {
    const pure = LIB.filter((file) => ['words', 'core', ...FEATURES].includes(roomOf(file)))
    const allowed = /^node:(crypto|util|string_decoder)$|^zod\/mini$|^@observablehq\/plot$|^linkedom$/

    expect(offenders(HOUSE, pure, (name) => isPackage(name) && !allowed.test(name))).toEqual([])
  })

  test('only aws/, wire.ts, and where the CLI calls Lambda and reads S3 name the AWS SDK', () => {
    const others = LIB.filter((file) => !/^lib\/(aws\/|wire\.ts|cli\/(invoke|storage)\.ts)/.test(file))

    expect(offenders(HOUSE, others, (name) => name.startsWith('@aws-sdk/'))).toEqual([])
  })

  test('functions are wiring: they import wire, a use case and middleware', () => {
    const lambdas = [...HOUSE.keys()].filter(
      (file) => file.startsWith('functions/') && !file.endsWith('cli.ts'),
    )
    const allowed = /^(lib\/|@middy\/core$|@aws-lambda-powertools\/|aws-lambda$)/

    expect(lambdas.length).toBeGreaterThan(3)
    expect(offenders(HOUSE, lambdas, (name) => !allowed.test(name))).toEqual([])
  })
})

describe('effects', () => {
  test('time, chance and the environment are arguments everywhere but in wire.ts and functions', () => {
    const effect = /Date\.now\(|new Date\(\)|Math\.random|process\.env|setTimeout\(|setInterval\(/
    const found = LIB.filter((file) => file !== 'lib/wire.ts' && effect.test(HOUSE.get(file) ?? ''))

    expect(found).toEqual([])
  })
})

describe('knowledge', () => {
  test('one file alone knows Atlas’s error codes', () => {
    const codes =
      /USER_NOT_FOUND|USER_NOT_IN_ORG|CANNOT_DELETE_LAST_ADMIN|WRITES_NOT_ALLOWED_DURING_APP_UPGRADES/
    const isCode = (text: string) => codes.test(text.replace(/\/\*\*[\s\S]*?\*\//g, ''))

    expect(LIB.filter((file) => isCode(HOUSE.get(file) ?? ''))).toEqual(['lib/atlas/interpret-status.ts'])
  })
})

describe('instants', () => {
  /** Instants that are passed on and never stored. */
  const PASSING = ['now', 'deadline', 'asOf', 'notBefore', 'sunset']
  const unreadable = (text: string) =>
    [...text.matchAll(/readonly (\w+)\??: Date\b/g)]
      .map(([, name = '']) => name)
      .filter((name) => !PASSING.includes(name) && !/(At|Until|Since)$|^(at|since|until)$/.test(name))

  test('whatever may be stored has a name by which the ledger reads it back as an instant', () => {
    const storing = LIB.filter((file) => ['words', 'core', ...FEATURES].includes(roomOf(file)))

    expect(storing.flatMap((file) => unreadable(HOUSE.get(file) ?? ''))).toEqual([])
    expect(unreadable('readonly sunsetDay?: Date\n readonly readAt: Date')).toEqual(['sunsetDay'])
  })
})

describe('the map', () => {
  const map = readFileSync(join(ROOT, 'lib/README.md'), 'utf8')

  test('names every room, and no path that is not there', () => {
    const rooms = new Set(LIB.map(roomOf))
    const missing = [...rooms].filter(
      (room) => !map.includes(`\`${room}${room.endsWith('.ts') ? '' : '/'}\``),
    )
    const paths = [
      ...map.matchAll(/`((?:lib|functions|infra|test)\/[\w./-]+|(?:[a-z-]+\/)+[\w-]+\.ts)`/g),
    ].map(([, path = '']) => path)
    const gone = paths.filter((path) => !existsSync(join(ROOT, path)) && !existsSync(join(ROOT, 'lib', path)))

    expect(missing).toEqual([])
    expect(gone).toEqual([])
    expect(paths.length).toBeGreaterThan(10)
  })
})

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const read = (file: string) => readFileSync(join(import.meta.dirname, '../..', file), 'utf8')
const { version, ...manifest } = JSON.parse(read('package.json'))

test('package, lock file and changelog name the same version, which can be published', () => {
  const [, released = '', day = ''] =
    /^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)$/m.exec(read('CHANGELOG.md')) ?? []

  expect(JSON.parse(read('package-lock.json')).version).toBe(version)
  expect(released).toBe(version)
  expect(new Date(day).getTime()).not.toBeNaN()
  expect(manifest.private).toBeUndefined()
})

test('what the version leaves in ledger and queues is recorded, so that later ones are tested against it', () => {
  expect(existsSync(join(import.meta.dirname, `../fixtures/${version}/stack.json`))).toBe(true)
})

test.each(['ci', 'release'])('every action of the workflow %s is pinned by its digest', (name) => {
  const used = [...read(`.github/workflows/${name}.yml`).matchAll(/uses: (.*)/g)].map(([, action]) => action)

  expect(used).not.toEqual([])
  expect(used.filter((action) => !/^[\w./-]+@[a-f0-9]{40} #/.test(action ?? ''))).toEqual([])
})

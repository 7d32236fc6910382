import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { droppedParameters } from '../../../infra/dropped-parameters.ts'
import { zip } from '../../../infra/zip.ts'
import { packagedTemplate } from './packaged-template.ts'

const PACKAGED = 'ServerlessDeploymentParameters'

describe('droppedParameters()', () => {
  const template = {
    Resources: {},
    Parameters: { Mode: { Default: 'observe' }, MaxRemovalsPerDay: { Default: 10 }, AlertEndpoint: {} },
    Outputs: { [PACKAGED]: { Value: 'subnetIds=;workConcurrency=2' } },
  }
  const stack = {
    Parameters: Object.entries({
      Mode: 'enforce',
      MaxRemovalsPerDay: '10',
      AlertEndpoint: 'a@example.com',
      Gone: 'x',
    }).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
    Outputs: [{ OutputKey: PACKAGED, OutputValue: 'subnetIds=subnet-1, subnet-2;workConcurrency=2' }],
  }

  test('names what has another value in the stack and would get its default', () => {
    expect(droppedParameters(stack, template, new Set())).toEqual(['alertEndpoint', 'mode', 'subnetIds'])
  })

  test('leaves out what is given, be it the same or another', () => {
    expect(droppedParameters(stack, template, new Set(['alertEndpoint', 'mode', 'subnetIds']))).toEqual([])
  })

  test('finds nothing against the stack that the same template made', async () => {
    const same = await packagedTemplate()
    const declared = Object.entries(same.Parameters as Record<string, { Default?: unknown }>)
    const Parameters = declared.map(([ParameterKey, { Default = '' }]) => ({
      ParameterKey,
      ParameterValue: String(Default),
    }))
    const { Value } = (same.Outputs as Record<string, { Value: string }>)[PACKAGED] ?? { Value: '' }

    expect(Value).toContain('logRetentionDays=90')
    expect(
      droppedParameters(
        { Parameters, Outputs: [{ OutputKey: PACKAGED, OutputValue: Value }] },
        same,
        new Set(),
      ),
    ).toEqual([])
  })
})

describe('`serverless deploy` over a stack that has protected names', () => {
  const asked: string[] = []
  const cloudFormation = createServer(async (request, response) => {
    const [, action = ''] = /Action=(\w+)/.exec(await text(request)) ?? []
    asked.push(action)
    response.statusCode = action === 'DescribeStacks' ? 200 : 400
    response.end(
      action === 'DescribeStacks'
        ? STACK
        : '<ErrorResponse><Error><Code>Other</Code></Error></ErrorResponse>',
    )
  })
  let service: string
  beforeAll(async () => {
    service = await mkdtemp(join(tmpdir(), 'deploy-'))
    await copyFile('serverless.yml', join(service, 'serverless.yml'))
    for (const part of ['infra', 'package.json', 'node_modules'])
      await symlink(resolve(part), join(service, part))
    for (const name of ['departures', 'http', 'operator', 'operator-read', 'roster', 'sweep'])
      await writeFile(join(service, `${name}.zip`), zip([]))
    cloudFormation.listen(0, '127.0.0.1')
    await once(cloudFormation, 'listening')
  })
  afterAll(async () => {
    cloudFormation.close()
    await rm(service, { recursive: true })
  })

  async function deployed(parameters: string): Promise<string> {
    asked.length = 0
    await writeFile(
      join(service, 'params.yml'),
      `artifacts: .\nalertEndpoint: oncall@example.com\n${parameters}`,
    )
    const osls = createRequire(import.meta.url).resolve('serverless/bin/serverless.js')
    const { port } = cloudFormation.address() as AddressInfo
    const env = {
      ...{
        PATH: process.env.PATH ?? '',
        HOME: service,
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
      },
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    }
    return await promisify(execFile)(process.execPath, [osls, 'deploy'], { cwd: service, env }).then(
      ({ stdout }) => stdout,
      ({ stdout, stderr }) => stdout + stderr,
    )
  }

  test('refuses to drop them, and names them', async () => {
    expect(await deployed('')).toContain(
      'Cannot deploy: the stack has other values of protectedUsernames, and',
    )
    expect(asked.filter((action) => action !== 'GetCallerIdentity')).toEqual(['DescribeStacks'])
  })

  test('continues where they are given, also as none', async () => {
    expect(await deployed("protectedUsernames: ''\n")).not.toContain('Cannot deploy')
    expect(asked).toContain('DescribeStackResource')
  })
})

const STACK = `<DescribeStacksResponse><DescribeStacksResult><Stacks><member>
<StackName>atlas-offboarding-prod</StackName><StackStatus>UPDATE_COMPLETE</StackStatus><CreationTime>2026-11-01T00:00:00Z</CreationTime>
<Parameters><member><ParameterKey>ProtectedUsernames</ParameterKey><ParameterValue>root@example.com</ParameterValue></member></Parameters>
</member></Stacks></DescribeStacksResult></DescribeStacksResponse>`

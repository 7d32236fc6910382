/**
 * `npm run audit`: the rule packs of AWS Solutions, NIST 800-53 R5, PCI DSS 3.2.1 and Serverless over the packaged template, with
 * every optional part, with none, and in subnets. Exit status 1: a finding is neither mended nor listed in `exceptions.ts`.
 */
import type { Template } from '../../infra/check/template.ts'
import { EVERYTHING } from '../integration/template/grants.ts'
import { packagedTemplate } from '../integration/template/packaged-template.ts'
import { EXCEPTIONS, IN_SUBNETS } from './exceptions.ts'
import { judge } from './judge.ts'
import { type Finding, nag } from './nag.ts'

const template = await packagedTemplate()
const inSubnets = await packagedTemplate(
  'subnetIds=subnet-0123456789abcdef0,subnet-0123456789abcdef1',
  'securityGroupIds=sg-0123456789abcdef0',
)
const ON = {
  HrSystems: 'hibob=Europe/Berlin:day_begins',
  OrgNames: '32b6e34b3d91647abb20e7b8=Acme',
  ReservedConcurrency: '5',
}
const findings = [
  ...(await nag(template, { ...EVERYTHING, ...ON })),
  ...(await nag(template, { KeepArchive: 'no' })),
]
const textOf = ({ rule, resource, says }: Finding) => [rule, resource, says].join()
const known = new Set(findings.map(textOf))
const more = (await nag(inSubnets, { ...EVERYTHING, ...ON })).filter((one) => !known.has(textOf(one)))
const wrong = [...judge(findings, EXCEPTIONS), ...judge(more, IN_SUBNETS)]

// A ledger without backups: if nobody minds, nobody looked.
const { PointInTimeRecoverySpecification: _, ...Properties } = Object(
  template.Resources.LedgerTable?.Properties,
)
const LedgerTable = { ...template.Resources.LedgerTable, Properties }
const without = { ...template, Resources: { ...template.Resources, LedgerTable } } as Template
const planted = judge(await nag(without, {}), EXCEPTIONS)
const isSeen = planted.some((problem) => problem.startsWith('DynamoDBPITREnabled LedgerTable: '))

const rules = new Set([...findings, ...more].map(({ rule }) => rule)).size
console.log(
  `audit: ${findings.length + more.length} findings of ${rules} rules, ${EXCEPTIONS.length + IN_SUBNETS.length} exceptions with a reason`,
)
for (const problem of [...wrong, ...(isSeen ? [] : ['a planted mistake was not found'])])
  console.log(`  ${problem}`)
process.exitCode = wrong.length > 0 || !isSeen ? 1 : 0

import { styleText } from 'node:util'
import { idOf } from '../../lib/doors/scim/user.ts'
import type { SeedOrg } from './atlas/org.ts'
import { deployedName } from './functions.ts'
import type { Profiles } from './profiles.ts'
import type { LocalStack } from './stack.ts'

/** Says how to use a stack that is up. Every command can be pasted as it is, and needs curl and Node at most. */
export function guide(stack: LocalStack, sendUrl: string, profiles: Profiles): string {
  const { orgs, emulator, lambda, aws } = stack
  // Keys in the environment would go before a profile.
  const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...places } = aws.env
  const desk = { ...places, AWS_DEFAULT_REGION: aws.env.AWS_REGION ?? '', ...lambda.env, ...profiles }
  return [
    `Atlas emulator   ${emulator.url}`,
    ...orgs.flatMap((org) => orgGuide(org, emulator.url)),
    ...section('Somebody leaves: HR says so over SNS, Okta over EventBridge', [
      curl(`${sendUrl}/sns`, { username: 'grace@example.com', reason: 'HR-1042' }),
      curl(`${sendUrl}/events`, OKTA_EVENT),
    ]),
    ...section('A directory finds and deactivates somebody, over SCIM', scimGuide(stack)),
    ...section('An HR system sends a signed hook', [hookGuide(stack)]),
    ...section('On-call asks and acts: after the first line, the command line speaks to this stack', [
      // Version 1 of the AWS CLI reads no other region.
      `unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN; ${exported({ ...desk, AWS_PROFILE: 'oncall', ATLAS: emulator.url })}`,
      `${COMMAND} status`,
      `${COMMAND} remove edsger@example.com --dry-run`,
    ]),
    ...section(
      'Somebody is held: Ada owns the organization. The last line says how to release her, after that same line',
      [curl(`${sendUrl}/sns`, { username: 'ada@example.com', reason: 'HR-1044' }), `${COMMAND} cases --open`],
    ),
    ...section('As a second person, whom FOUR_EYES=on wants, after that same line', [
      `${COMMAND} status --profile colleague`,
    ]),
    ...section('Who is in Atlas and on no roster line, after that same line', [orphansGuide()]),
    ...section('The same by Lambda invocation', [
      curl(invocationsOf(lambda.env.AWS_ENDPOINT_URL_LAMBDA, 'operator-read'), LOOKUP),
      curl(invocationsOf(lambda.env.AWS_ENDPOINT_URL_LAMBDA, 'operator'), REMOVE),
    ]),
    // `--payload` as a file means the same to both versions of the CLI.
    ...section('With the AWS CLI, after that same line', [
      `aws sns publish ${at(aws.env.AWS_ENDPOINT_URL_SNS)} --topic-arn ${aws.topicArn} --message '${JSON.stringify(DEPARTURE)}'`,
      `aws events put-events ${at(aws.env.AWS_ENDPOINT_URL_EVENTBRIDGE)} --entries '${JSON.stringify([BUS_ENTRY])}'`,
      `echo '${JSON.stringify(REMOVE)}' | aws lambda invoke ${at(lambda.env.AWS_ENDPOINT_URL_LAMBDA)} --function-name ${deployedName('operator')} --payload fileb:///dev/stdin /dev/stdout`,
    ]),
    '',
    'What happens is shown below. Ctrl-C ends everything.',
    '',
  ].join('\n')
}

/** Not every version of the AWS CLI reads an endpoint from the environment. */
function at(url = ''): string {
  return `--endpoint-url ${url}`
}

function orgGuide(org: SeedOrg, url: string): readonly string[] {
  const { orgId, name, members } = org
  const account = org.serviceAccounts?.find(({ role }) => role === 'ORG_OWNER')
  const key = org.apiKeys?.find(({ role }) => role === 'ORG_OWNER')
  const users = `-H 'Accept: application/vnd.atlas.2025-02-19+json' '${url}/api/atlas/v2/orgs/${orgId}/users?pretty=true'`
  const facts = [
    `Organization     ${orgId} (${name}, ${members.length} members and invitations)`,
    account && `Service account  ${account.clientId} ${account.clientSecret}`,
    key && `API key          ${key.publicKey} ${key.privateKey}`,
  ]
  const asAccount = account && [
    `TOKEN=$(curl -s -u '${account.clientId}:${account.clientSecret}' -d grant_type=client_credentials ${url}/api/oauth/token | node -pe 'JSON.parse(fs.readFileSync(0)).access_token')`,
    `curl -s -H "Authorization: Bearer $TOKEN" ${users}`,
  ]
  const asKey = key && [`curl -s --digest -u '${key.publicKey}:${key.privateKey}' ${users}`]
  return [
    ...facts.filter((line) => line !== undefined),
    ...(asAccount ? section('Its members, as the service account', asAccount) : []),
    ...(asKey ? section('Its members, with the API key', asKey) : []),
  ]
}

function scimGuide({ http, callers }: LocalStack): readonly string[] {
  const as = `-H 'Authorization: Bearer ${callers.scimToken}' -H 'Content-Type: application/scim+json'`
  const users = `${http.url}/scim/v2/Users`
  const body = JSON.stringify({ Operations: [{ op: 'Replace', path: 'active', value: 'False' }] })
  return [
    `# Base URL ${http.url}/scim/v2, token ${callers.scimToken}`,
    `curl -s ${as} '${users}?filter=userName+eq+%22edsger@example.com%22'`,
    `curl -s ${as} -X PATCH ${users}/${idOf('edsger@example.com')} -d '${body}'`,
    `curl -s ${as} ${users}/${idOf('edsger@example.com')}`,
  ]
}

/** The command exits 1, because it finds orphans. */
function orphansGuide(): string {
  const names = ['ada', 'grace', 'alan', 'katherine', 'barbara', 'edsger'].map(
    (name) => `${name}@example.com`,
  )
  return `printf '%s\\n' userName ${names.join(' ')} | ${COMMAND} orphans --roster -`
}

/** Standard Webhooks: the identifier, the second and the body, signed. */
function hookGuide({ http, callers }: LocalStack): string {
  const key = Buffer.from(callers.signingKey.slice('whsec_'.length), 'base64').toString('hex')
  const body = JSON.stringify({ username: 'margaret@example.com', reason: 'HR-1043' })
  const sign = `openssl dgst -sha256 -mac HMAC -macopt hexkey:${key} -binary | base64`
  return `AT=$(date +%s); SIGNATURE=$(printf "msg-$AT.$AT.%s" '${body}' | ${sign}); curl -si ${http.url}/hooks/standard -H "webhook-id: msg-$AT" -H "webhook-timestamp: $AT" -H "webhook-signature: v1,$SIGNATURE" -d '${body}'`
}

const OKTA_EVENT = {
  source: 'aws.partner/okta.com/example/departures',
  'detail-type': 'SystemLog',
  detail: {
    eventType: 'user.lifecycle.deactivate',
    outcome: { result: 'SUCCESS' },
    target: [{ type: 'User', alternateId: 'alan@example.com' }],
  },
}
const DEPARTURE = { username: 'barbara@example.com' }
const BUS_ENTRY = {
  Source: 'hr.example',
  DetailType: 'User Departed',
  Detail: JSON.stringify({ username: 'katherine@example.com' }),
}
/** The packed command, which the line above has put on the path; `npx` would ask a registry. */
const COMMAND = 'atlas-offboarding'
const LOOKUP = { action: 'lookup', username: 'ada@example.com' }
const REMOVE = { action: 'remove', username: 'edsger@example.com', dryRun: true }

function section(title: string, commands: readonly string[]): readonly string[] {
  return ['', styleText('bold', title), ...commands.map((command) => `  ${command}`)]
}

function curl(url: string, body: unknown): string {
  return `curl -s ${url} -d '${JSON.stringify(body)}'`
}

function invocationsOf(endpoint: string, name: 'operator' | 'operator-read'): string {
  return `${endpoint}/2015-03-31/functions/${deployedName(name)}/invocations`
}

/** Where the SDK and the AWS CLI find this AWS, and on-call's credentials. */
function exported(env: Readonly<Record<string, string>>): string {
  return `export ${Object.entries(env)
    .map(([name, value]) => `${name}=${/[\s$]/.test(value) ? `"${value}"` : value}`)
    .join(' ')}`
}

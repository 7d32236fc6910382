import { DEFAULT_PREFIX } from './command-line.ts'
import { COMMANDS } from './commands.ts'

/** Tells what the command line knows. */
export function help(): string {
  const commands = Object.values(COMMANDS).flatMap(({ usage, about }) => [`  ${usage}`, `      ${about}`])
  return [
    'atlas-offboarding: see and steer the offboarding of leavers from MongoDB Atlas',
    '',
    'Usage: atlas-offboarding <command> [options]',
    '',
    ...commands,
    '',
    'Options of every command:',
    '  --json                 one JSON document instead of tables',
    '  -y, --yes              do not ask; without a terminal nobody is asked',
    '  --function NAME        name or ARN of the operator function; the reading one is called NAME-read',
    `  --function-prefix P    the same as --function P-operator; default ${DEFAULT_PREFIX}`,
    '  --region R, --profile P  default: as the AWS CLI finds them',
    '  --no-wait              release, retry, cancel: do not wait for how the cases then end',
    '  --help, --version',
    '',
    'The SLO of report is the longest time to revoke that is meant to be; default 4h.',
    '',
    'T is an ISO 8601 instant with time zone, such as 2026-11-30T17:00:00Z; 30m, 36h or 7d count from now.',
    '',
    'Exit status: 0 done · 1 something is held, refused, deferred, pending or was not changed; orphans were found ·',
    '             2 wrong command line, request or roster ·',
    '             3 the function failed or cannot be reached; an organization could not be read',
  ].join('\n')
}

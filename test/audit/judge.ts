import type { Exception } from './exceptions.ts'
import type { Finding } from './nag.ts'

/** Lists what is wrong: findings without a reason, and reasons for what nobody finds any more. */
export function judge(findings: readonly Finding[], exceptions: readonly Exception[]): readonly string[] {
  const fits = (finding: Finding, { rule, resources, says = '' }: Exception) =>
    finding.rule === rule && finding.says.includes(says) && (resources?.includes(finding.resource) ?? true)
  const bare = findings
    .filter((finding) => finding.failed || !exceptions.some((one) => fits(finding, one)))
    .map(({ rule, resource, says, failed }) => `${rule} ${resource}: ${failed ? 'not judged: ' : ''}${says}`)
  const stale = exceptions
    .filter((one) => !findings.some((finding) => fits(finding, one)))
    .map(({ rule, because }) => `${rule}: nobody finds it any more, though "${because}"`)
  return [...new Set([...bare, ...stale])]
}

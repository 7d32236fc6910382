import { functionsOf } from './functions.ts'
import { permissionsOf, statementsOf } from './roles.ts'
import { at, type Check, differs, listOf, referent, resourcesOf } from './template.ts'

/** What AWS services do on the stack's behalf, by role; everybody else has a function's role. */
const SERVICES: Readonly<Record<string, { readonly service: string; readonly may: readonly string[] }>> = {
  CanaryRole: { service: 'scheduler.amazonaws.com', may: ['events:PutEvents event-bus/default'] },
  AuditArchiveRole: {
    service: 'events.amazonaws.com',
    may: ['firehose:PutRecord AuditStream', 'firehose:PutRecordBatch AuditStream'],
  },
  // No s3:DeleteObject, no s3:BypassGovernanceRetention: what is written stays.
  AuditStreamRole: {
    service: 'firehose.amazonaws.com',
    may: [
      's3:GetBucketLocation AuditBucket',
      's3:ListBucket AuditBucket',
      's3:ListBucketMultipartUploads AuditBucket',
      's3:AbortMultipartUpload AuditBucket/*',
      's3:PutObject AuditBucket/*',
    ],
  },
}

/** Every role that is no function's is one of these services', for no other principal and with no other right. */
export const checkServiceRoles: Check = (template) => {
  const functions = [...functionsOf(template).values()]
  const ours = functions.map(({ json }) => referent(at(json, 'Properties.Role')))
  const others = resourcesOf(template, 'AWS::IAM::Role').filter(({ id }) => !ours.includes(id))
  return [
    ...differs(
      'service roles',
      others.map(({ id }) => id),
      Object.keys(SERVICES),
    ),
    ...others.flatMap(({ id, json }) => {
      const trusted = listOf(at(json, 'Properties.AssumeRolePolicyDocument.Statement'))
      const allowed = statementsOf(template, id).flatMap(permissionsOf)
      return [
        ...differs(`role ${id}`, allowed, SERVICES[id]?.may ?? []),
        ...trusted
          .filter((one) => at(one, 'Principal.Service') !== SERVICES[id]?.service || !at(one, 'Condition'))
          .map(() => `role ${id}: can be assumed by others`),
      ]
    }),
  ]
}

/** A function decrypts secrets, and only through Secrets Manager: whatever else the key protects is none of its business. */
export const checkDecryption: Check = (template) =>
  resourcesOf(template, 'AWS::IAM::Role')
    .filter(({ id }) =>
      statementsOf(template, id).some(
        (one) =>
          listOf(at(one, 'Action')).some((action) => String(action).startsWith('kms:')) &&
          !at(one, 'Condition.StringEquals.kms:ViaService'),
      ),
    )
    .map(({ id }) => `${id}: decrypts more than secrets`)

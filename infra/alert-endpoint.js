// The packager reads this file itself, so it is JavaScript.

/**
 * The parameter for where alerts go. It has a default only where the deployer gave one: a stack whose alerts nobody reads
 * must not be deployed, and CloudFormation refuses a parameter without a value.
 */
export const parameter = async ({ resolveConfigurationProperty: resolve }) => {
  const given = await resolve(['custom', 'alertEndpoint'])
  return {
    Description: 'Where alerts and alarms go: an e-mail address or an HTTPS URL; required',
    Type: 'String',
    AllowedPattern: '^(https://\\S+|[^@\\s]+@[^@\\s]+)$',
    ConstraintDescription: 'an e-mail address or an https:// URL',
    ...(given !== '' && { Default: given }),
  }
}

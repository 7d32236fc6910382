// The packager reads this file itself, so it is JavaScript.
import { NETWORK_STATEMENT } from './network-statement.ts'

const NOTHING = { Ref: 'AWS::NoValue' }

const namesIn = (list) =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')

const subnetsBy = async (resolve) => namesIn(await resolve(['custom', 'subnetIds']))

/** Where the functions run: in subnets of the deployer's, if any are given; every function asks Atlas. */
export const vpcConfig = async ({ resolveConfigurationProperty: resolve }) => {
  const SubnetIds = await subnetsBy(resolve)
  const SecurityGroupIds = namesIn(await resolve(['custom', 'securityGroupIds']))
  return SubnetIds.length > 0 ? { SubnetIds, SecurityGroupIds } : NOTHING
}

export const statement = async ({ resolveConfigurationProperty: resolve }) =>
  (await subnetsBy(resolve)).length > 0 ? NETWORK_STATEMENT : NOTHING

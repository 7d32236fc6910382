// The packager reads this file itself, so it is JavaScript.

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

/** Lambda makes a function's network interfaces with the function's role; none of these actions takes a resource. */
export const statement = async ({ resolveConfigurationProperty: resolve }) => {
  if ((await subnetsBy(resolve)).length === 0) return NOTHING
  return {
    Sid: 'Network',
    Effect: 'Allow',
    Action: [
      'ec2:CreateNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ],
    Resource: '*',
  }
}

/** Lambda makes a function's network interfaces with the function's role; none of these actions takes a resource. */
export const NETWORK_STATEMENT = {
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
} as const

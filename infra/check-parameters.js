// The packager loads this file itself, so it is JavaScript.
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { droppedParameters } from './dropped-parameters.ts'
import { problemsWith } from './parameter-problems.ts'

/** Makes packaging and deploying refuse mistakes, and parameters that would be dropped, before anything is uploaded. */
// biome-ignore lint/style/noDefaultExport: the packager takes a plug-in from there
export default class CheckParameters {
  constructor(serverless) {
    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': () => {
        const { custom, provider } = serverless.service
        const problems = problemsWith(custom, provider.compiledCloudFormationTemplate)
        if (problems.length === 0) return
        throw new serverless.classes.Error(`Cannot package:\n  ${problems.join('\n  ')}`)
      },
      'before:aws:deploy:deploy:createStack': async () => {
        const stack = await deployedStack(serverless.getProvider('aws'))
        const template = serverless.service.provider.compiledCloudFormationTemplate
        const dropped = stack ? droppedParameters(stack, template, givenTo(serverless)) : []
        if (dropped.length === 0) return
        throw new serverless.classes.Error(
          `Cannot deploy: the stack has other values of ${dropped.join(', ')}, and they would fall back to their defaults: put each into params.yml, also where the default is meant`,
        )
      },
    }
  }
}

/** @returns nothing where there is no such stack yet */
async function deployedStack(aws) {
  const StackName = aws.naming.getStackName()
  try {
    const client = await aws.getCloudFormationClient()
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }))
    return Stacks?.[0]
  } catch (error) {
    if (/does not exist/.test(error.message)) return undefined
    throw error
  }
}

/** Names of what is in params.yml or typed; a name without a value counts for nothing. */
function givenTo(serverless) {
  const { default: always, [serverless.getProvider('aws').getStage()]: ofStage } =
    serverless.configurationInput.params ?? {}
  const kept = Object.entries({ ...always, ...ofStage }).filter(([, value]) => value !== null)
  const typed = (serverless.processedInput.options.param ?? []).map((one) => one.split('=')[0])
  return new Set([...kept.map(([name]) => name), ...typed])
}

// The packager loads this file itself, so it is JavaScript.
import { problemsWith } from './parameter-problems.ts'

/** Makes packaging and deploying refuse them, before anything is uploaded. */
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
    }
  }
}

// Stands in for `rapid-client.node`, the native half of Lambda's runtime client, over node:http. Plain JavaScript,
// because it is part of every cold start: stripping types would add to what the benches measure.

const Module = process.getBuiltinModule('node:module')
const http = process.getBuiltinModule('node:http')
const net = process.getBuiltinModule('node:net')

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':')
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })

function call(method, path, { body, headers = {} } = {}) {
  return new Promise((resolve, reject) => {
    const options = { host, port, agent, method, path: `/2018-06-01/runtime/invocation/${path}`, headers }
    const request = http.request(options, (response) => {
      let bodyJson = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => {
        bodyJson += chunk
      })
      response.on('end', () => resolve({ bodyJson, headers: response.headers }))
      response.on('error', reject)
    })
    request.on('error', reject)
    request.end(body)
  })
}

function post(path, body, headers = {}) {
  return call('POST', path, { body, headers: { 'content-type': 'application/json', ...headers } })
}

// The native client posts synchronously: whoever asks for the next invocation has delivered the last answer.
let delivered = Promise.resolve()

const rapidClient = {
  next: async () => {
    await delivered
    return call('GET', 'next')
  },
  done: (id, body) => {
    delivered = post(`${id}/response`, body)
  },
  error: (id, body, xrayCause) => {
    delivered = post(`${id}/error`, body, { 'lambda-runtime-function-xray-error-cause': xrayCause })
  },
}

const load = Module._load
Module._load = (request, ...rest) =>
  request === './rapid-client.node' ? rapidClient : load(request, ...rest)

// The parent holds the other end of this pipe: when it is gone, however it went, so are we.
const parent = new net.Socket({ fd: 3, readable: true, writable: false })
parent.on('close', () => process.exit(1))
parent.resume()
parent.unref()

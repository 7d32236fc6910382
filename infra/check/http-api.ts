import { type Check, differences, type Json, resourcesOf, valueAt } from './template.ts'

const ROUTES = [
  'ANY /scim/{proxy+}',
  'GET /hooks/okta',
  ...['okta', 'standard', 'hr/{system}'].map((hook) => `POST /hooks/${hook}`),
]

/** What API Gateway could log that names a person: the path of a SCIM user, and the query of a filter. */
const NAMES_PEOPLE = /\$context\.(path|http\.path|requestOverride|authorizer)|\$request/

function limitOf(stage: Json, route: string) {
  const settings = valueAt(stage, 'Properties.RouteSettings') as Readonly<Record<string, Json>> | undefined
  return settings?.[route] && valueAt(settings[route], 'ThrottlingRateLimit')
}

/** The API offers its routes and no other, is throttled, and logs nobody's name. */
export const checkHttpApi: Check = (template) => {
  const routes = resourcesOf(template, 'AWS::ApiGatewayV2::Route')
  const stages = resourcesOf(template, 'AWS::ApiGatewayV2::Stage')
  const faults = stages.flatMap(({ id, json }) => {
    const format = String(valueAt(json, 'Properties.AccessLogSettings.Format'))
    return [
      ...(format.includes('$context.routeKey') ? [] : [`${id}: does not log the route`]),
      ...(NAMES_PEOPLE.test(format) ? [`${id}: logs whom a request is about`] : []),
      ...ROUTES.filter((route) => !limitOf(json, route)).map((route) => `${id}: does not throttle ${route}`),
    ]
  })
  const keys = routes.map(({ json }) => String(valueAt(json, 'Properties.RouteKey')))
  return [
    ...faults,
    ...differences('http api', keys, ROUTES),
    ...(stages.length === 1 ? [] : ['http api: does not have exactly one stage']),
  ]
}

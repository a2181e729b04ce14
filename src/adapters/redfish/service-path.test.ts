import { expect, test } from 'vitest'
import { RefusedError } from '../../ports/errors.ts'
import { linkedPath, servicePath } from './service-path.ts'

const origin = 'https://10.1.3.17'

test.each([
  ['/redfish/v1/Systems/1', '/redfish/v1/Systems/1'],
  ['/redfish/v1/Systems/1/', '/redfish/v1/Systems/1/'],
  ['https://10.1.3.17/redfish/v1/Tasks/7?monitor=1', '/redfish/v1/Tasks/7?monitor=1'],
  ['https://10.1.3.17:443/redfish/v1/Systems', '/redfish/v1/Systems'],
  ['/redfish/v1/Systems/1#/Links', '/redfish/v1/Systems/1'],
  ['/redfish/v1/../v1/Systems', '/redfish/v1/Systems'],
])('%s leads back', (text, path) => {
  expect(servicePath(text, origin)).toBe(path)
})

test.each([
  'https://203.0.113.7/redfish/v1/Systems',
  '//203.0.113.7/redfish',
  '/\\203.0.113.7/redfish',
  '\t//203.0.113.7/redfish',
  'http://10.1.3.17/redfish/v1/Systems',
  'https://10.1.3.17:8443/redfish/v1/Systems',
  'https://admin:token@10.1.3.17/redfish',
  'file:///etc/passwd',
  'javascript:0',
  `/${'a'.repeat(3_000)}`,
])('%j does not, and its text is in no message', (text) => {
  const refuse = () => servicePath(text, origin)
  expect(refuse).toThrow(RefusedError)
  expect(refuse).toThrow(/^BMC 10\.1\.3\.17 answers with a link that does not lead back to it$/)
})

test('a link is an object with a path, or there is none', () => {
  expect(linkedPath({ '@odata.id': '/redfish/v1/Systems' }, origin)).toBe('/redfish/v1/Systems')
  expect(linkedPath({ '@odata.id': 7 }, origin)).toBeUndefined()
  expect(linkedPath(undefined, origin)).toBeUndefined()
})

import { expect, test } from 'vitest'
import { negotiate } from './accept.ts'

test.each([
  [undefined, 'Json'],
  ['', 'Json'],
  ['*/*', 'Json'],
  ['application/json', 'Json'],
  ['application/vnd.kubernetes.protobuf,application/json', 'Json'],
  ['application/vnd.kubernetes.protobuf', 'NotAcceptable'],
  ['text/html', 'NotAcceptable'],
  ['application/json;as=Table;v=v1;g=meta.k8s.io,application/json', 'Table'],
  ['application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json', 'Json'],
  ['application/json;as=Table;v=v2;g=meta.k8s.io', 'NotAcceptable'],
  ['application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1', 'PartialObjectMetadataList'],
  ['application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList', 'APIGroupDiscoveryList'],
  ['application/json;q=0.5, application/json;as=Table;g=meta.k8s.io;v=v1', 'Table'],
])('%s gets %s', (accept, kind) => {
  expect(negotiate(accept).kind).toBe(kind)
})

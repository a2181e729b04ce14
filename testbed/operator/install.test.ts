import { expect, test } from 'vitest'
import { sorted } from './install.ts'

const manifest = `
apiVersion: v1
kind: Namespace
metadata: {name: prunella-system}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: prunella}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.prunella.dev}
`

test('kinds come first, and no pod of the operator is started', () => {
  const { kinds, others } = sorted(manifest)
  expect(kinds).toMatchObject([{ metadata: { name: 'things.prunella.dev' } }])
  expect(others).toMatchObject([{ kind: 'Namespace' }])
})

import { afterAll, expect, test } from 'vitest'
import { findKubectl, kubectlFor } from './kubectl/kubectl.ts'
import { kubectlMaintainCases } from './kubectl/maintain.contract.ts'
import { kubectlReadCases } from './kubectl/read.contract.ts'
import { kubectlWriteCases } from './kubectl/write.contract.ts'
import { chosenTarget } from './targets/chosen.ts'

const program = findKubectl()

if (program === undefined) {
  test('kubectl works on it', ({ skip }) => {
    skip('no kubectl of ours on this machine: `npm run testbed -- build` makes one')
    expect(program).toBeDefined()
  })
} else {
  const target = await chosenTarget()
  const kubectl = kubectlFor(program, target.kubeconfig)
  for (const cases of [kubectlReadCases, kubectlWriteCases, kubectlMaintainCases]) cases(target, kubectl)
  afterAll(async () => {
    kubectl.close()
    await target.close()
  })
}

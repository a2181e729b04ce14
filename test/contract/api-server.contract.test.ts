import { afterAll } from 'vitest'
import { builtInKindCases } from './cases/built-in-kinds.contract.ts'
import { crdLifecycleCases } from './cases/crd-lifecycle.contract.ts'
import { crdObjectCases } from './cases/crd-objects.contract.ts'
import { crdRuleCases } from './cases/crd-rules.contract.ts'
import { crdValidationCases } from './cases/crd-validation.contract.ts'
import { createCases } from './cases/create.contract.ts'
import { deleteCases } from './cases/delete.contract.ts'
import { discoveryCases } from './cases/discovery.contract.ts'
import { evictionCases } from './cases/eviction.contract.ts'
import { expiryCases } from './cases/expiry.contract.ts'
import { goldenCases } from './cases/golden.contract.ts'
import { jsonPatchCases } from './cases/json-patch.contract.ts'
import { listCases } from './cases/lists.contract.ts'
import { mergePatchCases } from './cases/merge-patch.contract.ts'
import { refusalCases } from './cases/refusals.contract.ts'
import { selectorCases } from './cases/selectors.contract.ts'
import { strategicMergePatchCases } from './cases/strategic-merge-patch.contract.ts'
import { subresourceCases } from './cases/subresources.contract.ts'
import { tableCases } from './cases/tables.contract.ts'
import { updateCases } from './cases/update.contract.ts'
import { watchCases } from './cases/watch.contract.ts'
import { watchListCases } from './cases/watch-list.contract.ts'
import { chosenTarget } from './targets/chosen.ts'

const target = await chosenTarget()

for (const cases of [
  createCases,
  refusalCases,
  updateCases,
  mergePatchCases,
  jsonPatchCases,
  strategicMergePatchCases,
  selectorCases,
  listCases,
  watchCases,
  watchListCases,
  deleteCases,
  evictionCases,
  subresourceCases,
  builtInKindCases,
  tableCases,
  discoveryCases,
  goldenCases,
  crdObjectCases,
  crdValidationCases,
  expiryCases,
  crdRuleCases,
  crdLifecycleCases,
]) {
  cases(target)
}

afterAll(() => target.close())

import { afterAll } from 'vitest'
import { ownKindCases } from './cases/own-kinds.contract.ts'
import { chosenTarget } from './targets/chosen.ts'

const target = await chosenTarget()

ownKindCases(target)

afterAll(() => target.close())

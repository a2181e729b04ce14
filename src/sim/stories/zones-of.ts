import type { World } from '../world/world.ts'

export const zonesOf = ({ fleet }: World): readonly string[] =>
  [...new Set([...fleet.hosts.values()].map(({ zone }) => zone))].toSorted()

import type { StoryKind } from '../plan/story-kind.ts'
import { deadlock } from './deadlock.ts'
import { overload } from './overload.ts'
import type { Story } from './story.ts'

export const stories: Readonly<Record<StoryKind, Story>> = {
  Deadlock: deadlock,
  Overload: overload,
}
